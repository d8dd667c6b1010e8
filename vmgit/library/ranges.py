"""npm's semver ranges, by a port of npm's own implementation.

The one importer of `nodesemver`. Versions and ranges come from registries, so texts that are no
version or no range are an answer here and never an exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cmp_to_key, lru_cache

import nodesemver

_SHAPE = re.compile(r"[0-9A-Za-z.+-]{1,256}")


@lru_cache(maxsize=4096)
def _range(text: str) -> nodesemver.Range | None:
    try:
        return nodesemver.make_range(" ".join(text.split()), loose=False)
    except ValueError:
        return None


@lru_cache(maxsize=65536)
def _version(text: str) -> nodesemver.SemVer | None:
    if not _SHAPE.fullmatch(text):
        return None
    try:
        return nodesemver.make_semver(text, loose=False)
    except ValueError:
        return None


def is_range(text: str) -> bool:
    """Whether `text` is a range; the empty one means any version."""
    return _range(text) is not None


def is_version(text: str) -> bool:
    """Whether `text` is one exact version."""
    return _version(text) is not None


def satisfies(version: str, range_: str) -> bool:
    """Whether a version is in a range; prereleases only as npm allows them."""
    wanted, found = _range(range_), _version(version)
    return wanted is not None and found is not None and bool(wanted.test(found))


def newest_first(versions: Iterable[str]) -> list[str]:
    """Return those that are versions, newest first."""
    return sorted((one for one in versions if is_version(one)), key=_order, reverse=True)


def caret(version: str) -> str:
    """Return the range that npm saves for a version that was asked for by name alone."""
    return f"^{version}"


def _compare(one: str, other: str) -> int:
    return int(nodesemver.compare(one, other, False))


_order = cmp_to_key(_compare)
