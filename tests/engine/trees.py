"""A tree of files in a dict, for tests of module resolution."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from vmgit.engine.modules import Modules

ROOTS = ("lib", "vendor")
EXTENSIONS = (".js", ".mjs", ".cjs", ".json")


class DictTree:
    """Answers `lookup` and `blob` from a dict, by content hash, and remembers what was asked."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self.files: dict[str, bytes] = {}
        self.contents: dict[str, bytes] = {}
        self.looked_up: list[str] = []
        self.fetched: list[str] = []
        for path, content in files.items():
            self.write(path, content)

    def write(self, path: str, content: str | bytes) -> None:
        self.files[path] = content.encode() if isinstance(content, str) else content

    def oid(self, path: str) -> str | None:
        data = self.files.get(path)
        if data is None:
            return None
        oid = hashlib.sha1(data).hexdigest()
        self.contents[oid] = data
        return oid

    def lookup(self, path: str) -> str | None:
        self.looked_up.append(path)
        return self.oid(path)

    def blob(self, oid: str) -> bytes:
        self.fetched.append(oid)
        return self.contents[oid]

    def modules(
        self, roots: Sequence[str] = ROOTS, extensions: Sequence[str] = EXTENSIONS
    ) -> Modules:
        return Modules(self.lookup, self.blob, roots, extensions)
