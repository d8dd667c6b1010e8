"""`/sessions` over HTTP."""

from __future__ import annotations

from typing import Any

from .served import Served, failure


def test_a_session_is_made_found_and_closed(server: Served) -> None:
    made = server.post("/sessions", {"name": "shop"})
    assert made.status_code == 201
    document = made.json()
    assert made.headers["location"] == f"/api/v1/sessions/{document['session']}"
    assert (document["name"], document["status"]) == ("shop", "active")
    assert server.client.get("/sessions/shop").json() == document
    assert server.client.get(f"/sessions/{document['session'][:5]}").json() == document
    closed = server.post("/sessions/shop/close", {"reason": "done"}).json()
    assert (closed["status"], closed["reason"]) == ("closed", "done")
    failure(server.post("/sessions/shop/close"), 422, "refused")


def test_a_request_without_a_body_asks_for_the_defaults(server: Served) -> None:
    made = server.post("/sessions")
    assert made.status_code == 201
    assert made.json()["profile"] == "default"


def test_sessions_are_listed_by_state(server: Served) -> None:
    kept, ended = server.session(), server.session()
    server.post(f"/sessions/{ended}/close")

    def listed(**parameters: Any) -> set[str]:
        return {one["session"] for one in server.client.get("/sessions", params=parameters).json()}

    assert kept in listed()
    assert ended not in listed()
    assert ended in listed(state="closed")
    assert {kept, ended} <= listed(state=["closed", "active"])
    assert {kept, ended} <= listed(all="true")


def test_a_session_may_be_pinned(server: Served) -> None:
    made = server.post("/sessions", {"at": "HEAD"}).json()
    assert made["pinned"] == "HEAD"
    failure(server.post("/sessions", {"at": "nowhere"}), 404, "unknown_revision")


def test_what_cannot_be_made_leaves_no_session(server: Served) -> None:
    before = server.client.get("/sessions", params={"all": "true"}).json()
    failure(server.post("/sessions", {"profile": "none"}), 404, "not_found")
    failure(server.post("/sessions", {"name": "no name!"}), 400, "usage")
    server.session(name="taken")
    failure(server.post("/sessions", {"name": "taken"}), 400, "name_taken")
    after = server.client.get("/sessions", params={"all": "true"}).json()
    assert len(after) == len(before) + 1


def test_a_session_that_does_not_exist_is_not_found(server: Served) -> None:
    error = failure(server.client.get("/sessions/nonesuch"), 404, "not_found")
    assert "nonesuch" in error["message"]
    failure(server.post("/sessions/nonesuch/refresh"), 404, "not_found")


def test_a_session_is_refreshed(server: Served, session: str) -> None:
    assert server.post(f"/sessions/{session}/refresh").json()["result"] == "none"
    server.folder.write("startup/a.js", "let n = 100;\n")
    try:
        refreshed = server.post(f"/sessions/{session}/refresh").json()
        assert (refreshed["result"], refreshed["changed"]) == ("refreshed", ["startup/a.js"])
        assert server.run(session, "n")["value"]["json"] == 100
    finally:
        server.folder.write("startup/a.js", "let n = 0;\n")


def test_a_session_is_forked(server: Served, session: str) -> None:
    server.run(session, "n = 5")
    answer = server.post(f"/sessions/{session}/fork", {"name": "other"})
    assert answer.status_code == 201
    fork = answer.json()
    assert answer.headers["location"] == f"/api/v1/sessions/{fork['session']}"
    assert (fork["name"], fork["parent"]["session"]) == ("other", session)
    assert server.run("other", "n += 1")["value"]["json"] == 6
    assert server.run(session, "n")["value"]["json"] == 5
    failure(server.post(f"/sessions/{session}/fork", {"name": "other"}), 400, "name_taken")
    failure(server.post(f"/sessions/{session}/fork", {"name": "a.b"}), 400, "usage")


def test_executions_are_undone_and_redone(server: Served, session: str) -> None:
    for _ in range(3):
        server.run(session, "n += 1")
    undone = server.post(f"/sessions/{session}/undo", {"count": 2}).json()
    assert undone["undone"] == [f"{session}.3", f"{session}.4"]
    assert undone["back_to"] == f"{session}.2"
    assert server.client.get(f"/executions/{session}.4").json()["undone"] is True
    redone = server.post(f"/sessions/{session}/redo").json()
    assert redone["redone"] == undone["undone"]
    assert server.run(session, "n")["value"]["json"] == 3
    assert server.post(f"/sessions/{session}/undo").json()["undone"] == [f"{session}.5"]
    failure(server.post(f"/sessions/{session}/undo", {"count": 0}), 400, "usage")
    failure(server.post(f"/sessions/{session}/undo", {"count": 99}), 422, "refused")
