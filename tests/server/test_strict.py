"""Requests are taken at their word: what is not known is refused, and said so."""

from __future__ import annotations

import json
import time

import pytest

from .served import JSON, Served, failure


@pytest.mark.parametrize("query", ["", "?wait=true"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"source": "1", "sorce": "2"}', "sorce"),
        ('{"source": 1}', "$.source"),
        ('{"source": "1", "args": "x"}', "$.args"),
        ('{"source": "1", "args": [1]}', "$.args[0]"),
        ('["source"]', "object"),
        ("null", "object"),
        ('{"source": "1"', "truncated"),
        ('{"source": "1"} {}', "trailing"),
        ("[" * 100_000, "body"),
        ('{"source": "\\ud800"}', "body"),
    ],
)
def test_bodies_have_exactly_their_shape(
    server: Served, session: str, query: str, content: str, told: str
) -> None:
    place = f"/sessions/{session}/executions{query}"
    before = server.events()
    error = failure(server.client.post(place, content=content, headers=JSON), 400, "body")
    assert told in error["message"]
    assert server.events() == before


@pytest.mark.parametrize("query", ["", "?wait=true"])
def test_bodies_are_json_of_utf_8(server: Served, session: str, query: str) -> None:
    place = f"/sessions/{session}/executions{query}"
    body = {"source": "1"}
    failure(server.client.post(place, data=body), 415, "unsupported_media_type")
    failure(server.client.post(place, content=b"{}"), 415, "unsupported_media_type")
    failure(server.client.post(place, content=b'{"source": "\xff"}', headers=JSON), 400, "body")
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    fine = server.client.post(place, content=json.dumps(body), headers=headers)
    assert fine.status_code == 200


@pytest.mark.parametrize("query", ["", "?wait=true"])
def test_bodies_have_a_largest_size(server: Served, session: str, query: str) -> None:
    place = f"/sessions/{session}/executions{query}"
    body = {"source": "x" * (4 * 1024 * 1024)}
    failure(server.post(place, body), 413, "body_too_large")
    pieces = (b" " * 65536 for _ in range(80))
    failure(server.client.post(place, content=pieces, headers=JSON), 413, "body_too_large")
    # The limit of the profile is lower; the server lives on.
    error = failure(server.post(place, {"source": "x" * 2_000_000}), 413, "limit")
    assert "source_kb" in error["message"]


@pytest.mark.parametrize("path", ["", "..", "../x", "/etc/passwd", "a\0b", ".git/config", "a/"])
def test_paths_are_inside_the_worktree(server: Served, session: str, path: str) -> None:
    answer = server.post(f"/sessions/{session}/executions", {"path": path})
    assert failure(answer, 400, "usage")["details"] == {"path": path}


def test_a_route_without_a_body_takes_none(server: Served, session: str) -> None:
    failure(server.post(f"/sessions/{session}/refresh", {}), 400, "body")


def test_unknown_query_parameters_are_refused(server: Served) -> None:
    error = failure(server.client.get("/sessions?stat=active"), 400, "query")
    assert error["hints"] == ["Did you mean state?"]
    failure(server.client.get("/health?x"), 400, "query")
    failure(server.post("/sessions?wiat=false"), 400, "query")
    failure(server.client.get("/executions?limit=1&limit=2"), 400, "query")


@pytest.mark.parametrize(
    "query",
    [
        "/sessions?state=open",
        "/sessions?all=perhaps",
        "/executions?limit=0",
        "/executions?limit=x",
        "/executions?limit=1000001",
        "/executions?status=fine",
        "/events?after=-1",
        "/events?after=9223372036854775808",
        "/events?limit=1.5",
    ],
)
def test_query_parameters_have_their_types(server: Served, query: str) -> None:
    name = query.partition("?")[2].partition("=")[0]
    error = failure(server.client.get(query), 400, "usage")
    assert name in error["message"]


@pytest.mark.parametrize("query", ["/events?limit=null", "/executions?status=null"])
def test_null_is_no_number_and_no_choice(server: Served, query: str) -> None:
    failure(server.client.get(query), 400, "query")
    failure(server.client.get("/sessions/null"), 404, "not_found")
    failure(server.client.get("/profiles?rev=null"), 404, "unknown_revision")


def test_unknown_routes_and_methods(server: Served) -> None:
    failure(server.client.get("/nothing"), 404, "not_found")
    failure(server.client.get("http://vmgit/"), 404, "not_found")
    failure(server.client.get("/replays/x"), 404, "not_found")
    answer = server.client.put("/sessions")
    failure(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert server.client.delete("/sessions/x/executions").headers["allow"] == (
        "GET, HEAD, OPTIONS, POST"
    )


def test_head_and_options(server: Served) -> None:
    whole, head = server.client.get("/sessions"), server.client.head("/sessions")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert server.client.head("/sessions/none").status_code == 404
    stream = {"accept": "text/event-stream"}
    assert server.client.head("/events", headers=stream).headers["content-type"] == (
        "application/json"
    )
    options = server.client.options("/sessions")
    assert (options.status_code, options.content) == (204, b"")
    assert options.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert not [name for name in options.headers if name.startswith("access-control")]
    assert server.client.options("/nothing").status_code == 404


def test_answers_carry_the_id_of_the_request(server: Served, session: str) -> None:
    named = {"x-request-id": "build-7.a:3"}
    for answer in (
        server.client.get("/health", headers=named),
        server.client.get("/nothing", headers=named),
        server.post(f"/sessions/{session}/executions", {"source": "1"}, headers=named),
    ):
        assert answer.headers.get_list("x-request-id") == ["build-7.a:3"]
    # The line is written when the answer was sent.
    deadline = time.monotonic() + 10
    while server.logged().count("request build-7.a:3") < 3:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    for bad in ("", "a b", "x" * 200, "<script>"):
        made = server.client.get("/health", headers={"x-request-id": bad}).headers["x-request-id"]
        assert len(made) == 16, bad
        assert made.isalnum()


def test_answers_are_not_kept_or_guessed_at(server: Served) -> None:
    headers = server.client.get("/sessions").headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "access-control-allow-origin" not in headers


def test_names_that_no_path_has(server: Served) -> None:
    for name in ("a%2Fb", "%00", "%ff", "..%2f..", "x" * 2000, "%0d%0aset-cookie:a", "@", "@-1"):
        answer = server.client.get(f"/sessions/{name}")
        assert answer.status_code in (200, 400, 404), (name, answer.text)
        assert "set-cookie" not in answer.headers
