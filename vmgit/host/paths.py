"""Workspace paths as host calls give them, and what goes wrong with them, in our words.

`fs` and `sqlite` share it, so that a path means the same to both: relative, without dots, never
Git's own. It looks at no file.
"""

from __future__ import annotations

import errno
import unicodedata
from collections.abc import Callable, Mapping
from typing import TypeVar

from .beneath import Parts
from .capability import CallError, bad_arguments

#: Bytes of a path and of one of its parts, in UTF-8.
MOST_PATH, MOST_PART = 4096, 255

_WORDS = {
    errno.ENOENT: "no such file or folder",
    errno.ENOTDIR: "a part of the path is not a folder",
    errno.EISDIR: "it is a folder",
    errno.ELOOP: "a symbolic link, which is not followed",
    errno.EINVAL: "not a regular file",
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

_T = TypeVar("_T")


class WorkspacePaths:
    """Reads the paths of one capability's calls and tells its failures."""

    def __init__(
        self, capability: str, private: tuple[str, ...], words: Mapping[int, str] | None = None
    ) -> None:
        """`private` are paths in the workspace that are Git's own; `words` tell further errors."""
        self._capability = capability
        self._private = tuple(tuple(path.split("/")) for path in private)
        self._words = {**_WORDS, **(words or {})}

    def parts(self, operation: str, path: object) -> Parts:
        """Return the parts of a path; the workspace folder itself has none. Raises `CallError`."""
        op = f"{self._capability}.{operation}"
        if not isinstance(path, str):
            raise bad_arguments(op, "a path, a string")
        parts = tuple(part for part in path.split("/") if part not in ("", "."))
        problem = _problem(path, parts)
        if problem is not None:
            raise CallError(f"{op}: {problem}", name="TypeError", code="EINVAL")
        if len(path.encode()) > MOST_PATH or any(len(p.encode()) > MOST_PART for p in parts):
            message = f"{op}: ENAMETOOLONG: {_WORDS[errno.ENAMETOOLONG]}"
            raise CallError(message, code="ENAMETOOLONG")
        if self.is_git(parts):
            words = "Git's own files are never granted"
            raise self.failure(operation, parts, "EACCES", words)
        return parts

    def is_git(self, parts: Parts) -> bool:
        """Tell whether a path belongs to Git."""
        # Some file systems ignore case and characters that cannot be seen.
        names = (
            "".join(c for c in part if unicodedata.category(c) != "Cf").casefold().rstrip(". ")
            for part in parts
        )
        return ".git" in names or any(parts[: len(one)] == one for one in self._private)

    def failure(
        self, operation: str, parts: Parts, code: str, words: str | None = None
    ) -> CallError:
        """Return the error of a call on a path; `words` None means those for `code`."""
        if words is None:
            words = self._words[getattr(errno, code)]
        path = "/".join(parts) or "."
        return CallError(f"{self._capability}.{operation}: {code}: {words}: {path}", code=code)

    def told(self, operation: str, parts: Parts, action: Callable[[], _T]) -> _T:
        """Do what touches the disk; what goes wrong becomes an error in our words."""
        try:
            return action()
        except OSError as error:
            number = _SAME.get(error.errno or 0, error.errno or 0)
            words = self._words.get(number)
            code = errno.errorcode[number] if words is not None else "EIO"
            raise self.failure(operation, parts, code, words or "the disk failed") from None


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
