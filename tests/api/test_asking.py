"""A request with an idempotency key is answered once, also by another process and after a crash."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from hosted import Hosted
from workspaces import Folder

import vmgit
from vmgit.api.asking import MismatchError
from vmgit.api.ticket import Ticket
from vmgit.api.workspace import Workspace
from vmgit.engine.process import WorkerRealm
from vmgit.eventlog.verify import verify


@pytest.fixture
def workspace(hosted: Hosted) -> Workspace:
    return Workspace(hosted.workspace)


Ask = Callable[[Workspace, Ticket], Any]
ASKS: dict[str, Ask] = {
    "create": lambda w, t: w.sessions.create(name="made", ticket=t),
    "run": lambda w, t: w.sessions.run("s", "started += 1", ticket=t),
    "fresh": lambda w, t: w.executions.run("started", ticket=t),
    "fork": lambda w, t: w.sessions.fork("s", name="twin", ticket=t),
    "undo": lambda w, t: w.sessions.undo("s", ticket=t),
    "redo": lambda w, t: w.sessions.redo("s", ticket=t),
    "close": lambda w, t: w.sessions.close("s", "enough", ticket=t),
}


def prepared(workspace: Workspace, name: str) -> None:
    workspace.sessions.create(name="s")
    workspace.sessions.run("s", "started += 10")
    if name == "redo":
        workspace.sessions.undo("s")


@pytest.mark.parametrize("name", ASKS)
def test_what_is_asked_again_is_answered_from_the_log(
    name: str, workspace: Workspace, hosted: Hosted, template: WorkerRealm
) -> None:
    prepared(workspace, name)
    first = ASKS[name](workspace, Ticket("key-1"))
    seen = hosted.events()
    assert [event.type for event in seen].count("request.accepted") == 1
    with closing(Hosted(hosted.folder, template)) as other:
        again = ASKS[name](Workspace(other.workspace), Ticket("key-1"))
    assert hosted.events() == seen
    kept = {"refresh", "restored"}
    assert {f: getattr(again, f) for f in again.__struct_fields__ if f not in kept} == {
        f: getattr(first, f) for f in first.__struct_fields__ if f not in kept
    }
    assert verify(hosted.workspace.log).ok


def test_a_key_for_something_else_is_refused(workspace: Workspace, hosted: Hosted) -> None:
    prepared(workspace, "run")
    workspace.sessions.run("s", "1", ticket=Ticket("k"))
    before = hosted.events()
    others: list[Ask] = [
        lambda w, t: w.sessions.run("s", "2", ticket=t),
        lambda w, t: w.sessions.run("s", "1", args=["x"], ticket=t),
        lambda w, t: w.executions.run("1", ticket=t),
        lambda w, t: w.sessions.create(ticket=t),
    ]
    for other in others:
        with pytest.raises(MismatchError, match="was used for another request"):
            other(workspace, Ticket("k"))
    assert hosted.events() == before


def test_without_a_key_or_with_another_it_is_another_request(workspace: Workspace) -> None:
    prepared(workspace, "run")
    tickets = (Ticket(), Ticket(), Ticket("a"), Ticket("b"))
    values = [workspace.sessions.run("s", "started += 1", ticket=one).value for one in tickets]
    assert [value.json for value in values if value is not None] == [12, 13, 14, 15]


def test_what_was_refused_can_be_asked_again_with_the_same_key(workspace: Workspace) -> None:
    workspace.sessions.create(name="s")
    with pytest.raises(vmgit.errors.RefusedError):
        workspace.sessions.undo("s", ticket=Ticket("k"))
    workspace.sessions.run("s", "1")
    assert len(workspace.sessions.undo("s", ticket=Ticket("k")).undone) == 1


def test_a_refresh_on_the_way_does_not_take_the_key(workspace: Workspace, folder: Folder) -> None:
    workspace.sessions.create(name="s")
    folder.write("startup/00-base.js", "let started = 5;\n")
    first = workspace.sessions.run("s", "started", ticket=Ticket("k"))
    assert (first.refresh.result, first.value.json) == ("refreshed", 5)
    again = workspace.sessions.run("s", "started", ticket=Ticket("k"))
    assert again.execution == first.execution


def test_projections_of_keys_are_computed_again(workspace: Workspace, hosted: Hosted) -> None:
    prepared(workspace, "run")
    first = workspace.sessions.run("s", "1", ticket=Ticket("k"))
    before = hosted.workspace.views.asked("k")
    assert before is not None
    assert before.execution == first.execution
    hosted.workspace.log.rebuild()
    assert hosted.workspace.views.asked("k") == before
