"""What a package.json decides about module resolution: `exports`, `imports`, `main`, `type`.

The algorithm is the one of Node's documentation ("Modules: Packages" and "ECMAScript modules:
resolution algorithm specification"), restricted to the conditions that hold here. The file is
hostile input: any JSON may stand anywhere, and every answer is bounded in time, depth and size.
This module knows no tree and no files: it maps names to names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

#: Larger files are refused; those of real packages have some kilobytes.
MAX_BYTES = 256 * 1024
#: Conditions and arrays may be nested this deep.
MAX_DEPTH = 64
#: The longest path that a pattern may produce.
MAX_PATH = 4096

_BAD_SEGMENT = re.compile(r"(?:^|[\\/])(?:\.{0,2}|node_modules)(?:[\\/]|$)", re.IGNORECASE)
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class PackageError(Exception):
    """A package.json that cannot be read, or that does not let a specifier through."""


class _InvalidTarget(PackageError):
    """A target that cannot be; in an array the next one is tried."""


class Package(NamedTuple):
    """The fields of a package.json that matter here; fields of a wrong type are as absent."""

    name: str | None = None
    type: str | None = None
    main: str | None = None
    exports: Any = None
    imports: Any = None


class _Absent:
    """No condition matched (unlike null, which forbids)."""


_ABSENT: Final = _Absent()
_Target = str | None | _Absent


def parse_package(data: bytes) -> Package:
    """Return what the package.json with the bytes `data` says.

    Raises `PackageError` when it is not JSON, too large or too deep.
    """
    if len(data) > MAX_BYTES:
        raise PackageError(f"is larger than {MAX_BYTES // 1024} KiB")
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise PackageError("is nested too deeply") from None
    except ValueError as error:
        raise PackageError(f"is not valid JSON ({error})") from None
    if not isinstance(value, dict):
        return Package()
    name, kind, main = (_text(value.get(key)) for key in ("name", "type", "main"))
    imports = value.get("imports")
    return Package(
        name,
        kind if kind in ("module", "commonjs") else None,
        main,
        value.get("exports"),
        imports if isinstance(imports, dict) else None,
    )


def resolve_exports(package: Package, subpath: str, conditions: frozenset[str]) -> str:
    """Return the path below the package that `exports` gives for `subpath`.

    `subpath` is `.` for the package itself, else `./PATH`; `conditions` are the names that hold,
    `default` always does. Raises `PackageError`.
    """
    exports = package.exports
    keyed = isinstance(exports, dict) and _has_subpaths(exports)
    found: _Target = _ABSENT
    if subpath == ".":
        main = exports.get(".", _ABSENT) if keyed else exports
        found = _target(main, None, conditions, internal=False)
    elif keyed:
        found = _match(subpath, exports, conditions, internal=False)
    if not isinstance(found, str):
        what = "the package itself" if subpath == "." else _short(subpath)
        raise PackageError(f"does not export {what}")
    return found


def resolve_imports(package: Package, specifier: str, conditions: frozenset[str]) -> str:
    """Return what `imports` gives for `specifier` (`#name`).

    That is `./PATH` inside the package or another specifier. Raises `PackageError`.
    """
    found: _Target = _ABSENT
    if package.imports is not None and specifier != "#" and not specifier.startswith("#/"):
        found = _match(specifier, package.imports, conditions, internal=True)
    if not isinstance(found, str):
        raise PackageError(f"does not define {specifier!r} in its imports")
    return found


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _has_subpaths(exports: Mapping[str, Any]) -> bool:
    dotted = sum(key.startswith(".") for key in exports)
    if 0 < dotted < len(exports):
        raise PackageError("mixes subpaths and conditions in its exports")
    return dotted > 0


def _match(
    key: str, table: Mapping[str, Any], conditions: frozenset[str], internal: bool
) -> _Target:
    if key.endswith("/"):
        return _ABSENT
    if key in table and "*" not in key:
        return _target(table[key], None, conditions, internal=internal)
    best: tuple[int, int] | None = None
    chosen = star = ""
    for pattern in table:
        base, found, trailer = pattern.partition("*")
        if not found or "*" in trailer or not key.startswith(base) or key == base:
            continue
        if trailer and not (key.endswith(trailer) and len(key) >= len(pattern)):
            continue
        rank = (len(base), len(pattern))
        if best is None or rank > best:
            best, chosen = rank, pattern
            star = key[len(base) : len(key) - len(trailer)]
    if best is None:
        return _ABSENT
    return _target(table[chosen], star, conditions, internal=internal)


def _target(
    value: Any, star: str | None, conditions: frozenset[str], *, internal: bool, depth: int = 0
) -> _Target:
    if isinstance(value, str):
        return _path(value, star, internal)
    if value is None or isinstance(value, _Absent):
        return value
    if depth > MAX_DEPTH:
        raise PackageError(f"nests conditions deeper than {MAX_DEPTH}")
    if isinstance(value, dict):
        if any(key.isascii() and key.isdigit() for key in value):
            raise PackageError("has a number as a condition")
        for branch in _holding(value, conditions):
            found = _target(branch, star, conditions, internal=internal, depth=depth + 1)
            if not isinstance(found, _Absent):
                return found
        return _ABSENT
    if isinstance(value, list):
        return _first(value, star, conditions, internal, depth)
    raise _InvalidTarget(f"has a target that is neither text, table nor list: {_short(value)}")


def _holding(value: Mapping[str, Any], conditions: frozenset[str]) -> Iterator[Any]:
    return (branch for name, branch in value.items() if name == "default" or name in conditions)


def _first(
    values: list[Any], star: str | None, conditions: frozenset[str], internal: bool, depth: int
) -> _Target:
    last: _InvalidTarget | None = None
    for value in values:
        try:
            found = _target(value, star, conditions, internal=internal, depth=depth + 1)
        except _InvalidTarget as error:
            last = error
            continue
        if isinstance(found, str):
            return found
        if found is None:
            last = None
    if last is not None:
        raise last
    return None


def _path(target: str, star: str | None, internal: bool) -> str:
    """Return `target` with its stars filled in, if it stays inside the package."""
    if star is not None and len(target) + target.count("*") * len(star) > MAX_PATH:
        raise PackageError(f"gives a path longer than {MAX_PATH} characters")
    if star is not None and _BAD_SEGMENT.search(star):
        raise PackageError(f"does not allow {_short(star)} in place of '*'")
    filled = target if star is None else target.replace("*", star)
    if _CONTROL.search(filled) or _PERCENT.search(filled):
        raise _InvalidTarget(f"has a target with characters that are refused: {_short(target)}")
    if target.startswith("./"):
        if "\\" in filled or _BAD_SEGMENT.search(target[2:].removesuffix("/")):
            raise _InvalidTarget(f"has a target that leaves the package: {_short(target)}")
        return filled
    outside = target.startswith(("/", "../", ".")) or not target
    if internal and not outside and (not _SCHEME.match(target) or target.startswith("vmgit:")):
        return filled
    raise _InvalidTarget(f"has a target that does not start with './': {_short(target)}")


def _short(value: Any) -> str:
    text = repr(value) if isinstance(value, (str, int, float, bool)) else type(value).__name__
    return text if len(text) <= 80 else text[:77] + "..."
