"""What stands before every route: who may come in, the request's id, the log line.

A plain ASGI application, because executions pass it too and must stay quick.
"""

from __future__ import annotations

import logging
import os
import re
import time

from .asgi import App, Message, Receive, Scope, Send, send_document
from .auth import Auth, UnauthorizedError, challenge
from .responses import error_answer

logger = logging.getLogger("vmgit.server")

_REQUEST_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
#: Sent with every answer; a page that shows something sets its own policy.
_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_GUARDS = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")]


class Front:
    """Lets requests pass to `app` that `auth` accepts; answers others itself."""

    def __init__(self, app: App, auth: Auth) -> None:
        self._app = app
        self._auth = auth

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun = time.perf_counter()
        request_id = _request_id(scope)
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status == 405 and scope["method"] == "OPTIONS":
                    status = message["status"] = 204
                message["headers"] = _headers(message["headers"], request_id, status)
            elif status == 204:
                message["body"] = b""
            await send(message)

        try:
            self._auth.check(scope)
            await self._app(_routed(scope), receive, sending)
        except Exception as error:
            if status:
                raise
            await _refuse(scope, sending, error)
        if logger.isEnabledFor(logging.INFO):
            took = (time.perf_counter() - begun) * 1000
            line = (scope["method"], scope["path"], status, took, request_id.decode())
            logger.info("%s %r %d in %.1f ms, request %s", *line)


async def _refuse(scope: Scope, send: Send, error: Exception) -> None:
    status, document = error_answer(error)
    headers = [(b"connection", b"close")]
    if isinstance(error, UnauthorizedError):
        headers.append((b"www-authenticate", challenge(scope["path"])))
    if status == 500:
        logger.error("%s %r failed", scope["method"], scope["path"], exc_info=error)
    await send_document(send, status, document, headers)


def _request_id(scope: Scope) -> bytes:
    """Return the id that the client gave the request, or a new one when it gave none that fits."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            given: bytes = value
            return given
    return os.urandom(8).hex().encode()


def _routed(scope: Scope) -> Scope:
    """Return a request as the routes know it: HEAD is a GET whose body uvicorn leaves out."""
    match scope["method"]:
        case "HEAD":
            # A HEAD of the stream of events would never end.
            headers = [header for header in scope["headers"] if header[0] != b"accept"]
            return {**scope, "method": "GET", "headers": headers}
        case "OPTIONS":
            # No route has it, so that the answer names the methods that there are.
            return {**scope, "method": "TRACE"}
    return scope


def _headers(
    headers: list[tuple[bytes, bytes]], request_id: bytes, status: int
) -> list[tuple[bytes, bytes]]:
    headers = [*headers, (b"x-request-id", request_id), *_GUARDS]
    if all(name != _POLICY[0] for name, _ in headers):
        headers.append(_POLICY)
    if status == 204:
        headers = [header for header in headers if not header[0].startswith(b"content-")]
    if status in (204, 405):
        headers = [(name, _allowed(name, value)) for name, value in headers]
    return headers


def _allowed(name: bytes, value: bytes) -> bytes:
    """Return the value of a header; of `Allow` with HEAD where there is GET."""
    if name != b"allow":
        return value
    known = {method.strip() for method in value.split(b",")}
    return b", ".join(sorted(known | {b"HEAD"} if b"GET" in known else known))
