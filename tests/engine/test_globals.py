"""The web's globals: as in Node, loaded when they are first used, and deterministic."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from vmgit.engine.api import RealmConfig

from .make_globals_cases import asked
from .realms import Session, session, shown

CASES = json.loads(Path(__file__).with_name("globals_cases.json").read_text())

GLOBALS = [
    "AbortController",
    "AbortSignal",
    "Crypto",
    "CustomEvent",
    "DOMException",
    "Event",
    "EventTarget",
    "TextDecoder",
    "TextEncoder",
    "URL",
    "URLSearchParams",
    "atob",
    "btoa",
    "crypto",
    "process",
    "queueMicrotask",
    "structuredClone",
]


@pytest.fixture(scope="module")
def prompt() -> Iterator[Session]:
    with session() as made:
        yield made


@pytest.fixture
def fresh(prompt: Session) -> Iterator[Session]:
    """A realm in which none of the globals may have been used yet."""
    with session() as made:
        yield made


@pytest.mark.parametrize(
    ("expression", "expected"), CASES["values"], ids=[case[0][-60:] for case in CASES["values"]]
)
def test_value_as_in_node(prompt: Session, expression: str, expected: str) -> None:
    outcome = prompt.run("await " + asked(expression)).outcome
    assert outcome.value is not None, outcome.error
    assert outcome.value.json == expected


@pytest.mark.parametrize(
    ("program", "expected"), CASES["consoles"], ids=[case[0][:60] for case in CASES["consoles"]]
)
def test_console_as_in_node(fresh: Session, program: str, expected: str) -> None:
    outcome = fresh.run(program).outcome
    assert outcome.status == "ok", outcome.error
    assert "".join(line.text + "\n" for line in outcome.console) == expected


def test_all_are_there_and_none_is_listed(fresh: Session) -> None:
    names = json.dumps(GLOBALS)
    assert shown(fresh.run(f"{names}.filter(name => typeof globalThis[name] == 'undefined')")) == (
        "[]"
    )
    listed = f"Object.keys(globalThis).filter(name => {names}.includes(name))"
    assert shown(fresh.run(listed)) == "[]"


def test_using_one_does_not_load_another(fresh: Session) -> None:
    loaded = (
        "['URL', 'atob', 'Event'].filter("
        "name => 'value' in Object.getOwnPropertyDescriptor(globalThis, name))"
    )
    assert shown(fresh.run(loaded)) == "[]"
    assert shown(fresh.run("new URL('http://a/b').pathname")) == "'/b'"
    assert shown(fresh.run(loaded)) == "[ 'URL' ]"


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("let URL = 1; URL", "1"),
        ("const Event = 2; Event", "2"),
        ("var atob = 3; atob", "3"),
        ("function btoa() { return 4 } btoa()", "4"),
        ("class TextEncoder { x = 5 } new TextEncoder().x", "5"),
        ("crypto = 6; crypto", "6"),
        ("delete globalThis.structuredClone; typeof structuredClone", "'undefined'"),
        ("Object.freeze(globalThis); URL === URL && new URL('http://a/').host", "'a'"),
    ],
)
def test_a_program_may_have_its_own(fresh: Session, program: str, expected: str) -> None:
    assert shown(fresh.run(program)) == expected


def test_a_profile_hides_them() -> None:
    with session(config=RealmConfig(hide=("URL", "crypto"))) as made:
        assert shown(made.run("typeof URL + typeof crypto + typeof URLSearchParams")) == (
            "'undefinedundefinedfunction'"
        )


def test_crypto_follows_the_recorded_seed(fresh: Session) -> None:
    text = "[crypto.randomUUID(), ...crypto.getRandomValues(new Uint8Array(9)), Math.random()]"
    first, again = fresh.run(text), fresh.run(text)
    assert first.outcome.digest() == again.outcome.digest()
    assert fresh.run(text, seed="1" * 32).outcome.digest() != first.outcome.digest()


def test_a_replay_in_another_realm_is_the_same(fresh: Session) -> None:
    text = (
        "console.time('t'); console.count(); console.table([{ at: new Event('e').timeStamp }]);"
        "const signal = AbortSignal.timeout(3); await new Promise(done => setTimeout(done, 20));"
        "console.timeEnd('t'); [signal.aborted, crypto.randomUUID()]"
    )
    live = fresh.run(text)
    with session() as other:
        again = other.run(text, clock=live.clock)
    assert live.outcome.status == "ok"
    assert again.outcome.digest() == live.outcome.digest()


def test_a_timeout_signal_does_not_hold_the_execution(fresh: Session) -> None:
    result = fresh.run("AbortSignal.timeout(3_000_000); 'done'")
    assert shown(result) == "'done'"


def test_what_a_listener_throws_ends_the_execution(fresh: Session) -> None:
    text = (
        "const t = new EventTarget(); t.addEventListener('a', () => { throw RangeError('in') });"
        "t.addEventListener('a', () => console.log('next')); t.dispatchEvent(new Event('a')); 1"
    )
    result = fresh.run(text)
    assert shown(result) == "RangeError: in"
    assert [line.text for line in result.outcome.console] == ["next"]


def test_a_group_ends_with_its_execution(fresh: Session) -> None:
    assert fresh.run("console.group(); throw 1").outcome.status == "error"
    assert fresh.run("console.log('left')").outcome.console[0].text == "left"


def test_durations_and_levels(fresh: Session) -> None:
    text = (
        "console.time('a'); console.timeLog('a', 1); console.timeEnd('a'); console.timeEnd('a');"
        "console.assert(false); console.countReset('none'); console.trace('here'); console.dir(1)"
    )
    clock = [(1000, 1), (1500, 1), (3_723_004, 9)]
    lines = fresh.run(text, clock=clock).outcome.console
    assert [(line.level, line.text) for line in lines] == [
        ("log", "a: 1.500s 1"),
        ("log", "a: 1:02:04 (h:mm:ss)"),
        ("warn", "Warning: No such label 'a' for console.timeEnd()"),
        ("warn", "Assertion failed"),
        ("warn", "Warning: Count for 'none' does not exist"),
        ("error", "Trace: here\n    at <repl>:1:147"),
        ("log", "1"),
    ]


def test_our_frames_are_not_shown(fresh: Session) -> None:
    error = fresh.run("const make = () => new URL('no');\nmake()").outcome.error
    assert error is not None
    assert "<repl>:1:" in error.stack
    assert "vmgit:" not in error.stack


HOSTILE = "{ get a() { throw 1 }, toString() { throw 2 }, get length() { throw 3 } }"


@pytest.mark.parametrize("method", ["table", "dir", "dirxml", "group", "count", "time", "assert"])
def test_the_console_never_runs_the_programs_code(fresh: Session, method: str) -> None:
    text = f"const odd = {HOSTILE};"
    for argument in ("odd", "[odd]", "new Proxy(odd, { get() { throw 4 } })", "[[odd]], [odd]"):
        call = f"console.{method}({'0, ' if method == 'assert' else ''}{argument});"
        text += (
            f"try {{ {call} }} catch (error) {{ if (!(error instanceof TypeError)) throw error }}"
        )
    outcome = fresh.run(text).outcome
    assert outcome.status == "ok", outcome.error


def test_process_is_one_variable_that_is_the_same_everywhere(fresh: Session) -> None:
    assert shown(fresh.run("JSON.stringify(process)")) == """'{"env":{"NODE_ENV":"production"}}'"""
