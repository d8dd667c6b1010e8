"""What the globs of a grant match: workspace paths, part by part.

`*`, `?` and `[abc]` stay within a part; `**` stands for any number of parts, none included, and at
the end for one at least. Case counts, and a leading dot is a character like any other. Pure: no
file is looked at.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from functools import lru_cache

Parts = tuple[str, ...]


def matches(globs: Iterable[str], parts: Parts) -> bool:
    """Tell whether any of `globs` matches the path with these parts."""
    return any(len(glob) in _positions(glob, parts) for glob in map(_split, globs))


def may_hold(globs: Iterable[str], parts: Parts) -> bool:
    """Tell whether any of `globs` could match something in the folder with these parts."""
    return any(
        position < len(glob) for glob in map(_split, globs) for position in _positions(glob, parts)
    )


def matches_name(patterns: Iterable[str], name: str) -> bool:
    """Tell whether any of `patterns` (`*` and `?`) matches a whole name, as for variables."""
    return any(_part(pattern).match(name) is not None for pattern in patterns)


def _split(glob: str) -> Parts:
    parts = tuple(glob.split("/"))
    # `data/**` is what is in `data`, and not a file of that name.
    return (*parts, "*") if parts[-1] == "**" else parts


def _positions(glob: Parts, parts: Parts) -> set[int]:
    """Return how many parts of `glob` can be used up by exactly `parts`.

    Every path part is taken once for all positions, so no glob makes it slow.
    """
    here = _skip(glob, {0})
    for part in parts:
        after: set[int] = set()
        for position in here:
            if position == len(glob):
                continue
            if glob[position] == "**":
                after.add(position)
            elif _part(glob[position]).match(part) is not None:
                after.add(position + 1)
        here = _skip(glob, after)
    return here


def _skip(glob: Parts, positions: set[int]) -> set[int]:
    found = set(positions)
    for position in positions:
        while position < len(glob) and glob[position] == "**":
            position += 1
            found.add(position)
    return found


@lru_cache(maxsize=1024)
def _part(pattern: str) -> re.Pattern[str]:
    # The standard translation never backtracks into an earlier star.
    return re.compile(fnmatch.translate(pattern))
