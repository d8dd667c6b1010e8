"""The files of one package in `vendor/`, and a hash over them.

A package owns what is in its folder but the folders of packages nested in it. Links are never
followed. The hash is over lines as `sha256sum` writes them, so that it can be computed by hand.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Collection, Iterator
from pathlib import Path


def own_files(vendor: Path, package: str, packages: Collection[str]) -> Iterator[str]:
    """Yield the paths, below the package's folder, of all that is no folder in it, sorted.

    `packages` are all packages of the lock, by path. Raises `OSError`.
    """
    pending = [""]
    found = []
    while pending:
        below = pending.pop()
        with os.scandir(vendor / package / below) as entries:
            for entry in entries:
                path = f"{below}/{entry.name}" if below else entry.name
                if not entry.is_dir(follow_symlinks=False):
                    found.append(path)
                elif f"{package}/{path}" not in packages:
                    pending.append(path)
    yield from sorted(found)


def hash_files(vendor: Path, package: str, packages: Collection[str]) -> str | None:
    """Return the hash over a package's files, `sha256-BASE64`.

    None when its folder is not there, or only by way of a symbolic link. Raises `OSError`.
    """
    total = hashlib.sha256()
    folder = vendor / package
    ways = [folder, *(parent for parent in folder.parents if vendor in parent.parents)]
    if not folder.is_dir() or any(way.is_symlink() for way in ways):
        return None
    for path in own_files(vendor, package, packages):
        total.update(f"{_hash_file(vendor / package / path)}  {path}\n".encode("utf-8", "replace"))
    return "sha256-" + base64.b64encode(total.digest()).decode()


def _hash_file(path: Path) -> str:
    if path.is_symlink():
        return f"link {os.readlink(path)}"
    if not path.is_file():
        return "special"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
