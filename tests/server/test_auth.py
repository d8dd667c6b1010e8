"""Who may speak to the server over TCP; over the unix socket its permissions decide."""

from __future__ import annotations

import base64

import httpx
import pytest

from .served import TOKEN, Served, failure

PLACES = ["/api/v1/health", "/api/v1/sessions", "/docs", "/openapi.json", "/nothing"]


@pytest.mark.parametrize("place", PLACES)
def test_tcp_takes_the_token(server: Served, place: str) -> None:
    with server.over_tcp() as client:
        assert client.get(place).status_code in (200, 404)
    for wrong in (None, "x", TOKEN[:-1], f"{TOKEN}x", TOKEN.upper()):
        with server.over_tcp(token=wrong) as client:
            answer = client.get(place)
            error = failure(answer, 401, "unauthorized")
            assert "vmgit serve token" in error["hints"][0]
            assert "bearer" in answer.headers["www-authenticate"].lower() or place in PLACES[2:4]


def test_the_token_is_asked_for_before_anything_runs(server: Served, session: str) -> None:
    before = server.events()
    with server.over_tcp(token=None) as client:
        place = f"/api/v1/sessions/{session}/executions"
        failure(client.post(place, json={"source": "1"}), 401, "unauthorized")
        failure(client.post("/api/v1/sessions", content=b"x" * 9_000_000), 401, "unauthorized")
    assert server.events() == before


def test_the_token_may_change_while_the_server_runs(server: Served) -> None:
    with server.over_tcp() as client:
        assert client.get("/api/v1/health").status_code == 200
        server.token_file.write_text("another")
        try:
            failure(client.get("/api/v1/health"), 401, "unauthorized")
            with server.over_tcp(token="another") as other:
                assert other.get("/api/v1/health").status_code == 200
            server.token_file.write_text("")
            with server.over_tcp(token=None) as empty:
                headers = {"authorization": "Bearer"}
                failure(empty.get("/api/v1/health", headers=headers), 401, "unauthorized")
        finally:
            server.token_file.write_text(TOKEN)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", "", "localhost:{port}.x"],
)
def test_requests_for_other_servers_are_refused(server: Served, host: str) -> None:
    headers = {"host": host.format(port=server.port)}
    for place in PLACES:
        with server.over_tcp() as client:
            failure(client.get(place, headers=headers), 403, "foreign")


@pytest.mark.parametrize("host", ["localhost:{port}", "127.0.0.1:{port}", "LOCALHOST:{port}"])
def test_names_of_this_machine_are_ours(server: Served, host: str) -> None:
    with server.over_tcp() as client:
        headers = {"host": host.format(port=server.port)}
        assert client.get("/api/v1/health", headers=headers).status_code == 200


def test_pages_of_other_origins_are_refused(server: Served) -> None:
    own = f"http://127.0.0.1:{server.port}"
    with server.over_tcp() as client:
        assert client.get("/api/v1/health", headers={"origin": own}).status_code == 200
        for origin in ("null", "http://evil.example", own + "1", own.replace("http", "https")):
            for place in PLACES:
                answer = client.get(place, headers={"origin": origin})
                failure(answer, 403, "foreign")
                assert "access-control-allow-origin" not in answer.headers


def test_a_browser_may_read_the_documentation_with_the_token_as_password(server: Served) -> None:
    def basic(password: str) -> dict[str, str]:
        told = base64.b64encode(f"anyone:{password}".encode()).decode()
        return {"authorization": f"Basic {told}"}

    with server.over_tcp(token=None) as client:
        assert client.get("/docs").headers["www-authenticate"] == 'Basic realm="vmgit"'
        assert client.get("/docs", headers=basic(TOKEN)).status_code == 200
        assert client.get("/openapi.json", headers=basic(TOKEN)).status_code == 200
        failure(client.get("/docs", headers=basic("x")), 401, "unauthorized")
        failure(client.get("/docs", headers={"authorization": "Basic !"}), 401, "unauthorized")
        # Only there: what a browser sends by itself must not run anything.
        failure(client.get("/api/v1/health", headers=basic(TOKEN)), 401, "unauthorized")


def test_two_tokens_are_none(server: Served) -> None:
    headers = [("authorization", f"Bearer {TOKEN}"), ("authorization", "Bearer x")]
    with server.over_tcp(token=None) as client:
        failure(client.get("/api/v1/health", headers=httpx.Headers(headers)), 401, "unauthorized")


def test_the_unix_socket_takes_no_token(server: Served) -> None:
    foreign = {"host": "evil.example", "origin": "http://evil.example"}
    assert server.client.get("/health", headers=foreign).status_code == 200


def test_the_token_is_not_logged(server: Served) -> None:
    with server.over_tcp() as client:
        client.get("/api/v1/health")
        client.get(f"/api/v1/events?type={TOKEN}")
        failure(client.get("/nothing"), 404, "not_found")
    assert TOKEN not in server.logged()
