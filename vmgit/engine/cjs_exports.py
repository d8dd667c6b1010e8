"""Which names a CommonJS module exports, as far as its text tells before it runs.

`import { a } from './b.cjs'` is linked before `b.cjs` runs, so the names must be guessed. What Node
finds is found: assignments to `exports.a`, `Object.defineProperty(exports, 'a', ...)`, the keys of
`module.exports = { ... }`, and modules that are exported as a whole. A name too many is undefined,
one too few is a `SyntaxError` of the importer. Knows nothing of files.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from .syntax import MAX_PARSE_BYTES, parser

if TYPE_CHECKING:
    from tree_sitter import Node

#: More names or whole modules than this are not looked at.
MAX_NAMES = 2000
_MAX_OBJECTS = 20

_NAME = r"[A-Za-z_$][\w$]*"
_EXPORTS = r"(?<![\w$.])(?:module\s*+\.\s*+)?+exports"
_QUOTED = rf"(?P<quote>['\"])(?P<quoted>{_NAME})(?P=quote)"
_ASSIGNED = re.compile(
    rf"{_EXPORTS}\s*+(?:\.\s*+(?P<name>{_NAME})|\[\s*+{_QUOTED}\s*+\])\s*+=(?![=>])"
)
_DEFINED = re.compile(
    rf"\.\s*+defineProperty\s*+\(\s*+{_EXPORTS}\s*+,\s*+{_QUOTED}\s*+,\s*+\{{\s*+"
    r"(?:enumerable\s*+:\s*+(?:true|!0)\s*+,\s*+)?+(?:value\s*+:|get\b)"
)
_OBJECT = re.compile(r"(?<![\w$.])module\s*+\.\s*+exports\s*+=\s*+(?:exports\s*+=\s*+)?+\{")
_REQUIRE = r"require\s*+\(\s*+(?P<quote>['\"])(?P<module>[^'\"\\\n]{1,4096})(?P=quote)\s*+\)"
_WHOLE = re.compile(
    r"(?:(?<![\w$.])module\s*+\.\s*+exports\s*+=\s*+|(?<![\w$])__export(?:Star)?\s*+\(\s*+)"
    + _REQUIRE
)
_IDENTIFIER = re.compile(_NAME)


def exported_names(text: str) -> tuple[list[str], list[str]]:
    """Return the names that `text` exports, and the specifiers that it exports as a whole.

    Never raises, also not for broken code; both lists have at most `MAX_NAMES` entries.
    """
    names = [match["name"] or match["quoted"] for match in _ASSIGNED.finditer(text)]
    names += [match["quoted"] for match in _DEFINED.finditer(text)]
    whole = [match["module"] for match in _WHOLE.finditer(text)]
    if _OBJECT.search(text) is not None:
        keys, spread = _object_keys(text)
        names += keys
        whole += spread
    return list(dict.fromkeys(names))[:MAX_NAMES], list(dict.fromkeys(whole))[:MAX_NAMES]


def _object_keys(text: str) -> tuple[list[str], list[str]]:
    """Return the keys of the objects that are assigned to `module.exports`."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > MAX_PARSE_BYTES:
        return [], []
    root = parser().parse(data.replace(b"\0", b"\1")).root_node
    names: list[str] = []
    whole: list[str] = []
    for match in islice(_OBJECT.finditer(text), _MAX_OBJECTS):
        brace = len(text[: match.end() - 1].encode("utf-8", "surrogatepass"))
        leaf = root.descendant_for_byte_range(brace, brace + 1)
        parent = leaf.parent if leaf is not None else None
        if parent is None or parent.type != "object":
            continue
        for child in parent.named_children:
            name = _key(child)
            if name is not None:
                names.append(name)
            elif child.type == "spread_element":
                found = re.fullmatch(rf"\.\.\.\s*+{_REQUIRE}", _text(child))
                whole += [found["module"]] if found is not None else []
    return names, whole


def _key(member: Node) -> str | None:
    """Return the name of a property that can be imported by its name, else None."""
    if member.type == "shorthand_property_identifier":
        name = _text(member)
    elif member.type in ("pair", "method_definition"):
        key = member.child_by_field_name("key" if member.type == "pair" else "name")
        name = _text(key).strip("'\"") if key is not None else ""
    else:
        return None
    return name if _IDENTIFIER.fullmatch(name) else None


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
