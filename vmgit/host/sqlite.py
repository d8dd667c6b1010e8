"""`sqlite`: databases in the workspace folder, as far as the grant's globs reach.

Each call names its database, so that a recording needs no handles; behind it the database stays
open for the execution, in a process of its own. A grant to read opens the file for reading; one to
write also makes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from vmgit.profile import Capabilities, DatabaseGrant

from .beneath import Beneath, Parts
from .binary import NoBytes, given_bytes
from .capability import Arguments, CallError, bad_arguments
from .database_process import DatabaseProcess, Failed, Found, Run
from .globs import matches
from .paths import WorkspacePaths
from .patience import Patience

#: Characters of a statement, statements of a transaction, parameters of a statement.
MOST_SQL = 256 * 1024
MOST_STATEMENTS = 10_000
MOST_PARAMETERS = 30_000
#: Databases that are open at a time.
MOST_OPEN = 8
_SQL = "an SQL text, and a list or an object of parameters"
_INT_64 = range(-(2**63), 2**63)
#: A number as JavaScript writes it that JSON would not tell from an integer, or has not.
_REAL = re.compile(r"-?(?:Infinity|[0-9]{1,30}(?:\.[0-9]{1,30})?(?:e[+-]?[0-9]{1,3})?)")


class Databases:
    """The capability `sqlite`: `open {path}`, `query {path, sql, params?, big?}`, `exec` likewise
    and `transaction {path, statements, big?}`.
    """

    def __init__(
        self, root: Path, patience: Patience, *, private: tuple[str, ...] = (), openat2: bool = True
    ) -> None:
        """`root` is the workspace folder, `private` paths in it that are Git's own; `patience` is
        that of the execution.
        """
        self._beneath = Beneath(root, openat2=openat2)
        self._paths = WorkspacePaths("sqlite", private)
        self._patience = patience
        self._grant = DatabaseGrant()
        self._open: dict[tuple[Parts, bool], DatabaseProcess] = {}

    @property
    def operations(self) -> Mapping[str, Callable[[Arguments], Any]]:
        """See `capability.Capability`."""
        return {
            "open": self._open_call,
            "query": self._query,
            "exec": self._exec,
            "transaction": self._transaction,
        }

    def lacks(self, grants: Capabilities, operation: str, arguments: Arguments) -> str | None:
        """See `capability.Capability`: who may write may read, for SQL cannot write blindly."""
        self._grant = grants.sqlite
        parts = self._parts(operation, arguments)
        if matches(grants.sqlite.write, parts):
            return None
        reads = operation in ("open", "query")
        if reads and matches(grants.sqlite.read, parts):
            return None
        path = json.dumps("/".join(parts), ensure_ascii=False)
        return f"sqlite.{'read' if reads else 'write'} = [{path}]"

    def close(self) -> None:
        """End every process that has a database open."""
        for process in self._open.values():
            process.close()
        self._open.clear()

    # -- operations --------------------------------------------------------------------------

    def _open_call(self, arguments: Arguments) -> dict[str, bool]:
        """Make sure that there is a database, or make one where that is granted."""
        if arguments.keys() != {"path"}:
            raise bad_arguments("sqlite.open", "a path, a string")
        parts, made = self._parts("open", arguments), False
        if matches(self._grant.write, parts):
            made = self._paths.told("open", parts, lambda: self._reserve(parts))
        self._ask("open", parts, {"op": "query", "statements": [["PRAGMA schema_version", []]]})
        return {"writable": matches(self._grant.write, parts), "made": made}

    def _query(self, arguments: Arguments) -> dict[str, Any]:
        parts = self._parts("query", arguments)
        sql, params = _statement("query", arguments)
        found = self._ask("query", parts, _request("query", [[sql, params or []]], arguments))
        return {"columns": found.columns, "rows": found.rows}

    def _exec(self, arguments: Arguments) -> dict[str, Any]:
        parts = self._parts("exec", arguments)
        sql, params = _statement("exec", arguments)
        found = self._ask("exec", parts, _request("exec", [[sql, params]], arguments))
        return _told(found.runs[-1]) if found.runs else {"changes": 0, "last": 0}

    def _transaction(self, arguments: Arguments) -> list[dict[str, Any]]:
        parts = self._parts("transaction", arguments)
        given = arguments.get("statements")
        if not isinstance(given, list) or not arguments.keys() <= {"path", "statements", "big"}:
            raise bad_arguments("sqlite.transaction", "a list of statements")
        if len(given) > MOST_STATEMENTS:
            raise _limit("transaction", f"more than {MOST_STATEMENTS} statements")
        statements = []
        for one in given:
            if not isinstance(one, dict) or not one.keys() <= {"sql", "params"}:
                raise bad_arguments("sqlite.transaction", f"a list of {_SQL}")
            sql, params = _statement("transaction", {"path": "", **one})
            statements.append([sql, params or []])
        request = _request("transaction", statements, arguments)
        return [_told(run) for run in self._ask("transaction", parts, request).runs]

    # -- processes ---------------------------------------------------------------------------

    def _ask(self, operation: str, parts: Parts, request: dict[str, Any]) -> Found:
        writable = matches(self._grant.write, parts)
        process = self._paths.told(operation, parts, lambda: self._process(parts, writable))
        try:
            return process.ask({"big": False, **request}, self._patience)
        except Failed as failed:
            message = f"sqlite.{operation}: {failed.code}: {failed.words}: {'/'.join(parts)}"
            raise CallError(message, code=failed.code) from None

    def _process(self, parts: Parts, writable: bool) -> DatabaseProcess:
        """Return the process that has a database open. Raises `OSError`."""
        key = (parts, writable)
        process = self._open.get(key)
        if process is not None and not self._is_current(process, key):
            process = None
        if process is None:
            while len(self._open) >= MOST_OPEN:  # the one that was not used for longest
                self._open.pop(next(iter(self._open))).close()
            process = DatabaseProcess(self._beneath, parts, writable=writable)
        # The last one in order is the one that was used last.
        self._open.pop(key, None)
        self._open[key] = process
        return process

    def _is_current(self, process: DatabaseProcess, key: tuple[Parts, bool]) -> bool:
        """Tell whether a process still has the file that its path names; it is ended if not."""
        try:
            if process.is_of(self._beneath, key[0]):
                return True
        except OSError:  # what opens the path again says it better
            pass
        self._open.pop(key).close()
        return False

    def _reserve(self, parts: Parts) -> bool:
        try:
            self._beneath.reserve(parts)
        except FileExistsError:
            return False
        return True

    def _parts(self, operation: str, arguments: Arguments) -> Parts:
        parts = self._paths.parts(operation, arguments.get("path"))
        if not parts:
            raise self._paths.failure(operation, parts, "EISDIR")
        return parts


def _request(op: str, statements: list[Any], arguments: Arguments) -> dict[str, Any]:
    big = arguments.get("big", False)
    if not isinstance(big, bool):
        raise bad_arguments(f"sqlite.{op}", _SQL)
    return {"op": op, "statements": statements, "big": big}


def _told(run: Run) -> dict[str, Any]:
    told: dict[str, Any] = {"changes": run.changes, "last": run.last}
    if run.columns:
        told |= {"columns": list(run.columns), "rows": msgspec.to_builtins(run.rows)}
    return told


def _limit(operation: str, words: str) -> CallError:
    return CallError(f"sqlite.{operation}: {words}", name="RangeError", code="limit")


def _statement(operation: str, arguments: Arguments) -> tuple[str, Any]:
    """Return a statement and its parameters, None where none were given. Raises `CallError`."""
    sql, params = arguments.get("sql"), arguments.get("params")
    if not isinstance(sql, str) or not arguments.keys() <= {"path", "sql", "params", "big"}:
        raise bad_arguments(f"sqlite.{operation}", _SQL)
    if len(sql) > MOST_SQL:
        raise _limit(operation, f"the statement has more than {MOST_SQL} characters")
    if "\0" in sql or not _is_text(sql):
        raise CallError(f"sqlite.{operation}: the statement is no text of SQL", name="TypeError")
    if params is None:
        return sql, None
    values = params.values() if isinstance(params, dict) else params
    if not isinstance(params, dict | list) or not all(map(_is_parameter, values)):
        raise bad_arguments(f"sqlite.{operation}", _SQL)
    if len(params) > MOST_PARAMETERS:
        raise _limit(operation, f"more than {MOST_PARAMETERS} parameters")
    return sql, params


def _is_parameter(value: Any) -> bool:
    """Tell whether a value can be bound: null, number, text, `{int}`, `{real}` or `{base64}`."""
    match value:
        case bool():
            return False
        case None | float():
            return True
        case int():
            return value in _INT_64
        case str():
            return _is_text(value)
        case {"int": str(text), **others} if not others:
            digits = text.removeprefix("-")
            short = digits.isascii() and digits.isdigit() and len(digits) < 20
            return short and int(text) in _INT_64
        case {"real": str(text), **others} if not others:
            return _REAL.fullmatch(text) is not None
        case {"base64": str(), **others} if not others:
            try:
                given_bytes(value)
            except NoBytes:
                return False
            return True
    return False


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
