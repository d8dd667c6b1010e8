"""Replays that the log tells of: the documents, made from their events and from nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from vmgit.events.envelope import StoredEvent
from vmgit.events.registry import decode
from vmgit.events.workspace import ReplayAborted, ReplayDiverged, ReplayFinished, ReplayStarted

from .compare import Row

#: The events that end a replay.
ENDS = ("replay.finished", "replay.diverged", "replay.aborted")
#: Bytes of differences that the end of a replay takes into the log.
MOST_DIFFERENCES = 1024 * 1024


class ReplaySummaryDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A replay in a list. Its status is `running`, `finished`, `diverged` or `aborted`.

    `replay` is its number, `at` the revisions as they were typed (none: as recorded); `reason` says
    why it was aborted; `summary` counts the verdicts.
    """

    replay: int
    session: str
    at: tuple[str, ...]
    status: Literal["running", "finished", "diverged", "aborted"]
    started_us: int
    duration_us: int | None
    reason: str | None
    summary: dict[str, int]


class RecordedReplayDocument(ReplaySummaryDocument, frozen=True, kw_only=True):
    """A replay with the verdict on each execution; `omitted` differences are not kept."""

    executions: tuple[Row, ...]
    omitted: int


class _End(msgspec.Struct):
    """The part of an end that tells which replay it ends."""

    replay: int


class _Begin(msgspec.Struct):
    """The part of a beginning that tells which session is replayed."""

    session: str


def replay_ended(event: StoredEvent) -> int:
    """Return the number of the replay that an event of `ENDS` ends."""
    return msgspec.json.decode(event.payload, type=_End).replay


def replayed_session(event: StoredEvent) -> str:
    """Return the whole id of the session that the replay that an event begins is of."""
    return msgspec.json.decode(event.payload, type=_Begin).session


def replay_document(started: StoredEvent, ended: StoredEvent | None) -> RecordedReplayDocument:
    """Return a replay as its document, from the event that began it and the one that ended it."""
    begin = decode(started)
    if not isinstance(begin, ReplayStarted):
        raise ValueError(f"event {started.seq} begins no replay")
    fields: dict[str, Any] = {"status": "running"}
    match decode(ended) if ended is not None else None:
        case ReplayAborted(_, reason):
            fields = {"status": "aborted", "reason": reason}
        case ReplayFinished() | ReplayDiverged() as end:
            rows = msgspec.convert(end.executions, tuple[Row, ...])
            fields = {
                "status": "finished" if isinstance(end, ReplayFinished) else "diverged",
                "duration_us": end.duration_us,
                "summary": end.summary,
                "executions": rows,
                "omitted": end.omitted,
            }
    empty: dict[str, Any] = {
        "duration_us": None,
        "reason": None,
        "summary": {},
        "executions": (),
        "omitted": 0,
    }
    return RecordedReplayDocument(
        replay=started.seq,
        session=begin.session,
        at=begin.at,
        started_us=started.time_us,
        **{**empty, **fields},
    )


def summary_document(document: RecordedReplayDocument) -> ReplaySummaryDocument:
    """Return a replay as it stands in a list."""
    names = ReplaySummaryDocument.__struct_fields__
    return ReplaySummaryDocument(**{name: getattr(document, name) for name in names})


def kept_rows(rows: Sequence[Row]) -> tuple[tuple[dict[str, Any], ...], int]:
    """Return rows as the log takes them, and how many differences were too large for it."""
    kept, room, omitted = [], MOST_DIFFERENCES, 0
    for row in rows:
        if row.difference is not None:
            room -= len(msgspec.json.encode(row.difference))
            if room < 0:
                row = msgspec.structs.replace(row, difference=None)
                omitted += 1
        kept.append(msgspec.to_builtins(row))
    return tuple(kept), omitted
