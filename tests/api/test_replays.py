"""`Workspace.replays` in the caller's own process: recorded under the host lock."""

from __future__ import annotations

import pytest
from workspaces import Folder

import vmgit
from vmgit.api.ticket import CancelledError, Ticket
from vmgit.api.workspace import Workspace
from vmgit.errors import NotFoundError
from vmgit.events.workspace import ReplayStarted
from vmgit.replay import recorded


def test_a_replay_is_recorded_and_found_again(folder: Folder) -> None:
    with vmgit.open(folder.root) as workspace:
        session = workspace.sessions.create().session
        workspace.sessions.run(session, "twice(rate)")
        own = workspace.log.events(session=session)
        done = workspace.replays.run(session, at=["HEAD"])
        assert (done.status, done.at, done.summary) == ("finished", ("HEAD",), {"same": 3})
        assert workspace.log.events(session=session) == own
    with vmgit.open(folder.root) as workspace:
        assert workspace.replays.get(done.replay) == done
        listed = workspace.replays.list(session=session)
        assert [(one.replay, one.summary) for one in listed] == [(done.replay, done.summary)]
        with pytest.raises(NotFoundError):
            workspace.replays.get(done.replay + 1)
        assert workspace.log.verify().ok


def test_a_replay_whose_host_died_is_closed_by_the_next(folder: Folder) -> None:
    with vmgit.open(folder.root) as workspace:
        session = workspace.sessions.create().session
        with folder.open(actor="dead") as dead:
            left = dead.record(ReplayStarted(session=session)).seq
        assert workspace.replays.get(left).status == "running"
        workspace.replays.run(session)
        told = workspace.replays.get(left)
        assert (told.status, told.reason) == ("aborted", "its host died")


def test_a_replay_that_is_cancelled_says_so(folder: Folder) -> None:
    with vmgit.open(folder.root) as workspace:
        session = workspace.sessions.create().session
        ticket = Ticket()
        _cancel_at_the_first_row(workspace, ticket)
        with pytest.raises(CancelledError):
            workspace.replays.run(session, ticket=ticket)
        assert workspace.replays.list()[0].status == "aborted"


def test_large_differences_are_counted_and_left_out(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorded, "MOST_DIFFERENCES", 10)
    with vmgit.open(folder.root) as workspace:
        session = workspace.sessions.create().session
        workspace.sessions.run(session, "rate")
        folder.write("lib/rates.js", "exports.rate = 4;\n")
        changed = folder.commit("four")
        done = workspace.replays.run(session, at=[changed])
        assert (done.status, done.omitted) == ("diverged", 1)
        rows = [row for row in done.executions if row.verdict == "different"]
        assert [row.difference for row in rows] == [None]


def _cancel_at_the_first_row(workspace: Workspace, ticket: Ticket) -> None:
    """Cancel when the replay is under way: its beginning is what the log tells of first."""
    workspace._parts.log.on_append(
        lambda events: ticket.cancel() if events[0].type == "replay.started" else None
    )
