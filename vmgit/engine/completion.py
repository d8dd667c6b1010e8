"""Keeps the completion value of a script that runs as the body of an async function.

A function has no completion value, so the statements that can give the script its value store it
in a variable, by ECMAScript's rules (UpdateEmpty): expressions set it, compound statements start
with undefined, the others leave it alone. Knows nothing of what else is rewritten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .edits import Edits
from .scan import field_of, inner, statements_of

if TYPE_CHECKING:
    from tree_sitter import Node

_COMPOUND = frozenset(
    {
        "if_statement",
        "for_statement",
        "for_in_statement",
        "while_statement",
        "do_statement",
        "switch_statement",
        "try_statement",
        "with_statement",
    }
)


def keep_completion(statements: list[Node], edits: Edits, helper: str) -> None:
    """Store the value of a statement list in the variable `helper + "c"`.

    Goes back from the last statement to the first one that surely gives a value; inside compound
    statements everything counts, because a `break` may end them anywhere.
    """
    for statement in reversed(statements):
        _keep(statement, edits, helper)
        if statement.type == "expression_statement" or inner(statement).type in _COMPOUND:
            return


def _keep(statement: Node, edits: Edits, helper: str) -> None:
    pending = [statement]
    while pending:
        outer = pending.pop()
        node = inner(outer)
        if node.type == "expression_statement":
            _keep_expression(node, edits, helper)
        elif node.type in _COMPOUND:
            edits.wrap(outer.start_byte, outer.end_byte, f"{{{helper}c=void 0;", "}")
        pending.extend(_inside(node))
        finalizer = node.child_by_field_name("finalizer")
        if node.type == "try_statement" and finalizer is not None:
            block = field_of(finalizer, "body")
            save, saved = f"let {helper}s={helper}c;{helper}c=void 0;", f";{helper}c={helper}s;"
            edits.wrap(block.start_byte + 1, block.end_byte - 1, save, saved)


def _keep_expression(node: Node, edits: Edits, helper: str) -> None:
    # `(0,...)` so that an anonymous function does not get the variable's name.
    expression = node.named_children[0]
    last = node.children[-1]
    closing = ")" if last.type == ";" else ");"
    edits.wrap(expression.start_byte, expression.end_byte, f"{helper}c=(0,", closing)


def _inside(node: Node) -> list[Node]:
    """Return the statements directly inside a statement."""
    if node.type == "statement_block":
        return statements_of(node)
    if node.type == "if_statement":
        alternative = node.child_by_field_name("alternative")
        rest = statements_of(alternative) if alternative is not None else []
        return [field_of(node, "consequence"), *rest]
    if node.type == "switch_statement":
        cases = field_of(node, "body").named_children
        kinds = ("switch_case", "switch_default")
        return [item for case in cases if case.type in kinds for item in statements_of(case)]
    if node.type == "try_statement":
        clauses = [node.child_by_field_name(name) for name in ("handler", "finalizer")]
        return [field_of(part, "body") for part in [node, *filter(None, clauses)]]
    if node.type in _COMPOUND:
        return [field_of(node, "body")]
    return []
