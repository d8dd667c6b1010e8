"""Finds the blocks that the parser takes for objects: `{ a: 1 }` where a statement begins.

ECMAScript reads a label in a block there. An empty statement put into the block leaves no doubt
and changes nothing. Knows the grammar's shapes only.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from .edits import Edits, Shift
from .scan import parse

if TYPE_CHECKING:
    from tree_sitter import Node

#: A block that stands in a misread one comes to light when that is read anew.
_ROUNDS = 16
#: Braces that are looked at; no script that is written by hand has as many.
_MOST = 50_000


def unmistakable(data: bytes, root: Node) -> tuple[bytes, Node, tuple[Shift, ...]]:
    """Return a script whose blocks are read as blocks, its tree, and what moved within lines.

    The tree has errors where the script is no valid one.
    """
    places: list[int] = []  # in `data`, ascending: where a mark goes
    marked, shifts = data, tuple[Shift, ...]()
    for _ in range(_ROUNDS):
        found = _misread(marked, root)
        if not found:
            break
        # Each mark before a place has moved it by one byte.
        moved = [place + index for index, place in enumerate(places)]
        places = sorted(places + [place - bisect_left(moved, place) for place in found])
        edits = Edits()
        for place in places:
            edits.after(place, ";")
        marked, shifts = edits.apply(data)
        root = parse(marked).root_node
        if root.has_error:
            break
    return marked, root, shifts


def _misread(data: bytes, root: Node) -> list[int]:
    """Return where the contents of misread blocks begin, those of blocks right in them too."""
    found = []
    place = data.find(b"{")
    for _ in range(_MOST):
        if place < 0:
            break
        node = _object_at(root, place)
        if node is not None and _begins_statement(node):
            found += _chain(node, data)
        place = data.find(b"{", place + 1)
    return sorted(set(found))


def _object_at(root: Node, place: int) -> Node | None:
    """Return the object that begins at a byte."""
    leaf = root.descendant_for_byte_range(place, place + 1)
    node = leaf.parent if leaf is not None and leaf.type == "{" else None
    return node if node is not None and node.type == "object" else None


def _begins_statement(node: Node) -> bool:
    """Whether the text of a statement begins with a node."""
    start, outer = node.start_byte, node.parent
    while outer is not None and outer.start_byte == start:
        if outer.type == "expression_statement":
            return True
        outer = outer.parent
    return False


def _chain(node: Node, data: bytes) -> list[int]:
    """Return where the contents of a block begin and of those that labels put in its front."""
    found = [node.start_byte + 1]
    while True:
        first = next((child for child in node.named_children if child.type != "comment"), None)
        value = first.child_by_field_name("value") if first is not None else None
        if value is None or data[value.start_byte : value.start_byte + 1] != b"{":
            return found
        inside = _leftmost_object(value)
        if inside is None:
            return found
        node = inside
        found.append(node.start_byte + 1)


def _leftmost_object(node: Node) -> Node | None:
    while node.type != "object":
        below = node.children[0] if node.children else None
        if below is None or below.start_byte != node.start_byte:
            return None
        node = below
    return node
