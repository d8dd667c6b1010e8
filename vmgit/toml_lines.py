"""Finds the line on which a key of a TOML text stands.

`tomllib` says where a syntax error is but not where a value came from, and an error about a value
must name its line. `toml_scan` finds it; how keys and texts are shown in such errors stands here.
It knows nothing of profiles.
"""

from __future__ import annotations

import re

#: A key path: table keys as text, array positions as numbers, such as `("startup", 1, "path")`.
KeyPath = tuple[str | int, ...]

_ESCAPES = {'"': '\\"', "\\": "\\\\"}
#: What nesting is made of, in any text. Strings end with the line or text if nothing else ends
#: them: a failed match would be tried again at each of their quotes, in quadratic time.
_SHAPE = re.compile(
    r'"""(?>\\.|[^\\]|\\\Z)*?(?:""""{0,2}|\Z)'
    r"|'''.*?(?:''''{0,2}|\Z)"
    r'|"(?>\\.|[^"\\\n]|\\\Z)*"?'
    r"|'[^'\n]*'?"
    r"|#[^\n]*|[][{}\n.,=]",
    re.DOTALL,
)


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the line (from 1) on which each key and array item of a valid TOML text begins.

    Tables that are written in several places have the line of the first.
    """
    from .toml_scan import Scanner

    return Scanner(text).run()


def line_of(lines: dict[KeyPath, int], path: KeyPath) -> int:
    """Return the line of `path` or, where it is not in the text, of its nearest parent; else 1."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


def dotted(path: KeyPath) -> str:
    """Return a key path as people write it: `startup[1].path`, `limits."odd key"`."""
    shown = ""
    for part in path:
        if isinstance(part, int):
            shown += f"[{part}]"
            continue
        name = part if len(part) <= 60 and re.fullmatch(r"[A-Za-z0-9_-]+", part) else quoted(part)
        shown += f".{name}" if shown else name
    return shown


def quoted(text: str) -> str:
    """Return `text` in double quotes, on one line, without control characters, 60 at most."""
    shown = text if len(text) <= 60 else text[:57] + "..."
    return '"' + "".join(_ESCAPES.get(c) or _printable(c) for c in shown) + '"'


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def too_deep(text: str, limit: int) -> int | None:
    """Return the line where brackets or dotted keys go deeper than `limit`, or None.

    Works on any text, valid or not: it guards the parser, which recurses per bracket and is
    quadratic in the parts of a dotted key.
    """
    depth = dots = 0
    for match in _SHAPE.finditer(text):
        token = match[0]
        if token == ".":
            dots += 1
        elif token in ("[", "{"):
            depth += 1
        elif token in ("]", "}"):
            depth = max(0, depth - 1)
        if token in ("\n", ",", "="):
            dots = 0
        if depth > limit or dots > limit:
            return text.count("\n", 0, match.start()) + 1
    return None
