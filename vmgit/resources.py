"""Finds the files that ship beside the code: `schema/` and `hooks/`.

A wheel carries them in `vmgit/_data/`; an editable install has no such folder, so the checkout's
own folders serve instead.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_path(name: str) -> Path:
    """Return the path of a shipped folder or file, such as `schema` or `schema/0001_events.sql`.

    Raises `FileNotFoundError` naming both places when neither holds it.
    """
    shipped = _PACKAGE / "_data" / name
    if shipped.exists():
        return shipped
    checkout = _PACKAGE.parent / name
    if checkout.exists():
        return checkout
    raise FileNotFoundError(f"neither {shipped} nor {checkout} exists: the installation is broken")
