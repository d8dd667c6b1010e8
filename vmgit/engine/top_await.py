"""Tells whether a script awaits at its top level, and whether it returns there.

Both ask the same: does this node belong to the script itself or to a function in it? Walks only
into nodes that hold one of the two words. Knows the grammar's shapes only.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, TreeCursor

_WORDS = re.compile(rb"await|return")

#: The parts of functions and classes that are not of the code around them; names are, if computed.
_CLOSED = {
    "function_declaration": frozenset({"parameters", "body"}),
    "generator_function_declaration": frozenset({"parameters", "body"}),
    "function_expression": frozenset({"parameters", "body", "name"}),
    "generator_function": frozenset({"parameters", "body", "name"}),
    "arrow_function": frozenset({"parameters", "parameter", "body"}),
    "method_definition": frozenset({"parameters", "body"}),
    "field_definition": frozenset({"value"}),
    "class_static_block": frozenset({"body"}),
}
_NOTHING: frozenset[str] = frozenset()


def find_top_level(root: Node, data: bytes) -> tuple[bool, int | None]:
    """Return whether the script awaits outside its functions, and where it first returns there.

    `data` is the source of the tree; the place is a byte offset, None if there is no return.
    """
    words = [match.start() for match in _WORDS.finditer(data)]
    awaits, exits = False, None
    cursor, parents = root.walk(), [""]
    while True:
        node = cursor.node
        assert node is not None  # a cursor always stands on a node
        kind = node.type
        if kind == "return_statement" and exits is None:
            exits = node.start_byte
        awaits = awaits or _is_await(node)
        index = bisect_left(words, node.start_byte)
        holds_word = index < len(words) and words[index] < node.end_byte
        if holds_word and cursor.goto_first_child():
            parents.append(kind)
            if not _is_closed(cursor, kind):
                continue
        if not _advance(cursor, parents):
            return awaits, exits


def _is_await(node: Node) -> bool:
    """Return whether a node awaits.

    The parser takes `await (x)` for a call of a function named await; nobody means that. The bare
    word is a node of its own in await expressions and in `for await`.
    """
    return node.type == "await" or (node.type == "identifier" and node.text == b"await")


def _is_closed(cursor: TreeCursor, parent: str) -> bool:
    return cursor.field_name in _CLOSED.get(parent, _NOTHING)


def _advance(cursor: TreeCursor, parents: list[str]) -> bool:
    """Move to the next open node in source order; return False at the end."""
    while True:
        while not cursor.goto_next_sibling():
            parents.pop()
            if not cursor.goto_parent():
                return False
        if not _is_closed(cursor, parents[-1]):
            return True
