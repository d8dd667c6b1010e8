"""How packages are named: in a registry, in a folder, in what one package asks of another.

A name becomes a path and a part of a URL, so whatever comes from a registry, a lock or the command
line passes here before it is used. This module reads nothing and knows no registry.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .ranges import is_range

#: npm's own limit.
_LONGEST = 214
#: What a requirement may have at most; npm's semver cuts off there too.
_LONGEST_RANGE = 256
_PART = r"[A-Za-z0-9~-][A-Za-z0-9._~-]*"
_NAME = re.compile(rf"(?:@[A-Za-z0-9~_-][A-Za-z0-9._~-]*/)?{_PART}")
_TAG = re.compile(r"[A-Za-z0-9~_-][A-Za-z0-9._~-]*")
#: Names that would take the place of something else.
_RESERVED = frozenset(("node_modules", "favicon.ico", "vmgit-lock.json"))
#: The folder of a package's own packages.
NESTED = "/node_modules/"


class SpecError(Exception):
    """A name or requirement that cannot be used; the message says which and why."""


class Requirement(NamedTuple):
    """One wish for a package: it shall be found as `folder` and be `name` in a fitting version.

    `folder` is what code imports; it differs from `name` for an alias (`npm:NAME@RANGE`). `range`
    is an npm semver range or a dist-tag.
    """

    folder: str
    name: str
    range: str

    @property
    def spec(self) -> str:
        """The right-hand side, as a package.json writes it."""
        return self.range if self.folder == self.name else f"npm:{self.name}@{self.range}"

    def __str__(self) -> str:
        return f"{self.folder}@{self.spec}"


def check_name(name: str) -> str:
    """Return `name` if a package can have it. Raises `SpecError`."""
    if len(name) > _LONGEST or not _NAME.fullmatch(name) or name.lower() in _RESERVED:
        raise SpecError(f"{_short(name)} is no name of a package")
    return name


def check_path(path: str) -> str:
    """Return the path of a package below `vendor/` if it is one. Raises `SpecError`."""
    for name in path.split(NESTED):
        check_name(name)
    return path


def folder_name(path: str) -> str:
    """Return what code imports the package at `path` as: `b` for `a/node_modules/b`."""
    return path.rpartition(NESTED)[2]


def parse_argument(text: str) -> tuple[str, str | None]:
    """Split `NAME[@SPEC]` of a command line; None where there is no spec. Raises `SpecError`."""
    name, at, spec = text[1:].partition("@")
    name = text[:1] + name
    return check_name(name), spec.strip() if at and spec.strip() else None


def parse_requirement(folder: str, spec: str) -> Requirement:
    """Return what `"folder": "spec"` of a package.json asks for.

    Raises `SpecError`: also for Git, URL, file and workspace specs, which name no registry.
    """
    check_name(folder)
    wanted = spec.strip()
    if wanted.startswith("npm:"):
        name, inner = parse_argument(wanted.removeprefix("npm:"))
        return Requirement(folder, name, _check_range(folder, inner or "*"))
    return Requirement(folder, folder, _check_range(folder, wanted or "*"))


def is_tag(range_: str) -> bool:
    """Whether a requirement's `range` is a dist-tag such as `latest`."""
    return not is_range(range_)


def _check_range(folder: str, text: str) -> str:
    if len(text) > _LONGEST_RANGE:
        raise SpecError(f"the range of {folder} is longer than {_LONGEST_RANGE} characters")
    if is_range(text) or _TAG.fullmatch(text):
        return text
    kinds = "only versions, ranges, dist-tags and npm: aliases come from a registry"
    raise SpecError(f"{folder}@{_short(text)} cannot be fetched: {kinds}")


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")
