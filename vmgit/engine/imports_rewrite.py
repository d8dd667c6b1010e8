"""Turns `import` statements that were typed in a script into awaited dynamic imports.

Only modules have import statements, but at a prompt people expect them to work. The bindings are
constants holding what the module exported at that moment. Knows nothing of where modules are.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .scan import name_of, text_of

if TYPE_CHECKING:
    from tree_sitter import Node


def _bindings(statement: Node) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the names of the whole module, and pairs of an exported name and a local one."""
    whole: list[str] = []
    pairs: list[tuple[str, str]] = []
    for clause in statement.named_children:
        if clause.type != "import_clause":
            continue
        for part in clause.named_children:
            if part.type == "identifier":
                pairs.append(("default", name_of(part)))
            elif part.type == "namespace_import":
                whole += [name_of(child) for child in part.named_children]
            elif part.type == "named_imports":
                pairs += [_specifier(item) for item in part.named_children if _is_specifier(item)]
    return whole, pairs


def _is_specifier(node: Node) -> bool:
    return node.type == "import_specifier"


def _specifier(item: Node) -> tuple[str, str]:
    name = item.child_by_field_name("name")
    alias = item.child_by_field_name("alias")
    # `default as d`: the grammar gives the word no name.
    exported = _exported(name) if name is not None else "default"
    return exported, name_of(alias) if alias is not None else exported


def _exported(name: Node) -> str:
    return name_of(name) if name.type != "string" else text_of(name)[1:-1]


def _breaks(statement: Node) -> str:
    return "\n" * (statement.end_point.row - statement.start_point.row)


def import_names(statement: Node) -> list[str]:
    """Return the names that an import statement binds, in order."""
    whole, pairs = _bindings(statement)
    return whole + [local for _, local in pairs]


def import_checks(statement: Node) -> str:
    """Return a declaration of the same names for the engine to check against the others."""
    names = import_names(statement)
    return (f"const [{','.join(names)}]=[];" if names else ";") + _breaks(statement)


def rewrite_import(statement: Node, helper: str) -> str:
    """Return the statement as a declaration that imports; it has as many lines."""
    whole, pairs = _bindings(statement)
    source = next(child for child in statement.named_children if child.type == "string")
    exported = json.dumps([name for name, _ in pairs])
    code = f"var {helper}={helper}i(await import({text_of(source)}),{exported})"
    code += "".join(f",{helper}={name}={helper}" for name in whole)
    if pairs:
        # The module stays in the helper while its exports are bound.
        parts = ",".join(f"{json.dumps(name)}:{local}" for name, local in pairs)
        code += f",{helper}={{{parts}}}={helper}"
    return code + ";" + _breaks(statement)
