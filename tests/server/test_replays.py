"""`/replays` over HTTP: recorded beside the sessions, and found again after a restart."""

from __future__ import annotations

import time

from .served import Served, failure


def test_a_replay_is_recorded_beside_its_session(server: Served, session: str) -> None:
    server.run(session, "n += 1; console.log('n', n)")
    own = server.events(session=session)
    made = server.post("/replays", {"session": session})
    assert made.status_code == 201
    replay = made.json()
    assert made.headers["location"] == f"/api/v1/replays/{replay['replay']}"
    assert (replay["status"], replay["summary"]) == ("finished", {"same": 2})
    assert [row["execution"] for row in replay["executions"]] == [f"{session}.1", f"{session}.2"]
    assert server.client.get(f"/replays/{replay['replay']}").json() == replay
    assert server.events(session=session) == own
    recorded = server.events(after=replay["replay"] - 1)
    assert [event["type"] for event in recorded] == ["replay.started", "replay.finished"]
    assert {event["stream"] for event in recorded} == {"workspace"}


def test_a_replay_at_a_revision_tells_what_changed(server: Served, session: str) -> None:
    server.run(session, "n + 1")
    folder = server.folder
    folder.write("startup/a.js", "let n = 5;\n")
    changed = folder.commit("five")
    try:
        replay = server.post("/replays", {"session": session, "at": [changed, "HEAD~1"]}).json()
        assert (replay["status"], replay["at"]) == ("diverged", [changed, "HEAD~1"])
        different = [row for row in replay["executions"] if row["verdict"] == "different"]
        assert [(row["execution"], row["at"]) for row in different] == [(f"{session}.2", changed)]
        assert "-value: 1" in different[0]["difference"]["diff"]
        assert server.client.get(f"/replays/{replay['replay']}").json() == replay
    finally:
        folder.write("startup/a.js", "let n = 0;\n")
        folder.commit("back")
    answer = server.post("/replays", {"session": session, "at": ["nowhere"]})
    failure(answer, 404, "unknown_revision")


def test_replays_are_listed(server: Served, session: str) -> None:
    other = server.session()
    made = [server.post("/replays", {"session": one}).json() for one in (session, other, session)]
    listed = server.client.get("/replays").json()
    numbers = [one["replay"] for one in reversed(made)]
    assert [one["replay"] for one in listed[:3]] == numbers
    assert "executions" not in listed[0]
    own = server.client.get("/replays", params={"session": session, "limit": 1}).json()
    assert [one["replay"] for one in own] == numbers[:1]


def test_what_is_no_replay_is_not_found(server: Served, session: str) -> None:
    # Each number names an event; only one that began a replay names a replay.
    for number in (0, 1, -1, 10**6, 10**30):
        failure(server.client.get(f"/replays/{number}"), 404, "not_found")
    before = server.events()
    failure(server.post("/replays", {"session": "nonesuch"}), 404, "not_found")
    assert server.events() == before


def test_replays_survive_the_death_of_the_server(own_server: Served) -> None:
    session = own_server.session()
    own_server.run(session, "n = 3")
    done = own_server.post("/replays", {"session": session}).json()
    slow = "const t = Date.now() + 1500; while (Date.now() < t);"
    for _ in range(3):
        own_server.run(session, slow)
    asked = own_server.post("/replays?wait=false", {"session": session})
    assert asked.status_code == 202
    deadline = time.monotonic() + 20
    while len(listed := own_server.client.get("/replays").json()) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert listed[0]["status"] == "running"
    own_server.restart()
    assert own_server.client.get(f"/replays/{done['replay']}").json() == done
    dead = own_server.client.get(f"/replays/{listed[0]['replay']}").json()
    assert (dead["status"], dead["reason"]) == ("aborted", "its host died")
    own_server.restart()
    ends = [one for one in own_server.events() if one["type"] == "replay.aborted"]
    assert len(ends) == 1
    again = own_server.post("/replays", {"session": session}).json()
    assert again["status"] == "finished"
    assert own_server.client.get("/journal/verify").json()["ok"] is True


def test_a_replay_that_runs_is_cancelled(server: Served, session: str) -> None:
    for _ in range(4):
        server.run(session, "const t = Date.now() + 300; while (Date.now() < t);")
    ticket = server.post("/replays?wait=false", {"session": session}).json()["ticket"]
    time.sleep(0.3)
    assert server.client.delete(f"/tickets/{ticket}").status_code == 202
    deadline = time.monotonic() + 20
    while (told := server.client.get(f"/tickets/{ticket}").json())["state"] != "done":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert told["error"]["code"] == "cancelled"
    assert server.client.get("/replays").json()[0]["status"] == "aborted"
