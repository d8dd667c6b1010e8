"""Reads a TOML text just far enough to know on which line each key stands.

It walks a text that `tomllib` has already accepted, so it need not judge it. It is loaded when an
error needs a line, and not before: its patterns take longer to make than a profile to read.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

_KeyPath = tuple[str | int, ...]

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


class Scanner:
    """One pass over a text; `pos` is the next character, `lines` what was found."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.lines: dict[_KeyPath, int] = {}
        self.newlines = [match.start() for match in re.finditer("\n", text)]
        #: How many elements each array of tables has so far.
        self.elements: dict[_KeyPath, int] = {}

    def run(self) -> dict[_KeyPath, int]:
        table: _KeyPath = ()
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

    def note(self, path: _KeyPath) -> None:
        self.lines.setdefault(path, bisect_right(self.newlines, self.pos - 1) + 1)

    def header(self, brackets: int) -> _KeyPath:
        """Read `[a.b]` or `[[a.b]]` and return the path that the following keys belong to."""
        start = self.pos
        self.pos += brackets
        parts = self.key()
        after, self.pos = self.pos + brackets, start
        path: _KeyPath = ()
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

    def pair(self, table: _KeyPath) -> None:
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

    def value(self, path: _KeyPath) -> None:
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
