"""Reads the files of one tree, rooted at the workspace folder.

Code is never read from disk: the engine asks a `TreeSource`, which the snapshot of a session, a
commit or a recording stands behind alike. What it hands out is bounded on purpose: blobs that a
look-up named, nothing else of the repository.
"""

from __future__ import annotations

from vmgit.errors import RefusedError

from .repository import Repository
from .trees import EXECUTABLE, FILE, FOLDER, LINK, SUBMODULE, Entry

#: As many links may be followed in one look-up as Linux follows (path_resolution(7)).
_MAX_LINKS = 40


class TreeSource:
    """The files of the folder `prefix` (posix, "" for the top) of a tree.

    Paths are relative to that folder, in normal form: no empty, `.` or `..` part. Anything else
    names no file.
    """

    def __init__(self, repository: Repository, tree: str, prefix: str = "") -> None:
        self.tree = tree
        self.prefix = prefix
        self._repository = repository
        self._found: dict[str, str | None] = {}
        self._readable: set[str] = set()
        self._root = self._descend_to_prefix()

    def lookup(self, path: str) -> str | None:
        """Return the blob oid of the regular file at `path`, or None.

        Symbolic links are followed inside the folder; one that leaves it or loops names no file.
        Raises `UnavailableError` when a tree on the way is missing.
        """
        try:
            return self._found[path]
        except KeyError:
            entry = self._resolve(path)
            oid = entry.oid.hex() if entry is not None and _is_file(entry) else None
            self._found[path] = oid
            if oid is not None:
                self._readable.add(oid)
            return oid

    def blob(self, oid: str) -> bytes:
        """Return the content of a blob that `lookup` named.

        Raises `RefusedError` for any other id, so that a worker cannot read the repository at
        large, and `UnavailableError` when the blob is missing.
        """
        if oid not in self._readable:
            raise RefusedError(
                f"The blob {oid} was not looked up in the tree {self.tree}.",
                details={"oid": oid, "tree": self.tree},
            )
        return self._repository.read_blob(oid)

    def read(self, path: str) -> bytes | None:
        """Return the content of the file at `path`, or None where there is none."""
        oid = self.lookup(path)
        return None if oid is None else self.blob(oid)

    def list(self, folder: str = "") -> list[str]:
        """Return the names in `folder`, sorted; those of folders end with a slash.

        Submodules are left out, and so are links that lead to no file or folder. A folder that
        does not exist has no names.
        """
        entry = self._resolve(folder) if folder else self._root
        if entry is None or entry.mode != FOLDER:
            return []
        names = []
        for name, item in self._repository.read_tree(entry.oid).items():
            text = _text(name)
            if item.mode == LINK:
                target = self._resolve(f"{folder}/{text}" if folder else text)
                if target is None:
                    continue
                item = target
            if item.mode != SUBMODULE:
                names.append(text + "/" if item.mode == FOLDER else text)
        return sorted(names)

    def _descend_to_prefix(self) -> Entry | None:
        top = Entry(FOLDER, bytes.fromhex(self.tree))
        self._repository.read_tree(top.oid)
        for part in self.prefix.split("/") if self.prefix else ():
            entry = self._repository.read_tree(top.oid).get(_bytes(part) or b"")
            if entry is None or entry.mode != FOLDER:
                return None
            top = entry
        return top

    def _resolve(self, path: str) -> Entry | None:
        """Walk to `path`, following links; None where nothing (reachable) is there."""
        raw = _bytes(path)
        if self._root is None or raw is None:
            return None
        pending = raw.split(b"/")[::-1]
        if any(part in (b"", b".", b"..") for part in pending):
            return None
        # The entries from the root down to where the walk stands.
        trail = [self._root]
        links = 0
        while pending:
            part = pending.pop()
            if trail[-1].mode != FOLDER:
                return None
            if part in (b"", b"."):
                continue
            if part == b"..":
                trail.pop()
                if not trail:
                    return None
                continue
            entry = self._repository.read_tree(trail[-1].oid).get(part)
            if entry is None:
                return None
            if entry.mode != LINK:
                trail.append(entry)
                continue
            links += 1
            target = self._repository.read_blob(entry.oid.hex())
            if links > _MAX_LINKS or not target or target.startswith(b"/"):
                return None
            pending.extend(target.split(b"/")[::-1])
        return trail[-1]


def _is_file(entry: Entry) -> bool:
    # Very old Git wrote other permission bits; what is not a link is a file all the same.
    return entry.mode in (FILE, EXECUTABLE) or (entry.mode & 0o170000) == 0o100000


def _bytes(text: str) -> bytes | None:
    """Return a path as Git stores it, or None for text that no path can be (a lone surrogate)."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return None


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
