"""Queues: in order within each, and what a piece of work has claimed waits for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from vmgit.api.ticket import CancelledError, Ticket
from vmgit.errors import BusyError
from vmgit.server.queues import ClosingError, Queues

PATIENCE = 30.0


@pytest.fixture
def after() -> list[str]:
    return []


@pytest.fixture
def queues(after: list[str]) -> Iterator[Queues]:
    with closing(Queues(4, after.append)) as made:
        yield made


def test_the_work_of_a_queue_runs_in_order(queues: Queues, after: list[str]) -> None:
    done: list[int] = []
    answers = [
        queues.submit("s", lambda n=number: done.append(n), Ticket(), wait=True)  # type: ignore[misc]
        for number in range(50)
    ]
    for answer in answers:
        answer.result(PATIENCE)
    assert done == list(range(50))
    queues.close()
    assert after == ["s"] * 50


def test_a_queue_that_is_claimed_waits_for_whoever_claimed_it(
    queues: Queues, after: list[str]
) -> None:
    claimed, go = threading.Event(), threading.Event()
    order: list[str] = []

    def make() -> str:
        queues.claim("new")
        claimed.set()
        assert go.wait(PATIENCE)
        order.append("made")
        return "new"

    making = queues.beside(make, Ticket())
    assert claimed.wait(PATIENCE)
    used = [queues.submit("new", lambda: order.append("used"), Ticket(), wait=True) for _ in "ab"]
    with pytest.raises(BusyError, match="new is busy"):
        queues.submit("new", lambda: None, Ticket(), wait=False)
    assert queues.waiting("new") == 2
    go.set()
    assert making.result(PATIENCE) == "new"
    for one in used:
        one.result(PATIENCE)
    assert order == ["made", "used", "used"]
    queues.close()
    assert after == ["new"] * 3
    assert queues.tickets() == []


def test_a_claim_ends_with_work_that_fails(queues: Queues) -> None:
    def fail() -> None:
        queues.claim("lost")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        queues.beside(fail, Ticket()).result(PATIENCE)
    assert queues.submit("lost", lambda: 1, Ticket(), wait=True).result(PATIENCE) == 1


def test_what_waits_can_be_cancelled(queues: Queues) -> None:
    go = threading.Event()
    first = queues.submit("s", lambda: go.wait(PATIENCE), Ticket(), wait=True)
    ticket = Ticket()
    second = queues.submit("s", lambda: 1, ticket, wait=True)
    assert queues.position(ticket) == 1
    assert queues.cancel(ticket)
    with pytest.raises(CancelledError):
        second.result(PATIENCE)
    go.set()
    assert first.result(PATIENCE)


def test_nothing_new_is_taken_at_the_end(queues: Queues) -> None:
    queues.refuse()
    for act in (
        lambda: queues.submit("s", lambda: 1, Ticket(), wait=True),
        lambda: queues.beside(lambda: 1, Ticket()),
    ):
        with pytest.raises(ClosingError, match="stopping"):
            act()
