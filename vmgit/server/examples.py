"""The examples in the OpenAPI document; tests hold them against the shapes that they are of."""

from __future__ import annotations

from typing import Any, NamedTuple

_TREE = "0dcee4b4c1c08cb5bc1be2d30b6e5141be4a068a"
_COMMIT = "7b4d2c4a7ee3d460bceb5a216dae8cbc383b3561"
_DIGEST = "b9757201a048f1ec67e293970cb653a0b901c2cedb505d4bcc0458b398467c1e"
_US = 1764066005000000


class Example(NamedTuple):
    """What is sent (None: no body) and what is answered."""

    request: Any
    answer: Any


EXECUTION: dict[str, Any] = {
    "execution": "wwfd9ktt.2",
    "session": "wwfd9ktt",
    "kind": "repl",
    "status": "ok",
    "path": None,
    "blob": "7687339d90b1e0e6d4878783ff5fc9bc0dd5f718",
    "args": [],
    "console": [{"level": "log", "text": "three"}],
    "value": {"type": "number", "preview": "3", "json": 3},
    "tree": _TREE,
    "commit": _COMMIT,
    "dirty": False,
    "generation": 1,
    "started_us": _US,
    "duration_us": 833,
    "digest": _DIGEST,
    "undone": False,
}
SESSION: dict[str, Any] = {
    "session": "wwfd9ktt",
    "name": "shop",
    "profile": "default",
    "status": "active",
    "reason": None,
    "worktree": "main",
    "prefix": "",
    "pinned": None,
    "ephemeral": False,
    "created_us": _US,
    "generation": 1,
    "tree": _TREE,
    "commit": _COMMIT,
    "dirty": False,
    "startup": [{"path": "startup/00-globals.js", "mode": "auto", "execution": 1}],
    "executions": 1,
    "last_execution": "wwfd9ktt.1",
    "parent": None,
    "inherited": 0,
    "undone": [],
    "redoable": [],
}
TICKET: dict[str, Any] = {
    "ticket": "ed40881b2c4628f1c9f542ce",
    "session": "wwfd9ktt",
    "state": "waiting",
    "position": 1,
    "waiting_us": 73,
    "execution": None,
}
EVENT: dict[str, Any] = {
    "seq": 7,
    "stream": "wwfd9ktt",
    "version": 7,
    "type": "console",
    "schema": 1,
    "time_us": _US,
    "execution": "wwfd9ktt.2",
    "actor": "serve",
    "worktree": "main",
    "payload": {"level": "log", "text": "three"},
    "prev_hash": "efc5f2e0ae0e639c1fc3fb4872b3b9ef241160bd89a769f0ae3bc5d859bd0de8",
    "hash": "eb6e3948510a5662a962b87bfafed2737b6d6961a98cd1b4a0e1e8334c2d63db",
}
#: The same event in a stream, shortened.
STREAM = 'id: 7\ndata: {"seq":7,"stream":"wwfd9ktt","type":"console", ...}\n\n'
REPLAY: dict[str, Any] = {
    "replay": 9,
    "session": "wwfd9ktt",
    "at": ["HEAD"],
    "status": "finished",
    "started_us": _US,
    "duration_us": 19711,
    "reason": None,
    "summary": {"same": 1},
    "executions": [
        {"execution": "wwfd9ktt.2", "kind": "repl", "at": "HEAD", "verdict": "same"},
    ],
    "omitted": 0,
}
#: By the name of the operation.
EXAMPLES: dict[str, Example] = {
    "create_session": Example({"profile": "default", "name": "shop"}, SESSION),
    "get_session": Example(None, SESSION),
    "run_in_session": Example({"source": "console.log('three'); 1 + 2"}, EXECUTION),
    "run_fresh": Example({"path": "scripts/report.js", "args": ["--month", "5"]}, EXECUTION),
    "get_execution": Example(None, EXECUTION),
    "get_ticket": Example(None, {**TICKET, "state": "done", "position": None, "answer": EXECUTION}),
    "events": Example(None, [EVENT]),
    "create_replay": Example({"session": "shop", "at": ["HEAD"]}, REPLAY),
    "get_replay": Example(None, REPLAY),
}


def _error(code: str, message: str, hints: list[str], details: dict[str, Any]) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "hints": hints, "details": details}}


#: By the status.
ERRORS: dict[str, dict[str, Any]] = {
    "404": _error(
        "not_found",
        "There is no session 'shpo'.",
        ["Did you mean shop?", "`vmgit session list --all` shows every session."],
        {"nearest": ["shop"]},
    ),
    "409": _error(
        "session_busy",
        "session wwfd9ktt is busy: execution wwfd9ktt.2 runs, 0 wait.",
        ["Without --no-wait (REST: `no_wait`) it queues."],
        {"session": "wwfd9ktt", "running": "wwfd9ktt.2", "waiting": 0},
    ),
}
