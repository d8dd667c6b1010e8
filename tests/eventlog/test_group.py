"""Appends that meet share a commit: none is lost, none takes another with it, order is kept."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from vmgit.errors import UsageError
from vmgit.eventlog.log import ConflictError, EventLog
from vmgit.eventlog.verify import verify
from vmgit.events.envelope import NewEvent, StoredEvent
from vmgit.events.registry import encode
from vmgit.events.session import Created


def note(text: str) -> NewEvent:
    return NewEvent("console", 1, f'{{"level":"log","text":"{text}"}}')


def append(log: EventLog, stream: str, text: str, **options: int) -> list[StoredEvent]:
    return log.append(stream, [note(text)], durable=True, actor="a", worktree="w", **options)


class Together:
    """Starts threads that wait for each other, so that their appends meet."""

    def __init__(self, log: EventLog, count: int) -> None:
        self.log = log
        self.errors: dict[int, BaseException] = {}
        self.stored: dict[int, list[StoredEvent]] = {}
        self._start = threading.Barrier(count)
        self._count = count

    def run(self, one: object) -> None:
        threads = [threading.Thread(target=self._one, args=(one, n)) for n in range(self._count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()

    def _one(self, one: object, number: int) -> None:
        assert callable(one)
        self._start.wait()
        try:
            self.stored[number] = one(number)
        except BaseException as error:
            self.errors[number] = error


@pytest.fixture
def log(tmp_path: Path) -> EventLog:
    return EventLog.open(tmp_path / "events.db")


def held_up(log: EventLog) -> threading.Event:
    """Make the first commit wait until the event is set, so that the others gather behind it."""
    go = threading.Event()
    transaction = log.database.transaction
    first = threading.Lock()

    def slow(*, durable: bool):  # type: ignore[no-untyped-def]
        if first.acquire(blocking=False):
            go.wait(60)
        return transaction(durable=durable)

    log.database.transaction = slow  # type: ignore[method-assign]
    return go


def test_many_threads_lose_nothing_and_keep_the_order_of_commits(log: EventLog) -> None:
    told: list[int] = []
    log.on_append(lambda events: told.extend(event.seq for event in events))
    together = Together(log, 16)

    def many(number: int) -> list[StoredEvent]:
        return [append(log, f"s{number}", str(n))[0] for n in range(30)]

    together.run(many)
    assert not together.errors
    assert told == list(range(1, 16 * 30 + 1))
    for number, stored in together.stored.items():
        assert [event.version for event in stored] == list(range(1, 31))
        assert [event.seq for event in stored] == sorted(event.seq for event in stored)
        assert log.read(stream=f"s{number}") == stored
    assert verify(log).ok


def test_those_that_wait_share_one_commit(log: EventLog) -> None:
    groups: list[int] = []
    log.on_append(lambda events: groups.append(len(events)))
    go = held_up(log)
    together = Together(log, 9)
    waiting = log._commits._waiting

    def one(number: int) -> list[StoredEvent]:
        return append(log, f"s{number}", "x")

    def release() -> None:
        while len(log._commits._waiting) < 8:
            go.wait(0.01)
        go.set()

    assert waiting == []
    releasing = threading.Thread(target=release)
    releasing.start()
    together.run(one)
    releasing.join()
    assert not together.errors
    assert groups == [1, 8]
    assert verify(log).ok


def test_an_append_that_fails_takes_no_other_with_it(log: EventLog) -> None:
    created = encode(Created(tree="t", profile="p", seed="s", name="same", vmgit="0"))
    go = held_up(log)
    together = Together(log, 9)

    def one(number: int) -> list[StoredEvent]:
        if number in (2, 5):
            return log.append(f"n{number}", [created], durable=True, actor="a", worktree="w")
        if number == 3:
            return append(log, "s3", "x", expected_version=7)
        return append(log, f"s{number}", "x")

    def release() -> None:
        while len(log._commits._waiting) < 8:
            go.wait(0.01)
        go.set()

    releasing = threading.Thread(target=release)
    releasing.start()
    together.run(one)
    releasing.join()
    refused = set(together.errors)
    assert isinstance(together.errors.pop(3), ConflictError)
    taken = [together.errors.pop(number) for number in (2, 5) if number in together.errors]
    assert [type(error) for error in taken] == [UsageError]
    assert not together.errors
    assert len(together.stored) == 9 - len(refused) == 7
    assert log.last_seq() == 7
    assert verify(log).ok


def test_a_commit_that_fails_is_told_to_all_of_it(log: EventLog) -> None:
    append(log, "s", "x")
    log.database.connection.execute("PRAGMA query_only = ON")
    together = Together(log, 4)
    together.run(lambda number: append(log, f"s{number}", "x"))
    assert len(together.errors) == 4
    log.database.connection.execute("PRAGMA query_only = OFF")
    append(log, "s", "y")
    assert log.last_seq() == 2
