"""What a JavaScript source says about modules: is it one, and which files does it name.

Module resolution needs both before any code runs. The answer comes from tree-sitter, so comments,
strings, templates and regular expressions cannot be mistaken for code, and broken code gives an
answer too; the parser is imported only when the text holds one of the words that matter. This
module knows nothing of paths, packages or trees: specifiers are just strings here.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

Kind = Literal["import", "require"]

#: A larger text is scanned by its words: the parser takes 20 to 190 times its size in memory, and
#: it ends the process when a limit refuses that.
MAX_PARSE_BYTES = 256 * 1024
#: More references than this in one file are not followed.
MAX_REFERENCES = 10_000
#: So many comments may stand before the argument of a call.
_MAX_COMMENTS = 8

_WORDS = re.compile(
    rb"(?<![\w$])(?:(?<!\.)|(?<=\.\.\.))(?:import|export|require)(?![\w$])"  # x.require is no word
)
# Comments and strings are matched to be skipped. No repetition gives back: no input is slow.
_ROUGH = re.compile(
    r"(?<!\\)//[^\n\r]*+|/\*(?s:.*?)(?:\*/|\Z)"
    r"|(?<![\w$])(?:(?<!\.)|(?<=\.\.\.))(?:"
    r"(?P<word>import|from|require)\s*+(?P<call>\()?+\s*+"
    r"(?P<quote>['\"`])(?P<name>[^'\"`\n]{1,4096})(?P=quote)(?(call)(?=\s*+[,)]))"
    r"|(?P<module>export(?![\w$])(?=\s*+(?:[*{]|(?:default|const|let|var|function|class|async)\b))"
    r"|import(?![\w$])(?=\s*+(?:[\w$*{]|\.\s*+meta\b))))"
    r"|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'?|\"[^\"\\\n]*+(?:\\.[^\"\\\n]*+)*+\"?"
    r"|`[^`\\]*+(?:(?s:\\.)[^`\\]*+)*+`?"
)
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{1,3})"
    r"|(\r\n|[\n\r\u2028\u2029])|(.))",
    re.DOTALL,
)
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "v": "\v", "f": "\f"}


class Reference(NamedTuple):
    """One literal specifier and how it is asked for."""

    specifier: str
    kind: Kind


class _Found(NamedTuple):
    start: int
    reference: Reference


class Scan(NamedTuple):
    """What a source says: whether it has module syntax, and its literal references, each once."""

    module: bool
    references: tuple[Reference, ...]


_NOTHING = Scan(False, ())


def scan(text: str) -> Scan:
    """Return what `text` says about modules. Never raises, also not for broken code.

    Module syntax is a top-level `import` or `export` statement or `import.meta`; a dynamic
    `import()` is not. References are the literals of static and dynamic imports, of re-exports
    and of `require`, in order of appearance, at most `MAX_REFERENCES` of them.
    """
    data = text.encode("utf-8", "surrogatepass")
    words = [match.start() for match in _WORDS.finditer(data)]
    if not words:
        return _NOTHING
    return _scan_words(text) if len(data) > MAX_PARSE_BYTES else _scan_tree(data, words)


def _scan_tree(data: bytes, words: list[int]) -> Scan:
    """Walk the syntax tree of `data`, entering only nodes that hold one of `words` (offsets).

    A cursor and not a query: queries need quadratic time on deep or broken trees.
    """
    # The parser takes a NUL for the end; in a JavaScript string it is a character like others.
    cursor = parser().parse(data.replace(b"\0", b"\1")).walk()
    module = False
    found: list[_Found] = []
    parents: list[str] = []
    index = 0
    while True:
        node = cursor.node
        assert node is not None  # a cursor always stands on a node
        kind, end = node.type, node.end_byte
        if words[index] < end:
            module = module or _is_module_syntax(node, kind, parents)
            reference = _reference(node, kind, data)
            if reference is not None:
                found.append(reference)
            if cursor.goto_first_child():
                parents.append(kind)
                continue
            while words[index] < end:  # a leaf: the words in it are spent
                index += 1
                if index == len(words):
                    return Scan(module, _distinct(found))
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return Scan(module, _distinct(found))
            parents.pop()


def _is_module_syntax(node: Node, kind: str, parents: list[str]) -> bool:
    # Deeper statements are syntax errors either way; `ERROR` is what found no place in the program.
    if kind in ("import_statement", "export_statement"):
        return parents[-1] in ("program", "ERROR")
    return kind == "meta_property" and (node.text or b"").startswith(b"import")


def _reference(node: Node, kind: str, data: bytes) -> _Found | None:
    """Return the literal that an import, re-export or call at `node` names, if it names one."""
    if kind in ("import_statement", "export_statement"):
        source = node.child_by_field_name("source")
        return None if source is None else _literal(source, "import", data)
    if kind != "call_expression":
        return None
    function = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    if function is None or arguments is None:
        return None
    if function.type == "import":
        how: Kind = "import"
    elif function.type == "identifier" and _slice(function, data) == b"require":
        how = "require"
    else:
        return None
    for position in range(min(arguments.named_child_count, _MAX_COMMENTS)):
        argument = arguments.named_child(position)
        if argument is not None and argument.type != "comment":
            return _literal(argument, how, data)
    return None


def _scan_words(text: str) -> Scan:
    """Scan without a parser: regular expressions with quotes in them may mislead it."""
    module = False
    found = []
    for match in _ROUGH.finditer(text):
        if match["module"]:
            module = True
        word = match["word"]
        called = bool(match["call"])
        if word is None or (word, called) in (("require", False), ("from", True)):
            continue
        if word == "import" and not called:
            module = True
        if match["quote"] != "`" or "${" not in match["name"]:
            how: Kind = "require" if word == "require" else "import"
            found.append(_Found(match.start(), Reference(_unescape(match["name"]), how)))
    return Scan(module, _distinct(found))


def _distinct(found: list[_Found]) -> tuple[Reference, ...]:
    unique = dict.fromkeys(item.reference for item in found)
    return tuple(unique)[:MAX_REFERENCES]


def _slice(node: Node, data: bytes) -> bytes:
    return data[node.start_byte : node.end_byte]


def _literal(node: Node, how: Kind, data: bytes) -> _Found | None:
    """Return the value of a string or template node; None if it is computed or unfinished."""
    raw = _slice(node, data)
    if node.type not in ("string", "template_string") or len(raw) < 2 or raw[:1] != raw[-1:]:
        return None
    text = raw[1:-1].decode("utf-8", "surrogatepass")
    if raw[:1] == b"`":
        if any(child.type == "template_substitution" for child in node.named_children):
            return None
        text = text.replace("\r\n", "\n")
    return _Found(node.start_byte, Reference(_unescape(text), how))


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(_escaped, text)
    # Two escapes may be the halves of one character.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _escaped(match: re.Match[str]) -> str:
    braced, four, two, octal, newline, other = match.groups()
    digits = braced or four or two
    if digits:
        code = int(digits, 16)
        return chr(code) if code <= 0x10FFFF else match[0]
    if octal:
        return chr(int(octal, 8) & 0xFF)
    if newline:
        return ""
    return _SIMPLE_ESCAPES.get(other, other)


@cache
def parser() -> Parser:
    """Return the parser; made at the first use and kept for the life of the process."""
    import tree_sitter_javascript
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_javascript.language()))
