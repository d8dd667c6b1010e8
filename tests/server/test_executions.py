"""`/executions` over HTTP."""

from __future__ import annotations

import threading
import time

from .served import Served, failure


def test_code_runs_in_a_session(server: Served, session: str) -> None:
    first = server.run(session, "n += 1; console.log('n is', n); n")
    assert (first["status"], first["value"]["json"]) == ("ok", 1)
    assert first["console"] == [{"level": "log", "text": "n is 1"}]
    assert server.run(session, "n += 1")["value"]["json"] == 2


def test_a_file_runs_with_its_arguments(server: Served, session: str) -> None:
    body = {"path": "hello.js", "args": ["you"]}
    answer = server.post(f"/sessions/{session}/executions", body).json()
    assert answer["console"][0]["text"] == "hello you"
    missing = server.post(f"/sessions/{session}/executions", {"path": "helo.js"})
    assert "hello.js" in failure(missing, 404, "not_found")["hints"][0]


def test_a_throw_is_told_by_the_document(server: Served, session: str) -> None:
    document = server.run(session, "throw new TypeError('no')")
    assert (document["status"], document["error"]["name"]) == ("error", "TypeError")


def test_code_runs_in_a_fresh_session(server: Served) -> None:
    answer = server.post("/executions", {"source": "n + 1"})
    assert answer.status_code == 200
    document = answer.json()
    assert document["value"]["json"] == 1
    assert server.client.get(f"/sessions/{document['session']}").json()["status"] == "closed"


def test_executions_are_found_again(server: Served, session: str) -> None:
    ran = server.run(session, "console.log(1); 2")
    shown = server.client.get(f"/executions/{ran['execution']}").json()
    assert shown == {key: value for key, value in ran.items() if key != "refresh"}
    events = server.client.get(f"/executions/{ran['execution']}/events").json()
    assert [event["type"] for event in events] == [
        "execution.started",
        "console",
        "execution.finished",
    ]
    listed = server.client.get(f"/sessions/{session}/executions").json()
    assert listed[0]["execution"] == ran["execution"]
    everywhere = server.client.get("/executions", params={"session": session}).json()
    assert everywhere == listed
    failed = server.client.get("/executions", params={"session": session, "status": "error"})
    assert failed.json() == []
    limited = server.client.get("/executions", params={"session": session, "limit": 1}).json()
    assert limited == listed[:1]
    failure(server.client.get(f"/executions/{session}.99"), 404, "not_found")


def test_a_busy_session_is_refused_or_queued(server: Served, session: str) -> None:
    slow = "const until = Date.now() + 700; while (Date.now() < until); n"
    thread = threading.Thread(target=server.run, args=(session, slow))
    thread.start()
    try:
        _until_running(server, session)
        refused = server.post(f"/sessions/{session}/executions?no_wait=true", {"source": "1"})
        error = failure(refused, 409, "session_busy")
        assert error["details"]["running"] == f"{session}.2"
        told = server.client.get("/workspace").json()["server"]
        assert {"session": session, "running": f"{session}.2", "waiting": 0} in told["queues"]
        assert server.run(session, "n + 10")["value"]["json"] == 10
    finally:
        thread.join()


def test_neither_or_both_of_source_and_path_is_refused(server: Served, session: str) -> None:
    for body in ({}, {"source": "1", "path": "hello.js"}):
        failure(server.post(f"/sessions/{session}/executions", body), 400, "usage")
        failure(server.post("/executions", body), 400, "usage")
        failure(server.post(f"/sessions/{session}/executions?wait=false", body), 400, "usage")


def test_a_client_that_goes_away_does_not_lose_its_execution(server: Served, session: str) -> None:
    import socket

    body = b'{"source": "const t = Date.now() + 300; while (Date.now() < t); n = 77"}'
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(server.socket))
        head = f"POST /api/v1/sessions/{session}/executions HTTP/1.1\r\nhost: x\r\n"
        head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        client.sendall(head.encode() + body)
        _until_running(server, session)
    assert server.run(session, "n")["value"]["json"] == 77


def _until_running(server: Served, session: str) -> None:
    deadline = time.monotonic() + 20
    while not server.client.get(
        "/executions", params={"session": session, "status": "running"}
    ).json():
        assert time.monotonic() < deadline
        time.sleep(0.01)
