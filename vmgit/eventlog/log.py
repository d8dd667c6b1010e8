"""The event log: append to a stream, read with a cursor.

One `append` is one transaction: the events, their places in the chain and the projections that
follow from them are all there or not at all. The log gives payloads back as the text that was
hashed; what they mean is for `vmgit.events`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from vmgit import clock
from vmgit.errors import BusyError
from vmgit.events.envelope import NewEvent, StoredEvent

from .connection import Journal, empty_database, open_database
from .database import Database, Health
from .group import GroupCommit

#: The columns of a row, in the order of the fields of `StoredEvent`.
COLUMNS = (
    "seq, stream, version, type, schema, time_us, execution, actor, worktree, payload,"
    " prev_hash, hash"
)

_HEAD = (
    "SELECT ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0),"
    " (SELECT hash FROM event ORDER BY seq DESC LIMIT 1),"
    " ifnull((SELECT max(version) FROM event WHERE stream = ?), 0)"
)
_INSERT = f"INSERT INTO event ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

#: Rows that `scan` reads at a time, so that a long reading never holds a read transaction.
_PAGE = 1000


class ConflictError(BusyError):
    """Somebody else appended to the stream first."""

    code = "conflict"


class EventLog:
    """An open event log. One object serves several threads, one call at a time.

    Use it as a context manager. It must not be used on the other side of a fork.
    """

    def __init__(self, database: Database, *, now_us: Callable[[], int] = clock.wall_us) -> None:
        self.database = database
        self._now_us = now_us
        self._commits: GroupCommit[list[StoredEvent]] = GroupCommit(database)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        readonly: bool = False,
        timeout_s: float = 10.0,
        journal: Journal = "auto",
        now_us: Callable[[], int] = clock.wall_us,
    ) -> EventLog:
        """Open the log at `path`; see `open_database` for the arguments and errors.

        `now_us` gives the wall time of new events, microseconds since the epoch.
        """
        database = open_database(
            path, readonly=readonly, timeout_s=timeout_s, journal=journal, upgraded=_rebuild
        )
        return cls(database, now_us=now_us)

    @classmethod
    def absent(cls, path: Path) -> EventLog:
        """Return a log without events that stands for the one at `path`, which is not there."""
        return cls(empty_database(path))

    def __enter__(self) -> EventLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        self.database.close()

    def append(
        self,
        stream: str,
        events: Sequence[NewEvent],
        *,
        durable: bool,
        actor: str,
        worktree: str,
        expected_version: int | None = None,
    ) -> list[StoredEvent]:
        """Append events to the end of `stream` in one transaction and return them as stored.

        `durable=True` returns when they are on disk; `durable=False` when they survive the death
        of this process. `expected_version` is the version that the stream must have now (0: it is
        new). Raises `ConflictError` when it has another, `UsageError` when a session takes a name
        that is in use, and what `Database.transaction` raises; nothing was written then.
        """
        if not events:
            return []
        # Writing needs more than reading: commands that only read do not wait for it to load.
        from .projection import project

        def write(connection: sqlite3.Connection) -> list[StoredEvent]:
            seq, head, version = connection.execute(_HEAD, (stream,)).fetchone()
            if expected_version is not None and expected_version != version:
                raise _conflict(stream, expected_version, version)
            rows = _chain(events, stream, seq, version, head, self._now_us(), actor, worktree)
            connection.executemany(_INSERT, rows)
            stored = [StoredEvent(*row) for row in rows]
            for event in stored:
                project(connection, event)
            return stored

        return self._commits.commit(write, durable=durable)

    def on_append(self, told: Callable[[list[StoredEvent]], None]) -> None:
        """Call `told` with the events of each commit of this object, in order, right after it.

        It runs in the thread that committed and must be quick and raise nothing.
        """
        self._commits.committed = lambda groups: told([event for one in groups for event in one])

    def read(
        self,
        *,
        after: int = 0,
        upto: int | None = None,
        limit: int | None = None,
        stream: str | None = None,
        type: str | Sequence[str] | None = None,
        execution: str | None = None,
        newest_first: bool = False,
    ) -> list[StoredEvent]:
        """Return the events with `after` < seq <= `upto`, in order of seq.

        `limit` counts rows; `stream`, `type` (one or several wire names) and `execution` (`S.N`)
        narrow them; `newest_first` turns the order round, so that `limit` takes the last ones.
        """
        sql, parameters = self._query(after, upto, stream, type, execution, newest_first)
        if limit is not None:
            sql, parameters = f"{sql} LIMIT ?", [*parameters, limit]
        return [StoredEvent(*row) for row in self.database.rows(sql, parameters)]

    def tail(self, after: int, *, limit: int | None = None) -> list[StoredEvent]:
        """Return the events that came after seq `after`."""
        return self.read(after=after, limit=limit)

    def scan(
        self, *, after: int = 0, upto: int | None = None, stream: str | None = None
    ) -> Iterator[StoredEvent]:
        """Yield events in order without ever holding many of them, or a read transaction.

        Events that are appended meanwhile are yielded too unless `upto` ends before them.
        """
        while page := self.read(after=after, upto=upto, stream=stream, limit=_PAGE):
            yield from page
            after = page[-1].seq

    def event(self, seq: int) -> StoredEvent | None:
        """Return the event `seq`, or None."""
        rows = self.read(after=seq - 1, upto=seq)
        return rows[0] if rows else None

    def last_seq(self) -> int:
        """Return the seq of the newest event; 0 in an empty log."""
        rows = self.database.rows("SELECT max(seq) FROM event")
        return rows[0][0] or 0

    def version(self, stream: str) -> int:
        """Return the version of `stream`: how many events it has; 0 when it does not exist."""
        rows = self.database.rows("SELECT max(version) FROM event WHERE stream = ?", (stream,))
        return rows[0][0] or 0

    def rebuild(self, *, progress: Callable[[int], None] | None = None) -> int:
        """Make the projections again from the events, in one transaction.

        `progress` is called now and then with the events read so far. Returns how many there are.
        """
        with self.database.transaction(durable=True) as connection:
            return _rebuild(connection, progress)

    def health(self) -> Health:
        """Return what can be said of the file: sizes, journal mode, filesystem."""
        return self.database.health()

    def _query(
        self,
        after: int,
        upto: int | None,
        stream: str | None,
        type: str | Sequence[str] | None,
        execution: str | None,
        newest_first: bool,
    ) -> tuple[str, list[Any]]:
        conditions: list[tuple[str, Any]] = [("seq > ?", after)]
        if upto is not None:
            conditions.append(("seq <= ?", upto))
        if stream is not None:
            conditions.append(("stream = ?", stream))
            if after:
                # Lets the index on (stream, version) find the place; see `_version_at`.
                conditions.append(("version > ?", self._version_at(stream, after)))
        if execution is not None:
            conditions.append(("execution = ?", execution))
        where = [condition for condition, _ in conditions]
        parameters = [value for _, value in conditions]
        if type is not None:
            types = [type] if isinstance(type, str) else list(type)
            where.append(f"type IN ({', '.join('?' * len(types))})")
            parameters += types
        # Within a stream the versions have the order of the seqs, and the index has the versions.
        order = "version" if stream is not None else "seq"
        direction = "DESC" if newest_first else "ASC"
        sql = (
            f"SELECT {COLUMNS} FROM event WHERE {' AND '.join(where)} ORDER BY {order} {direction}"
        )
        return sql, parameters

    def _version_at(self, stream: str, seq: int) -> int:
        # Walks back from the stream's end over what is newer than `seq`, in the index alone.
        rows = self.database.rows(
            "SELECT version FROM event WHERE stream = ? AND seq <= ? ORDER BY version DESC LIMIT 1",
            (stream, seq),
        )
        return rows[0][0] if rows else 0


def _chain(
    events: Sequence[NewEvent],
    stream: str,
    seq: int,
    version: int,
    previous: str | None,
    time_us: int,
    actor: str,
    worktree: str,
) -> list[tuple[Any, ...]]:
    """Return the rows of `events` at the end of the log and of `stream`, in column order."""
    from .chain import GENESIS, chain_hash

    previous = previous or GENESIS
    rows = []
    for place, new in enumerate(events, start=1):
        columns = (
            seq + place,
            stream,
            version + place,
            new.type,
            new.schema,
            time_us,
            new.execution,
            actor,
            worktree,
            new.payload,
            previous,
        )
        previous = chain_hash(*columns)
        rows.append((*columns, previous))
    return rows


def _rebuild(connection: sqlite3.Connection, progress: Callable[[int], None] | None = None) -> int:
    from .projection import rebuild_projections

    rows = connection.execute(f"SELECT {COLUMNS} FROM event ORDER BY seq")
    return rebuild_projections(connection, (StoredEvent(*row) for row in rows), progress)


def _conflict(stream: str, expected: int, found: int) -> ConflictError:
    return ConflictError(
        f"The stream {stream} is at version {found}, not {expected}: somebody else wrote to it.",
        hints=["Try again: the command then begins with what the other one recorded."],
        details={"stream": stream, "expected_version": expected, "version": found},
    )
