"""Slow, silent, broken and too many clients: none of them holds up the server."""

from __future__ import annotations

import contextlib
import json
import socket
import time

import pytest

from .served import Served

FAST = ("connection.HEAD_S=0.4", "connection.BODY_S=0.6", "connection.KEEP_ALIVE_S=600")
HEAD = b"POST /api/v1/executions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


@pytest.fixture
def connect(own_server: Served) -> socket.socket:
    """A connection to a server that has little patience."""
    own_server.restart(*FAST)
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(20)
    client.connect(str(own_server.socket))
    return client


def _rest(client: socket.socket) -> bytes:
    """Return all that comes until the server closes the connection."""
    parts = []
    with client:
        while part := client.recv(65536):
            parts.append(part)
    return b"".join(parts)


def _error(answer: bytes, status: int, code: str) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), answer
    assert b"content-type: application/json" in head.lower()
    assert json.loads(body)["error"]["code"] == code


def test_a_silent_client_is_let_go(connect: socket.socket) -> None:
    assert _rest(connect) == b""


def test_a_head_that_never_ends_is_let_go(connect: socket.socket) -> None:
    begun = time.monotonic()
    # Each byte comes in time; the whole does not.
    with contextlib.suppress(BrokenPipeError):
        for byte in HEAD * 3:
            connect.sendall(bytes([byte]))
            time.sleep(0.02)
    assert time.monotonic() - begun < 5
    with contextlib.suppress(ConnectionResetError):
        answer = _rest(connect)
        if answer:
            _error(answer, 408, "timeout")


def test_a_second_head_that_never_ends_is_let_go(connect: socket.socket) -> None:
    connect.sendall(b"GET /api/v1/health HTTP/1.1\r\nhost: x\r\n\r\n")
    answer = b""
    while not answer.endswith(b"}"):
        answer += connect.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200")
    connect.sendall(b"GET /api/v1/health HT")
    _error(_rest(connect), 408, "timeout")


@pytest.mark.parametrize("place", ["sessions/x/executions", "executions"])
def test_a_body_that_never_ends_is_let_go(connect: socket.socket, place: str) -> None:
    head = HEAD.replace(b"executions", place.encode())
    connect.sendall(head + b'content-length: 1000\r\n\r\n{"source": ')
    _error(_rest(connect), 408, "timeout")


def test_a_slow_answer_is_no_slow_client(own_server: Served) -> None:
    own_server.restart(*FAST)
    ran = own_server.run(
        own_server.session(), "const t = Date.now() + 1500; while (Date.now() < t);"
    )
    assert ran["status"] == "ok"
    time.sleep(1)
    assert own_server.client.get("/health").status_code == 200, "the connection may rest"


def test_what_is_no_http_is_told_so(connect: socket.socket) -> None:
    connect.sendall(b"what is this\r\n\r\n")
    _error(_rest(connect), 400, "bad_request")


def test_a_head_has_a_largest_size(connect: socket.socket) -> None:
    with contextlib.suppress(BrokenPipeError):
        connect.sendall(HEAD + b"x-long: " + b"x" * 200_000)
    with contextlib.suppress(ConnectionResetError):
        _error(_rest(connect), 400, "bad_request")


def test_more_connections_than_there_may_be_are_told_to_come_back(own_server: Served) -> None:
    own_server.restart("connection.MOST_CONNECTIONS=20")
    own_server.client.close()
    own_server.client = own_server.over_unix()
    held = []
    with contextlib.ExitStack() as stack:
        for _ in range(25):
            client = stack.enter_context(socket.socket(socket.AF_UNIX))
            client.settimeout(20)
            client.connect(str(own_server.socket))
            held.append(client)
        answer = own_server.client.get("/health")
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "overloaded"
        assert answer.headers["connection"] == "close"
    deadline = time.monotonic() + 20
    while own_server.client.get("/health").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_many_silent_clients_do_not_exhaust_it(own_server: Served) -> None:
    own_server.restart("connection.HEAD_S=1.0")
    session = own_server.session()
    with contextlib.ExitStack() as stack:
        for _ in range(400):
            client = stack.enter_context(socket.socket(socket.AF_UNIX))
            client.connect(str(own_server.socket))
        assert own_server.run(session, "1 + 1")["value"]["json"] == 2
