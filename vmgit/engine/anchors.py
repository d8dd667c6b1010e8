"""Ties the `import()` of scripts and CommonJS to the file that holds it.

The engine tells of every script only that it is one, and evaluates an `import()` later, when
nothing tells any more whose code asked. So the base travels with the specifier. Native modules
need none of this: the engine knows their names.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

_DYNAMIC = re.compile(r"(?<![\w$.])import\s*(?:/[/*]|\()")
_MARK = "\x01"


class Anchored(NamedTuple):
    """A text whose imports say where they stand; `column` undoes the move of a position, if any."""

    text: str
    column: Callable[[int, int], int] | None


def anchor(text: str, path: str) -> Anchored:
    """Put `path` (`""`: the prompt) before the specifier of every `import()` of a script."""
    if _DYNAMIC.search(text) is None:
        return Anchored(text, None)
    from vmgit.engine.edits import Edits
    from vmgit.engine.scan import parse

    data = text.encode("utf-8", "surrogatepass")
    tree = parse(data)
    edits = Edits()
    opening = json.dumps(_MARK + path + _MARK) + "+("
    todo = [tree.root_node]
    while todo and not tree.root_node.has_error:
        node = todo.pop()
        todo += node.named_children
        function = node.child_by_field_name("function")
        if node.type == "call_expression" and function is not None and function.type == "import":
            arguments = node.child_by_field_name("arguments")
            found = [] if arguments is None else arguments.named_children
            specifiers = [child for child in found if child.type != "comment"]
            if specifiers:
                edits.wrap(specifiers[0].start_byte, specifiers[0].end_byte, opening, ")")
    if not edits:
        return Anchored(text, None)
    edited, shifts = edits.apply(data)

    def column(line: int, position: int) -> int:
        index = bisect_right(shifts, (line, position, 1 << 30))
        if index == 0 or shifts[index - 1].line != line:
            return position
        return max(1, position - shifts[index - 1].delta)

    return Anchored(edited.decode("utf-8", "surrogatepass"), column)


def split(specifier: str) -> tuple[str | None, str]:
    """Return the base that `anchor` put before a specifier, None without one, and the rest."""
    if not specifier.startswith(_MARK):
        return None, specifier
    base, _, rest = specifier[1:].partition(_MARK)
    return base, rest
