"""`POST /api/v1/sessions/{id}/executions`, the one route that has to be quick.

A plain ASGI application in front of Litestar: what a framework does for a request costs more than
everything else that an execution of a line needs. `openapi` documents it like all others.
"""

from __future__ import annotations

import re

import msgspec

from vmgit.api.requests import RunRequest
from vmgit.documents import ExecutionDocument
from vmgit.errors import LimitError, UsageError, VmgitError

from .asgi import App, Receive, Scope, Send, send_document
from .bodies import decoded, require_json
from .responses import error_answer
from .service import Service
from .submitting import session_id, settled, submit

_PATH = re.compile(r"/api/v1/sessions/([^/]+)/executions")
#: Bytes of a request body; the profile's own limit on source text is lower.
MOST_BODY = 4 * 1024 * 1024
_decoder = msgspec.json.Decoder(RunRequest)


class ExecuteRoute:
    """Answers plain executions itself and hands every other request on to `others`.

    One with query parameters is no plain one: `others` has the same route.
    """

    def __init__(self, service: Service, others: App) -> None:
        self._service = service
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["query_string"]:
            return await self._others(scope, receive, send)
        match = _PATH.fullmatch(scope["path"])
        if match is None:
            return await self._others(scope, receive, send)
        try:
            document = await self._answer(scope, receive, match[1])
        except VmgitError as error:
            return await send_document(send, *error_answer(error))
        await send_document(send, 200, document)

    async def _answer(self, scope: Scope, receive: Receive, session: str) -> ExecutionDocument:
        content = await _content(receive)
        if content:
            require_json(scope["headers"])
        request = decoded(content or b"{}", _decoder).checked()
        found = await session_id(self._service, session)
        given = submit(
            self._service,
            scope["headers"],
            ("run", found),
            request,
            lambda ticket: self._service.run(found, request, ticket),
        )
        answer: ExecutionDocument = await settled(given)
        return answer


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
