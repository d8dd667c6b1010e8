"""Turns a script into what the engine can evaluate so that its declarations outlive it.

The engine's own `let`, `const` and `class` die with an eval and could never be declared again,
and it has no top-level await in scripts. Runs in the worker only; `prelude/script.js` takes what
comes out and documents how the two work together. Knows nothing of sessions, files or positions
in them: the text it gets is a whole script, and every line stays where it is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Literal

from .edits import Shift

Mode = Literal["plain", "async"]

#: Without one of these words no rewriting is needed and the parser is not even imported.
_WORDS = re.compile(r"(?<![\w$])(?:let|const|class|var|await|import)(?![\w$])|use strict")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A script as `runScript` of the prelude takes it.

    `code` is evaluated (in mode `async` as the body of an async function) once the names are
    made: `lexical` (let, const, class), of which `consts` can be set once, and `vars`. `hoist`
    holds function declarations that must be evaluated before it. `source` is the text as the user
    wrote it when the engine has to compile that first, for all its early errors hold; else empty.
    `helper` starts every name that the rewriting put into `code`; no name in the text does. Columns
    were moved twice: by `marks`, before the text was read, then by `shifts`.
    """

    code: str
    mode: Mode = "plain"
    source: str = ""
    hoist: str = ""
    strict: bool = False
    helper: str = ""
    lexical: tuple[str, ...] = ()
    consts: tuple[str, ...] = ()
    vars: tuple[str, ...] = ()
    shifts: tuple[Shift, ...] = ()
    marks: tuple[Shift, ...] = ()

    @property
    def is_bare(self) -> bool:
        """True when the code is all there is: it declares nothing and waits for nothing."""
        return self.mode == "plain" and not (
            self.source or self.hoist or self.lexical or self.consts or self.vars
        )

    def command(self) -> dict[str, Any]:
        """Return what `runScript` needs, as plain data."""
        return {
            "mode": self.mode,
            "code": self.code,
            "source": self.source,
            "hoist": self.hoist,
            "strict": self.strict,
            "helper": self.helper,
            "lexical": list(self.lexical),
            "consts": list(self.consts),
            "vars": list(self.vars),
        }

    def column(self, line: int, column: int) -> int:
        """Return the column in the user's text of a position in `code`.

        Lines and columns count from 1, columns in UTF-8 bytes, as the engine does.
        """
        return _unshifted(self.marks, line, _unshifted(self.shifts, line, column))


def _unshifted(shifts: tuple[Shift, ...], line: int, column: int) -> int:
    index = bisect_right(shifts, (line, column, 1 << 30))
    if index == 0 or shifts[index - 1].line != line:
        return column
    return max(1, column - shifts[index - 1].delta)


def rewrite(text: str) -> Rewritten:
    """Rewrite a script; a text that no engine would accept comes back as it is."""
    text = _without_marks(text)
    if _WORDS.search(text) is None:
        return Rewritten(text)
    from .rewrite_script import rewrite_script

    return rewrite_script(text)


def _without_marks(text: str) -> str:
    """Drop a byte order mark and make a hashbang a comment: lines are put before the text."""
    text = text.removeprefix("\ufeff")
    return "//" + text[2:] if text.startswith("#!") else text
