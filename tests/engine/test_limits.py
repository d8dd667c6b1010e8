"""Runaway programs: each is stopped in time, with the limit that it hit, by a real worker."""

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest

from vmgit.engine.process import GRACE_MS
from vmgit.limits import Limits

from .realms import Session, session, shown

CPU = Limits(cpu_ms=300, wall_ms=20_000, memory_mb=32, output_kb=16, events=50)
WALL = Limits(cpu_ms=20_000, wall_ms=300, memory_mb=32, output_kb=16, events=50)
MEMORY = Limits(cpu_ms=20_000, wall_ms=20_000, memory_mb=32)

RUNAWAYS = [
    ("for (;;) {}", CPU, "cpu_ms"),
    ("for (;;) {}", WALL, "wall_ms"),
    ("try { for (;;) {} } finally { for (;;) {} }", WALL, "wall_ms"),
    ("for (;;) { new Promise(() => { while (1); }).catch(() => 0) }", WALL, "wall_ms"),
    ("[].indexOf.call({length: 2 ** 53 - 1}, 1)", CPU, "cpu_ms"),
    ("[].indexOf.call({length: 2 ** 53 - 1}, 1)", WALL, "wall_ms"),
    ("for (;;) [].indexOf.call({length: 5e5}, 1)", WALL, "wall_ms"),
    ("(async () => { for (;;) await null })()", WALL, "wall_ms"),
    ("(function again() { Promise.resolve().then(again) })()", CPU, "cpu_ms"),
    ("await new Promise(() => {}); 1; for (;;) {}", WALL, None),
    ("/(a+)+b/.test('a'.repeat(50))", WALL, "wall_ms"),
    ("Promise.reject({toString() { for (;;) {} }})", WALL, "wall_ms"),
    ("({}).x = {get y() { for (;;) {} }}.y", WALL, "wall_ms"),
    ("const all = []; for (;;) all.push({x: 1})", MEMORY, "memory_mb"),
    ("const all = []; for (;;) all.push(new Uint8Array(1e6).fill(1))", MEMORY, "memory_mb"),
    ("let s = 'x'; for (;;) s += s", MEMORY, "memory_mb"),
    ("new ArrayBuffer(1e8)", MEMORY, "memory_mb"),
    (
        "Promise.resolve().then(() => { const a = []; for (;;) a.push([a]) })",
        MEMORY,
        "memory_mb",
    ),
    ("for (;;) console.log('line')", WALL, "events"),
    ("for (;;) console.log('x'.repeat(3000))", WALL, "output_kb"),
    ("console.log('x'.repeat(1e6))", WALL, "output_kb"),
    ("for (;;) console.log([1, {a: 2}])", WALL, "events"),
    ("const kv = require('vmgit:kv'); for (;;) kv.get('k')", WALL, "events"),
]


@pytest.mark.parametrize(("text", "limits", "name"), RUNAWAYS)
def test_runaway(text: str, limits: Limits, name: str | None) -> None:
    with session() as made:
        start = time.monotonic()
        result = made.run(text, limits=limits)
        spent_ms = (time.monotonic() - start) * 1000
    if name is None:
        assert shown(result).startswith("Pending")
        return
    assert result.outcome.status == "limit"
    assert not result.intact
    hit = result.outcome.limit
    assert hit is not None
    assert hit.name == name
    assert hit.allowed == getattr(limits, name)
    assert hit.used >= hit.allowed * 0.7
    # Not a measurement: without the hard limits most of these never end.
    assert spent_ms < limits.wall_ms + 10 * GRACE_MS


def test_what_was_printed_before_the_kill_is_kept() -> None:
    with session() as made:
        printing = "console.log('first'); console.warn('second');"
        outcome = made.run(
            printing + "[].indexOf.call({length: 2 ** 53 - 1}, 1)", limits=WALL
        ).outcome
    assert [(line.level, line.text) for line in outcome.console] == [
        ("log", "first"),
        ("warn", "second"),
    ]


def test_output_is_kept_up_to_its_limit() -> None:
    with session() as made:
        outcome = made.run("console.log('é'.repeat(20000))", limits=WALL).outcome
    assert outcome.console[0].text == "é" * 8192
    assert outcome.limit is not None
    assert outcome.limit.name == "output_kb"


def test_a_source_that_is_too_large_does_not_run() -> None:
    with session({"big.js": "//" + "x" * 2048}) as made:
        limits = Limits(source_kb=1)
        result = made.run("1;" + " " * 1024, limits=limits)
        assert shown(result) == "limit source_kb"
        assert result.intact
        assert shown(made.run("await import('./big.js')", limits=limits)) == "limit source_kb"


def test_memory_is_counted_from_the_session_not_from_the_process() -> None:
    with session() as made:
        limits = Limits(memory_mb=16)
        assert shown(
            made.run("const kept = new Uint8Array(8e6).fill(1); kept.length", limits=limits)
        )
        assert shown(made.run("kept[5]", limits=limits)) == "1"
        assert shown(made.run("new Uint8Array(9e6).fill(1)", limits=limits)) == "limit memory_mb"


def test_memory_that_was_given_back_is_no_limit() -> None:
    with session() as made:
        limits = Limits(memory_mb=32, cpu_ms=20_000, wall_ms=60_000)
        text = "for (let i = 0; i < 200; i++) { new Uint8Array(1e6).fill(i) } 'fine'"
        assert shown(made.run(text, limits=limits)) == "'fine'"


def test_a_fork_made_before_survives_the_limit() -> None:
    with session() as made:
        made.run("var state = 1")
        with made.realm.fork() as realm:
            spare = Session(realm, made.tree, made.store)
            assert shown(made.run("state = 2; for (;;) {}", limits=WALL)) == "limit wall_ms"
            assert shown(spare.run("state")) == "1"


def test_limits_of_one_execution_do_not_reach_the_next() -> None:
    with session() as made:
        assert shown(made.run("1", limits=Limits(wall_ms=10_000, cpu_ms=200))) == "1"
        busy = "const end = Date.now() + 400; while (Date.now() < end) {} 'done'"
        assert shown(made.run(busy, limits=Limits(wall_ms=60_000, cpu_ms=60_000))) == "'done'"


OVERSIZED = [
    "new Uint8Array(20e6).fill(1)",
    "const all = []; for (;;) all.push({x: 1})",
    # Gone again before the end: only the peak tells.
    "(() => { new Uint8Array(20e6).fill(1) })(); 1",
    "Promise.resolve().then(() => { const a = []; for (;;) a.push([a]) })",
    "let s = 'x'; for (;;) s += s",
]


@pytest.mark.parametrize("text", OVERSIZED)
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_memory_is_limited_in_forks_of_forks(depth: int, text: str) -> None:
    limits = Limits(memory_mb=16, cpu_ms=20_000, wall_ms=60_000)
    fits = "const kept = new Uint8Array(8e6).fill(1); kept.length"
    with ExitStack() as stack:
        made = stack.enter_context(session())
        for _ in range(depth):
            # Each has memory of its own that the next one inherits.
            assert shown(made.run("'x'.repeat(1e6).length", limits=limits)) == "1000000"
            made = made.fork()
            stack.enter_context(made.realm)
        assert set(made.realm.sandbox.values()) <= {"on", "off: not run by root"}
        assert shown(made.run(fits, limits=limits)) == "8000000"
        assert shown(made.run(text, limits=limits)) == "limit memory_mb"
