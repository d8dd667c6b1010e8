"""`fs`: files of the workspace folder, as far as the grant's globs reach.

The disk is used, not the tree that code runs against: what is read is recorded, and a replay reads
it from the log. Symbolic links are never followed, `.git` is never reached, and what goes wrong is
told in our words, the same on every machine.
"""

from __future__ import annotations

import errno
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from vmgit.profile import Capabilities

from .beneath import Beneath, Parts
from .binary import NoBytes, given_bytes, told_bytes
from .capability import Arguments, CallError, bad_arguments
from .globs import matches, may_hold
from .paths import WorkspacePaths

#: Bytes of a file that is read or written; entries of a folder that is listed.
MOST_BYTES = 1024 * 1024
MOST_ENTRIES = 10_000
_READS = ("readFile", "list", "stat", "exists")
_WORDS = {
    errno.EFBIG: f"more than {MOST_BYTES} bytes",
    errno.E2BIG: f"more than {MOST_ENTRIES} entries",
}


class Files:
    """The capability `fs`: `readFile`, `writeFile`, `list`, `stat`, `exists`, `remove`."""

    def __init__(self, root: Path, *, private: tuple[str, ...] = (), openat2: bool = True) -> None:
        """`root` is the workspace folder, `private` paths in it that are Git's own."""
        self._beneath = Beneath(root, openat2=openat2)
        self._paths = WorkspacePaths("fs", private, _WORDS)
        self._grants = Capabilities().fs

    @property
    def operations(self) -> Mapping[str, Callable[[Arguments], Any]]:
        """See `capability.Capability`."""
        return {
            "readFile": self._read,
            "writeFile": self._write,
            "list": self._list,
            "stat": self._stat,
            "exists": self._exists,
            "remove": self._remove,
        }

    def lacks(self, grants: Capabilities, operation: str, arguments: Arguments) -> str | None:
        """See `capability.Capability`: a grant covers a path, and the folders on the way to it."""
        # What `list` may show is decided by the same grants that this call is checked against.
        self._grants = grants.fs
        parts = self._parts(operation, arguments)
        if operation in _READS:
            key, globs = "read", grants.fs.read
        else:
            key, globs = "write", grants.fs.write
        granted = matches(globs, parts)
        if operation in ("list", "stat", "exists"):
            granted = granted or may_hold(globs, parts)
        if granted:
            return None
        import json

        path = "/".join(parts)
        wanted = f"{path}/**" if operation == "list" and path else path or "**"
        return f"fs.{key} = [{json.dumps(wanted, ensure_ascii=False)}]"

    # -- operations --------------------------------------------------------------------------

    def _read(self, arguments: Arguments) -> dict[str, str]:
        parts = self._parts("readFile", arguments)
        match arguments:
            case {"as": "text" | "bytes" as kind, **others} if others.keys() == {"path"}:
                pass
            case _:
                raise bad_arguments("fs.readFile", "a path and 'text' or 'bytes'")
        content = self._paths.told("readFile", parts, lambda: self._beneath.read(parts, MOST_BYTES))
        if kind == "bytes":
            return told_bytes(content)
        try:
            return {"text": content.decode("utf-8")}
        except UnicodeDecodeError as error:
            where = f"byte {error.start} is not UTF-8; read it as 'bytes'"
            raise self._paths.failure("readFile", parts, "EILSEQ", where) from None

    def _write(self, arguments: Arguments) -> None:
        parts = self._parts("writeFile", arguments)
        content = _content(arguments)
        if len(content) > MOST_BYTES:
            raise self._paths.failure("writeFile", parts, "EFBIG")
        self._paths.told("writeFile", parts, lambda: self._beneath.write(parts, content))

    def _list(self, arguments: Arguments) -> list[dict[str, str]]:
        parts = self._parts("list", arguments)
        _only_path("list", arguments)
        found = self._paths.told("list", parts, lambda: self._beneath.list(parts, MOST_ENTRIES))
        return [
            {"name": name, "type": _type(mode)}
            for name, mode in sorted(found)
            if self._visible((*parts, name), mode)
        ]

    def _stat(self, arguments: Arguments) -> dict[str, Any]:
        parts = self._parts("stat", arguments)
        _only_path("stat", arguments)
        about = self._paths.told("stat", parts, lambda: self._beneath.stat(parts))
        kind = _type(about.st_mode)
        size = about.st_size if kind == "file" else 0
        return {"type": kind, "size": size, "mtimeMs": about.st_mtime_ns // 1_000_000}

    def _exists(self, arguments: Arguments) -> bool:
        parts = self._parts("exists", arguments)
        _only_path("exists", arguments)
        try:
            self._paths.told("exists", parts, lambda: self._beneath.stat(parts))
        except CallError as error:
            if error.fault.code in ("ENOENT", "ENOTDIR"):
                return False
            raise
        return True

    def _remove(self, arguments: Arguments) -> None:
        parts = self._parts("remove", arguments)
        _only_path("remove", arguments)
        self._paths.told("remove", parts, lambda: self._beneath.remove(parts))

    # -- paths -------------------------------------------------------------------------------

    def _parts(self, operation: str, arguments: Arguments) -> Parts:
        """Return the parts of the path that a call names; the workspace folder itself has none."""
        parts = self._paths.parts(operation, arguments.get("path"))
        if not parts and operation not in ("list", "stat", "exists"):
            raise self._paths.failure(operation, parts, "EISDIR")
        return parts

    def _visible(self, parts: Parts, mode: int) -> bool:
        """Tell whether an entry of a folder may be known: it is granted, or on the way to one."""
        try:
            "/".join(parts).encode()
        except UnicodeEncodeError:
            return False
        if self._paths.is_git(parts):
            return False
        read = self._grants.read
        return matches(read, parts) or (stat.S_ISDIR(mode) and may_hold(read, parts))


def _only_path(operation: str, arguments: Arguments) -> None:
    if arguments.keys() != {"path"}:
        raise bad_arguments(f"fs.{operation}", "a path, a string")


def _content(arguments: Arguments) -> bytes:
    """Return the bytes to write: UTF-8 of a text, or what base64 says."""
    others = {key: value for key, value in arguments.items() if key != "path"}
    try:
        return given_bytes(others)
    except NoBytes as error:
        if "surrogate" in str(error):
            raise CallError(f"fs.writeFile: {error}", name="TypeError") from None
        raise bad_arguments("fs.writeFile", "a path and a string or bytes") from None


def _type(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "other"
