"""Reading sessions with what they were forked from: forks, forks of forks, logs with holes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from eventlog.making import SEED, created, finished, forked, put, ready, record, run, started

from vmgit.errors import NotFoundError, UnavailableError
from vmgit.eventlog.log import EventLog
from vmgit.events import session as se
from vmgit.history import read_session
from vmgit.state import Parent, fold


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    """An empty log."""
    with EventLog.open(tmp_path / "events.db") as opened:
        yield opened


def test_a_session_without_parent_is_the_fold_of_its_stream(log: EventLog) -> None:
    record(log, "s", created("shop"), ready())
    run(log, "s", [1, 2])
    state = read_session(log, "s")
    assert state == fold(log.read(stream="s"))
    assert state.parent is None
    assert [one.id for one in state.own] == ["s.1", "s.2"]


def test_a_fork_begins_with_what_its_parent_was_then(log: EventLog) -> None:
    record(log, "p", created("shop", prefix="web", pinned="v1", ephemeral=True), ready())
    run(log, "p", [1, 2])
    record(log, "p", se.Undone((2,), back_to=1))
    record(log, "f", forked("p", 7, "twin"))
    run(log, "p", [3])
    run(log, "f", [3, 4])
    record(log, "p", se.Closed("enough"))
    state, parent = read_session(log, "f"), read_session(log, "p")
    assert state.parent == Parent("p", "shop", 7)
    assert state.parent.label == "shop"
    assert [one.id for one in state.executions.values()] == ["p.1", "p.2", "f.3", "f.4"]
    assert [one.id for one in state.own] == ["f.3", "f.4"]
    assert [step.number for step in state.steps] == [1, 3, 4]
    assert (state.undone, state.redoable) == ({2}, [])
    assert (state.status, state.version, state.next_number) == ("active", 5, 5)
    facts = state.created
    assert (facts.name, facts.seed, facts.vmgit) == ("twin", SEED, "0")
    assert (facts.prefix, facts.pinned, facts.ephemeral) == ("web", "v1", False)
    assert [one.id for one in parent.executions.values()] == ["p.1", "p.2", "p.3"]
    assert parent.status == "closed"


def test_a_closed_parent_does_not_close_its_fork_and_a_failed_refresh_is_its_own(
    log: EventLog,
) -> None:
    failure = se.RefreshFailed(
        tree="t", generation=2, changed=(), message="it threw", files={}, deps={}
    )
    record(log, "p", created(), ready(), failure, se.Closed("enough"))
    record(log, "f", forked("p", 4))
    state = read_session(log, "f")
    assert (state.status, state.ended_reason, state.failed) == ("active", "", None)


def test_forks_of_forks(log: EventLog) -> None:
    record(log, "a", created(), ready())
    run(log, "a", [1])
    for parent, child, number in (("a", "b", 2), ("b", "c", 3), ("c", "d", 4)):
        record(log, child, forked(parent, log.version(parent)))
        run(log, child, [number])
    state = read_session(log, "d")
    assert [one.id for one in state.executions.values()] == ["a.1", "b.2", "c.3", "d.4"]
    assert [step.number for step in state.steps] == [1, 2, 3, 4]


def test_the_live_fork_is_the_one_that_is_read(log: EventLog) -> None:
    record(log, "p", created(), ready())
    run(log, "p", [1])
    parent = read_session(log, "p")
    (event,) = record(log, "f", forked("p", 4))
    fork = parent.fork(event)
    assert fork == read_session(log, "f")
    for event in put(log, "f", started("f", 2)) + put(log, "f", finished("f", 2)):
        fork.apply(event)
    assert fork == read_session(log, "f")
    assert parent == read_session(log, "p"), "a fork must not change its parent"


def test_a_session_that_is_not_there(log: EventLog) -> None:
    with pytest.raises(NotFoundError, match="there is no session s"):
        read_session(log, "s")


@pytest.mark.parametrize(("parent", "version"), [("nobody", 1), ("p", 9), ("f", 1), ("p", 0)])
def test_a_parent_that_the_log_does_not_hold(log: EventLog, parent: str, version: int) -> None:
    record(log, "p", created(), ready())
    record(log, "f", forked(parent, version))
    with pytest.raises(UnavailableError, match="session f was forked from"):
        read_session(log, "f")


def test_an_event_that_forks_something_else_is_refused(log: EventLog) -> None:
    record(log, "p", created(), ready())
    (wrong,) = record(log, "f", forked("p", 1))
    with pytest.raises(ValueError, match="does not fork p at version 2"):
        read_session(log, "p").fork(wrong)
