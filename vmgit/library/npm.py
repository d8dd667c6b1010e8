"""Finds npm and asks it for the registry that it uses when nothing names one.

vmgit names no registry of its own: where no configuration does, npm's default is npm's business.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from vmgit.errors import EnvironmentFailure

#: npm takes a third of a second; a loaded machine takes longer.
_PATIENCE_S = 60


def find_npm(search: str | None) -> Path | None:
    """Return the npm program on a PATH, None when there is none."""
    found = shutil.which("npm", path=search)
    return Path(os.path.abspath(found)) if found else None


def ask_npm(npm: Path, folder: Path) -> str | None:
    """Return the registry that npm uses in a folder. Raises `EnvironmentFailure`."""
    try:
        done = subprocess.run(
            [npm, "config", "get", "registry"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentFailure(f"{npm} cannot be asked for its registry: {error}.") from error
    said = done.stdout.strip()
    return said if done.returncode == 0 and said not in ("", "undefined", "null") else None
