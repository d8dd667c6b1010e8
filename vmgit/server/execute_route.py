"""`POST /api/v1/sessions/{id}/executions`, the one route that has to be quick.

A plain ASGI application in front of Litestar: what a framework does for a request costs more than
everything else that an execution of a line needs. `openapi` documents it like all others.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, unquote

import msgspec

from vmgit.api.requests import RunRequest
from vmgit.api.ticket import Ticket
from vmgit.errors import LimitError, UsageError

from .responses import error_answer, json_body
from .service import Service

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_PATH = re.compile(r"/api/v1/sessions/([^/]+)/executions")
#: Bytes of a request body; the profile's own limit on source text is lower.
MOST_BODY = 4 * 1024 * 1024
_decoder = msgspec.json.Decoder(RunRequest)


class ExecuteRoute:
    """Answers executions itself and hands every other request on to `others`."""

    def __init__(self, service: Service, others: App) -> None:
        self._service = service
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] != "http" or scope["method"] != "POST":
            return await self._others(scope, receive, send)
        match = _PATH.fullmatch(scope["path"])
        if match is None:
            return await self._others(scope, receive, send)
        try:
            status, body = await self._answer(scope, receive, unquote(match[1]))
        except Exception as error:
            status, document = error_answer(error)
            body = json_body(document)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive, session: str) -> tuple[int, bytes]:
        content = await _content(receive)
        try:
            request = _decoder.decode(content)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise UsageError(f"the body is not what was expected: {error}.") from error
        query = parse_qs(scope["query_string"].decode("latin-1"))
        if not self._service.host.is_warm(session):
            find = self._service.parts.views.find_session
            session = (await asyncio.to_thread(find, session)).id
        wait = query.get("no_wait", ["false"])[-1] != "true"
        answer = self._service.run(session, request, Ticket(), wait=wait)
        return 200, json_body(await asyncio.wrap_future(answer))


async def _content(receive: Receive) -> bytes:
    """Return the body of a request. Raises `LimitError` when it is too large."""
    content = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise UsageError("the client went away before its request was complete.")
        content += message.get("body", b"")
        if len(content) > MOST_BODY:
            raise LimitError(f"a request may have {MOST_BODY} bytes.", code="body_too_large")
        if not message.get("more_body"):
            return bytes(content)
