"""`Client.log`: what `api.log` has, asked of a server."""

from __future__ import annotations

import builtins
import time
from collections.abc import Callable, Iterator, Sequence

import httpx

from vmgit.documents import EventDocument, VerificationDocument

from .connection import Connection, ServerGoneError, decode

#: The most events in one answer.
_PAGE = 1000
#: Seconds between two tries to take up a stream that was cut off, and for all of them together.
_AGAIN = 0.2
_PATIENCE = 30.0


class Log:
    """The event log of a workspace's repository; see `api.log.Log`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def events(
        self,
        *,
        after: int = 0,
        session: str | None = None,
        type: str | Sequence[str] | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> list[EventDocument]:
        """Return the events after position `after`, in order, at most `limit`."""
        asked = {"session": session, "type": _types(type), "newest_first": newest_first}
        found: list[EventDocument] = []
        while limit is None or len(found) < limit:
            most = _PAGE if limit is None else min(_PAGE, limit - len(found))
            place = {"before": found[-1].seq} if newest_first and found else {}
            page = self._connection.get(
                "/events",
                builtins.list[EventDocument],
                {**asked, **place, "after": after, "limit": most},
            )
            found += page
            if len(page) < most:
                break
            if not newest_first:
                after = page[-1].seq
        return found

    def last_seq(self) -> int:
        """Return the position of the newest event; 0 in an empty log."""
        newest = self.events(limit=1, newest_first=True)
        return newest[0].seq if newest else 0

    def follow(
        self,
        *,
        after: int | None = None,
        session: str | None = None,
        type: str | Sequence[str] | None = None,
    ) -> Iterator[EventDocument]:
        """Yield the events after position `after` (None: those to come), for ever.

        A stream that is cut off, by a restart of the server for instance, is taken up where it
        was. Raises `ServerGoneError` when no server comes back within half a minute.
        """
        last = self.last_seq() if after is None else after
        asked = {"session": session, "type": _types(type)}
        lost_at: float | None = None
        while True:
            try:
                with self._connection.stream("/events", {**asked, "after": last}, last) as lines:
                    for seq, data in _frames(lines):
                        lost_at, last = None, seq
                        if data:
                            yield decode(data.encode("utf-8"), EventDocument)
            except httpx.HTTPError as error:
                lost_at = lost_at if lost_at is not None else time.monotonic()
                if time.monotonic() - lost_at > _PATIENCE:
                    raise ServerGoneError(
                        f"the server at {self._connection.place} is gone: {error}."
                    ) from error
            time.sleep(_AGAIN)

    def verify(self, *, progress: Callable[[int, int], None] | None = None) -> VerificationDocument:
        """Check the hash chain of the whole log; `progress` is called when it is done."""
        found = self._connection.get("/journal/verify", VerificationDocument)
        if progress is not None:
            progress(found.events, found.events)
        return found


def _frames(lines: Iterator[str]) -> Iterator[tuple[int, str]]:
    """Yield seq and data of each frame of a stream; one without data only tells a position."""
    seq, data = 0, ""
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id" and value.isdigit():
            seq = int(value)
        elif name == "data":
            data = value
        elif not line and seq:
            yield seq, data
            seq, data = 0, ""


def _types(types: str | Sequence[str] | None) -> list[str] | None:
    if not types:
        return None
    return [types] if isinstance(types, str) else list(types)
