"""Quick answers about sessions and executions, from the projections.

Also the one place where what a person types (`@`, a name, the beginning of an id, `S.N`, `@-1`)
becomes a session or an execution. Reads only; what the rows mean is settled by `projection`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vmgit.errors import NotFoundError, UsageError

from .database import Database
from .rows import OPEN_STATES, AskedRow, ExecutionRow, SessionRow

#: A person who mistypes is helped by a few candidates, not by all.
_CANDIDATES = 5


_SESSION = f"SELECT {', '.join(SessionRow._fields)} FROM session"
_EXECUTION = f"SELECT {', '.join(ExecutionRow._fields)} FROM execution"


class Views:
    """Reads the projections of an open log: `Views(log.database)`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sessions(
        self,
        *,
        state: str | Sequence[str] | None = None,
        ephemeral: bool | None = None,
        limit: int | None = None,
    ) -> list[SessionRow]:
        """Return the sessions, newest first, narrowed by `state` (one or several), `ephemeral`."""
        conditions, parameters = list[str](), list[Any]()
        if state is not None:
            states = [state] if isinstance(state, str) else list(state)
            conditions.append(f"state IN ({', '.join('?' * len(states))})")
            parameters += states
        if ephemeral is not None:
            conditions.append("ephemeral = ?")
            parameters.append(int(ephemeral))
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        sql = f"{_SESSION}{where} ORDER BY created_seq DESC LIMIT ?"
        return self._sessions(sql, *parameters, -1 if limit is None else limit)

    def followed_worktrees(self) -> list[str]:
        """Return the names of the worktrees that open sessions follow."""
        states = ", ".join("?" * len(OPEN_STATES))
        sql = f"SELECT DISTINCT worktree FROM session WHERE state IN ({states}) AND pinned IS NULL"
        return [name for (name,) in self._database.rows(sql, OPEN_STATES)]

    def session(self, id: str) -> SessionRow | None:
        """Return the session of this whole id, or None."""
        rows = self._sessions(f"{_SESSION} WHERE id = ?", id)
        return rows[0] if rows else None

    def find_session(self, text: str, *, latest: Sequence[str] | None = None) -> SessionRow:
        """Return the session that `text` means: `@` (the newest), a name, an id or its beginning.

        A name wins over an id, and a whole id over longer ones that begin with it. `latest` lists
        the states among which `@` chooses (all without it). Raises `UsageError` listing the
        candidates when several ids begin with `text`, `NotFoundError` with the nearest names when
        nothing fits.
        """
        if text == "@":
            newest = self.sessions(state=latest, limit=1)
            if not newest:
                hint = "`vmgit session new` makes one."
                raise NotFoundError("There is no session that `@` could mean.", hints=[hint])
            return newest[0]
        exact = self._sessions(
            f"{_SESSION} WHERE name = ? OR id = ? ORDER BY name IS ? DESC", text, text, text
        )
        if exact:
            return exact[0]
        found = self._by_prefix(text) if text else []
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(text, found)
        raise self._unknown_session(text)

    def executions(
        self, session: str | None = None, *, limit: int | None = 50, status: str | None = None
    ) -> list[ExecutionRow]:
        """Return executions, newest first: of one session (its whole id) or of all.

        `limit=None` returns every one; `status="running"` those that have no end yet.
        """
        conditions = {"session = ?": session, "status = ?": status}
        given = {sql: value for sql, value in conditions.items() if value is not None}
        where = f" WHERE {' AND '.join(given)}" if given else ""
        order = "number" if session is not None else "start_seq"
        sql = f"{_EXECUTION}{where} ORDER BY {order} DESC LIMIT ?"
        return self._executions(sql, *given.values(), -1 if limit is None else limit)

    def execution(self, session: str, number: int) -> ExecutionRow | None:
        """Return one execution by its session's whole id and its number, or None."""
        rows = self._executions(f"{_EXECUTION} WHERE session = ? AND number = ?", session, number)
        return rows[0] if rows else None

    def running(self) -> list[ExecutionRow]:
        """Return the executions without an end, oldest first; at open nobody runs them any more."""
        return self._executions(f"{_EXECUTION} WHERE status = 'running' ORDER BY start_seq")

    def asked(self, key: str) -> AskedRow | None:
        """Return what answered the request with an idempotency key, None when there was none."""
        sql = f"SELECT {', '.join(AskedRow._fields)} FROM asked WHERE key = ?"
        rows = self._database.rows(sql, (key,))
        return AskedRow(*rows[0]) if rows else None

    def find_execution(self, text: str) -> ExecutionRow:
        """Return the execution that `text` means.

        `S.N` is number N of session S (anything that `find_session` takes, so `@.3` too), which a
        fork may have from its parent; `S` the last one of that session, `@-K` the one K before the
        last of all sessions. Raises `NotFoundError` and `UsageError` as `find_session` does.
        """
        session, dot, number = text.rpartition(".")
        if dot and _is_number(number):
            row = self.find_session(session)
            execution = self._execution_or_inherited(row, int(number))
            if execution is None:
                raise _no_execution(row, int(number))
            return execution
        if text.startswith("@-") and _is_number(text[2:]):
            return self._back(None, int(text[2:]))
        return self._back(self.find_session(text), 0)

    def _execution_or_inherited(self, session: SessionRow, number: int) -> ExecutionRow | None:
        row: SessionRow | None = session
        before: int | None = None
        while row is not None:
            execution = self.execution(row.id, number)
            if execution is not None and (before is None or execution.start_seq < before):
                return execution
            # Of the parent's executions a fork has those from before it began.
            before = row.created_seq
            row = self.session(row.parent) if row.parent is not None else None
        return None

    def _back(self, session: SessionRow | None, steps: int) -> ExecutionRow:
        rows = self.executions(session.id if session else None, limit=steps + 1)
        if len(rows) > steps:
            return rows[steps]
        owner = f"The session {session.label}" if session else "The log"
        count = "no executions" if not rows else f"only {len(rows)} executions"
        raise NotFoundError(
            f"{owner} has {count}.", hints=["`vmgit exec list` shows those that there are."]
        )

    def _by_prefix(self, text: str) -> list[SessionRow]:
        # A range of the primary key; no character of an id comes after U+10FFFF.
        return self._sessions(
            f"{_SESSION} WHERE id >= ? AND id < ? ORDER BY created_seq DESC LIMIT ?",
            text,
            text + "\U0010ffff",
            _CANDIDATES + 1,
        )

    def _unknown_session(self, text: str) -> NotFoundError:
        rows = self._database.rows(
            "SELECT name, id FROM session ORDER BY created_seq DESC LIMIT 1000"
        )
        words = [word for row in rows for word in row if word]
        import difflib

        near = difflib.get_close_matches(text, words, n=3, cutoff=0.6)
        hints = [f"Did you mean {' or '.join(near)}?"] if near else []
        return NotFoundError(
            f"There is no session {text!r}.",
            hints=[*hints, "`vmgit session list --all` shows every session."],
            details={"nearest": near},
        )

    def _sessions(self, sql: str, *parameters: Any) -> list[SessionRow]:
        return [SessionRow.from_row(row) for row in self._database.rows(sql, parameters)]

    def _executions(self, sql: str, *parameters: Any) -> list[ExecutionRow]:
        return [ExecutionRow.from_row(row) for row in self._database.rows(sql, parameters)]


def _is_number(text: str) -> bool:
    # Longer numbers than SQLite's integers cannot be any execution's; int() would take them.
    return text.isascii() and text.isdigit() and len(text) <= 18


def _ambiguous(text: str, found: Sequence[SessionRow]) -> UsageError:
    shown = [row.id if row.name is None else f"{row.id} ({row.name})" for row in found]
    more = ", and more" if len(found) > _CANDIDATES else ""
    return UsageError(
        f"{text!r} could be several sessions: {', '.join(shown[:_CANDIDATES])}{more}.",
        hints=["Give more characters of the id, or the name."],
        details={"candidates": [row.id for row in found[:_CANDIDATES]]},
        code="ambiguous",
    )


def _no_execution(session: SessionRow, number: int) -> NotFoundError:
    last = f"; the last one is {session.last_execution}" if session.last_execution else ""
    return NotFoundError(
        f"The session {session.label} has no execution {number}{last}.",
        hints=[f"`vmgit exec list --session {session.label}` shows them."],
    )
