"""Console text: as Node prints it, bounded, and never running the program's code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from .make_console_cases import without_places
from .realms import Session, session

CASES = json.loads(Path(__file__).with_name("console_cases.json").read_text())


@pytest.fixture(scope="module")
def prompt() -> Iterator[Session]:
    with session() as made:
        yield made


@pytest.mark.parametrize(("arguments", "expected"), CASES, ids=[case[0][:50] for case in CASES])
def test_as_node(prompt: Session, arguments: str, expected: str) -> None:
    outcome = prompt.run(f"console.log({arguments})").outcome
    assert outcome.status == "ok"
    assert without_places(outcome.console[0].text) == expected


def test_levels(prompt: Session) -> None:
    text = "for (const level of ['debug', 'log', 'info', 'warn', 'error']) console[level](level)"
    console = prompt.run(text).outcome.console
    assert [(line.level, line.text) for line in console] == [
        (level, level) for level in ("debug", "log", "info", "warn", "error")
    ]


def test_no_arguments_is_an_empty_line(prompt: Session) -> None:
    assert [line.text for line in prompt.run("console.log(); console.log('')").outcome.console] == [
        "",
        "",
    ]


def test_the_methods_work_alone(prompt: Session) -> None:
    outcome = prompt.run("[1, 2].forEach(console.log); const {warn} = console; warn('w')").outcome
    assert [line.text for line in outcome.console] == ["1 0 [ 1, 2 ]", "2 1 [ 1, 2 ]", "w"]


def test_torn_surrogates_become_replacement_characters(prompt: Session) -> None:
    assert prompt.run("console.log('a\\ud83d', '\\0')").outcome.console[0].text == "a\ufffd \0"


HOSTILE = [
    "{get a() { throw 1 }, set a(v) {}}",
    "{toString() { throw 1 }, [Symbol.toPrimitive]() { throw 2 }, valueOf() { throw 3 }}",
    "{get [Symbol.toStringTag]() { throw 1 }}",
    "{[Symbol.for('nodejs.util.inspect.custom')]() { throw 1 }}",
    "new Proxy({}, {get() { throw 1 }, ownKeys() { throw 2 }, getPrototypeOf() { throw 3 }})",
    "Object.create(new Proxy({}, {get() { throw 1 }, getPrototypeOf() { throw 2 }}))",
    "new Proxy(new Proxy([], {}), {ownKeys() { throw 1 }})",
    "Proxy.revocable({}, {}).proxy",
    "(() => { const r = Proxy.revocable({a: 1}, {}); r.revoke(); return r.proxy })()",
    "Object.defineProperty(new Error('e'), 'stack', {get() { throw 1 }})",
    "Object.assign(new Error('e'), {name: {}, message: {toString() { throw 1 }}})",
    "Object.defineProperty(class {}, 'name', {get() { throw 1 }})",
    "Object.defineProperty(/x/, 'flags', {get() { throw 1 }})",
    "Object.defineProperties(new Map(), {size: {get() { throw 1 }}, entries: {value: null}})",
    "Object.create(Map.prototype)",
    "Object.create(Date.prototype)",
    "Object.create(Uint8Array.prototype)",
    "Object.setPrototypeOf({a: 1}, new Proxy({}, {}))",
    "[Map.prototype, Set.prototype, Date.prototype, RegExp.prototype, Promise.prototype]",
    "globalThis",
    "'%s', {toString() { throw 1 }}",
    "'%d', {valueOf() { throw 1 }}",
    "'%i', {toString() { throw 1 }}",
    "'%j', {toJSON() { throw 1 }}",
    "'%o', new Proxy({}, {ownKeys() { throw 1 }})",
    "new Array(2 ** 32 - 1)",
    "Object.assign([], {[2 ** 31]: 1})",
    "(() => { let d = {}; for (let i = 0; i < 1e5; i++) d = {d}; return d })()",
    "(() => { let d = []; for (let i = 0; i < 50; i++) d = [d, d, d]; return d })()",
    "new Map(Array.from({length: 1e4}, (_, i) => [i, {i}]))",
]


@pytest.mark.parametrize("arguments", HOSTILE)
def test_hostile_values_are_printed_all_the_same(prompt: Session, arguments: str) -> None:
    outcome = prompt.run(f"console.log({arguments}); 'after'").outcome
    assert outcome.status == "ok", outcome.error
    assert outcome.console[0].text


@pytest.mark.parametrize(
    "arguments",
    [
        "Array.from({length: 100}, () => Array.from({length: 100}, () => Array(100).fill('text')))",
        "Array.from({length: 100}, () => 'x'.repeat(1e5))",
        "'x'.repeat(1e6), 1",
        "'%s'.repeat(100), ...Array(100).fill('x'.repeat(1e5))",
    ],
)
def test_what_is_too_much_to_print_is_cut_by_the_limit(arguments: str) -> None:
    with session() as made:
        outcome = made.run(f"console.log({arguments})").outcome
    assert outcome.limit is not None
    assert outcome.limit.name == "output_kb"
    assert len(outcome.console[0].text.encode()) <= 256 * 1024


def test_a_getter_is_named_and_not_called(prompt: Session) -> None:
    text = "var called = 0; console.log({get a() { called++; return 1 }}); called"
    outcome = prompt.run(text).outcome
    assert outcome.console[0].text == "{ a: [Getter] }"
    assert outcome.value is not None
    assert outcome.value.json == 0
