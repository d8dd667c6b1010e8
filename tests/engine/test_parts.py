"""Parts of the prelude are made after programs ran: they look at nothing that those can change."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from vmgit.engine.parts import own_parts, web_parts
from vmgit.engine.scan import parse, pattern_names

#: What the engine does not let a program redefine, and what a part is given.
FIXED = {"undefined", "arguments", "inner", "exports"}
_DECLARING = {
    "variable_declarator": "name",
    "function_declaration": "name",
    "function_expression": "name",
    "class_declaration": "name",
    "for_in_statement": "left",
    "catch_clause": "parameter",
    "arrow_function": "parameter",
}


def nodes(root: Node) -> list[Node]:
    found, todo = [], [root]
    while todo:
        node = todo.pop()
        found.append(node)
        todo += node.named_children
    return found


def declared(root: Node) -> set[str]:
    names: set[str] = set()
    for node in nodes(root):
        field = _DECLARING.get(node.type)
        place = (
            node if node.type == "formal_parameters" else field and node.child_by_field_name(field)
        )
        if place:
            names.update(pattern_names(place))
    return names


def used(root: Node) -> set[str]:
    kinds = ("identifier", "shorthand_property_identifier")
    return {(node.text or b"").decode() for node in nodes(root) if node.type in kinds}


@pytest.mark.parametrize("name", own_parts())
def test_an_own_part_uses_no_global(name: str) -> None:
    root = parse(own_parts()[name].encode()).root_node
    assert not root.has_error
    assert used(root) - declared(root) - FIXED == set()


def test_every_part_has_a_name_of_its_own() -> None:
    assert not own_parts().keys() & web_parts().keys()
