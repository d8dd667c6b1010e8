"""Gives text that leaves the realm its real file names and positions.

The engine knows every script as `<input>` and our own code as `<dukpy>`. So each script gets a
line range of its own, and whatever the realm says is rewritten on its way out: virtual lines
become `startup/10-rules.js:3:5`, module versions (`?v=...`) disappear, our frames are dropped.
Works on JSON text, before it is decoded, so that no string is missed.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable

#: Maps a position (line and column from 1) of the evaluated text to the column in the user's text.
Columns = Callable[[int, int], int]

#: Lines below this belong to code that the program itself evaluates from strings.
_FIRST = 1000
_REPL = "<repl>"
#: Inputs of the prompt share one range of so many lines: all have the same name, and each begins
#: at its first line. Only longer ones, and those whose columns moved, get one of their own.
_SHARED = 1000
#: What begins the names of our own code in this realm.
PARTS = "vmgit:globals/"
#: Past this line the ranges start again; positions in code that old are then misnamed.
_WRAP = 100_000

# Texts of programs are searched too, so each pattern takes time in proportion to the text: it
# begins at the first space of a run, and what it spans is bounded or ends at a bracket.
_OURS = re.compile(
    r"(?:\\n)?(?<! ) {4,40}at (?:[^\\\"()]{0,200}\()?"
    r"(?:<dukpy>(?::\d+)*|vmgit:require/\d+:[\d:]*)\)?"
)
_NATIVE = re.compile(
    r"(?:\\n)?(?<! ) {4,40}at \w{1,100} \(native\)"
    r"(?=\\n {4,40}at [^\\\"()]{0,200}\((?:<dukpy>|vmgit:globals/))"
)
_MODULE = re.compile(
    r"(?:\\n)?(?<! ) {4,40}at [^\\\"()]{0,200}\(([^()\\\"]+\?v=[0-9a-f]{8,24}):\d+:\d+\)"
)
_UNPLACED = re.compile(r"at <eval> \(<input>:1:1\)")
_PLACE = re.compile(r"<input>:(\d{1,9})(?!\d)(?::(\d{1,9})(?!\d))?")
_TOP = re.compile(r"at <eval> \(([^()\\\"]+)\)")
_PART = re.compile(r"(?:\\n)?(?<! ) {4,40}at [^\\\"()]{0,200}\(vmgit:globals/\w{1,40}:\d+:\d+\)")
_MISSING = re.compile(r"cannot find module: vmgit:missing/(\d{1,9})(?!\d)")
#: What `closure.py` and `Sources.main` add to a path: not the `?v=3` of a program's own text.
_VERSION = re.compile(r"\?v=(?:[0-9a-f]{24}|[0-9a-f]{16}|(?<=<repl>\?v=)[0-9a-f]{8})(?![0-9a-f])")


class Stacks:
    """The line ranges of a realm's scripts, and the rewriting of text by them."""

    def __init__(self) -> None:
        self._starts = [_FIRST, _FIRST + _SHARED]
        self._names = [_REPL]
        self._columns: list[Columns | None] = [None]
        self._by_name: dict[str, tuple[int, int]] = {}
        self._next = _FIRST + _SHARED
        #: So many ranges, up to this line, are never given to anything else.
        self._reserved = (1, self._next)
        self._current = _REPL
        #: Ids of modules that only stand for one of another kind; their frames are ours.
        self.wrappers: set[str] = set()
        self._missing: list[str] = []

    def place(self, name: str | None, text: str, columns: Columns | None = None) -> int:
        """Give the source `name` (None: the prompt) a line range; return the lines to put before.

        A file that is evaluated again keeps its range while it fits; ranges of the prompt are used
        again. So the numbers stay small, and what is put before stays cheap.
        """
        size = text.count("\n") + 2
        if name is None and columns is None and size <= _SHARED:
            return _FIRST
        start, index = self._by_name.get(name or "", (0, -1)) if name else (0, -1)
        if index < 0 or size > self._starts[index + 1] - start:
            if self._next > _WRAP:
                self._restart()
            start, index = self._next, len(self._names)
            self._next += size if name is None else size + size // 2 + 64
            del self._starts[index:]
            self._starts += [start, self._next]
            self._names.append(name or _REPL)
            self._columns.append(None)
            if name:
                self._by_name[name] = (start, index)
        self._columns[index] = columns
        return start

    def reserve(self, part: str, text: str) -> int:
        """Give a part of the prelude a line range for good; return the lines to put before it."""
        start, self._next = self._next, self._next + text.count("\n") + 2
        self._names.append(PARTS + part)
        self._columns.append(None)
        self._starts.append(self._next)
        self._reserved = (len(self._names), self._next)
        return start

    def _restart(self) -> None:
        kept, self._next = self._reserved
        del self._starts[kept + 1 :], self._names[kept:], self._columns[kept:]
        self._by_name = {}

    def missing(self, message: str) -> str:
        """Return a module name to be not found: the engine's error then becomes `message`."""
        if message not in self._missing:
            self._missing.append(message)
        return f"vmgit:missing/{self._missing.index(message)}"

    def script_of(self, frames: str) -> str | None:
        """Return the path of the topmost script in raw frames of the engine; None if unknown."""
        for found in _PLACE.finditer(frames):
            index = bisect_right(self._starts, int(found[1])) - 1
            if not 0 <= index < len(self._names):
                return None
            if not self._names[index].startswith(PARTS):
                return "" if self._names[index] == _REPL else self._names[index]
        return None

    def enter(self, name: str | None) -> None:
        """Say which source runs now: positions that the engine did not record are in its line 1."""
        self._current = _REPL if name is None else name

    def clean(self, text: str) -> str:
        """Return JSON text of the realm with real names and positions and without our frames."""
        if "<dukpy>" in text or "vmgit:require/" in text:
            text = _NATIVE.sub("", text)
            text = _OURS.sub("", text)
        if "<input>" in text:
            text = _UNPLACED.sub(lambda _: f"at {self._current}:1:1", text)
            text = _PLACE.sub(self._position, text)
            if PARTS in text:
                text = _NATIVE.sub("", text)
                text = _PART.sub("", text)
        if "<eval>" in text:
            text = _TOP.sub(r"at \1", text)
        if "?v=" in text:
            text = _MODULE.sub(lambda m: "" if m[1] in self.wrappers else m[0], text)
            text = _VERSION.sub("", text)
        if "vmgit:missing/" in text:
            text = _MISSING.sub(self._message, text)
        return text

    def _message(self, match: re.Match[str]) -> str:
        index = int(match[1])
        known = index < len(self._missing)
        return json.dumps(self._missing[index])[1:-1] if known else match[0]

    def _position(self, match: re.Match[str]) -> str:
        line, column = int(match[1]), int(match[2] or 0)
        index = bisect_right(self._starts, line) - 1
        if index < 0 or index >= len(self._names):
            name = "<eval>"
        else:
            name, line = self._names[index], line - self._starts[index]
            columns = self._columns[index]
            if columns is not None and column:
                column = columns(line, column)
        return f"{name}:{line}:{column}" if column else f"{name}:{line}"
