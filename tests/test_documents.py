"""The JSON shapes of executions, sessions and events."""

from __future__ import annotations

from typing import Any

import msgspec
from hosted import Hosted

from vmgit import documents


def as_json(document: msgspec.Struct) -> dict[str, Any]:
    """What a program reads of a document."""
    read: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document))
    return read


def execution_document(*given: Any) -> dict[str, Any]:
    return as_json(documents.execution_document(*given))


def undo_document(*given: Any) -> dict[str, Any]:
    return as_json(documents.undo_document(*given))


def redo_document(*given: Any) -> dict[str, Any]:
    return as_json(documents.redo_document(*given))


def session_document(*given: Any) -> dict[str, Any]:
    return as_json(documents.session_document(*given))


def event_document(*given: Any) -> dict[str, Any]:
    return as_json(documents.event_document(*given))


def test_an_execution_is_this_document(hosted: Hosted) -> None:
    live = hosted.new()
    execution = hosted.run(live, "console.warn('a'); ({b: [1]})", "x")
    document = execution_document(execution)
    origin = hosted.workspace.snapshot()
    assert execution.finished is not None
    assert document == {
        "execution": f"{live.state.id}.3",
        "session": live.state.id,
        "kind": "repl",
        "status": "ok",
        "path": None,
        "blob": execution.started.blob,
        "args": ["x"],
        "console": [{"level": "warn", "text": "a"}],
        "value": {"type": "object", "preview": "{ b: [ 1 ] }", "json": {"b": [1]}},
        "tree": origin.tree,
        "commit": origin.commit,
        "dirty": False,
        "generation": 1,
        "started_us": execution.time_us,
        "duration_us": execution.finished.duration_us,
        "digest": execution.finished.digest,
        "undone": False,
    }
    assert as_json(documents.execution_document(execution, undone=True))["undone"] is True


def test_how_an_execution_ended_otherwise(hosted: Hosted) -> None:
    hosted.folder.profile("[limits]\nevents = 1\n")
    live = hosted.new()
    hosted.folder.write("a.js", "let a = 1;\nthrow new RangeError('no')\n")
    thrown = execution_document(hosted.file(live, "a.js"))
    assert (thrown["status"], thrown["path"], thrown["value"]) == ("error", "a.js", None)
    error = thrown["error"]
    assert (error["name"], error["message"]) == ("RangeError", "no")
    assert "a.js:2:" in error["stack"]
    assert set(error) == {"name", "message", "stack"}

    stopped = execution_document(hosted.run(live, "for (;;) console.log(1)"))
    assert stopped["limit"] == {"name": "events", "allowed": 1, "used": 2}
    assert "error" not in stopped

    execution = live.state.executions[1]
    execution.finished, execution.aborted = None, "its host died"
    aborted = execution_document(execution)
    assert (aborted["status"], aborted["aborted"]) == ("aborted", "its host died")
    assert (aborted["duration_us"], aborted["digest"]) == (0, None)


def test_a_session_is_this_document(hosted: Hosted) -> None:
    live = hosted.new(name="shop")
    hosted.value(live, "1")
    hosted.folder.write("lib/rates.js", "exports.rate = 4;")
    hosted.update(live)
    document = session_document(live.state)
    serving = hosted.workspace.snapshot()
    assert document == {
        "session": live.state.id,
        "name": "shop",
        "profile": "default",
        "status": "active",
        "reason": None,
        "worktree": "main",
        "prefix": "",
        "pinned": None,
        "ephemeral": False,
        "created_us": live.state.created_us,
        "generation": 2,
        "tree": serving.tree,
        "commit": serving.commit,
        "dirty": True,
        "startup": [
            {"path": "startup/00-base.js", "mode": "auto", "execution": 1},
            {"path": "startup/10-rules.js", "mode": "auto", "execution": 4},
        ],
        "executions": 4,
        "last_execution": f"{live.state.id}.4",
        "parent": None,
        "inherited": 0,
        "undone": [],
        "redoable": [],
    }


def test_a_session_that_never_started_and_one_that_ended(hosted: Hosted) -> None:
    hosted.folder.write("startup/00-base.js", "boom()")
    live = hosted.new()
    crashed = session_document(live.state)
    assert (crashed["status"], crashed["generation"], crashed["startup"]) == ("crashed", 0, [])
    assert crashed["tree"] == live.state.created.tree
    assert crashed["reason"].startswith("startup/00-base.js:1: ReferenceError")
    with hosted.workspace.hosting():
        live.close("enough")
    assert session_document(live.state)["reason"] == "enough"


def test_what_a_fork_has_from_its_parent_and_what_is_undone(hosted: Hosted) -> None:
    live = hosted.new(name="shop")
    for text in ("1", "2", "3"):
        hosted.value(live, text)
    live_id = live.state.id
    undone = hosted.workspace.sessions.get(live_id).undo(2)
    assert undo_document(live.state, undone) == {
        "session": live_id,
        "undone": [f"{live_id}.4", f"{live_id}.5"],
        "back_to": f"{live_id}.3",
        "generation": 1,
    }
    version = live.state.version
    fork = hosted.fork(live)
    document = session_document(fork.state)
    assert document["parent"] == {"session": live_id, "name": "shop", "version": version}
    assert (document["executions"], document["last_execution"]) == (0, None)
    assert document["inherited"] == 5
    assert document["undone"] == document["redoable"] == [f"{live_id}.4", f"{live_id}.5"]
    assert redo_document(fork.state, fork.redo()) == {
        "session": fork.state.id,
        "redone": [f"{live_id}.4", f"{live_id}.5"],
        "generation": 1,
    }
    document = session_document(fork.state)
    assert document["undone"] == document["redoable"] == []
    hosted.value(fork, "4")
    assert session_document(fork.state)["last_execution"] == f"{fork.state.id}.6"
    assert undo_document(fork.state, fork.undo(4))["back_to"] is None
    assert session_document(fork.state)["undone"] == [
        f"{live_id}.3", f"{live_id}.4", f"{live_id}.5", f"{fork.state.id}.6",
    ]  # fmt: skip


def test_an_event_is_its_row_with_the_payload_read(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, "console.log('é')")
    event = hosted.events(live, "console")[0]
    document = event_document(event)
    assert document["payload"] == {"level": "log", "text": "é"}
    assert (document["seq"], document["execution"]) == (event.seq, f"{live.state.id}.3")
    assert list(document) == [
        "seq", "stream", "version", "type", "schema", "time_us", "execution", "actor", "worktree",
        "payload", "prev_hash", "hash",
    ]  # fmt: skip
