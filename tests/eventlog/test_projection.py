"""The projections: what each event changes, and that a rebuild gives the same tables."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmgit.errors import UsageError
from vmgit.eventlog.log import EventLog
from vmgit.eventlog.projection import PREVIEW, preview
from vmgit.eventlog.verify import verify
from vmgit.eventlog.views import Views
from vmgit.events import execution as ex
from vmgit.events import session as se
from vmgit.events.envelope import NewEvent
from vmgit.events.registry import encode
from vmgit.history import read_session

from .making import (
    OID,
    created,
    finished,
    forked,
    note,
    put,
    raw,
    ready,
    record,
    refresh_failed,
    refreshed,
    run,
    started,
)


def tables(log: EventLog) -> dict[str, list[tuple[Any, ...]]]:
    """Return both projections whole."""
    return {
        name: log.database.rows(f"SELECT * FROM {name} ORDER BY 1, 2")
        for name in ("session", "execution")
    }


def state_of(log: EventLog, session: str) -> tuple[str, int, str | None]:
    row = Views(log.database).session(session)
    assert row is not None
    return row.state, row.generation, row.reason


def test_a_new_session_has_the_facts_of_its_event(log: EventLog) -> None:
    record(log, "abc", created("shop", prefix="web", pinned="v1", ephemeral=True, profile="p"))
    row = Views(log.database).session("abc")
    assert row is not None
    assert (row.name, row.profile, row.prefix, row.pinned) == ("shop", "p", "web", "v1")
    assert (row.ephemeral, row.worktree, row.state) == (True, "main", "starting")
    assert (row.generation, row.executions, row.last_execution) == (0, 0, None)
    assert (row.created_seq, row.created_us, row.reason) == (1, 1_000_000, None)


def test_the_life_of_a_session(log: EventLog) -> None:
    record(log, "s", created())
    record(log, "s", refresh_failed(1, "a.js:3 threw"))
    assert state_of(log, "s") == ("crashed", 0, "a.js:3 threw")
    record(log, "s", ready(1))
    assert state_of(log, "s") == ("active", 1, None)
    record(log, "s", refresh_failed(2, "again"))
    assert state_of(log, "s") == ("active", 1, "again")
    record(log, "s", refreshed(2))
    assert state_of(log, "s") == ("active", 2, None)
    record(log, "s", se.Closed("done"))
    assert state_of(log, "s") == ("closed", 2, "done")
    record(log, "s", refresh_failed(3, "late"))
    assert state_of(log, "s") == ("closed", 2, "done")


def test_a_lost_session_stays_lost(log: EventLog) -> None:
    record(log, "s", created(), ready(1), se.Lost("objects are gone"), refreshed(2))
    assert state_of(log, "s") == ("lost", 2, "objects are gone")


def test_an_execution_from_start_to_end(log: EventLog) -> None:
    record(log, "s", created(), ready())
    (start,) = put(log, "s", started("s", 1, path="a.js", text=None, kind="file", dirty=True))
    views = Views(log.database)
    row = views.execution("s", 1)
    assert row is not None
    assert (row.status, row.path, row.kind, row.dirty) == ("running", "a.js", "file", True)
    assert (row.tree, row.blob, row.commit_oid, row.generation) == (OID, OID, None, 1)
    assert (row.start_seq, row.end_seq, row.digest, row.duration_us) == (
        start.seq,
        None,
        None,
        None,
    )
    end = put(log, "s", note(), finished("s", 1, "error"))[-1]
    row = views.execution("s", 1)
    assert row is not None
    assert (row.status, row.end_seq, row.duration_us) == ("error", end.seq, 5)
    session = views.session("s")
    assert session is not None
    assert (session.executions, session.last_execution) == (1, "s.1")


def test_an_aborted_execution(log: EventLog) -> None:
    record(log, "s", created(), ready())
    put(log, "s", started("s", 1))
    put(log, "s", encode(ex.Aborted("killed"), execution="s.1"))
    row = Views(log.database).execution("s", 1)
    assert row is not None
    assert (row.status, row.digest) == ("aborted", None)


def test_a_status_of_the_future_counts_as_an_error(log: EventLog) -> None:
    record(log, "s", created(), ready())
    put(log, "s", started("s", 1))
    put(log, "s", NewEvent("execution.finished", 2, '{"status":"paused","digest":7}', "s.1"))
    row = Views(log.database).execution("s", 1)
    assert row is not None
    assert (row.status, row.digest, row.duration_us) == ("error", None, None)


def test_unknown_types_and_streams_change_nothing(log: EventLog) -> None:
    before = tables(log)
    put(log, "workspace", NewEvent("watch.dreamt", 9, '{"of":"sheep"}'))
    put(log, "nobody", NewEvent("session.closed", 1, "{}"))
    put(log, "nobody", NewEvent("execution.started", 1, "{}", "without-a-number"))
    assert tables(log) == before


def test_names_are_unique_among_all_sessions(log: EventLog) -> None:
    record(log, "s1", created("shop"))
    record(log, "s1", se.Closed())
    with pytest.raises(UsageError, match="has that name already") as caught:
        record(log, "s2", created("shop"))
    assert (caught.value.kind, caught.value.exit_code) == ("name_taken", 2)
    assert log.version("s2") == 0
    record(log, "s2", created("Shop"))
    record(log, "s3", created(None))
    record(log, "s4", created(None))
    assert verify(log).ok


@pytest.mark.parametrize(
    ("text", "path", "shown"),
    [
        ("1 + 1", None, "1 + 1"),
        ("\n  let a = 1\n\n", None, "let a = 1"),
        ("first\nsecond", None, "first…"),
        ("x" * 200, None, "x" * (PREVIEW - 1) + "…"),
        ("x" * PREVIEW, None, "x" * PREVIEW),
        ("", None, ""),
        (None, None, ""),
        (None, "src/a.js", "src/a.js"),
    ],
)
def test_preview_is_one_line(text: str | None, path: str | None, shown: str) -> None:
    assert preview(text, path) == shown


def test_rebuild_mends_damaged_projections(log: EventLog, path: Path) -> None:
    record(log, "s", created("shop"), ready())
    run(log, "s", range(1, 4))
    before = tables(log)
    with raw(path) as connection:
        connection.execute("UPDATE session SET name = 'forged'")
        connection.execute("DELETE FROM execution WHERE number = 2")
    assert tables(log) != before
    assert log.rebuild() == 8
    assert tables(log) == before
    assert verify(log).ok


def test_rebuild_reports_progress(log: EventLog) -> None:
    put(log, "s", *(note() for _ in range(20_500)))
    calls: list[int] = []
    assert log.rebuild(progress=calls.append) == 20_500
    assert calls == [10_000, 20_000]


def test_a_fork_has_the_facts_of_its_parent_then(log: EventLog) -> None:
    record(log, "p", created("shop", prefix="web", pinned="v1", ephemeral=True), ready())
    run(log, "p", [1])
    (event,) = record(log, "f", forked("p", 4, "twin"))
    record(log, "p", refreshed(2), se.Closed())
    row = Views(log.database).session("f")
    assert row is not None
    assert (row.name, row.profile, row.prefix, row.pinned) == ("twin", "default", "web", "v1")
    assert (row.state, row.generation, row.ephemeral, row.reason) == ("active", 1, False, None)
    assert (row.parent, row.parent_version, row.created_seq) == ("p", 4, event.seq)
    assert (row.executions, row.last_execution) == (0, None)
    with pytest.raises(UsageError, match="has that name already"):
        record(log, "g", forked("p", 4, "shop"))
    before = tables(log)
    log.rebuild()
    assert tables(log) == before


def test_a_fork_of_what_is_not_there_is_no_session(log: EventLog) -> None:
    before = tables(log)
    record(log, "f", forked("nobody", 4))
    assert tables(log) == before


def test_an_undo_marks_the_sessions_own_executions(log: EventLog) -> None:
    record(log, "p", created(), ready())
    run(log, "p", [1, 2])
    record(log, "f", forked("p", 6))
    run(log, "f", [3])
    record(log, "f", se.Undone((1, 2, 3)))
    views = Views(log.database)

    def undone() -> list[str]:
        return [row.id for row in views.executions(limit=None) if row.undone]

    assert undone() == ["f.3"]
    record(log, "p", se.Undone((2,), back_to=1))
    assert undone() == ["f.3", "p.2"]
    record(log, "f", se.Redone((1, 2, 3)))
    assert undone() == ["p.2"]
    put(log, "p", NewEvent("session.redone", 1, '{"executions":["2",true,null,2]}'))
    assert undone() == []


Move = Callable[["Life", EventLog], None]


class Life:
    """A session whose further events are chosen one by one, so that their order is possible.

    The second session is a fork of the first one where that has a generation by then.
    """

    def __init__(self, id: str, name: str | None, parent: Life | None = None) -> None:
        self.id, self.name, self.parent = id, name, parent
        self.generation = 0
        self.number = 0
        self.open: int | None = None
        self.born = False

    def step(self, log: EventLog, choice: int) -> None:
        """Append the events of one choice."""
        if not self.born:
            self.born = True
            self._begin(log, choice)
        elif self.open is not None:
            self._end(log, choice)
        elif choice == 2 and self.generation and self._go_back(log):
            return
        elif choice < 3 and self.generation:
            self._start(log, text=f"code {choice}\nmore")
        else:
            self._change(log, choice)

    def _begin(self, log: EventLog, choice: int) -> None:
        parent = self.parent
        if parent is not None and parent.generation and parent.open is None:
            self.generation, self.number = parent.generation, parent.number
            record(log, self.id, forked(parent.id, log.version(parent.id), self.name))
        else:
            record(log, self.id, created(self.name, ephemeral=choice % 2 == 0))

    def _go_back(self, log: EventLog) -> bool:
        """Undo the last execution or two, or redo, where that is possible."""
        state = read_session(log, self.id)
        if state.redoable:
            steps = state.redoable[-1]
            record(log, self.id, se.Redone(tuple(step.number for step in steps)))
            return True
        *kept, last = [None, *(one.number for one in state.undoable)]
        if last is None:
            return False
        taken = (kept.pop(), last) if len(kept) > 2 else (last,)
        record(log, self.id, se.Undone(taken, back_to=kept[-1]))  # type: ignore[arg-type]
        return True

    def _start(self, log: EventLog, **fields: Any) -> None:
        self.number += 1
        self.open = self.number
        put(log, self.id, started(self.id, self.number, generation=self.generation, **fields))

    def _end(self, log: EventLog, choice: int) -> None:
        status = ("ok", "error", "limit", "cancelled", None)[choice % 5]
        if status is None:
            closing = encode(ex.Aborted("died"), execution=f"{self.id}.{self.open}")
        else:
            closing = finished(self.id, self.open or 0, status)  # type: ignore[arg-type]
        line = encode(ex.Console("log", "é"), execution=f"{self.id}.{self.open}")
        put(log, self.id, *[line] * (choice % 3), closing)
        self.open = None

    def _change(self, log: EventLog, choice: int) -> None:
        if choice in (3, 4):
            self.generation += 1
            first = self.generation == 1
            record(log, self.id, ready(1) if first else refreshed(self.generation))
        elif choice == 5:
            record(log, self.id, refresh_failed(self.generation + 1))
        elif choice == 6:
            put(log, self.id, NewEvent("session.dreamt", 4, '{"of":[1,2]}'))
        elif choice == 7:
            record(log, self.id, se.Restored(equal=self.number, total=self.number))
        elif choice == 8:
            record(log, self.id, se.Lost("gone"))
        else:
            record(log, self.id, se.Closed("bye"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9)), max_size=40))
def test_live_rebuilt_and_folded_agree(moves: list[tuple[int, int]]) -> None:
    first = Life("s1", "shop")
    lives = [first, Life("s2", None, first), Life("s3", "web")]
    with (
        tempfile.TemporaryDirectory() as folder,
        EventLog.open(Path(folder) / "events.db") as log,
    ):
        for who, choice in moves:
            lives[who].step(log, choice)
        live = tables(log)
        assert log.rebuild() == log.last_seq()
        assert tables(log) == live
        views = Views(log.database)
        for row in views.sessions():
            state = read_session(log, row.id)
            assert (row.state, row.generation) == (state.status, state.generation)
            assert row.executions == len(state.own)
            assert (row.parent, row.parent_version) == (
                (state.parent.session, state.parent.version) if state.parent else (None, None)
            )
            for execution in views.executions(row.id, limit=None):
                folded = state.executions[execution.number]
                assert (execution.status, execution.id) == (folded.status, folded.id)
                assert execution.undone == (execution.number in state.undone)
