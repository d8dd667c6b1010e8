"""Puts appends that wait at the same moment into one transaction, so that they share its commit.

Whoever comes alone commits at once, in its own thread; whoever comes meanwhile is taken along by
the next commit. An append that fails takes none of the others with it. It knows no SQL of events:
what an append does is given as a function.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from .database import Database
from .faults import explain

T = TypeVar("T")


class _Wish(Generic[T]):
    """One append that wants to be committed."""

    __slots__ = ("durable", "error", "leads", "result", "turn", "write")

    def __init__(self, write: Callable[[sqlite3.Connection], T], durable: bool) -> None:
        self.write = write
        self.durable = durable
        self.result: T | None = None
        self.error: BaseException | None = None
        #: Set when it is told that it must commit for those that wait now.
        self.leads = False
        #: Held until somebody else has committed it, or has made it the leader.
        self.turn: threading.Lock | None = None


class GroupCommit(Generic[T]):
    """Commits appends to one database.

    `committed` is called with the results of each transaction, after its commit and in the order
    of the commits.
    """

    def __init__(
        self, database: Database, committed: Callable[[Sequence[T]], None] | None = None
    ) -> None:
        self._database = database
        self.committed = committed
        self._lock = threading.Lock()
        self._waiting: list[_Wish[T]] = []
        self._busy = False

    def commit(self, write: Callable[[sqlite3.Connection], T], *, durable: bool) -> T:
        """Run `write` in a transaction and return what it gave, once that is committed.

        `durable` as in `Database.transaction`. Raises what `write` or the transaction raised;
        nothing of this `write` is there then.
        """
        wish = _Wish(write, durable)
        with self._lock:
            alone = not self._busy
            if alone:
                self._busy = True
            else:
                wish.turn = threading.Lock()
                wish.turn.acquire()
                self._waiting.append(wish)
        if wish.turn is not None:
            self._wait(wish, wish.turn)
            if not wish.leads:
                return self._told(wish)
        self._lead([wish] if alone else self._take())
        return self._told(wish)

    def _wait(self, wish: _Wish[T], turn: threading.Lock) -> None:
        """Wait until a wish is committed, or is to lead; Ctrl-C takes it back if it can."""
        try:
            turn.acquire()
        except BaseException:
            with self._lock:
                if wish in self._waiting:
                    self._waiting.remove(wish)
                leads = wish.leads
            if leads:
                self._lead(self._take())
            raise

    def _take(self) -> list[_Wish[T]]:
        with self._lock:
            taken, self._waiting = self._waiting, []
        return taken

    def _lead(self, wishes: list[_Wish[T]]) -> None:
        """Commit for `wishes`, the own one among them, and hand on to one of those that wait."""
        try:
            if len(wishes) == 1:
                self._commit_one(wishes[0])
            else:
                self._commit_all(wishes)
        finally:
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._busy = following is not None
            if following is not None and following.turn is not None:
                following.leads = True
                following.turn.release()
            for wish in wishes:
                if not wish.leads and wish.turn is not None:
                    wish.turn.release()

    def _commit_one(self, wish: _Wish[T]) -> None:
        try:
            with self._database.transaction(durable=wish.durable) as connection:
                wish.result = wish.write(connection)
        except BaseException as error:
            wish.error = error
        else:
            self._tell([wish])

    def _commit_all(self, wishes: list[_Wish[T]]) -> None:
        try:
            with self._database.transaction(durable=any(w.durable for w in wishes)) as connection:
                for wish in wishes:
                    self._apart(connection, wish)
        except BaseException as error:
            for wish in wishes:
                wish.error = wish.error or error
        else:
            self._tell([wish for wish in wishes if wish.error is None])

    def _apart(self, connection: sqlite3.Connection, wish: _Wish[T]) -> None:
        """Run one append so that its failure leaves the others of the transaction alone."""
        connection.execute("SAVEPOINT append")
        try:
            wish.result = wish.write(connection)
        except Exception as error:
            if not connection.in_transaction:
                raise  # SQLite gave the whole transaction up, as on a full disk
            connection.execute("ROLLBACK TO append")
            wish.error = explain(error, self._database.path)
        connection.execute("RELEASE append")

    def _tell(self, wishes: Sequence[_Wish[T]]) -> None:
        if self.committed is not None and wishes:
            self.committed([wish.result for wish in wishes if wish.result is not None])

    def _told(self, wish: _Wish[T]) -> T:
        if wish.error is not None:
            raise wish.error
        assert wish.result is not None, "a wish without an error was committed"
        return wish.result
