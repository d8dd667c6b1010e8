"""`Idempotency-Key`: a request that is sent again runs nothing again."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx
import pytest

from .served import Served, failure


def _keyed(key: str) -> dict[str, str]:
    return {"idempotency-key": key}


def test_the_same_request_runs_once(server: Served, session: str) -> None:
    place, body = f"/sessions/{session}/executions", {"source": "n += 1"}
    first = server.post(place, body, headers=_keyed("once"))
    again = server.post(place, body, headers=_keyed("once"))
    assert first.json() == again.json()
    # How it is written does not matter, nor by which name the session is called.
    content = b'{ "source": "n += 1", "args": [] }'
    headers = {**_keyed("once"), "content-type": "application/json"}
    other = server.client.post(
        f"/sessions/{session[:6]}/executions", content=content, headers=headers
    )
    assert other.json() == first.json()
    assert server.run(session, "n")["value"]["json"] == 1


def test_requests_that_come_together_run_once(server: Served, session: str) -> None:
    body = {"source": "const t = Date.now() + 300; while (Date.now() < t); n += 1"}
    answers: list[Any] = []

    def ask(wait: str) -> None:
        with server.over_unix() as client:
            place = f"/sessions/{session}/executions?wait={wait}"
            answers.append(client.post(place, json=body, headers=_keyed("together")))

    threads = [threading.Thread(target=ask, args=("true",)) for _ in range(8)]
    threads.append(threading.Thread(target=ask, args=("false",)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waited = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(waited) == 8
    assert all(answer == waited[0] for answer in waited)
    assert [one.json()["ticket"] for one in answers if one.status_code == 202] == ["together"]
    assert server.run(session, "n")["value"]["json"] == 1
    ticket = server.client.get("/tickets/together").json()
    assert ticket["answer"] == waited[0]


def test_a_key_of_another_request_is_refused(server: Served, session: str) -> None:
    place = f"/sessions/{session}/executions"
    server.post(place, {"source": "1"}, headers=_keyed("mine"))
    error = failure(
        server.post(place, {"source": "2"}, headers=_keyed("mine")), 422, "idempotency_mismatch"
    )
    assert error["details"] == {"key": "mine"}
    other = server.session()
    failure(
        server.post(f"/sessions/{other}/executions", {"source": "1"}, headers=_keyed("mine")),
        422,
        "idempotency_mismatch",
    )
    failure(server.post("/sessions", {}, headers=_keyed("mine")), 422, "idempotency_mismatch")


def test_every_post_takes_a_key(server: Served, session: str) -> None:
    server.run(session, "n = 1")
    server.run(session, "n = 2")
    posts = [
        ("/sessions", {"name": "keyed"}),
        ("/executions", {"source": "n"}),
        (f"/sessions/{session}/refresh", None),
        (f"/sessions/{session}/fork", {"name": "keyed-fork"}),
        (f"/sessions/{session}/undo", {"count": 1}),
        (f"/sessions/{session}/redo", None),
        ("/replays", {"session": session}),
        ("/journal/rebuild", None),
        (f"/sessions/{session}/close", {"reason": "over"}),
    ]
    for number, (place, body) in enumerate(posts):
        first = server.post(place, body, headers=_keyed(f"post {number} / of / many"))
        assert first.is_success, first.text
        last = server.events()[-1]["seq"]
        again = server.post(place, body, headers=_keyed(f"post {number} / of / many"))
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert server.events()[-1]["seq"] == last, place


def test_an_answer_that_is_an_error_is_given_again(server: Served) -> None:
    for _ in range(2):
        failure(
            server.post("/sessions", {"profile": "none"}, headers=_keyed("bad")), 404, "not_found"
        )


def test_what_was_not_taken_may_be_tried_again(server: Served, session: str) -> None:
    slow = {"source": "const t = Date.now() + 500; while (Date.now() < t);"}
    server.post(f"/sessions/{session}/executions?wait=false", slow)
    place = f"/sessions/{session}/executions"
    busy = server.post(f"{place}?no_wait=true", {"source": "n"}, headers=_keyed("later"))
    failure(busy, 409, "session_busy")
    assert server.post(place, {"source": "n"}, headers=_keyed("later")).status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 256, "ümlaut", "tab\tinside"])
def test_what_is_no_key_is_refused(server: Served, session: str, key: str) -> None:
    answer = server.post("/executions", {"source": "1"}, headers={"idempotency-key": key.encode()})
    failure(answer, 400, "idempotency_key")


def test_two_keys_are_none(server: Served) -> None:
    headers = httpx.Headers([("idempotency-key", "a"), ("idempotency-key", "b")])
    answer = server.client.post("/executions", json={"source": "1"}, headers=headers)
    failure(answer, 400, "idempotency_key")


def test_keys_outlive_the_server(own_server: Served) -> None:
    session = own_server.session()
    posts = [
        ("/sessions", {"name": "kept"}),
        ("/executions", {"source": "n + 5"}),
        (f"/sessions/{session}/executions", {"source": "n += 1"}),
        (f"/sessions/{session}/undo", {"count": 1}),
        (f"/sessions/{session}/redo", None),
        (f"/sessions/{session}/fork", {"name": "kept-fork"}),
    ]
    first = [
        own_server.post(place, body, headers=_keyed(f"k{number}")).json()
        for number, (place, body) in enumerate(posts)
    ]
    last = own_server.events()[-1]["seq"]
    own_server.restart()
    for number, (place, body) in enumerate(posts):
        again = own_server.post(place, body, headers=_keyed(f"k{number}"))
        assert again.is_success, again.text
        document = again.json()
        assert document == {key: first[number][key] for key in document}, place
        failure(
            own_server.post(place, body, headers=_keyed(f"k{(number + 1) % len(posts)}")),
            422,
            "idempotency_mismatch",
        )
    new = own_server.events(after=last)
    assert [event["type"] for event in new] == []
    assert own_server.run(session, "n")["value"]["json"] == 1


def test_a_request_that_was_cut_off_by_the_death_of_the_server(own_server: Served) -> None:
    session = own_server.session()
    body = {"source": "n += 1; const t = Date.now() + 15000; while (Date.now() < t);"}
    place = f"/sessions/{session}/executions"
    own_server.post(f"{place}?wait=false", body, headers=_keyed("cut"))
    deadline = time.monotonic() + 20
    while own_server.client.get(f"/executions/{session}.2").status_code == 404:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    own_server.restart()
    again = own_server.post(place, body, headers=_keyed("cut")).json()
    assert (again["execution"], again["status"]) == (f"{session}.2", "aborted")
    assert own_server.run(session, "n")["value"]["json"] == 0
