"""The workspace's modules as the worker needs them: resolve a name, load a file, version it.

One `Modules` lives as long as its worker. What it asks of the tree is remembered for one execution
(or as long as the tree is known to be the same), what depends on content alone is cached by blob
oid, and `deps` lists every path that an execution depended on. It never touches a file: the tree
is two functions, and what it reads is as untrusted as the code that runs.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from .closure import Closure, Node
from .packages import Package, parse_package
from .resolve import Resolution, ResolutionError, Resolver, Scope, folder_of
from .syntax import Kind, Scan, scan

Format = Literal["module", "commonjs", "json"]

#: Distinct paths that one execution may ask for.
MAX_LOOKUPS = 200_000
#: Bytes of file contents kept; the engine asks for a text soon after its version, then never again.
MAX_KEPT_BYTES = 8 << 20
_MAX_SCANS = 20_000
_MAX_PACKAGES = 64
_SHOWN = 200

_VERSION = re.compile(r"\?v=[0-9a-f]*$")
_BY_EXTENSION: dict[str, Format] = {".mjs": "module", ".cjs": "commonjs", ".json": "json"}


class LoadedModule(NamedTuple):
    """A file as the engine takes it: its workspace path, its text and how to evaluate it."""

    path: str
    text: str
    format: Format


class Modules:
    """Resolution, loading and versions of workspace modules.

    `lookup(path)` returns the blob oid of a workspace file or None, `blob(oid)` its bytes; `roots`
    and `extensions` are those of the profile. Every method may raise `ResolutionError`.
    """

    def __init__(
        self,
        lookup: Callable[[str], str | None],
        blob: Callable[[str], bytes],
        roots: Iterable[str],
        extensions: Iterable[str],
    ) -> None:
        self._ask, self._fetch = lookup, blob
        self._roots, self._extensions = tuple(roots), tuple(extensions)
        self._texts: dict[str, str | None] = {}
        self._kept_bytes = 0
        self._scans: dict[str, Scan] = {}
        self._packages: dict[str, Package] = {}
        self._tree: str | None = None
        #: Every path this execution depended on, with its blob oid or None where nothing was.
        self.deps: dict[str, str | None] = {}
        self._included: set[str] = set()
        self._forget()

    def begin(
        self,
        lookup: Callable[[str], str | None] | None = None,
        blob: Callable[[str], bytes] | None = None,
        *,
        tree: str | None = None,
    ) -> None:
        """Start an execution: empty `deps`, and ask the tree again for everything.

        `tree` is an id of the whole tree: if it is the one given last time, what was asked then
        still holds and is not asked again (but is listed in `deps` again when it is used).
        """
        self._ask, self._fetch = lookup or self._ask, blob or self._fetch
        if tree is None or tree != self._tree or len(self._lookups) > MAX_LOOKUPS // 2:
            self._forget()
        self._tree = tree
        self.deps = {}
        self._included = set()

    def _forget(self) -> None:
        self._lookups: dict[str, str | None] = {}
        self._resolutions: dict[tuple[str, str, Kind], Resolution] = {}
        self._scopes: dict[str, Scope] = {}
        self._closure = Closure(self._node)
        self._resolver = Resolver(self._lookup, self._package, self._roots, self._extensions)

    def resolve(self, base: str, specifier: str, kind: Kind) -> str:
        """Return the workspace path that `specifier` means in the file `base` (`""` = prompt).

        A `vmgit:` name is returned as it is. Raises `ResolutionError` with what was tried.
        """
        importer = _VERSION.sub("", base)
        folder = folder_of(importer)
        if folder and not _is_plain(folder):
            raise ResolutionError(f"Cannot {kind} from {_show(base)}: it is no workspace path.")
        resolution = self._resolution(folder, specifier, kind)
        self._depend(resolution.looked)
        if resolution.target is None:
            origin = importer or "the prompt"
            raise ResolutionError(
                f"Cannot {kind} {_show(specifier)} from {origin}: {resolution.reason}."
            )
        return resolution.target

    def load(self, path: str) -> LoadedModule:
        """Return the file at `path` (a result of `resolve`, with or without `?v=`).

        Raises `ResolutionError` if it is not there or is not UTF-8.
        """
        path = _VERSION.sub("", path)
        oid = self._lookup(path) if _is_plain(path) else None
        self._include(path)
        if oid is None:
            raise ResolutionError(
                f"Cannot load {_show(path)}: not in the snapshot (untracked? git add it)."
            )
        text = self._text(oid)
        if text is None:
            raise ResolutionError(f"Cannot load {path}: it is not UTF-8 text.")
        known = _BY_EXTENSION.get(_extension(path))
        if known is not None:
            return LoadedModule(path, text, known)
        found = self._type(path) or ("module" if self._scan(oid, text).module else "commonjs")
        return LoadedModule(path, text, "module" if found == "module" else "commonjs")

    def detect(
        self, path: str, text: str, *, required: bool = False, script: bool = False
    ) -> Literal["module", "commonjs", "json", "script"]:
        """Return what `text` is when it stands at `path` (`""` = the prompt).

        `required`: it is imported or required; `script`: it is run as a startup file or by name.
        Without module syntax, and where neither name nor package.json decides, it is `"script"`
        only if it is run and not required.
        """
        path = _VERSION.sub("", path)
        known = _BY_EXTENSION.get(_extension(path))
        if known is not None:
            return known
        found = self._type(path) if _is_plain(path) else None
        if found is not None:
            return "module" if found == "module" else "commonjs"
        key = "text:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if self._scan(key, text).module:
            return "module"
        return "script" if script and not required else "commonjs"

    def version(self, path: str) -> str:
        """Return a hash over `path` and all that it statically reaches, 16 hex digits.

        Two equal hashes mean equal paths, blobs, kinds of file and resolutions all the way down.
        What cannot be resolved is a part of it as absent.
        """
        path = _VERSION.sub("", path)
        version = self._closure.version(path)
        self._include(path)
        return version

    def _include(self, path: str) -> None:
        for node in self._closure.reach(path, self._included):
            self._depend(node.looked)

    def _depend(self, paths: Iterable[str]) -> None:
        lookups = self._lookups
        self.deps.update((path, lookups[path]) for path in paths)

    def _lookup(self, path: str) -> str | None:
        try:
            return self._lookups[path]
        except KeyError:
            pass
        if len(self._lookups) >= MAX_LOOKUPS:
            raise ResolutionError(f"More than {MAX_LOOKUPS} paths were looked up by one execution.")
        oid = self._lookups[path] = self._ask(path)
        return oid

    def _resolution(self, folder: str, specifier: str, kind: Kind) -> Resolution:
        key = (folder, specifier, kind)
        resolution = self._resolutions.get(key)
        if resolution is None:
            resolution = self._resolver.resolve(folder, specifier, kind)
            self._resolutions[key] = resolution
        return resolution

    def _scope(self, folder: str) -> Scope:
        scope = self._scopes.get(folder)
        if scope is None:
            scope = self._scopes[folder] = self._resolver.scope(folder)
        return scope

    def _type(self, path: str) -> str | None:
        scope = self._scope(folder_of(path))
        self._depend(scope.looked)
        if scope.reason:
            raise ResolutionError(f"Cannot tell what kind of file {path} is: {scope.reason}.")
        return scope.type

    def _node(self, path: str) -> Node:
        oid = self._lookup(path) if _is_plain(path) else None
        if oid is None:
            return Node("absent", (), (path,) if _is_plain(path) else ())
        extension = _extension(path)
        text = None if extension == ".json" else self._text(oid)
        if text is None:
            return Node(json.dumps([oid, "data"]), (), (path,))
        looked = {path: None}
        found = self._scan(oid, text)
        kind: str = _BY_EXTENSION.get(extension, "")
        if not kind:
            scope = self._scope(folder_of(path))
            looked.update(dict.fromkeys(scope.looked))
            kind = scope.reason or scope.type or ("module" if found.module else "commonjs")
        folder = folder_of(path)
        edges = []
        targets: dict[str, None] = {}
        for specifier, how in found.references:
            resolution = self._resolution(folder, specifier, how)
            looked.update(dict.fromkeys(resolution.looked))
            edges.append([how, specifier, resolution.target])
            if resolution.target is not None and not resolution.target.startswith("vmgit:"):
                targets[resolution.target] = None
        return Node(json.dumps([oid, kind, edges]), tuple(targets), tuple(looked))

    def _text(self, oid: str) -> str | None:
        """Return a blob as text, without its byte order mark; None if it is not UTF-8."""
        if oid in self._texts:
            return self._texts[oid]
        data = self._fetch(oid)
        try:
            text: str | None = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = None
        self._texts[oid] = text
        self._kept_bytes += len(text or "")
        while self._kept_bytes > MAX_KEPT_BYTES and len(self._texts) > 1:
            oldest = next(iter(self._texts))
            self._kept_bytes -= len(self._texts.pop(oldest) or "")
        return text

    def _scan(self, key: str, text: str) -> Scan:
        found = self._scans.get(key)
        if found is None:
            found = scan(text)
            while len(self._scans) >= _MAX_SCANS:
                del self._scans[next(iter(self._scans))]
            self._scans[key] = found
        return found

    def _package(self, path: str) -> Package:
        oid = self._lookups[path]
        assert oid is not None  # the resolver asks only for files that it found
        package = self._packages.get(oid)
        if package is None:
            package = parse_package(self._fetch(oid))
            while len(self._packages) >= _MAX_PACKAGES:
                del self._packages[next(iter(self._packages))]
            self._packages[oid] = package
        return package


def _is_plain(path: str) -> bool:
    """Whether `path` is a workspace path in its one spelling."""
    return all(segment not in ("", ".", "..") for segment in path.split("/"))


def _extension(path: str) -> str:
    name = path.rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    return dot + extension if stem else ""


def _show(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...")
