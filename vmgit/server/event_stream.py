"""One stream of server-sent events: first what the log has, then what comes, nothing twice.

A client that was cut off takes up where it was with `Last-Event-ID`. One that does not keep up is
let go, so that it costs nobody else anything; it can take up where it was, too.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from vmgit.workspace import Workspace as Parts

from .asgi import Receive, Scope, Send
from .frames import frame, place
from .hub import PAGE, Filter, Hub, LaggingError, Listener

#: Seconds without events after which a sign of life is sent.
KEEP_ALIVE_S = 15.0
#: Seconds that a client may not read what it is sent.
STALL_S = 30.0
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),
]


class EventStream:
    """Sends the events after seq `after` (None: those to come) that pass `wanted`.

    It ends by itself after `limit` events, when the server ends, or when the client does not keep
    up. An ASGI application for one request.
    """

    def __init__(
        self, parts: Parts, hub: Hub, wanted: Filter, *, after: int | None, limit: int | None
    ) -> None:
        self._parts = parts
        self._hub = hub
        self._wanted = wanted
        self._after = after
        self._left = limit
        self._over = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        state = scope.get("state", {})
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        listener = await self._hub.listen(self._wanted)
        gone = asyncio.create_task(self._until_gone(receive, listener))
        endings: list[Callable[[], None]] = state.get("endings", [])
        end = lambda: self._end(listener)  # noqa: E731 - the same object is removed below
        endings.append(end)
        try:
            await self._send_all(send, listener)
            async with asyncio.timeout(STALL_S):
                await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            abort: Callable[[], None] | None = state.get("abort")
            if abort is not None:
                abort()
        finally:
            endings.remove(end)
            gone.cancel()
            self._hub.leave(listener)

    async def _send_all(self, send: Send, listener: Listener) -> None:
        after = listener.begin if self._after is None else self._after
        # So that a client that is cut off before the first event knows where to go on.
        await self._send(send, b"retry: 1000\n" + place(after))
        await self._send_past(send, after, listener.begin)
        while not self._over and self._left != 0:
            if not listener.waiting and not await self._news(listener):
                # There may be news by now of which it is not told yet.
                if not listener.waiting:
                    await self._send(send, place(self._hub.position))
                continue
            listener.news.clear()
            try:
                frames, count = listener.take(self._left)
            except LaggingError:
                return
            await self._send(send, frames, count)

    async def _send_past(self, send: Send, after: int, upto: int) -> None:
        """Send what the log has."""
        stream, types = self._wanted
        log = self._parts.log
        while after < upto and not self._over and self._left != 0:
            most = PAGE if self._left is None else min(PAGE, self._left)
            page = await asyncio.to_thread(
                log.read,
                after=after,
                upto=upto,
                stream=stream,
                type=None if types is None else sorted(types),
                limit=most,
            )
            await self._send(send, b"".join(map(frame, page)), len(page))
            after = page[-1].seq if len(page) == most else upto

    async def _send(self, send: Send, content: bytes, count: int = 0) -> None:
        """Send a part of the body. Raises `TimeoutError` when the client does not read."""
        if self._left is not None:
            self._left -= count
        if content:
            async with asyncio.timeout(STALL_S):
                await send({"type": "http.response.body", "body": content, "more_body": True})

    async def _news(self, listener: Listener) -> bool:
        """Wait for events, or for the end; False when a sign of life is due instead."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(KEEP_ALIVE_S):
                await listener.news.wait()
        return listener.news.is_set()

    async def _until_gone(self, receive: Receive, listener: Listener) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._end(listener)

    def _end(self, listener: Listener) -> None:
        self._over = True
        listener.news.set()
