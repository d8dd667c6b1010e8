"""Timers: all of an execution run before it ends, in the recorded order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vmgit.limits import Limits

from .realms import Session, session, shown


@pytest.fixture(scope="module")
def prompt() -> Iterator[Session]:
    with session() as made:
        yield made


def test_timers_run_in_order_of_their_time(prompt: Session) -> None:
    text = (
        "setTimeout(console.log, 30, 'c'); setTimeout(console.log, 10, 'a');"
        "setTimeout(() => { console.log('b'); setTimeout(console.log, 1, 'b2') }, 15);"
        "Promise.resolve().then(() => console.log('job')); console.log('now'); 7"
    )
    result = prompt.run(text)
    assert shown(result) == "7"
    assert [line.text for line in result.outcome.console] == ["now", "job", "a", "b", "b2", "c"]


def test_an_await_of_a_timer_settles(prompt: Session) -> None:
    text = "const from = Date.now(); await new Promise(r => setTimeout(r, 40)); Date.now() - from"
    assert float(shown(prompt.run(text))) >= 40


def test_intervals_and_clearing(prompt: Session) -> None:
    text = (
        "let n = 0; const step = () => { console.log(++n); if (n === 3) clearInterval(id) };"
        "const id = setInterval(step, 2); clearTimeout(undefined);"
        "clearTimeout(setTimeout(() => console.log('never'), 1)); 0"
    )
    assert [line.text for line in prompt.run(text).outcome.console] == ["1", "2", "3"]


def test_an_error_in_a_timer_ends_the_execution(prompt: Session) -> None:
    text = (
        "setTimeout(() => { throw new RangeError('late') }, 1);"
        "setTimeout(() => console.log('no more'), 5); 4"
    )
    outcome = prompt.run(text).outcome
    assert outcome.status == "error"
    assert outcome.error is not None
    assert (outcome.error.name, outcome.error.message) == ("RangeError", "late")
    assert "<repl>:1:" in outcome.error.stack
    assert outcome.console == []
    assert prompt.run("1").outcome.console == []


def test_a_rejection_in_a_timer_is_an_error(prompt: Session) -> None:
    result = prompt.run("setTimeout(async () => { throw new Error('r') }, 1); 1")
    assert shown(result) == "Error: r"


def test_timers_are_stopped_by_the_limits() -> None:
    with session() as made:
        limits = Limits(wall_ms=200, cpu_ms=10_000)
        assert shown(made.run("setTimeout(() => 0, 60_000)", limits=limits)) == "limit wall_ms"
    with session() as made:
        assert shown(made.run("setInterval(() => 0, 1)", limits=limits)) == "limit wall_ms"


def test_a_replay_keeps_the_order_and_does_not_wait() -> None:
    text = (
        "for (const d of [50, 20, 40]) setTimeout(() => console.log(d, Date.now()), d);"
        "await new Promise(r => setTimeout(r, 60)); Date.now()"
    )
    with session() as made, made.realm.fork() as realm:
        live = made.run(text)
        short = Limits(wall_ms=10_000)
        again = Session(realm, made.tree, made.store).run(text, clock=live.clock, limits=short)
    assert live.outcome.status == "ok"
    assert live.outcome.digest() == again.outcome.digest()
    assert live.clock == again.clock


def test_bad_callbacks(prompt: Session) -> None:
    assert shown(prompt.run("setTimeout('text', 1)")) == (
        "TypeError: the callback of a timer must be a function"
    )
