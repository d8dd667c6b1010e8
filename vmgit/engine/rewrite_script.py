"""Rewrites a script that declares or awaits something.

Three forms, by what the script is. Sloppy: `let`, `const` and `class` become `var`, which an
indirect eval makes properties of the global object. Strict: an eval's `var` would be local, so
declarations become assignments to names made before. Async: the same inside an async function.
Early errors are not looked for here: the engine compiles the user's own text first. Not kept: the
top level's dead zone, and in the async form a `var` that a direct `eval` makes is the script's own.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, cast

from .blocks import unmistakable
from .completion import keep_completion
from .edits import Edits, blank
from .imports_rewrite import import_checks, import_names, rewrite_import
from .rewrite import Mode, Rewritten
from .scan import (
    FUNCTIONS,
    BlockFunction,
    declarators,
    declared_names,
    field_of,
    is_strict,
    name_of,
    parse,
    pattern_names,
    scan,
    text_of,
)
from .top_await import find_top_level

if TYPE_CHECKING:
    from tree_sitter import Node


def rewrite_script(text: str) -> Rewritten:
    """Rewrite a script that has no byte order mark and no hashbang."""
    data = text.encode("utf-8", "surrogatepass")
    tree = parse(data)
    if tree.root_node.has_error:
        return _unreadable(text, data, tree.root_node)
    marked, root, marks = unmistakable(data, tree.root_node)
    if root.has_error:
        return _unreadable(text, data, root)
    rewriter = _Rewriter(marked.decode("utf-8", "surrogatepass") if marks else text, marked, root)
    for node in rewriter.found.imports:
        if any(child.type == "import_attribute" for child in node.children):
            return Rewritten(text)  # The engine has no import attributes, and says so.
    rewritten = rewriter.run()
    return replace(rewritten, marks=marks) if marks else rewritten


def _unreadable(text: str, data: bytes, root: Node) -> Rewritten:
    """Leave a text that the parser cannot read to the engine, which says what is wrong with it."""
    awaits, exits = find_top_level(root, data) if "await" in text else (False, None)
    if not awaits or exits is not None:
        return Rewritten(text)
    return Rewritten(text, "async", text, strict=is_strict(root), helper=_free_name(text))


class _Rewriter:
    """The rewriting of one script."""

    def __init__(self, text: str, data: bytes, root: Node) -> None:
        self.text, self.data, self.root = text, data, root
        self.found = found = scan(root)
        self.edits = Edits()
        self.helper = _free_name(text)
        self.lexical = [name for node in found.lets for name in declared_names(node)]
        self.lexical += [name_of(field_of(node, "name")) for node in found.classes]
        self.functions = [name_of(field_of(node, "name")) for node in found.functions]
        self.vars = [name for node in found.vars for name in declared_names(node)]
        self.vars += [
            name for node in found.loops for name in pattern_names(field_of(node, "left"))
        ]
        self.imported = [name for node in found.imports for name in import_names(node)]

    def run(self) -> Rewritten:
        """Choose the form and rewrite."""
        clash = self._clash()
        if clash is not None:
            return self._refused(clash.start_byte, "let a,a")
        if self._awaits():
            _, exits = find_top_level(self.root, self.data)
            if exits is not None:
                return self._refused(exits, "return")
            return self._full("async")
        return self._full("plain") if self.found.strict else self._sloppy()

    def _awaits(self) -> bool:
        if self.found.imports:
            return True
        if "await" not in self.text or "await" in chain(self.lexical, self.functions, self.vars):
            return False
        return find_top_level(self.root, self.data)[0]

    def _clash(self) -> Node | None:
        """Return what the engine lets pass, not always: a class that is named as none may be, or a
        function after a let, const or class of its name.
        """
        places = {
            name: node.start_byte
            for node in reversed([*self.found.lets, *self.found.imports])
            for name in (import_names if node.type == "import_statement" else declared_names)(node)
        }
        for node in self.found.classes:
            name = field_of(node, "name")
            if name_of(name) in ("arguments", "eval"):
                return name
            places[name_of(name)] = node.start_byte
        for node in self.found.functions:
            name = field_of(node, "name")
            if places.get(name_of(name), node.start_byte) < node.start_byte:
                return name
        return None

    def _refused(self, place: int, invalid: str) -> Rewritten:
        """Return a text that the engine is certain to refuse at the byte `place`."""
        return Rewritten(blank(self.data[:place]).decode() + invalid)

    def _sloppy(self) -> Rewritten:
        for node in self.found.lets:
            keyword = node.children[0]
            self.edits.replace(
                keyword.start_byte, keyword.end_byte, "var".ljust(len(text_of(keyword)))
            )
            for item in declarators(node):
                if item.child_by_field_name("value") is None:
                    self.edits.after(item.end_byte, "=void 0")
        for node in self.found.classes:
            name = text_of(field_of(node, "name"))
            self.edits.wrap(node.start_byte, node.end_byte, f"var {name}=", ";")
        self._shield("plain")
        return self._result("plain", self.edits, source=self.text if self.edits else "")

    def _full(self, mode: Mode) -> Rewritten:
        hoist = self._hoist()
        # Wraps that may stand around other edits come before them.
        if mode == "async":
            keep_completion(self.found.statements, self.edits, self.helper)
        if not self.found.strict:
            self._shield(mode)
        for node in chain(self.found.lets, self.found.vars):
            self._assign(node)
        for loop in self.found.loops:
            self._assign_loop(loop)
        for node in self.found.classes:
            name = text_of(field_of(node, "name"))
            self.edits.wrap(node.start_byte, node.end_byte, f"var {self.helper}={name}=", ";")
        for node in self.found.imports:
            rewritten = rewrite_import(node, self.helper)
            self.edits.replace(node.start_byte, node.end_byte, rewritten)
        return self._result(mode, self.edits, source=self._checked(), hoist=hoist)

    def _checked(self) -> str:
        """Return the user's text, imports as declarations that can stand in a function."""
        checks = Edits()
        for node in self.found.imports:
            checks.replace(node.start_byte, node.end_byte, import_checks(node))
        return checks.apply(self.data)[0].decode("utf-8", "surrogatepass")

    def _result(self, mode: Mode, edits: Edits, source: str, hoist: str = "") -> Rewritten:
        code, shifts = edits.apply(self.data)
        consts = [
            name
            for node in self.found.lets
            if node.children[0].type == "const"
            for name in declared_names(node)
        ]
        strict = self.found.strict
        return Rewritten(
            code.decode("utf-8", "surrogatepass"),
            mode,
            source,
            hoist,
            strict,
            self.helper,
            _unique([*self.lexical, *self.imported]),
            _unique([*consts, *self.imported]),
            _unique(self.vars + (self.functions if strict else [])),
            shifts,
        )

    def _hoist(self) -> str:
        """Take the functions out of the code, into a text that holds nothing else."""
        if not self.found.functions:
            return ""
        parts, done = [], 0
        for node in self.found.functions:
            code = self.data[node.start_byte : node.end_byte]
            self.edits.replace(node.start_byte, node.end_byte, ";" + blank(code)[1:].decode())
            name = field_of(node, "name")
            if self.found.strict:
                code = _as_assignment(code, node, name)
            parts += [blank(self.data[done : node.start_byte]), code]
            done = node.end_byte
        return b"".join(parts).decode("utf-8", "surrogatepass")

    def _assign(self, declaration: Node) -> None:
        """Make a declaration assign to the names that were made before.

        `let a = 1, b` becomes `var H=a = 1, H=b=void 0`: a var has no completion value either,
        and `a = function () {}` names the function as the declaration does.
        """
        keyword = declaration.children[0]
        is_var = keyword.type == "var"
        self.edits.replace(keyword.start_byte, keyword.end_byte, "var".ljust(len(text_of(keyword))))
        for item in declarators(declaration):
            name = field_of(item, "name")
            if item.child_by_field_name("value") is not None:
                self.edits.wrap(item.start_byte, item.end_byte, f"{self.helper}=", "")
            elif is_var:
                self.edits.replace(name.start_byte, name.end_byte, self.helper)
            else:
                self.edits.wrap(item.start_byte, item.end_byte, f"{self.helper}=", "=void 0")

    def _assign_loop(self, loop: Node) -> None:
        """Make `for (var x of y)` assign to x."""
        kind, left = field_of(loop, "kind"), field_of(loop, "left")
        if loop.child_by_field_name("value") is not None:
            return  # `for (var x = 1 in y)`, which no strict code has and no async code should.
        self.edits.replace(kind.start_byte, kind.end_byte, " " * 3)
        if left.text in (b"async", b"let"):
            self.edits.wrap(left.start_byte, left.end_byte, "(", ")")

    def _shield(self, mode: Mode) -> None:
        """Keep functions in blocks from making a var that the rewritten code must not have.

        Sloppy code gives such a function a var as well, unless a lexical declaration between the
        two forbids it: so one is put there. In async mode the value is carried to the variable.
        """
        shielded: dict[tuple[int, int], list[BlockFunction]] = {}
        carried: list[BlockFunction] = []
        lexical = {*self.lexical, *self.imported}
        for item in self.found.block_functions:
            if item.hidden:
                continue
            if item.name not in lexical:
                self.vars.append(item.name)
                if mode == "plain":
                    continue
                carried.append(item)
            place = (item.place.start_byte, item.place.end_byte)
            shielded.setdefault(place, []).append(item)
        for items in shielded.values():
            self._shield_place(items[0].place, _unique([item.name for item in items]))
        for item in carried:
            local = text_of(field_of(item.node, "name"))
            self.edits.after(item.node.end_byte, f'{self.helper}g("{item.name}",{local});')

    def _shield_place(self, place: Node, names: tuple[str, ...]) -> None:
        shield = f"let {','.join(names)};"
        if place.type == "statement_block":
            self.edits.wrap(place.start_byte + 1, place.end_byte - 1, shield + "{", "}")
        elif place.type in FUNCTIONS:
            self.edits.wrap(place.start_byte, place.end_byte, "{" + shield + "{", "}}")
        else:
            # What a switch compares is read outside of its block, so it is outside of the shield.
            switch = cast("Node", place.parent)
            value, keyword = field_of(switch, "value"), switch.children[0]
            self.edits.replace(keyword.start_byte, keyword.end_byte, f"{{let {self.helper}t=")
            opening = f";{{{shield}switch({self.helper}t)"
            self.edits.wrap(value.end_byte, switch.end_byte, opening, "}}")


def _as_assignment(code: bytes, node: Node, name: Node) -> bytes:
    """Turn the declaration of `f` into `f=function...`, of the same length where that can be.

    An expression without a name of its own: calls to `f` inside it see the variable, as they do
    in a declaration.
    """
    start, end = name.start_byte - node.start_byte, name.end_byte - node.start_byte
    gap = 1 if code[start - 1 : start] == b" " else 0
    return code[start:end] + b"=" + code[: start - gap] + code[end:] + b";"


def _free_name(text: str) -> str:
    """Return a name that no name in the text starts with: a rare letter, more often in a row."""
    runs = re.findall("\ua78f+", text)
    escaped = text.lower().count("a78f")
    return "\ua78f" * (1 + escaped + max(map(len, runs), default=0))


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
