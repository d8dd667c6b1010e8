"""Which file of the tree a specifier means: relative paths, roots, packages, index files.

The rules are Node's for `require` (`import` gets the same file extensions and index files, because
a workspace has no bundler), with the profile's roots in place of `node_modules`; inside a root, a
package's own `node_modules` come first, where versions conflict. It asks one question only,
`lookup(path) -> blob oid or None`, and keeps a list of what it asked, because a file that appears
at a path that was probed in vain can change the answer. It knows no engine and reads nothing but
package.json files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from .packages import MAX_PATH, Package, PackageError, resolve_exports, resolve_imports
from .syntax import Kind

HOST_SCHEME = "vmgit:"

_HOST_NAME = re.compile(r"vmgit:[A-Za-z0-9_][A-Za-z0-9_./-]*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_CONDITIONS: dict[Kind, frozenset[str]] = {
    "import": frozenset(("import",)),
    "require": frozenset(("require",)),
}
_TRIED_SHOWN = 12
_PACKAGE_NAME = re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*(?=/|\Z)", re.I)
#: What packages ask of Node most, and cannot have.
_NODE_MODULES = frozenset((
    "assert", "async_hooks", "buffer", "child_process", "crypto", "dns", "events", "fs", "http",
    "http2", "https", "module", "net", "os", "path", "perf_hooks", "process", "querystring",
    "readline", "stream", "string_decoder", "timers", "tls", "tty", "url", "util", "v8", "vm",
    "worker_threads", "zlib",
))  # fmt: skip


class ResolutionError(Exception):
    """A specifier or path that names no usable file; the message says which, from where and why."""


class Resolution(NamedTuple):
    """What came of one specifier: `target`, or None and `reason`; `looked` are all paths asked for.

    `target` is a workspace path or a `vmgit:` name.
    """

    target: str | None
    reason: str
    looked: tuple[str, ...]


class Scope(NamedTuple):
    """The `type` that holds in a folder; `reason` is not empty if its package.json is unreadable.

    `looked` are all paths asked for.
    """

    type: str | None
    reason: str
    looked: tuple[str, ...]


class _Refused(Exception):
    """Ends a resolution that must not go on to other candidates."""


def folder_of(path: str) -> str:
    """Return the folder of a workspace path, `""` for the root."""
    return path.rpartition("/")[0]


class Resolver:
    """Resolves specifiers in one tree.

    `lookup(path)` returns the blob oid of a file or None; `package(path)` returns a package.json
    that `lookup` found, parsed, and raises `PackageError`. Neither is asked for a path outside the
    workspace. `roots` are workspace folders; one outside raises `ResolutionError`.
    """

    def __init__(
        self,
        lookup: Callable[[str], str | None],
        package: Callable[[str], Package],
        roots: Iterable[str],
        extensions: Iterable[str],
    ) -> None:
        self.lookup = lookup
        self.package = package
        try:
            self.roots = tuple(_join("", root) for root in roots)
        except _Refused as refused:
            raise ResolutionError(f"A module root cannot be used: {refused}.") from None
        self.extensions = tuple(extensions)

    def resolve(self, folder: str, specifier: str, kind: Kind) -> Resolution:
        """Return what `specifier` means in a file of `folder` (a workspace path, `""` = root)."""
        search = _Search(self, kind)
        try:
            target, reason = search.find(folder, specifier)
        except _Refused as refused:
            target, reason = None, str(refused)
        return Resolution(target, reason, tuple(search.looked))

    def scope(self, folder: str) -> Scope:
        """Return what the package.json nearest to `folder` says about the files there."""
        search = _Search(self, "import")
        try:
            found = search.scope(folder)
        except _Refused as refused:
            return Scope(None, str(refused), tuple(search.looked))
        return Scope(None if found is None else found[1].type, "", tuple(search.looked))


class _Search:
    """One resolution under way: remembers what it looked at, and which candidates failed."""

    def __init__(self, resolver: Resolver, kind: Kind) -> None:
        self.resolver = resolver
        self.kind = kind
        self.looked: dict[str, None] = {}
        self.tried: dict[str, None] = {}

    def find(self, folder: str, specifier: str) -> tuple[str | None, str]:
        """Return the target, or None and why there is none."""
        target = self._dispatch(folder, specifier)
        if target is not None:
            return target, ""
        tried = list(self.tried)
        shown = ", ".join(tried[:_TRIED_SHOWN])
        if len(tried) > _TRIED_SHOWN:
            shown += f" and {len(tried) - _TRIED_SHOWN} more"
        return None, f"{_absent(specifier)}; tried {shown or 'nothing'}"

    def _dispatch(self, folder: str, specifier: str) -> str | None:
        if specifier.startswith(HOST_SCHEME) and _HOST_NAME.fullmatch(specifier):
            return specifier
        _check(specifier)
        if specifier in (".", "..") or specifier.startswith(("./", "../")):
            path = _join(folder, specifier)
            is_folder = specifier.endswith("/") or specifier.rpartition("/")[2] in (".", "..")
            return (None if is_folder else self._file(path)) or self._folder(path)
        if specifier.startswith("#"):
            return self._internal(folder, specifier)
        return self._bare(folder, specifier)

    def scope(self, folder: str) -> tuple[str, Package] | None:
        """Return the nearest folder upwards that has a package.json, and that file."""
        while True:
            package = self._package(folder)
            if package is not None:
                return folder, package
            if not folder:
                return None
            folder = folder_of(folder)

    def _internal(self, folder: str, specifier: str) -> str | None:
        scope = self.scope(folder)
        if scope is None:
            raise _Refused("names that start with '#' need a package.json with imports")
        home, package = scope
        try:
            target = resolve_imports(package, specifier, _CONDITIONS[self.kind])
        except PackageError as error:
            raise _Refused(f"{_under(home, 'package.json')} {error}") from None
        if target.startswith("./"):
            return self._exact(home, target)
        if target.startswith(HOST_SCHEME):
            return self._dispatch(folder, target)
        _check(target)
        return self._bare(home, target)

    def _bare(self, folder: str, specifier: str) -> str | None:
        segments = specifier.removesuffix("/").split("/")
        if any(segment in ("", ".", "..") for segment in segments):
            raise _Refused("a bare name must not hold empty, '.' or '..' segments")
        size = 2 if specifier.startswith("@") and len(segments) > 1 else 1
        name = "/".join(segments[:size])
        subpath = "." + specifier[len(name) :]
        own = self.scope(folder)
        if own is not None and own[1].name == name and own[1].exports is not None:
            return self._exported(*own, subpath)
        rest = segments[size:]
        for place in self._own(folder):
            # A package has a package.json; one question a folder is enough where there is none.
            if self._package(_under(place, name)) is None:
                self.tried[f"{place}/{name}/package.json"] = None
                continue
            found = self._in(place, name, rest, subpath)
            if found is not None or self.kind == "import":
                return found  # `require` goes on to look, `import` does not
        for root in self.resolver.roots:
            found = self._in(root, name, rest, subpath)
            if found is not None:
                return found
        return None

    def _own(self, folder: str) -> Iterator[str]:
        """Yield the `node_modules` that a file of `folder` sees inside its root, nearest first."""
        roots = self.resolver.roots
        while folder and folder not in roots:
            if folder.rpartition("/")[2] != "node_modules" and any(
                not root or folder.startswith(root + "/") for root in roots
            ):
                yield folder + "/node_modules"
            folder = folder_of(folder)

    def _in(self, place: str, name: str, rest: Sequence[str], subpath: str) -> str | None:
        """Return what `name` and the path `rest` below it mean in the folder `place`."""
        home = _under(place, name)
        package = self._package(home)
        if package is not None and package.exports is not None:
            return self._exported(home, package, subpath)
        path = "/".join([home, *rest])
        return (None if subpath.endswith("/") else self._file(path)) or self._folder(path)

    def _exported(self, home: str, package: Package, subpath: str) -> str | None:
        try:
            target = resolve_exports(package, subpath, _CONDITIONS[self.kind])
        except PackageError as error:
            raise _Refused(f"{_under(home, 'package.json')} {error}") from None
        return self._exact(home, target)

    def _exact(self, home: str, target: str) -> str | None:
        if target.endswith("/"):
            raise _Refused(f"{_under(home, 'package.json')} names a folder: {target}")
        path = _join(home, target)
        return path if self._has(path) else None

    def _file(self, path: str) -> str | None:
        if not path:
            return None
        if self._has(path):
            return path
        for extension in self.resolver.extensions:
            if self._has(path + extension):
                return path + extension
        return None

    def _folder(self, path: str) -> str | None:
        package = self._package(path)
        if package is not None and package.main:
            main = _main(path, package.main)
            found = None if main is None else self._file(main) or self._index(main)
            if found is not None:
                return found
        return self._index(path)

    def _index(self, folder: str) -> str | None:
        for extension in self.resolver.extensions:
            path = _under(folder, "index" + extension)
            if self._has(path):
                return path
        return None

    def _has(self, path: str) -> bool:
        self.looked[path] = None
        if self.resolver.lookup(path) is not None:
            return True
        self.tried[path] = None
        return False

    def _package(self, folder: str) -> Package | None:
        path = _under(folder, "package.json")
        self.looked[path] = None
        if self.resolver.lookup(path) is None:
            return None
        try:
            return self.resolver.package(path)
        except PackageError as error:
            raise _Refused(f"{path} {error}") from None


def _absent(specifier: str) -> str:
    """Say that a specifier led to nothing, and what may help."""
    name = _PACKAGE_NAME.match(specifier)
    if name is None:
        return "not in the snapshot (untracked? git add it)"
    if name[0] in _NODE_MODULES:
        return "Node's own modules are not there"
    return f"not in the snapshot (untracked? git add it; a package? vmgit lib add {name[0]})"


def _under(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _check(specifier: str) -> None:
    """Refuse what can be no name of a workspace file, whichever way it is asked for."""
    if not specifier:
        raise _Refused("the name is empty")
    if len(specifier) > MAX_PATH:
        raise _Refused(f"the name is longer than {MAX_PATH} characters")
    if _CONTROL.search(specifier):
        raise _Refused("the name holds control characters or broken text")
    if "\\" in specifier:
        raise _Refused("paths are written with '/', not with a backslash")
    if specifier.startswith("/"):
        raise _Refused("absolute paths are refused; name it relative to the importing file")
    if specifier.startswith("node:"):
        raise _Refused("Node's own modules are not there, only files and vmgit: names")
    if _SCHEME.match(specifier):
        raise _Refused("URLs are refused; only files of the workspace and vmgit: names are there")
    if _PERCENT.search(specifier):
        raise _Refused("percent-encoding is refused; write the characters themselves")
    if "?" in specifier:
        raise _Refused("query strings are refused")


def _join(folder: str, relative: str) -> str:
    """Return `relative` to `folder` as a workspace path; refuse to leave the workspace."""
    parts = folder.split("/") if folder else []
    for segment in relative.split("/"):
        if segment == "..":
            if not parts:
                raise _Refused("the path leaves the workspace")
            parts.pop()
        elif segment not in ("", "."):
            parts.append(segment)
    return "/".join(parts)


def _main(folder: str, main: str) -> str | None:
    """Return the path that a package's `main` names; None if no file can have it."""
    if main.startswith("/") or "\\" in main or _CONTROL.search(main) or len(main) > MAX_PATH:
        return None
    try:
        return _join(folder, main)
    except _Refused:
        return None
