"""What comes of inputs at the prompt: values, JSON, errors, stacks, end states."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec import UNSET

from vmgit.engine.api import RealmConfig

from .realms import Session, session, shown


@pytest.fixture(scope="module")
def prompt() -> Iterator[Session]:
    with session() as made:
        yield made


INPUTS = [
    ("1 + 1", "number", "2", 2),
    ("-0", "number", "-0", UNSET),
    ("NaN", "number", "NaN", UNSET),
    ("1 / 0", "number", "Infinity", UNSET),
    ("0.1 + 0.2", "number", "0.30000000000000004", 0.1 + 0.2),
    ("10n ** 20n", "bigint", "100000000000000000000n", UNSET),
    ("'it\\'s'", "string", '"it\'s"', "it's"),
    ("'a\\nb'", "string", "'a\\nb'", "a\nb"),
    ("'\\ud83d\\ude00'", "string", "'\U0001f600'", "\U0001f600"),
    ("'\\ud83d'", "string", "'\\ud83d'", UNSET),
    ("'a\\0b'", "string", "'a\\x00b'", "a\0b"),
    ("true", "boolean", "true", True),
    ("null", "null", "null", None),
    ("undefined", "undefined", "undefined", UNSET),
    ("", "undefined", "undefined", UNSET),
    ("// only a comment", "undefined", "undefined", UNSET),
    ("Symbol('s')", "symbol", "Symbol(s)", UNSET),
    ("[1, [2]]", "array", "[ 1, [ 2 ] ]", [1, [2]]),
    ("[,1]", "array", "[ <1 empty item>, 1 ]", UNSET),
    ("({a: 1, b: {c: null}})", "object", "{ a: 1, b: { c: null } }", {"a": 1, "b": {"c": None}}),
    ("({a: undefined})", "object", "{ a: undefined }", UNSET),
    ("({get a() { throw 1 }})", "object", "{ a: [Getter] }", UNSET),
    ("({toJSON() { throw 1 }})", "object", "{ toJSON: [Function: toJSON] }", UNSET),
    (
        "Object.assign(Object.create(null), {x: 1})",
        "object",
        "[Object: null prototype] { x: 1 }",
        {"x": 1},
    ),
    ("new Map([[1, 2]])", "object", "Map(1) { 1 => 2 }", UNSET),
    ("new Date(0)", "object", "1970-01-01T00:00:00.000Z", UNSET),
    ("/x/g", "object", "/x/g", UNSET),
    ("(function f() {})", "function", "[Function: f]", UNSET),
    ("(class A {})", "function", "[class A]", UNSET),
    ("new (class P { constructor() { this.x = 1 } })", "object", "P { x: 1 }", UNSET),
    ("Promise.resolve(1)", "object", "Promise {}", UNSET),
    ("new Proxy({a: 1}, {get() { throw 1 }, ownKeys() { throw 2 }})", "object", "{ a: 1 }", UNSET),
    (
        "const loop = {}; loop.self = loop; loop",
        "object",
        "<ref *1> { self: [Circular *1] }",
        UNSET,
    ),
    ("let a1 = 1; const b1 = 2; class C1 {}; a1 + b1", "number", "3", 3),
    ("let a1 = 5; a1", "number", "5", 5),
    ("var v1 = 7; v1", "number", "7", 7),
    ("if (true) { 'then' } else { 'else' }", "string", "'then'", "then"),
    ("for (let i = 0; i < 3; i++) i", "number", "2", 2),
    ("try { throw 1 } catch (e) { e + 1 }", "number", "2", 2),
    ("function later() { return 8 } later()", "number", "8", 8),
    ("await 9", "number", "9", 9),
    ("await Promise.resolve([1])", "array", "[ 1 ]", [1]),
    ("const got = await Promise.resolve(3); got * 2", "number", "6", 6),
    ("({then: 1})", "object", "{ then: 1 }", {"then": 1}),
    ("await (async () => ({then(f) { f(4) }}))()", "number", "4", 4),
    ("'use strict'; (function () { return this })()", "undefined", "undefined", UNSET),
    ("(function () { return this === globalThis })()", "boolean", "true", True),
    ("typeof process.exit + typeof module", "string", "'undefinedundefined'", "undefinedundefined"),
    ("vmgit", "object", "{ args: [] }", {"args": []}),
    ("vmgit = 1; vmgit.args.length", "number", "0", 0),
    ("new Array(3)", "array", "[ <3 empty items> ]", UNSET),
    ("new Uint8Array([1, 2])", "object", "Uint8Array(2) [ 1, 2 ]", UNSET),
    ("Object.freeze([1])", "array", "[ 1 ]", [1]),
    ("[NaN]", "array", "[ NaN ]", UNSET),
    ("[1n]", "array", "[ 1n ]", UNSET),
    ("Object(1)", "object", "[Number: 1]", UNSET),
    ("globalThis === this", "boolean", "true", True),
    ("eval('1 + 2')", "number", "3", 3),
    ("new Function('return 4')()", "number", "4", 4),
    ("JSON.stringify({a: [1]})", "string", "'{\"a\":[1]}'", '{"a":[1]}'),
    ("`multi\n${1}`", "string", "'multi\\n1'", "multi\n1"),
]


@pytest.mark.parametrize(("text", "kind", "preview", "json"), INPUTS)
def test_value(prompt: Session, text: str, kind: str, preview: str, json: object) -> None:
    result = prompt.run(text)
    assert result.outcome.status == "ok", result.outcome
    assert result.outcome.value is not None
    assert (result.outcome.value.type, result.outcome.value.preview) == (kind, preview)
    assert result.outcome.value.json == json
    assert result.intact


ERRORS = [
    ("throw new TypeError('x')", "TypeError", "x", "    at <repl>:1:11"),
    ("\n  null.a", "TypeError", "cannot read property 'a' of null", "    at <repl>:2:3"),
    ("throw 'text'", "", "'text'", ""),
    ("throw {a: 1}", "", "{ a: 1 }", ""),
    ("throw undefined", "", "undefined", ""),
    ("nowhere", "ReferenceError", "nowhere is not defined", "    at <repl>:1:1"),
    ("let fine = 1\nlet 1x", "SyntaxError", "invalid number literal", "    at <repl>:2:1"),
    (
        "await new Promise(() => {})",
        "Pending",
        "The top-level await waits for what can never come.",
        "",
    ),
    (
        "await Promise.reject(new RangeError('r'))",
        "RangeError",
        "r",
        "    at <anonymous> (<repl>:1:26)",
    ),
    ("await Promise.reject(5)", "", "5", ""),
    ("class Mine extends Error {}\nthrow new Mine('m')", "Mine", "m", None),
    (
        "throw Object.assign(new Error('c'), {name: {toString() { while (1); }}})",
        "Error",
        "c",
        None,
    ),
    ("throw new Error('torn \\ud83d')", "Error", "torn \ufffd", None),
    (
        "(function inner() { throw new Error('deep') })()",
        "Error",
        "deep",
        "    at inner (<repl>:1:31)\n    at <repl>:1:45",
    ),
    (
        "[1].map(n => { throw new Error('cb') })",
        "Error",
        "cb",
        "    at <anonymous> (<repl>:1:26)\n    at map (native)\n    at <repl>:1:9",
    ),
    ("new Proxy({}, {get() { throw new Error('trap') }}).x", "Error", "trap", None),
]


@pytest.mark.parametrize(("text", "name", "message", "stack"), ERRORS)
def test_error(prompt: Session, text: str, name: str, message: str, stack: str | None) -> None:
    result = prompt.run(text)
    fault = result.outcome.error
    assert result.outcome.status == "error"
    assert result.intact
    assert fault is not None
    assert (fault.name, fault.message) == (name, message)
    if stack is not None:
        assert fault.stack == stack


def test_error_in_text_that_the_program_evaluates(prompt: Session) -> None:
    fault = prompt.run("new Function('throw new Error(1)')()").outcome.error
    assert fault is not None
    assert fault.stack.splitlines()[0].strip() == "at anonymous (<eval>:3:11)"


def test_stack_depth_is_an_error_and_the_session_goes_on(prompt: Session) -> None:
    assert shown(prompt.run("(function r() { r() })()")) == (
        "RangeError: Maximum call stack size exceeded"
    )
    assert shown(prompt.run("'still here'")) == "'still here'"


def test_what_ran_before_an_error_stays(prompt: Session) -> None:
    prompt.run("var kept = 1; throw new Error('later')")
    assert shown(prompt.run("kept")) == "1"


def test_jobs_run_in_their_own_execution_also_after_a_throw(prompt: Session) -> None:
    result = prompt.run("Promise.resolve().then(() => console.log('job')); throw new Error('e')")
    assert [line.text for line in result.outcome.console] == ["job"]
    assert prompt.run("1").outcome.console == []


def test_an_unhandled_rejection_is_an_error_with_the_value_kept(prompt: Session) -> None:
    outcome = prompt.run("Promise.reject(new RangeError('lost')); 5").outcome
    assert outcome.status == "error"
    assert outcome.value is not None
    assert outcome.value.json == 5
    assert outcome.error is not None
    assert (outcome.error.name, outcome.error.message) == ("RangeError", "lost")
    assert outcome.error.stack == "    at <repl>:1:20"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Promise.reject('text'); 1", ": text"),
        ("(async () => { throw new Error('float') })(); 1", "Error: float"),
        ("const p = Promise.reject(new Error('caught')); p.catch(() => 0); 1", "1"),
    ],
)
def test_rejections(prompt: Session, text: str, expected: str) -> None:
    assert shown(prompt.run(text)) == expected


def test_startup_has_no_value(prompt: Session) -> None:
    result = prompt.run("1 + 1", path="startup/00.js", kind="startup")
    assert result.outcome.status == "ok"
    assert result.outcome.value is None


def test_positions_name_the_file_and_line(prompt: Session) -> None:
    prompt.run(
        "const rate = 0.2;\nlet other = 1;\nfunction rule() { throw new Error('no rule') }\n",
        path="startup/10-rules.js",
        kind="startup",
    )
    fault = prompt.run("let before = 1;\n rule()").outcome.error
    assert fault is not None
    assert fault.stack == "    at rule (startup/10-rules.js:3:29)\n    at <repl>:2:2"
    line = prompt.run("try { rule() } catch (e) { console.log(e); e.stack }").outcome
    assert line.console[0].text.startswith(
        "Error: no rule\n    at rule (startup/10-rules.js:3:29)\n    at <repl>:1:"
    )
    assert line.value is not None
    assert "startup/10-rules.js:3:29" in line.value.preview
    assert "<input>" not in line.value.preview


def test_positions_of_two_files_do_not_mix(prompt: Session) -> None:
    prompt.run("function one() { throw new Error('1') }", path="one.js")
    prompt.run("\n\n\nfunction two() { one() }", path="two.js")
    prompt.run("\n" * 300 + "function three() { two() }", path="one-more.js")
    fault = prompt.run("three()").outcome.error
    assert fault is not None
    assert [line.split("(")[-1].strip(" )") for line in fault.stack.splitlines()] == [
        "one.js:1:28",
        "two.js:4:18",
        "one-more.js:301:20",
        "at <repl>:1:1",
    ]


def test_arguments_are_those_of_the_execution(prompt: Session) -> None:
    assert shown(prompt.run("vmgit.args", args=("a", "b"))) == "[ 'a', 'b' ]"
    assert shown(prompt.run("vmgit.args")) == "[]"
    assert shown(prompt.run("'use strict'; vmgit.args.push('x')")).startswith("TypeError")


def test_hidden_globals_and_a_silent_console() -> None:
    config = RealmConfig(hide=("eval", "Map"), console=False)
    with session(config=config) as made:
        assert shown(made.run("typeof eval + typeof Map")) == "'undefinedundefined'"
        result = made.run("console.log('x'); new Set([1])")
        assert shown(result) == "Set(1) { 1 }"
        assert result.outcome.trace == ()


def test_large_values_are_bounded(prompt: Session) -> None:
    value = prompt.run("'x'.repeat(1e6)").outcome.value
    assert value is not None
    assert value.json is UNSET
    assert len(value.preview) < 11_000
    deep = prompt.run("let d = []; for (let i = 0; i < 40; i++) d = [d, d]; d").outcome.value
    assert deep is not None
    assert deep.json is UNSET
    wide = prompt.run("Array.from({length: 1e5}, (_, i) => i)").outcome.value
    assert wide is not None
    assert wide.json is UNSET
    assert "more items" in wide.preview


SABOTAGE = """
Array.prototype.push = Array.prototype.map = null;
JSON.stringify = () => 'stolen';
String.prototype.slice = null;
Object.defineProperty(Array.prototype, 0, {set(v) { throw new Error('setter') }});
Object.prototype.toJSON = () => 'stolen';
Object.defineProperty(Object.prototype, 'get', {get() { throw new Error('getter') }});
Promise.prototype.then = null;
Error.prototype.toString = null;
Reflect.ownKeys = Object.keys = null;
Object.freeze(globalThis);
0
"""


def test_a_program_that_breaks_the_builtins_breaks_only_itself() -> None:
    with session() as made:
        assert shown(made.run(SABOTAGE)) == "0"
        result = made.run("console.log('a', {b: [1]}); [1, {c: 'd'}]")
        assert shown(result) == "[ 1, { c: 'd' } ]"
        assert [line.text for line in result.outcome.console] == ["a { b: [ 1 ] }"]
        assert shown(made.run("throw new TypeError('x')")) == "TypeError: x"
        assert shown(made.run("(async () => { throw new Error('r') })()")) != "ok"
