"""A small web server on the loopback that answers exactly the bytes that a test gives it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Seen:
    """A request as it came over the wire; header names are lower-case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Responder = Callable[[socket.socket, Seen], None]


def reply(
    status: int = 200, body: bytes = b"", *headers: tuple[str, str], length: int | None = None
) -> bytes:
    """Return a response; `length` None means the true one."""
    fields = [*headers, ("Content-Length", str(len(body) if length is None else length))]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"HTTP/1.1 {status} Fine\r\n{head}\r\n".encode("latin-1") + body


@dataclass
class Server:
    """Answers on 127.0.0.1 from `routes`, by target; every request is kept in `seen`."""

    routes: dict[str, bytes | Responder] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    seen: list[Seen] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        port: int = self._socket.getsockname()[1]
        return port

    def url(self, target: str = "/", host: str = "127.0.0.1") -> str:
        """Return the URL of a target."""
        scheme = "http" if self.context is None else "https"
        return f"{scheme}://{host}:{self.port}{target}"

    def close(self) -> None:
        """Stop, and end every connection."""
        with suppress(OSError):  # wakes whoever waits in accept
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        # A client that goes away in the middle is what many tests are about.
        with suppress(OSError), closing(self._secured(connection)) as stream:
            request = _request(stream)
            if request is None:
                return
            self.seen.append(request)
            answer = self.routes.get(request.target, reply(404))
            if isinstance(answer, bytes):
                stream.sendall(answer)
            else:
                answer(stream, request)
        connection.close()

    def _secured(self, connection: socket.socket) -> socket.socket:
        if self.context is None:
            return connection
        self.context.sni_callback = lambda _, name, __: self.names.append(name)
        return self.context.wrap_socket(connection, server_side=True)


def _request(stream: socket.socket) -> Seen | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = stream.recv(65536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    fields = [line.partition(":") for line in lines]
    headers = {name.lower(): value.strip() for name, _, value in fields}
    while len(body) < int(headers.get("content-length", 0)):
        body += stream.recv(65536)
    return Seen(method, target, headers, body)
