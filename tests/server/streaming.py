"""Clients of the stream of events: they read frames, and go on where they were cut off."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx

from .served import Served

Frame = tuple[int, dict[str, Any] | None]


def async_client(server: Served) -> httpx.AsyncClient:
    """Return a client over the unix socket with as many connections as it takes."""
    transport = httpx.AsyncHTTPTransport(
        uds=str(server.socket), limits=httpx.Limits(max_connections=None), verify=False
    )
    return httpx.AsyncClient(transport=transport, base_url="http://vmgit/api/v1", timeout=60)


async def frames(
    client: httpx.AsyncClient, last: int | None = None, **parameters: Any
) -> AsyncIterator[Frame]:
    """Yield the id of each frame with its event; None for one that only tells the place."""
    headers = {"accept": "text/event-stream"}
    if last is not None:
        headers["last-event-id"] = str(last)
    async with client.stream("GET", "/events", params=parameters, headers=headers) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        seq, data = 0, None
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "id":
                seq = int(value)
            elif name == "data":
                data = json.loads(value)
            elif not line:
                yield seq, data
                data = None


async def events(client: httpx.AsyncClient, count: int, **options: Any) -> list[dict[str, Any]]:
    """Return the next so many events of a stream."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(60):
        async for seq, event in frames(client, **options):
            if event is not None:
                assert seq == event["seq"]
                found.append(event)
            if len(found) == count:
                break
    return found


class Follower:
    """A client that follows the log whatever happens, as a browser's EventSource does."""

    def __init__(self, client: httpx.AsyncClient, **parameters: Any) -> None:
        self._client = client
        self._parameters = parameters
        self.last: int | None = None
        self.seqs: list[int] = []

    async def follow(self) -> None:
        """Follow until it is cancelled; a connection that ends is made anew."""
        while True:
            with contextlib.suppress(httpx.TransportError):
                async for seq, event in frames(self._client, self.last, **self._parameters):
                    self.last = seq
                    if event is not None:
                        self.seqs.append(event["seq"])
            await asyncio.sleep(0.2)
