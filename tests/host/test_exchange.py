"""What servers answer: bodies are decoded, and nothing hostile costs more than it may."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from vmgit.host import exchange
from vmgit.outcome import Fault

from .serving import Seen, Server, reply
from .web import Door


def test_compressed_bodies(server: Server, web: Door) -> None:
    text = b"x" * 100_000
    raw = zlib.compressobj(wbits=-15)
    bodies = {
        "gzip": gzip.compress(text),
        "x-gzip": gzip.compress(text[:50_000]) + gzip.compress(text[50_000:]),
        "deflate": zlib.compress(text),
        "Deflate": raw.compress(text) + raw.flush(),
        "identity": text,
    }
    for encoding, body in bodies.items():
        server.routes["/"] = reply(200, body, ("Content-Encoding", encoding))
        assert web.get(server.url())["body"] == {"text": text.decode()}, encoding


@cache
def bomb() -> bytes:
    """Return 200 kB that become 200 MB."""
    return gzip.compress(b"\0" * 200_000_000, 9)


#: Made when a test runs: how the body is made and said to be encoded, and what it ends with.
BODIES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "bomb": (bomb, "gzip", "EFBIG"),
    "bomb in gzip": (lambda: gzip.compress(bomb()), "gzip, gzip", "EPROTO"),
    "many empty members": (lambda: gzip.compress(b"") * 50_000, "gzip", "EPROTO"),
    "cut": (lambda: gzip.compress(b"abc" * 1000)[:-9], "gzip", "EPROTO"),
    "no gzip": (lambda: b"no gzip", "gzip", "EPROTO"),
    "unknown": (lambda: b"\x1b\x00", "br", "EPROTO"),
    "large": (lambda: b"x" * (exchange.MOST_BODY + 1), "identity", "EFBIG"),
}


@pytest.mark.parametrize("kind", BODIES)
def test_bombs_and_broken_bodies(server: Server, web: Door, kind: str) -> None:
    make, encoding, code = BODIES[kind]
    server.routes["/"] = reply(200, make(), ("Content-Encoding", encoding))
    started = time.monotonic()
    assert web.fault(server.url()).code == code
    assert time.monotonic() - started < 3


def test_a_bomb_takes_no_memory(server: Server, web: Door) -> None:
    import tracemalloc

    server.routes["/"] = reply(200, bomb(), ("Content-Encoding", "gzip"))
    tracemalloc.start()
    try:
        assert web.fault(server.url()).code == "EFBIG"
        assert tracemalloc.get_traced_memory()[1] < 24 * 1024 * 1024
    finally:
        tracemalloc.stop()


NO_HTTP = {
    "too short": reply(200, b"short", length=10),
    "nothing": b"",
    "words": b"no HTTP at all\r\n\r\n",
    "negative length": b"HTTP/1.1 200 Fine\r\nContent-Length: -1\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 Fine\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "bad chunk": b"HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "endless headers": b"HTTP/1.1 200 Fine\r\n" + b"a: b\r\n" * 100_000 + b"\r\n",
    "an upgrade": b"HTTP/1.1 101 Fine\r\nUpgrade: x\r\n\r\n",
}


@pytest.mark.parametrize("kind", NO_HTTP)
def test_answers_that_are_no_http(server: Server, web: Door, kind: str) -> None:
    server.routes["/"] = NO_HTTP[kind]
    assert web.fault(server.url()).code == "EPROTO"


def test_more_than_the_length_says_is_not_read(server: Server, web: Door) -> None:
    server.routes["/"] = reply(200, b"four+more", length=4)
    assert web.get(server.url())["body"] == {"text": "four"}


def test_a_chunked_body_is_put_together(server: Server, web: Door) -> None:
    head = b"HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.routes["/"] = head + b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n"
    assert web.get(server.url())["body"] == {"text": "abcde"}


def _hang(stream: socket.socket, seen: Seen) -> None:
    stream.recv(1)


def _drip(stream: socket.socket, seen: Seen) -> None:
    stream.sendall(b"HTTP/1.1 200 Fine\r\nContent-Length: 100000\r\n\r\n")
    while True:
        stream.sendall(b"x")
        time.sleep(0.01)


def _informations(stream: socket.socket, seen: Seen) -> None:
    while True:
        stream.sendall(b"HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n" * 100)


@pytest.mark.parametrize("responder", [_hang, _drip, _informations])
def test_time_is_limited_whatever_the_server_does(server: Server, responder: Any) -> None:
    server.routes["/"] = responder
    web = Door(f"127.0.0.1:{server.port}", wall_ms=300)
    started = time.monotonic()
    fault = web.fault(server.url())
    assert fault.code == "ETIMEDOUT"
    assert 0.3 < time.monotonic() - started < 1.3


def test_a_call_has_a_time_of_its_own(server: Server, web: Door) -> None:
    server.routes["/"] = _hang
    started = time.monotonic()
    assert web.fault(server.url(), timeoutMs=200).code == "ETIMEDOUT"
    assert 0.2 < time.monotonic() - started < 1


def test_a_call_that_is_stopped_ends_soon(server: Server, web: Door) -> None:
    import threading

    server.routes["/"] = _hang
    timer = threading.Timer(0.2, web.registry.stop)
    timer.start()
    started = time.monotonic()
    assert web.fault(server.url()).code == "ETIMEDOUT"
    assert 0.2 <= time.monotonic() - started < 0.8
    timer.join()


def test_a_closed_port_and_a_broken_connection(server: Server, web: Door) -> None:
    def broken(stream: socket.socket, seen: Seen) -> None:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    server.routes["/"] = broken
    assert web.fault(server.url()).code == "ECONNRESET"
    url = server.url()
    server.close()
    fault = web.fault(url)
    place = url.removeprefix("http://").removesuffix("/")
    message = f"fetch: ECONNREFUSED: {place} does not take the connection"
    assert fault == Fault("TypeError", message, code="ECONNREFUSED")
