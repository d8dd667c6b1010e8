"""Appending to streams and reading them with a cursor."""

from __future__ import annotations

from pathlib import Path

import pytest

from vmgit.errors import BusyError, UsageError
from vmgit.eventlog.log import ConflictError, EventLog
from vmgit.eventlog.verify import verify
from vmgit.events.envelope import NewEvent

from .making import note, put


def test_an_empty_log_has_nothing(log: EventLog) -> None:
    assert (log.last_seq(), log.version("s"), log.read(), log.event(1)) == (0, 0, [], None)


def test_append_numbers_events_and_returns_what_read_gives(log: EventLog) -> None:
    first = put(log, "s", note("a"), note("b"))
    second = put(log, "t", note("c"))
    third = put(log, "s", note("d"))
    assert [(e.seq, e.stream, e.version) for e in first + second + third] == [
        (1, "s", 1),
        (2, "s", 2),
        (3, "t", 1),
        (4, "s", 3),
    ]
    assert log.read() == first + second + third
    assert (log.last_seq(), log.version("s"), log.version("t")) == (4, 3, 1)
    assert log.event(3) == second[0]


def test_the_envelope_is_stored_as_given(log: EventLog) -> None:
    event = NewEvent("host.call", 3, '{"op":"kv.get"}', "s.12")
    (stored,) = log.append("s", [event], durable=True, actor="Ada <é>", worktree="/w/ü b")
    assert (stored.type, stored.schema, stored.payload) == ("host.call", 3, '{"op":"kv.get"}')
    assert (stored.execution, stored.actor, stored.worktree) == ("s.12", "Ada <é>", "/w/ü b")
    assert stored.time_us == 1_000_000
    assert log.read() == [stored]


def test_no_events_write_nothing(log: EventLog) -> None:
    assert put(log, "s") == []
    assert log.last_seq() == 0


def test_events_of_one_append_share_their_time(path: Path) -> None:
    ticks = iter(range(100, 200))
    with EventLog.open(path, now_us=lambda: next(ticks)) as log:
        put(log, "s", note(), note())
        put(log, "s", note())
        assert [event.time_us for event in log.read()] == [100, 100, 101]


@pytest.mark.parametrize(
    ("expected", "accepted"), [(0, False), (2, True), (3, False), (None, True)]
)
def test_expected_version(log: EventLog, expected: int | None, accepted: bool) -> None:
    put(log, "s", note(), note())
    put(log, "other", note())

    def append() -> None:
        log.append("s", [note()], durable=False, actor="a", worktree="w", expected_version=expected)

    if accepted:
        append()
        assert log.version("s") == 3
        return
    with pytest.raises(ConflictError) as caught:
        append()
    assert isinstance(caught.value, BusyError)
    assert caught.value.details == {"stream": "s", "expected_version": expected, "version": 2}
    assert log.last_seq() == 3


def test_a_new_stream_can_be_demanded(log: EventLog) -> None:
    log.append("s", [note()], durable=False, actor="a", worktree="w", expected_version=0)
    assert log.version("s") == 1


@pytest.mark.parametrize(
    "bad",
    [
        NewEvent("", 1, "{}"),
        NewEvent("two words", 1, "{}"),
        NewEvent("console", 0, "{}"),
        NewEvent("console", 1, "not json"),
        NewEvent("console", 1, "[1]"),
        NewEvent("console", 1, '{"a":"é"}'),
        NewEvent("console", 1, ""),
        NewEvent("console", 1, "{}", ""),
    ],
)
def test_a_bad_event_is_refused_with_all_of_its_append(log: EventLog, bad: NewEvent) -> None:
    put(log, "s", note())
    with pytest.raises(Exception, match="CHECK constraint failed"):
        put(log, "s", note(), bad)
    assert log.last_seq() == 1
    put(log, "s", note())
    assert verify(log).rows == 2


@pytest.mark.parametrize("stream", ["", "two words", "line\nbreak", "é"])
def test_a_bad_stream_name_is_refused(log: EventLog, stream: str) -> None:
    with pytest.raises(Exception, match="CHECK constraint failed"):
        put(log, stream, note())


def test_text_that_is_no_unicode_is_a_usage_error(log: EventLog) -> None:
    with pytest.raises(UsageError, match="not valid Unicode"):
        log.append("s", [note()], durable=False, actor="a", worktree="/w/\udcff")
    assert log.last_seq() == 0


def test_cursor_arguments(log: EventLog) -> None:
    for number in range(10):
        put(log, "even" if number % 2 == 0 else "odd", note(str(number)))

    def seqs(**arguments: object) -> list[int]:
        return [event.seq for event in log.read(**arguments)]  # type: ignore[arg-type]

    assert seqs(after=7) == [8, 9, 10]
    assert seqs(upto=3) == [1, 2, 3]
    assert seqs(after=3, upto=5) == [4, 5]
    assert seqs(limit=2) == [1, 2]
    assert seqs(limit=0) == []
    assert seqs(newest_first=True, limit=2) == [10, 9]
    assert seqs(stream="odd") == [2, 4, 6, 8, 10]
    assert seqs(stream="odd", after=4, limit=2) == [6, 8]
    assert seqs(stream="odd", after=5, upto=8) == [6, 8]
    assert seqs(stream="odd", after=10) == []
    assert seqs(stream="odd", newest_first=True, limit=1) == [10]
    assert seqs(stream="odd", newest_first=True, after=6) == [10, 8]
    assert seqs(stream="none", after=3) == []
    assert [event.seq for event in log.tail(8)] == [9, 10]


def test_filters_by_type_and_execution(log: EventLog) -> None:
    put(log, "s", NewEvent("a.b", 1, "{}", "s.1"), NewEvent("c", 1, "{}", "s.2"))
    put(log, "s", NewEvent("d", 1, "{}"))
    assert [event.type for event in log.read(type="c")] == ["c"]
    assert [event.type for event in log.read(type=["a.b", "d"])] == ["a.b", "d"]
    assert log.read(type=[]) == []
    assert [event.type for event in log.read(execution="s.1")] == ["a.b"]
    assert [event.type for event in log.read(execution="s.2", stream="s", type="c")] == ["c"]


def test_scan_yields_everything_in_pages(log: EventLog) -> None:
    put(log, "s", *(note(str(number)) for number in range(2500)))
    put(log, "t", note())
    assert [event.seq for event in log.scan()] == list(range(1, 2502))
    assert [event.seq for event in log.scan(after=1999, upto=2001)] == [2000, 2001]
    assert len(list(log.scan(stream="s"))) == 2500


def test_scan_sees_what_is_appended_meanwhile(log: EventLog) -> None:
    put(log, "s", note())
    seen = []
    for event in log.scan():
        seen.append(event.seq)
        if event.seq < 5:
            put(log, "s", note())
    assert seen == [1, 2, 3, 4, 5]


def test_a_stream_is_read_by_its_index(log: EventLog) -> None:
    put(log, "s", note())
    sql, parameters = log._query(0, None, "s", None, None, True)
    plan = log.database.rows(f"EXPLAIN QUERY PLAN {sql}", parameters)
    assert [row[3] for row in plan] == [
        "SEARCH event USING INDEX sqlite_autoindex_event_1 (stream=?)"
    ]
