"""`Workspace.replays`: replays whose verdicts are kept in the log.

Their events stand in the stream of the workspace; that of the replayed session is never written.
Whoever records one holds the host lock, so that one without an end is known to be dead.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence

from vmgit.clock import monotonic_us
from vmgit.errors import NotFoundError, VmgitError
from vmgit.events.envelope import StoredEvent
from vmgit.events.workspace import ReplayAborted, ReplayDiverged, ReplayFinished, ReplayStarted
from vmgit.replay.compare import ReplayDocument, Row, exit_status
from vmgit.replay.recorded import (
    ENDS,
    RecordedReplayDocument,
    ReplaySummaryDocument,
    kept_rows,
    replay_document,
    replay_ended,
    replayed_session,
    summary_document,
)
from vmgit.workspace import Workspace as Parts

from .host import Host
from .replaying import Replay
from .requests import ReplayRequest
from .ticket import CancelledError, Ticket

#: The stream that the events stand in.
_STREAM = "workspace"
_BEGIN = "replay.started"
#: The largest number that an event can have.
_LAST = 2**63 - 1


class Replays:
    """The recorded replays of a workspace's repository. A replay is named by its number."""

    def __init__(self, parts: Parts, host: Host) -> None:
        self._parts = parts
        self._host = host

    def run(
        self, session: str, *, at: Sequence[str] = (), ticket: Ticket | None = None
    ) -> RecordedReplayDocument:
        """Replay a session, as recorded or at each revision of `at`, and record the verdicts.

        Raises as `Workspace.replay` does, and `CancelledError` when the ticket was cancelled.
        """
        request = ReplayRequest(session=session, at=tuple(at))
        ticket = ticket or Ticket()

        def work(_: object) -> RecordedReplayDocument:
            abort_open(self._parts)
            return run_recorded(self._parts, request, ticket)

        return self._host.beside(work, wait=True, ticket=ticket)

    def list(
        self, *, session: str | None = None, limit: int | None = 50
    ) -> builtins.list[ReplaySummaryDocument]:
        """Return replays, newest first, at most `limit`; those of one session if it is given."""
        log = self._parts.log
        begun = log.read(
            stream=_STREAM,
            type=_BEGIN,
            limit=limit if session is None else None,
            newest_first=True,
        )
        if session is not None:
            only = self._parts.views.find_session(session).id
            begun = [event for event in begun if replayed_session(event) == only][:limit]
        ends = _ends(self._parts, after=begun[-1].seq) if begun else {}
        return [summary_document(replay_document(one, ends.get(one.seq))) for one in begun]

    def get(self, replay: int) -> RecordedReplayDocument:
        """Return one replay. Raises `NotFoundError`."""
        started = self._parts.log.event(replay) if 0 < replay <= _LAST else None
        if started is None or started.type != _BEGIN:
            raise NotFoundError(f"there is no replay {replay}.", details={"replay": replay})
        return replay_document(started, _ends(self._parts, after=replay).get(replay))


def run_recorded(parts: Parts, request: ReplayRequest, ticket: Ticket) -> RecordedReplayDocument:
    """Replay a session and record the verdicts; see `Replays.run`."""
    # What does not exist is found before anything is recorded.
    replay = Replay(parts, request.session, request.at)
    started = parts.record(ReplayStarted(session=replay.state.id, at=request.at))

    def on_row(_: Row) -> None:
        if ticket.cancelled:
            raise CancelledError("the replay was cancelled.")

    begun_us = monotonic_us()
    try:
        done = replay.document(on_row=on_row)
    except BaseException as error:
        reason = error.message if isinstance(error, VmgitError) else type(error).__name__
        parts.record(ReplayAborted(started.seq, reason))
        raise
    return _ended(parts, started, done, monotonic_us() - begun_us)


def abort_open(parts: Parts) -> None:
    """Close the replays that have no end; call it under the host lock, while none runs."""
    ends = _ends(parts)
    for started in parts.log.read(stream=_STREAM, type=_BEGIN):
        if started.seq not in ends:
            parts.record(ReplayAborted(started.seq, "its host died"))


def _ended(
    parts: Parts, started: StoredEvent, done: ReplayDocument, duration_us: int
) -> RecordedReplayDocument:
    kind = ReplayDiverged if exit_status(done.summary) else ReplayFinished
    rows, omitted = kept_rows(done.executions)
    end = kind(
        replay=started.seq,
        duration_us=duration_us,
        executions=rows,
        summary=done.summary,
        omitted=omitted,
    )
    return replay_document(started, parts.record(end))


def _ends(parts: Parts, after: int = 0) -> dict[int, StoredEvent]:
    """Return the event that ended each replay, of those after a seq."""
    events = parts.log.read(stream=_STREAM, type=ENDS, after=after)
    return {replay_ended(event): event for event in events}
