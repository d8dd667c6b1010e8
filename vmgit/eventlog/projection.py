"""The tables `session` and `execution`, computed from events and from nothing else.

Each event type has one function that returns the statements it causes. Payloads are read by
field name, with defaults, so that a newer or older payload still gives a row; event types without
a function change nothing. Runs inside the transaction that appends the event.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, overload

import msgspec

from vmgit.events.envelope import StoredEvent

Statement = tuple[str, tuple[Any, ...]]

#: How much of an execution's code a list shows, in characters.
PREVIEW = 80

#: The statuses that `execution.finished` may carry; one that is not known counts as an error.
_ENDS = ("ok", "error", "limit", "cancelled")

_PROGRESS = 10_000


def project(connection: sqlite3.Connection, event: StoredEvent) -> None:
    """Bring the projections up to date with one more event."""
    for sql, parameters in statements(event):
        connection.execute(sql, parameters)


def statements(event: StoredEvent) -> list[Statement]:
    """Return what `event` changes in the projections, as SQL with its parameters."""
    rule = _RULES.get(event.type)
    if rule is None:
        return []
    return rule(event, msgspec.json.decode(event.payload))


def rebuild_projections(
    connection: sqlite3.Connection,
    events: Iterable[StoredEvent],
    progress: Callable[[int], None] | None = None,
) -> int:
    """Empty the projections and fill them from `events`; returns how many events there were.

    The caller holds a transaction, so that readers see the old tables or the new ones.
    """
    connection.execute("DELETE FROM execution")
    connection.execute("DELETE FROM session")
    count = 0
    for count, event in enumerate(events, start=1):
        project(connection, event)
        if progress is not None and count % _PROGRESS == 0:
            progress(count)
    return count


def preview(text: str | None, path: str | None) -> str:
    """Return one line that stands for an execution's code in a list: its path or its first line."""
    if path is not None:
        return path
    lines = (text or "").strip().splitlines()
    line = lines[0].rstrip() if lines else ""
    if len(lines) > 1 or len(line) > PREVIEW:
        return line[: PREVIEW - 1] + "…"
    return line


def _created(event: StoredEvent, payload: dict[str, Any]) -> list[Statement]:
    return [
        (
            "INSERT INTO session (id, name, profile, worktree, prefix, state, generation,"
            " executions, created_seq, created_us, updated_us, last_execution, pinned, ephemeral,"
            " reason) VALUES (?, ?, ?, ?, ?, 'starting', 0, 0, ?, ?, ?, NULL, ?, ?, NULL)",
            (
                event.stream,
                _text(payload, "name"),
                _text(payload, "profile") or "",
                event.worktree,
                _text(payload, "prefix") or "",
                event.seq,
                event.time_us,
                event.time_us,
                _text(payload, "pinned"),
                int(payload.get("ephemeral") is True),
            ),
        )
    ]


def _forked(event: StoredEvent, payload: dict[str, Any]) -> list[Statement]:
    # What a fork begins with is what its parent's events have made until here.
    return [
        (
            "INSERT INTO session (id, name, profile, worktree, prefix, state, generation,"
            " executions, created_seq, created_us, updated_us, last_execution, pinned, ephemeral,"
            " reason, parent, parent_version) SELECT ?, ?, profile, ?, prefix, 'active',"
            " generation, 0, ?, ?, ?, NULL, pinned, 0, NULL, id, ? FROM session WHERE id = ?",
            (
                event.stream,
                _text(payload, "name"),
                event.worktree,
                event.seq,
                event.time_us,
                event.time_us,
                _int(payload, "version", None),
                _text(payload, "parent"),
            ),
        )
    ]


def _serving(event: StoredEvent, payload: dict[str, Any]) -> list[Statement]:
    return [
        (
            "UPDATE session SET state = iif(state IN ('lost', 'closed'), state, 'active'),"
            " reason = iif(state IN ('lost', 'closed'), reason, NULL), generation = ?,"
            " updated_us = ? WHERE id = ?",
            (_int(payload, "generation"), event.time_us, event.stream),
        )
    ]


def _refresh_failed(event: StoredEvent, payload: dict[str, Any]) -> list[Statement]:
    # The old generation keeps serving; a session that never had one has crashed.
    return [
        (
            "UPDATE session SET state = iif(state = 'starting', 'crashed', state),"
            " reason = iif(state IN ('lost', 'closed'), reason, ?), updated_us = ? WHERE id = ?",
            (_text(payload, "message") or "", event.time_us, event.stream),
        )
    ]


def _ended(state: str) -> Callable[[StoredEvent, dict[str, Any]], list[Statement]]:
    def rule(event: StoredEvent, payload: dict[str, Any]) -> list[Statement]:
        return [
            (
                "UPDATE session SET state = ?, reason = ?, updated_us = ? WHERE id = ?",
                (state, _text(payload, "reason") or "", event.time_us, event.stream),
            )
        ]

    return rule


def _undoing(undone: bool) -> Callable[[StoredEvent, dict[str, Any]], list[Statement]]:
    def rule(event: StoredEvent, payload: dict[str, Any]) -> list[Statement]:
        numbers = payload.get("executions")
        touched = [n for n in numbers if type(n) is int] if isinstance(numbers, list) else []
        # The executions that a fork has from its parent stay as they are there.
        return [
            *(
                (
                    "UPDATE execution SET undone = ? WHERE session = ? AND number = ?",
                    (int(undone), event.stream, number),
                )
                for number in touched
            ),
            (
                "UPDATE session SET updated_us = ? WHERE id = ?",
                (event.time_us, event.stream),
            ),
        ]

    return rule


def _started(event: StoredEvent, payload: dict[str, Any]) -> list[Statement]:
    number = _number(event)
    if number is None:
        return []
    path = _text(payload, "path")
    return [
        (
            "INSERT INTO execution (session, number, kind, status, path, blob, code_preview, tree,"
            " commit_oid, dirty, generation, started_us, duration_us, digest, start_seq, end_seq)"
            " VALUES (?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, NULL)",
            (
                event.stream,
                number,
                _text(payload, "kind") or "",
                path,
                _text(payload, "blob") or "",
                preview(_text(payload, "text"), path),
                _text(payload, "tree") or "",
                _text(payload, "commit"),
                int(payload.get("dirty") is True),
                _int(payload, "generation"),
                event.time_us,
                event.seq,
            ),
        ),
        (
            "UPDATE session SET executions = executions + 1, last_execution = ?, updated_us = ?"
            " WHERE id = ?",
            (event.execution, event.time_us, event.stream),
        ),
    ]


def _finished(event: StoredEvent, payload: dict[str, Any]) -> list[Statement]:
    status = _text(payload, "status")
    return _end(event, status if status in _ENDS else "error", payload)


def _aborted(event: StoredEvent, payload: dict[str, Any]) -> list[Statement]:
    return _end(event, "aborted", payload)


def _end(event: StoredEvent, status: str, payload: dict[str, Any]) -> list[Statement]:
    return [
        (
            "UPDATE execution SET status = ?, duration_us = ?, digest = ?, end_seq = ?"
            " WHERE session = ? AND number = ?",
            (
                status,
                _int(payload, "duration_us", None),
                _text(payload, "digest"),
                event.seq,
                event.stream,
                _number(event),
            ),
        ),
        (
            "UPDATE session SET updated_us = ? WHERE id = ?",
            (event.time_us, event.stream),
        ),
    ]


def _text(payload: dict[str, Any], key: str) -> str | None:
    value = payload.get(key)
    return value if isinstance(value, str) else None


@overload
def _int(payload: dict[str, Any], key: str) -> int: ...
@overload
def _int(payload: dict[str, Any], key: str, default: None) -> int | None: ...
def _int(payload: dict[str, Any], key: str, default: int | None = 0) -> int | None:
    value = payload.get(key)
    return value if type(value) is int else default


def _number(event: StoredEvent) -> int | None:
    # `S.N`; the envelope names the execution of every event that belongs to one.
    last = (event.execution or "").rpartition(".")[2]
    return int(last) if last.isascii() and last.isdigit() else None


_RULES: dict[str, Callable[[StoredEvent, dict[str, Any]], list[Statement]]] = {
    "session.created": _created,
    "session.forked": _forked,
    "session.ready": _serving,
    "session.refreshed": _serving,
    "session.refresh_failed": _refresh_failed,
    "session.undone": _undoing(True),
    "session.redone": _undoing(False),
    "session.lost": _ended("lost"),
    "session.closed": _ended("closed"),
    "execution.started": _started,
    "execution.finished": _finished,
    "execution.aborted": _aborted,
}

#: The event types that change anything here.
PROJECTED = frozenset(_RULES)
