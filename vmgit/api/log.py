"""`Workspace.log`: the events, as they are and as they come, and whether they are as written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from vmgit.documents import EventDocument, VerificationDocument, event_document
from vmgit.errors import UsageError
from vmgit.events.envelope import StoredEvent
from vmgit.workspace import Workspace as Parts

#: How often `follow` asks for new events, seconds; the question is one index look-up.
_POLL = 0.1
#: Events that `follow` reads at a time.
_PAGE = 1000


class Log:
    """The event log of a workspace's repository."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def events(
        self,
        *,
        after: int = 0,
        session: str | None = None,
        type: str | Sequence[str] | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> list[EventDocument]:
        """Return the events after position `after`, in order, at most `limit`.

        `session` is anything that names one; `type` one or several event types; `newest_first`
        turns the order round, so that `limit` takes the last ones. Raises `NotFoundError` and
        `UsageError`.
        """
        found = self.stored(
            after=after, session=session, type=type, limit=limit, newest_first=newest_first
        )
        return [event_document(event) for event in found]

    def stored(
        self,
        *,
        after: int = 0,
        session: str | None = None,
        type: str | Sequence[str] | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> list[StoredEvent]:
        """Return events as `events` does, as rows."""
        return self._parts.log.read(
            after=after,
            stream=self.stream(session),
            type=known_types(type),
            limit=limit,
            newest_first=newest_first,
        )

    def stream(self, session: str | None) -> str | None:
        """Return the whole id of a session; None for None. Raises `NotFoundError`."""
        return None if session is None else self._parts.views.find_session(session).id

    def last_seq(self) -> int:
        """Return the position of the newest event; 0 in an empty log."""
        return self._parts.log.last_seq()

    def follow(
        self,
        *,
        after: int | None = None,
        session: str | None = None,
        type: str | Sequence[str] | None = None,
    ) -> Iterator[EventDocument]:
        """Yield the events after position `after` (None: those to come), for ever."""
        stream, types = self.stream(session), known_types(type)
        last = self.last_seq() if after is None else after
        while True:
            now = self._parts.log.last_seq()
            while last < now:
                # Up to `now` only, so that what is left out by the filter is not read again.
                page = self._parts.log.read(
                    after=last, upto=now, stream=stream, type=types, limit=_PAGE
                )
                for event in page:
                    yield event_document(event)
                last = page[-1].seq if len(page) == _PAGE else now
            time.sleep(_POLL)

    def verify(self, *, progress: Callable[[int, int], None] | None = None) -> VerificationDocument:
        """Check the hash chain of the whole log; `progress` is called with (done, total) rows."""
        from vmgit.eventlog.verify import verify

        found = verify(self._parts.log, progress=progress)
        broken = found.first_broken
        return VerificationDocument(
            ok=found.ok,
            events=found.rows,
            head=found.head,
            first_broken=broken.seq if broken is not None else None,
            reason=found.reason,
        )


def known_types(types: str | Sequence[str] | None) -> Sequence[str] | None:
    """Return the wire names that were asked for, None for all.

    Raises `UsageError` for one that no event has, with the nearest.
    """
    if not types:
        return None
    from vmgit.events.registry import type_names

    wanted = [types] if isinstance(types, str) else list(types)
    known = type_names()
    for name in wanted:
        if name not in known:
            import difflib

            near = difflib.get_close_matches(name, known, n=1)
            raise UsageError(
                f"there is no event type {name!r}.",
                hints=[f"Did you mean {near[0]}?"] if near else [f"Types: {', '.join(known)}."],
            )
    return wanted
