"""Finds the line on which a key of a TOML text stands.

`tomllib` says where a syntax error is but not where a value came from, and an error about a value
must name its line. A small scanner walks the text that `tomllib` has already accepted, so it need
not judge it; it knows nothing of profiles.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

#: A key path: table keys as text, array positions as numbers, such as `("startup", 1, "path")`.
KeyPath = tuple[str | int, ...]

_STRING = (
    r'"""(?:\\.|[^\\])*?""""{0,2}'
    r"|'''.*?''''{0,2}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
)
_SPACE = re.compile(r"(?:\s+|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_TEXT = re.compile(_STRING, re.DOTALL)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]+")
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
    return _Scanner(text).run()


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
        name = part if len(part) <= 60 and _BARE_KEY.fullmatch(part) else quoted(part)
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


class _Scanner:
    """One pass over a text; `pos` is the next character, `lines` what was found."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.lines: dict[KeyPath, int] = {}
        self.newlines = [match.start() for match in re.finditer("\n", text)]
        #: How many elements each array of tables has so far.
        self.elements: dict[KeyPath, int] = {}

    def run(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        self.skip(_SPACE)
        while self.pos < len(self.text):
            if self.text.startswith("[[", self.pos):
                table = self.header(2)
            elif self.text[self.pos] == "[":
                table = self.header(1)
            else:
                self.pair(table)
            self.skip(_SPACE)
        return self.lines

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.pos)
        if match is not None:
            self.pos = match.end()

    def note(self, path: KeyPath) -> None:
        self.lines.setdefault(path, bisect_right(self.newlines, self.pos - 1) + 1)

    def header(self, brackets: int) -> KeyPath:
        """Read `[a.b]` or `[[a.b]]` and return the path that the following keys belong to."""
        start = self.pos
        self.pos += brackets
        parts = self.key()
        after, self.pos = self.pos + brackets, start
        path: KeyPath = ()
        for number, part in enumerate(parts, 1):
            path = (*path, part)
            self.note(path)
            if brackets == 2 and number == len(parts):
                self.elements[path] = self.elements.get(path, 0) + 1
            if path in self.elements:
                path = (*path, self.elements[path] - 1)
                self.note(path)
        self.pos = after
        return path

    def key(self) -> list[str]:
        """Read a key, dotted or not, and the blanks after it."""
        parts = []
        while True:
            self.skip(_BLANK)
            match = _TEXT.match(self.text, self.pos) or _BARE_KEY.match(self.text, self.pos)
            if match is None:
                raise ValueError(f"no TOML key at offset {self.pos}")
            quoted = match[0][0] in "\"'"
            parts.append(tomllib.loads(f"k = {match[0]}")["k"] if quoted else match[0])
            self.pos = match.end()
            self.skip(_BLANK)
            if not self.text.startswith(".", self.pos):
                return parts
            self.pos += 1

    def pair(self, table: KeyPath) -> None:
        """Read `key = value` inside `table`."""
        start = self.pos
        parts = self.key()
        after, self.pos = self.pos + 1, start
        path = table
        for part in parts:
            path = (*path, part)
            self.note(path)
        self.pos = after
        self.skip(_BLANK)
        self.value(path)

    def value(self, path: KeyPath) -> None:
        """Read one value; `path` is already noted unless it is an array item."""
        opening = self.text[self.pos]
        if opening not in "[{":
            self.skip(_TEXT if opening in "\"'" else _SCALAR)
            return
        closing = "]" if opening == "[" else "}"
        self.pos += 1
        self.skip(_SPACE)
        position = 0
        while self.text[self.pos] != closing:
            if opening == "[":
                self.note((*path, position))
                self.value((*path, position))
            else:
                self.pair(path)
            position += 1
            self.skip(_SPACE)
            if self.text[self.pos] == ",":
                self.pos += 1
                self.skip(_SPACE)
        self.pos += 1
