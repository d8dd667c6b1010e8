"""`fs`: files of the workspace folder, as far as the grant's globs reach.

The disk is used, not the tree that code runs against: what is read is recorded, and a replay reads
it from the log. Symbolic links are never followed, `.git` is never reached, and what goes wrong is
told in our words, the same on every machine.
"""

from __future__ import annotations

import base64
import binascii
import errno
import stat
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from vmgit.profile import Capabilities

from .beneath import Beneath, Parts
from .capability import Arguments, CallError, bad_arguments
from .globs import matches, may_hold

#: Bytes of a file that is read or written; entries of a folder that is listed.
MOST_BYTES = 1024 * 1024
MOST_ENTRIES = 10_000
#: Bytes of a path and of one of its parts, in UTF-8.
MOST_PATH, MOST_PART = 4096, 255

_READS = ("readFile", "list", "stat", "exists")
_WORDS = {
    errno.ENOENT: "no such file or folder",
    errno.ENOTDIR: "a part of the path is not a folder",
    errno.EISDIR: "it is a folder",
    errno.ELOOP: "a symbolic link, which is not followed",
    errno.EINVAL: "not a regular file",
    errno.EFBIG: f"more than {MOST_BYTES} bytes",
    errno.E2BIG: f"more than {MOST_ENTRIES} entries",
    errno.EACCES: "the system does not permit it",
    errno.ENOTEMPTY: "the folder is not empty",
    errno.ENOSPC: "the disk is full",
    errno.EROFS: "the disk is read-only",
    errno.ENAMETOOLONG: "the path is too long",
    errno.EBUSY: "it is in use",
    errno.EMFILE: "too many open files",
}
#: One name for what systems call differently.
_SAME = {
    errno.EPERM: errno.EACCES, errno.EEXIST: errno.ENOTEMPTY, errno.EDQUOT: errno.ENOSPC,
    errno.EXDEV: errno.ELOOP, errno.ETXTBSY: errno.EBUSY, errno.ENFILE: errno.EMFILE,
}  # fmt: skip


class Files:
    """The capability `fs`: `readFile`, `writeFile`, `list`, `stat`, `exists`, `remove`."""

    def __init__(self, root: Path, *, private: tuple[str, ...] = (), openat2: bool = True) -> None:
        """`root` is the workspace folder, `private` paths in it that are Git's own."""
        self._beneath = Beneath(root, openat2=openat2)
        self._private = tuple(tuple(path.split("/")) for path in private)
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
        content = self._told("readFile", parts, lambda: self._beneath.read(parts, MOST_BYTES))
        if kind == "bytes":
            return {"base64": base64.b64encode(content).decode("ascii")}
        try:
            return {"text": content.decode("utf-8")}
        except UnicodeDecodeError as error:
            where = f"byte {error.start} is not UTF-8; read it as 'bytes'"
            raise _failure("readFile", parts, "EILSEQ", where) from None

    def _write(self, arguments: Arguments) -> None:
        parts = self._parts("writeFile", arguments)
        content = _content(arguments)
        if len(content) > MOST_BYTES:
            raise _failure("writeFile", parts, "EFBIG", _WORDS[errno.EFBIG])
        self._told("writeFile", parts, lambda: self._beneath.write(parts, content))

    def _list(self, arguments: Arguments) -> list[dict[str, str]]:
        parts = self._parts("list", arguments)
        _only_path("list", arguments)
        found = self._told("list", parts, lambda: self._beneath.list(parts, MOST_ENTRIES))
        return [
            {"name": name, "type": _type(mode)}
            for name, mode in sorted(found)
            if self._visible((*parts, name), mode)
        ]

    def _stat(self, arguments: Arguments) -> dict[str, Any]:
        parts = self._parts("stat", arguments)
        _only_path("stat", arguments)
        about = self._told("stat", parts, lambda: self._beneath.stat(parts))
        kind = _type(about.st_mode)
        size = about.st_size if kind == "file" else 0
        return {"type": kind, "size": size, "mtimeMs": about.st_mtime_ns // 1_000_000}

    def _exists(self, arguments: Arguments) -> bool:
        parts = self._parts("exists", arguments)
        _only_path("exists", arguments)
        try:
            self._told("exists", parts, lambda: self._beneath.stat(parts))
        except CallError as error:
            if error.fault.code in ("ENOENT", "ENOTDIR"):
                return False
            raise
        return True

    def _remove(self, arguments: Arguments) -> None:
        parts = self._parts("remove", arguments)
        _only_path("remove", arguments)
        self._told("remove", parts, lambda: self._beneath.remove(parts))

    # -- paths -------------------------------------------------------------------------------

    def _parts(self, operation: str, arguments: Arguments) -> Parts:
        """Return the parts of the path that a call names; the workspace folder itself has none."""
        path = arguments.get("path")
        if not isinstance(path, str):
            raise bad_arguments(f"fs.{operation}", "a path, a string")
        parts = tuple(part for part in path.split("/") if part not in ("", "."))
        problem = _problem(path, parts)
        if problem is not None:
            raise CallError(f"fs.{operation}: {problem}", name="TypeError", code="EINVAL")
        if len(path.encode()) > MOST_PATH or any(len(p.encode()) > MOST_PART for p in parts):
            message = f"fs.{operation}: ENAMETOOLONG: {_WORDS[errno.ENAMETOOLONG]}"
            raise CallError(message, code="ENAMETOOLONG")
        if self._is_git(parts):
            raise _failure(operation, parts, "EACCES", "Git's own files are never granted")
        if not parts and operation not in ("list", "stat", "exists"):
            raise _failure(operation, parts, "EISDIR", _WORDS[errno.EISDIR])
        return parts

    def _is_git(self, parts: Parts) -> bool:
        # Some file systems ignore case and characters that cannot be seen.
        names = (
            "".join(c for c in part if unicodedata.category(c) != "Cf").casefold().rstrip(". ")
            for part in parts
        )
        return ".git" in names or any(parts[: len(one)] == one for one in self._private)

    def _visible(self, parts: Parts, mode: int) -> bool:
        """Tell whether an entry of a folder may be known: it is granted, or on the way to one."""
        try:
            "/".join(parts).encode()
        except UnicodeEncodeError:
            return False
        if self._is_git(parts):
            return False
        read = self._grants.read
        return matches(read, parts) or (stat.S_ISDIR(mode) and may_hold(read, parts))

    def _told(self, operation: str, parts: Parts, action: Callable[[], Any]) -> Any:
        """Do what touches the disk; what goes wrong becomes an error in our words."""
        try:
            return action()
        except OSError as error:
            number = _SAME.get(error.errno or 0, error.errno or 0)
            words = _WORDS.get(number)
            code = errno.errorcode[number] if words is not None else "EIO"
            raise _failure(operation, parts, code, words or "the disk failed") from None


def _problem(path: str, parts: Parts) -> str | None:
    """Return what is wrong with a path as such, None when nothing is."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return "the path holds half a surrogate pair"
    if "\0" in path:
        return "the path holds a NUL character"
    if path.startswith("/") or "\\" in path:
        return "the path must be relative to the workspace folder, with / between its parts"
    if ".." in parts:
        return "the path must not have .. parts"
    return None


def _failure(operation: str, parts: Parts, code: str, words: str) -> CallError:
    path = "/".join(parts) or "."
    return CallError(f"fs.{operation}: {code}: {words}: {path}", code=code)


def _only_path(operation: str, arguments: Arguments) -> None:
    if arguments.keys() != {"path"}:
        raise bad_arguments(f"fs.{operation}", "a path, a string")


def _content(arguments: Arguments) -> bytes:
    """Return the bytes to write: UTF-8 of a text, or what base64 says."""
    match arguments:
        case {"text": str(text), **others} if others.keys() == {"path"}:
            try:
                return text.encode()
            except UnicodeEncodeError:
                message = "fs.writeFile: the text holds half a surrogate pair"
                raise CallError(message, name="TypeError") from None
        case {"base64": str(text), **others} if others.keys() == {"path"}:
            try:
                return base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError):
                pass
    raise bad_arguments("fs.writeFile", "a path and a string or bytes")


def _type(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "other"
