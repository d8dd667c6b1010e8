"""What `vmgit.toml` loosens, and whether this machine trusts it.

The file comes with a branch as profiles do: without trust, a branch switch could take the walls
away from the workers. What makes sessions safer needs none.
"""

from __future__ import annotations

from typing import Any

from .errors import DeniedError
from .settings import Settings
from .trust import WORKSPACE, TrustStore

#: The command that trusts what the file says now.
COMMAND = "vmgit trust add --workspace"


def loosened(settings: Settings) -> dict[str, Any]:
    """Return the keys of `vmgit.toml` that need trust, with their values; empty when none does."""
    return {"sandbox": settings.sandbox} if settings.sandbox == "off" else {}


def require_settings(store: TrustStore, settings: Settings) -> None:
    """Raise `DeniedError` unless what the settings loosen is trusted here."""
    keys = loosened(settings)
    if store.knows(WORKSPACE, keys):
        return
    said = ", ".join(f'{key} = "{value}"' for key, value in keys.items())
    raise DeniedError(
        f"vmgit.toml says {said}, which is not trusted on this machine: run `{COMMAND}` if "
        "sessions may run without walls here.",
        hints=['With `sandbox = "auto"` they run with the layers that there are.'],
        details={"settings": keys, "command": COMMAND},
        code="not_trusted",
    )
