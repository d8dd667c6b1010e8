"""Tells whether a script awaits at its top level, and whether it returns there.

Both ask the same: does this node belong to the script itself or to a function in it? Knows the
grammar's shapes only.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from .scan import parser

if TYPE_CHECKING:
    from tree_sitter import Node, Query

#: The parser takes `await (x)` for a call of a function named await; nobody means that.
_PATTERN = """
(await_expression) @await
((identifier) @await (#eq? @await "await"))
(for_in_statement "await" @await)
(return_statement) @return
"""

_CLOSED = {
    "function_declaration": ("parameters", "body"),
    "generator_function_declaration": ("parameters", "body"),
    "function_expression": ("parameters", "body", "name"),
    "generator_function": ("parameters", "body", "name"),
    "arrow_function": ("parameters", "parameter", "body"),
    "method_definition": ("parameters", "body"),
    "field_definition": ("value",),
    "class_static_block": ("body",),
}


@cache
def _query() -> Query:
    from tree_sitter import Query

    language = parser().language
    assert language is not None
    return Query(language, _PATTERN)


def find_top_level(root: Node) -> tuple[bool, Node | None]:
    """Return whether anything is awaited outside functions, and the first return outside."""
    from tree_sitter import QueryCursor

    found = QueryCursor(_query()).captures(root)
    awaits = any(_is_outside(node) for node in found.get("await", []))
    exits = [node for node in found.get("return", []) if _is_outside(node)]
    return awaits, min(exits, key=lambda node: node.start_byte, default=None)


def _is_outside(node: Node) -> bool:
    """Return whether no function or class field encloses a node."""
    child, parent = node, node.parent
    while parent is not None:
        for name in _CLOSED.get(parent.type, ()):
            if parent.child_by_field_name(name) == child:
                return False
        child, parent = parent, parent.parent
    return True
