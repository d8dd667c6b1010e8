"""`/events`: the event log, as it is and as it comes."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import QueryParameter

from vmgit.api.log import known_types
from vmgit.documents import EventDocument
from vmgit.errors import RefusedError, UsageError
from vmgit.server.answering import answer
from vmgit.server.event_stream import EventStream
from vmgit.server.frames import events_json
from vmgit.server.hub import Filter
from vmgit.server.parameters import LAST, OfSession, TheRequest, TheService
from vmgit.server.service import Service

#: Events of one answer, where nothing else is said.
_PAGE = 100

_AFTER = QueryParameter(
    ge=0, le=LAST, description="Those after this seq. A stream without it has those to come."
)
_TYPES = QueryParameter(name="type", description="Those of this type; may be given several times.")
_BEFORE = QueryParameter(ge=1, le=LAST, description="Those before this seq; not for a stream.")
_NEWEST = QueryParameter(
    description="The newest first, so that `limit` takes those; not for a stream."
)
_LIMIT = QueryParameter(
    ge=1, le=1000, description="At most so many (100 without it); a stream ends after so many."
)


class _Stream(Response[Any]):
    """An answer that is an ASGI application of its own."""

    def __init__(self, stream: EventStream) -> None:
        super().__init__(b"")
        self._stream = stream

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """Return what answers."""
        return self._stream


@get("/events", summary="Read or follow the event log")
async def events(
    service: TheService,
    request: TheRequest,
    of_session: OfSession = None,
    types: Annotated[list[str] | None, _TYPES] = None,
    after: Annotated[int | None, _AFTER] = None,
    before: Annotated[int | None, _BEFORE] = None,
    newest_first: Annotated[bool, _NEWEST] = False,
    limit: Annotated[int | None, _LIMIT] = None,
) -> Response[list[EventDocument]]:
    """List events in order; with `Accept: text/event-stream` as server-sent events.

    The id of each is its `seq`. A client that was cut off goes on with `Last-Event-ID`, and misses
    and repeats none, also when the server was restarted in between. One that does not keep up is
    cut off.
    """
    log = service.api.log
    stream = await asyncio.to_thread(log.stream, of_session)
    known = known_types(types)
    wanted: Filter = (stream, frozenset(known) if known is not None else None)
    place = _last_event_id(request, after)
    if not _wants_stream(request):
        found = await asyncio.to_thread(
            service.parts.log.read,
            after=after or 0,
            upto=None if before is None else before - 1,
            stream=stream,
            type=known,
            limit=_PAGE if limit is None else limit,
            newest_first=newest_first,
        )
        return answer(events_json(found))
    if before is not None or newest_first:
        raise UsageError("a stream has no `before` and no `newest_first`.", code="query")
    if place is not None:
        await asyncio.to_thread(_require_past, service, place)
    return _Stream(EventStream(service.parts, service.hub, wanted, after=place, limit=limit))


def _wants_stream(request: TheRequest) -> bool:
    accepted = request.headers.get("accept", "").lower().split(",")
    return "text/event-stream" in {one.partition(";")[0].strip() for one in accepted}


def _last_event_id(request: TheRequest, after: int | None) -> int | None:
    """Return where to go on: what the client had last counts more than where it once began."""
    given = request.headers.get("last-event-id")
    if not given:
        return after
    if not (given.isascii() and given.isdigit()) or int(given[:20]) > LAST:
        raise UsageError(f"Last-Event-ID must be the seq of an event, not {given!r}.", code="query")
    return int(given)


def _require_past(service: Service, after: int) -> None:
    """Raise `RefusedError` for a place that the log has not reached.

    It never happens to a client of this log; one of another log would miss what comes next.
    """
    last = service.api.log.last_seq()
    if after > last:
        raise RefusedError(
            f"there is no event {after} yet: the log ends at {last}.",
            hints=["Begin again without `after` and `Last-Event-ID`."],
            details={"after": after, "last": last},
            code="ahead_of_log",
        )


ROUTES = [events]
