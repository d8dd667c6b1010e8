"""What a script declares at its top level, found in its syntax tree.

The rewriter needs the names that become session variables and the places that declare them: in
ECMAScript's terms, the lexically and the var-scoped declarations of a script and its functions
in blocks (Annex B.3.3). Never looks into functions and classes, for nothing in them belongs to
the top level. Knows nothing of what is done with what it finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

FUNCTIONS = frozenset({"function_declaration", "generator_function_declaration"})
COMMENTS = frozenset({"comment", "html_comment", "hash_bang_line"})
_PATTERN_NAMES = frozenset({"identifier", "shorthand_property_identifier_pattern"})
_ESCAPE = re.compile(r"\\u(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{4}))")
_USE_STRICT = (b"'use strict'", b'"use strict"')


@cache
def parser() -> Parser:
    """Return the JavaScript parser, made at the first call."""
    import tree_sitter
    import tree_sitter_javascript

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_javascript.language()))


@dataclass(slots=True)
class BlockFunction:
    """A plain function declared in a block: sloppy code gives it a var-scoped name as well.

    `place` is what encloses it: a block, a switch body, or the declaration itself as the body of
    an `if`. `hidden` tells that a lexical name between it and the top level forbids the var.
    """

    name: str
    node: Node
    place: Node
    hidden: bool


@dataclass(slots=True)
class Scan:
    """Everything that a script declares, in source order."""

    statements: list[Node] = field(default_factory=list)
    strict: bool = False
    lets: list[Node] = field(default_factory=list)
    classes: list[Node] = field(default_factory=list)
    imports: list[Node] = field(default_factory=list)
    functions: list[Node] = field(default_factory=list)
    vars: list[Node] = field(default_factory=list)
    loops: list[Node] = field(default_factory=list)
    block_functions: list[BlockFunction] = field(default_factory=list)


def text_of(node: Node) -> str:
    """Return the source text of a node."""
    return (node.text or b"").decode("utf-8", "surrogatepass")


def name_of(node: Node) -> str:
    """Return the name that an identifier means, its escapes read."""
    raw = text_of(node)
    if "\\" not in raw:
        return raw
    return _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), raw)


def field_of(node: Node, name: str) -> Node:
    """Return a child that the grammar promises."""
    child = node.child_by_field_name(name)
    if child is None:
        raise LookupError(f"{node.type} without {name}")
    return child


def pattern_names(pattern: Node) -> list[str]:
    """Return the names that a binding pattern (or a plain identifier) binds, in order."""
    names: list[str] = []
    pending = [pattern]
    while pending:
        node = pending.pop()
        if node.type in _PATTERN_NAMES:
            names.append(name_of(node))
        elif node.type == "pair_pattern":
            pending.append(field_of(node, "value"))
        elif node.type in ("assignment_pattern", "object_assignment_pattern"):
            pending.append(field_of(node, "left"))
        else:
            pending.extend(reversed(node.named_children))
    return names


def declarators(declaration: Node) -> list[Node]:
    """Return the declarators of a let, const or var declaration."""
    return [child for child in declaration.named_children if child.type == "variable_declarator"]


def declared_names(declaration: Node) -> list[str]:
    """Return the names that a let, const or var declaration binds, in order."""
    return [
        name for item in declarators(declaration) for name in pattern_names(field_of(item, "name"))
    ]


def inner(statement: Node) -> Node:
    """Return what the labels of a statement stand before."""
    while statement.type == "labeled_statement":
        statement = field_of(statement, "body")
    return statement


def statements_of(node: Node) -> list[Node]:
    """Return the statements directly in a program, block or switch case."""
    value = node.child_by_field_name("value") if node.type == "switch_case" else None
    return [child for child in node.named_children if child.type not in COMMENTS and child != value]


def is_strict(root: Node) -> bool:
    """Return whether the directives of a program hold 'use strict'."""
    for statement in statements_of(root):
        content = statement.named_children
        if statement.type != "expression_statement" or content[0].type != "string":
            return False
        if content[0].text in _USE_STRICT:
            return True
    return False


def block_names(statements: list[Node]) -> frozenset[str]:
    """Return the lexically declared names of a statement list inside the top level."""
    names: set[str] = set()
    for statement in map(inner, statements):
        if statement.type == "lexical_declaration":
            names.update(declared_names(statement))
        elif statement.type == "class_declaration" or statement.type in FUNCTIONS:
            names.add(name_of(field_of(statement, "name")))
    return frozenset(names)


def scan(root: Node) -> Scan:
    """Find the declarations of a program. Raises LookupError on a tree that is not whole."""
    found = Scan(statements=statements_of(root), strict=is_strict(root))
    for statement in found.statements:
        target = inner(statement)
        if target.type == "lexical_declaration":
            found.lets.append(target)
        elif target.type == "class_declaration":
            found.classes.append(target)
        elif target.type == "import_statement":
            found.imports.append(target)
        elif target.type in FUNCTIONS:
            found.functions.append(target)
    _scan_nested(found)
    return found


#: A statement still to visit and the lexical names between it and the top level.
_Visit = tuple["Node", frozenset[str]]


def _scan_nested(found: Scan) -> None:
    """Collect the vars, loop heads and functions in blocks below the top-level statements."""
    pending: list[_Visit] = [(node, frozenset()) for node in reversed(found.statements)]
    while pending:
        node, names = pending.pop()
        if node.type == "variable_declaration":
            found.vars.append(node)
        elif node.type == "for_in_statement" and _kind(node) == b"var":
            found.loops.append(node)
        pending.extend(reversed(list(_below(found, node, names))))


def _below(found: Scan, node: Node, names: frozenset[str]) -> Iterator[_Visit]:
    """Yield the statements directly inside a statement, noting functions in blocks on the way."""
    if node.type == "statement_block":
        yield from _list(found, node, statements_of(node), names)
    elif node.type == "switch_statement":
        body = field_of(node, "body")
        cases = [item for case in body.named_children for item in _case(case)]
        yield from _list(found, body, cases, names)
    elif node.type in ("for_statement", "for_in_statement"):
        yield from _for(found, node, names)
    elif node.type == "try_statement":
        yield from _try(node, names)
    elif node.type == "if_statement":
        alternative = node.child_by_field_name("alternative")
        yield from _alone(found, field_of(node, "consequence"), names)
        if alternative is not None:
            yield from _alone(found, statements_of(alternative)[0], names)
    elif node.type in ("while_statement", "do_statement", "with_statement", "labeled_statement"):
        yield field_of(node, "body"), names


def _case(case: Node) -> list[Node]:
    return statements_of(case) if case.type in ("switch_case", "switch_default") else []


def _list(
    found: Scan, place: Node, statements: list[Node], names: frozenset[str]
) -> Iterator[_Visit]:
    for target in map(inner, statements):
        if _is_plain_function(target):
            name = name_of(field_of(target, "name"))
            found.block_functions.append(BlockFunction(name, target, place, name in names))
    within = names | block_names(statements)
    for statement in statements:
        yield statement, within


def _alone(found: Scan, statement: Node, names: frozenset[str]) -> Iterator[_Visit]:
    """A clause of an `if`: a function declaration there counts as in a block of its own."""
    if _is_plain_function(statement):
        yield from _list(found, statement, [statement], names)
    else:
        yield statement, names


def _for(found: Scan, node: Node, names: frozenset[str]) -> Iterator[_Visit]:
    if node.type == "for_statement":
        head = node.child_by_field_name("initializer")
        if head is not None and head.type == "variable_declaration":
            found.vars.append(head)
        elif head is not None and head.type == "lexical_declaration":
            names |= frozenset(declared_names(head))
    elif _kind(node) in (b"let", b"const"):
        names |= frozenset(pattern_names(field_of(node, "left")))
    yield field_of(node, "body"), names


def _try(node: Node, names: frozenset[str]) -> Iterator[_Visit]:
    yield field_of(node, "body"), names
    handler = node.child_by_field_name("handler")
    if handler is not None:
        parameter = handler.child_by_field_name("parameter")
        # A simple catch parameter does not forbid a var of its name (B.3.4), a pattern does.
        bound = parameter is not None and parameter.type != "identifier"
        extra = frozenset(pattern_names(parameter)) if bound and parameter else frozenset()
        yield field_of(handler, "body"), names | extra
    finalizer = node.child_by_field_name("finalizer")
    if finalizer is not None:
        yield field_of(finalizer, "body"), names


def _is_plain_function(node: Node) -> bool:
    return node.type == "function_declaration" and node.children[0].type != "async"


def _kind(loop: Node) -> bytes | None:
    kind = loop.child_by_field_name("kind")
    return kind.text if kind is not None else None


def parse(data: bytes) -> Tree:
    """Parse UTF-8 source.

    The parser sees other bytes of the same width for what it cannot read: lone surrogates, and
    NUL, which it takes for the end.
    """
    data = data.replace(b"\0", b"\1")
    try:
        data.decode()
    except UnicodeDecodeError:
        data = re.sub(rb"\xed[\xa0-\xbf][\x80-\xbf]", b"\xef\xbf\xbd", data)
    return parser().parse(_join_lets(data))


def _join_lets(data: bytes) -> bytes:
    """Undo the parser's line break after a top-level `let`, where ECMAScript has none.

    `let` NEWLINE `x` declares `x`; the parser reads two statements. Same length, so positions
    stay; only the parser sees it.
    """
    if not re.search(rb"\blet[ \t]*[\r\n]", data):
        return data
    statements = statements_of(parser().parse(data).root_node)
    joined = bytearray(data)
    for first, second in pairwise(statements):
        gap = data[first.end_byte : second.start_byte]
        if first.text == b"let" and gap.isspace():
            joined[first.end_byte : second.start_byte] = b" " * len(gap)
    return bytes(joined)
