"""Lists of sessions and executions, and what people may type to name one."""

from __future__ import annotations

import pytest

from vmgit.errors import NotFoundError, UsageError
from vmgit.eventlog.log import EventLog
from vmgit.eventlog.views import Views
from vmgit.events import session as se

from .making import created, put, ready, record, run, started


@pytest.fixture
def views(log: EventLog) -> Views:
    """Three sessions: `ab12cd` called shop, `ab34ef`, and `f0` called ab12 (closed)."""
    record(log, "ab12cd", created("shop"), ready())
    record(log, "ab34ef", created(None))
    record(log, "f0", created("ab12"), ready(), se.Closed())
    run(log, "ab12cd", [1, 2, 3])
    run(log, "f0", [1])
    return Views(log.database)


@pytest.fixture
def empty(log: EventLog) -> Views:
    return Views(log.database)


def test_sessions_come_newest_first(views: Views) -> None:
    assert [row.id for row in views.sessions()] == ["f0", "ab34ef", "ab12cd"]
    assert [row.id for row in views.sessions(limit=1)] == ["f0"]


def test_sessions_by_state(views: Views) -> None:
    assert [row.id for row in views.sessions(state="active")] == ["ab12cd"]
    assert [row.id for row in views.sessions(state=["starting", "closed"])] == ["f0", "ab34ef"]
    assert views.sessions(state="lost") == []


def test_a_session_by_its_whole_id(views: Views) -> None:
    row = views.session("ab12cd")
    assert row is not None
    assert (row.label, row.executions, row.last_execution) == ("shop", 3, "ab12cd.3")
    assert views.session("ab12") is None


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("@", "f0"),
        ("shop", "ab12cd"),
        ("ab12cd", "ab12cd"),
        ("ab12c", "ab12cd"),
        ("ab3", "ab34ef"),
        ("f", "f0"),
        ("ab12", "f0"),  # a name wins over the beginning of an id
    ],
)
def test_find_session(views: Views, text: str, id: str) -> None:
    assert views.find_session(text).id == id


def test_a_name_wins_over_a_whole_id(log: EventLog, views: Views) -> None:
    record(log, "x1", created("ab34ef"))
    assert views.find_session("ab34ef").id == "x1"


def test_a_whole_id_wins_over_longer_ones(log: EventLog, views: Views) -> None:
    record(log, "f01", created(None))
    assert views.find_session("f0").id == "f0"


def test_the_latest_among_some_states(views: Views) -> None:
    assert views.find_session("@", latest=("active", "crashed")).id == "ab12cd"
    with pytest.raises(NotFoundError, match="no session that `@` could mean"):
        views.find_session("@", latest=("lost",))


def test_an_ambiguous_beginning_lists_the_candidates(views: Views) -> None:
    with pytest.raises(UsageError) as caught:
        views.find_session("ab")
    error = caught.value
    assert (error.kind, error.exit_code) == ("ambiguous", 2)
    assert error.message == "'ab' could be several sessions: ab34ef, ab12cd (shop)."
    assert error.details == {"candidates": ["ab34ef", "ab12cd"]}


def test_many_candidates_are_cut(log: EventLog, empty: Views) -> None:
    for number in range(9):
        record(log, f"c{number}", created(None))
    with pytest.raises(UsageError, match=r"c8, c7, c6, c5, c4, and more\.$"):
        empty.find_session("c")


def test_an_unknown_name_shows_near_ones(views: Views) -> None:
    with pytest.raises(NotFoundError) as caught:
        views.find_session("shpo")
    assert caught.value.message == "There is no session 'shpo'."
    assert caught.value.hints[0] == "Did you mean shop?"
    assert caught.value.details == {"nearest": ["shop"]}


@pytest.mark.parametrize("text", ["", "zzz", "%", "a_", "AB12CD", "ab12cd ", "\0", "é" * 500])
def test_nothing_fits(views: Views, text: str) -> None:
    with pytest.raises(NotFoundError):
        views.find_session(text)


def test_an_empty_log_has_no_latest_session(empty: Views) -> None:
    with pytest.raises(NotFoundError, match="no session"):
        empty.find_session("@")
    with pytest.raises(NotFoundError, match="The log has no executions"):
        empty.find_execution("@-1")


def test_executions_come_newest_first(views: Views) -> None:
    assert [row.id for row in views.executions()] == ["f0.1", "ab12cd.3", "ab12cd.2", "ab12cd.1"]
    assert [row.number for row in views.executions("ab12cd")] == [3, 2, 1]
    assert [row.number for row in views.executions("ab12cd", limit=2)] == [3, 2]
    assert views.executions("ab34ef") == []


def test_executions_are_limited_unless_told(log: EventLog, empty: Views) -> None:
    record(log, "s", created(), ready())
    run(log, "s", range(1, 61))
    assert len(empty.executions()) == 50
    assert len(empty.executions(limit=None)) == 60


def test_running_executions(log: EventLog, views: Views) -> None:
    assert views.running() == []
    put(log, "ab12cd", started("ab12cd", 4))
    put(log, "f0", started("f0", 2))
    assert [row.id for row in views.running()] == ["ab12cd.4", "f0.2"]
    assert [row.id for row in views.executions("f0", status="running")] == ["f0.2"]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("ab12cd.2", "ab12cd.2"),
        ("shop.2", "ab12cd.2"),
        ("ab12c.1", "ab12cd.1"),
        ("@.1", "f0.1"),
        ("shop", "ab12cd.3"),
        ("@", "f0.1"),
        ("@-0", "f0.1"),
        ("@-1", "ab12cd.3"),
        ("@-3", "ab12cd.1"),
        ("ab12.1", "f0.1"),
    ],
)
def test_find_execution(views: Views, text: str, id: str) -> None:
    assert views.find_execution(text).id == id


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("shop.9", "The session shop has no execution 9; the last one is ab12cd.3."),
        ("ab34ef.1", "The session ab34ef has no execution 1."),
        ("ab34ef", "The session ab34ef has no executions."),
        ("@-4", "The log has only 4 executions."),
        ("nobody.1", "There is no session 'nobody'."),
        ("shop.x", "There is no session 'shop.x'."),
        (".1", "There is no session ''."),
        ("shop." + "9" * 30, "There is no session 'shop." + "9" * 30 + "'."),
        ("@-x", "There is no session '@-x'."),
        ("@-" + "9" * 18, "The log has only 4 executions."),
    ],
)
def test_unknown_executions(views: Views, text: str, message: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        views.find_execution(text)
    assert caught.value.message == message
    assert caught.value.hints


def test_an_ambiguous_session_of_an_execution(views: Views) -> None:
    with pytest.raises(UsageError, match="could be several"):
        views.find_execution("ab.1")


def test_the_last_executions_of_a_session_need_no_sorting(views: Views, log: EventLog) -> None:
    for sql in (
        "SELECT * FROM execution WHERE session = 's' ORDER BY number DESC LIMIT 50",
        "SELECT * FROM execution ORDER BY start_seq DESC LIMIT 50",
        "SELECT * FROM execution WHERE status = 'running' ORDER BY start_seq",
    ):
        plan = " / ".join(row[3] for row in log.database.rows(f"EXPLAIN QUERY PLAN {sql}"))
        assert "USE TEMP B-TREE" not in plan
        assert "USING" in plan
