"""A connection of a client: uvicorn's, with a time limit on everything that a client must send.

uvicorn waits for ever for the first request of a connection and for the rest of a body, so that
silent clients could hold every connection. It also answers what is no HTTP with plain text.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from .asgi import Receive, Scope, Send, send_document
from .responses import error_body, json_body

#: Seconds that a client may take for a request's head, and for its body.
HEAD_S = 10.0
BODY_S = 30.0
#: Bytes of a request's head.
MOST_HEAD = 64 * 1024
#: How long a connection may say nothing between two requests, seconds: clients keep theirs.
KEEP_ALIVE_S = 600
#: Connections at a time; what comes on top of them is told to come back.
MOST_CONNECTIONS = 1000


def uvicorn_options() -> dict[str, Any]:
    """Return the options of `uvicorn.Config` that every listener of the server has."""
    return {
        "http": Connection,
        "ws": "none",
        "lifespan": "off",
        "h11_max_incomplete_event_size": MOST_HEAD,
        "timeout_keep_alive": KEEP_ALIVE_S,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
    }


class Connection(H11Protocol):
    """One connection.

    A stream of events finds in its scope's state `endings`, to which it adds what ends it in order
    when the server ends, and `abort`, which lets go of the client at once.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._awaited = ""
        self._endings: list[Callable[[], None]] = []
        self.app_state = {**self.app_state, "endings": self._endings, "abort": self._abort}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        bound: socket.socket = transport.get_extra_info("socket")
        if bound.family != socket.AF_UNIX:
            # asyncio does this for sockets that it made itself only; without it the second part of
            # an answer waits 40 ms for the client to acknowledge the first.
            bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if len(self.connections) > MOST_CONNECTIONS:
            self.app = _overloaded
        self._await("head", HEAD_S)

    def data_received(self, data: bytes) -> None:
        """Take what the client sent, and wait for the rest only so long."""
        super().data_received(data)
        if not self._busy():
            self._await("head", HEAD_S)
        elif self.cycle.more_body:
            self._await("body", BODY_S)
        else:
            self._await("", 0)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time limit."""
        self._await("", 0)
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End in order: what is being answered is answered, streams end."""
        for end in self._endings:
            end()
        super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP in the shape of all errors."""
        self._close_with(400, "bad_request", msg)

    def _busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _await(self, what: str, seconds: float) -> None:
        """Give the client so long for `what`; it keeps the time that it has when that goes on."""
        if what == self._awaited:
            return
        if self._deadline is not None:
            self._deadline.cancel()
        self._awaited = what
        self._deadline = self.loop.call_later(seconds, self._too_slow) if what else None

    def _too_slow(self) -> None:
        what, self._awaited = self._awaited, ""
        if self.transport.is_closing():
            return
        if what == "head" and self.conn.trailing_data[0] == b"" and self.cycle is None:
            # It never said anything: nobody waits for an answer.
            self.transport.close()
            return
        self._close_with(408, "timeout", f"the {what} of the request took too long.")

    def _close_with(self, status: int, code: str, message: str) -> None:
        """Answer on the bare connection, unless an answer has begun, and close it."""
        if not (self._busy() and self.cycle.response_started):
            body = json_body(error_body(code, message))
            head = f"HTTP/1.1 {status} {'Bad Request' if status == 400 else 'Request Timeout'}\r\n"
            head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            self.transport.write(f"{head}connection: close\r\n\r\n".encode() + body)
        if self._busy():
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()

    def _abort(self) -> None:
        """Let go of a client that does not read what it is sent."""
        self.transport.abort()


async def _overloaded(scope: Scope, receive: Receive, send: Send) -> None:
    message = f"the server has {MOST_CONNECTIONS} connections, which is all that it takes."
    error = error_body("overloaded", message, hints=["Try again in a moment."])
    headers = [(b"connection", b"close"), (b"retry-after", b"1")]
    await send_document(send, 503, error, headers)
