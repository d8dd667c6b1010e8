"""vmgit: JavaScript sessions that run against Git trees and are their own event log.

`vmgit.open(path)` gives a `Workspace`, or a `Client` of a running server; docs/python.md shows
what they can do. Nothing else is loaded until it is asked for, so that `import vmgit` costs next
to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .api.workspace import Workspace
    from .client.client import Client
    from .opening import open_workspace as open

__all__ = ["Client", "Workspace", "__version__", "open"]

_PLACES = {
    "open": ("vmgit.opening", "open_workspace"),
    "Client": ("vmgit.client.client", "Client"),
    "Workspace": ("vmgit.api.workspace", "Workspace"),
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    try:
        module, attribute = _PLACES[name]
    except KeyError:
        raise AttributeError(f"module 'vmgit' has no attribute {name!r}") from None
    return getattr(import_module(module), attribute)
