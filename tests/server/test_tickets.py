"""`/tickets`: what waits, runs and is done, and how it is cancelled."""

from __future__ import annotations

import time
from typing import Any

from .served import Served, failure

LONG = "n = 1; const until = Date.now() + 15000; while (Date.now() < until);"


def test_a_ticket_tells_how_far_it_is(server: Served, session: str) -> None:
    running = _submit(server, session, LONG)
    waiting = _submit(server, session, "n + 40")
    last = _submit(server, session, "n + 41")
    _until(server, running, lambda ticket: ticket["execution"] is not None)
    assert (_ticket(server, running)["state"], _ticket(server, running)["position"]) == (
        "running",
        0,
    )
    told = _ticket(server, last)
    assert (told["state"], told["position"], told["execution"]) == ("waiting", 2, None)
    assert told["waiting_us"] > 0
    assert "answer" not in told
    assert "error" not in told

    cancelled = server.client.delete(f"/tickets/{last}")
    assert (cancelled.status_code, cancelled.json()["state"]) == (202, "done")
    assert _ticket(server, last)["error"]["code"] == "cancelled"

    assert server.client.delete(f"/tickets/{running}").status_code == 202
    answer = _until(server, running, lambda ticket: ticket["state"] == "done")["answer"]
    assert (answer["execution"], answer["status"]) == (f"{session}.2", "cancelled")
    answer = _until(server, waiting, lambda ticket: ticket["state"] == "done")["answer"]
    # What was stopped left nothing behind.
    assert answer["value"]["json"] == 40
    shown = server.client.get(f"/executions/{session}.3").json()
    assert {key: answer[key] for key in shown} == shown
    failure(server.client.delete(f"/tickets/{waiting}"), 409, "not_running")


def test_a_ticket_has_the_error_of_what_failed(server: Served) -> None:
    answer = server.post("/sessions?wait=false", {"profile": "none"})
    assert answer.status_code == 202
    place = answer.headers["location"].removeprefix("/api/v1/tickets/")
    ticket = _until(server, place, lambda ticket: ticket["state"] == "done")
    assert ticket["error"]["code"] == "not_found"
    assert ticket["position"] is None


def test_an_unknown_ticket_is_not_found(server: Served) -> None:
    failure(server.client.get("/tickets/none"), 404, "not_found")
    failure(server.client.delete("/tickets/none"), 404, "not_found")


def test_an_execution_is_cancelled_by_its_name(server: Served, session: str) -> None:
    running = _submit(server, session, LONG)
    _until(server, running, lambda ticket: ticket["execution"] is not None)
    _until_started(server, f"{session}.2")
    cancelled = server.post(f"/executions/{session}.2/cancel")
    assert cancelled.json() == {
        "execution": f"{session}.2",
        "session": session,
        "status": "cancelled",
    }
    again = failure(server.post(f"/executions/{session}.2/cancel"), 422, "not_running")
    assert again["details"]["status"] == "cancelled"
    failure(server.post(f"/executions/{session}.9/cancel"), 404, "not_found")


def _submit(server: Served, session: str, source: str) -> str:
    answer = server.post(f"/sessions/{session}/executions?wait=false", {"source": source})
    assert answer.status_code == 202
    ticket: str = answer.json()["ticket"]
    assert answer.headers["location"] == f"/api/v1/tickets/{ticket}"
    return ticket


def _ticket(server: Served, ticket: str) -> Any:
    return server.client.get(f"/tickets/{ticket}").json()


def _until(server: Served, ticket: str, wanted: Any) -> Any:
    deadline = time.monotonic() + 30
    while True:
        found = _ticket(server, ticket)
        if wanted(found):
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.02)


def _until_started(server: Served, execution: str) -> None:
    deadline = time.monotonic() + 30
    while server.client.get(f"/executions/{execution}").status_code == 404:
        assert time.monotonic() < deadline
        time.sleep(0.02)
