"""`/replays`: run recorded sessions again and compare; the verdicts are kept in the log."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import JSONBody

from vmgit.api.replays import run_recorded
from vmgit.api.requests import ReplayRequest
from vmgit.replay.recorded import RecordedReplayDocument, ReplaySummaryDocument
from vmgit.server.answering import reply
from vmgit.server.parameters import Limit, OfSession, ReplayNumber, TheRequest, TheService, Wait
from vmgit.server.submitting import session_id, submit


@post("/replays", status_code=201, summary="Replay a session")
async def create_replay(
    service: TheService, request: TheRequest, data: JSONBody[ReplayRequest], wait: Wait = True
) -> Response[RecordedReplayDocument]:
    """Run a recorded session again, as recorded or at each revision of `at`, and compare.

    It runs in a worker of its own; nothing is written to the session.
    """
    found = await session_id(service, data.session)
    given = submit(
        service,
        request.scope["headers"],
        ("replay", found),
        data,
        lambda ticket: service.in_background(
            lambda: run_recorded(service.parts, data, ticket), ticket, session=found
        ),
    )
    return await reply(service, given, wait=wait, status=201, location=_location)


@get("/replays", sync_to_thread=True, summary="List replays")
def list_replays(
    service: TheService, of_session: OfSession = None, limit: Limit = 50
) -> list[ReplaySummaryDocument]:
    """List replays, newest first."""
    return service.api.replays.list(session=of_session, limit=limit)


@get("/replays/{replay:int}", sync_to_thread=True, summary="Show a replay")
def get_replay(service: TheService, replay: ReplayNumber) -> RecordedReplayDocument:
    """Show the verdict of a replay on each execution."""
    return service.api.replays.get(replay)


def _location(replay: RecordedReplayDocument) -> str:
    return f"/api/v1/replays/{replay.replay}"


ROUTES = [create_replay, list_replays, get_replay]
