"""What may be asked, as strict shapes: the bodies of REST and the arguments of the API alike."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from vmgit.errors import UsageError

#: No dot, because `NAME.3` is an execution, and no leading `@` or `-`.
SESSION_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")


class _Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all requests: strict, immutable."""


class RunRequest(_Request, frozen=True, kw_only=True):
    """Code to run: `source` text, or the file at the workspace path `path`; `args` reach it as
    `vmgit.args`.
    """

    source: str | None = None
    path: str | None = None
    args: tuple[str, ...] = ()

    def checked(self) -> RunRequest:
        """Return it. Raises `UsageError` unless it has exactly one of `source` and `path`."""
        if (self.source is None) == (self.path is None):
            raise UsageError("give either `source` or `path`, and not both.")
        return self


class FreshRunRequest(RunRequest, frozen=True, kw_only=True):
    """Code to run in a fresh session of `profile`, which is closed after."""

    profile: str = "default"


class CreateRequest(_Request, frozen=True, kw_only=True):
    """A session to make; `at` pins it to a revision."""

    profile: str = "default"
    name: str | None = None
    at: str | None = None

    def checked(self) -> CreateRequest:
        """Return it. Raises `UsageError` for a name that no session can have."""
        check_name(self.name)
        return self


class ForkRequest(_Request, frozen=True, kw_only=True):
    """A session to make that goes on from another one."""

    name: str | None = None

    def checked(self) -> ForkRequest:
        """Return it. Raises `UsageError` for a name that no session can have."""
        check_name(self.name)
        return self


class UndoRequest(_Request, frozen=True, kw_only=True):
    """How many executions are undone."""

    count: int = 1

    def checked(self) -> UndoRequest:
        """Return it. Raises `UsageError` for a count below 1."""
        if self.count < 1:
            raise UsageError(f"{self.count} executions cannot be undone: give 1 or more.")
        return self


class CloseRequest(_Request, frozen=True, kw_only=True):
    """Why a session is closed."""

    reason: str = ""


class ReplayRequest(_Request, frozen=True, kw_only=True):
    """A session to replay: as it was recorded, or at each revision of `at`."""

    session: str
    at: tuple[str, ...] = ()


def run_request(source: str | None, path: str | None, args: Sequence[str]) -> RunRequest:
    """Return a checked request. Raises `UsageError`."""
    return RunRequest(source=source, path=path, args=tuple(args)).checked()


def check_name(name: str | None) -> str | None:
    """Return a session's name. Raises `UsageError` for what cannot be one."""
    if name is not None and SESSION_NAME.fullmatch(name) is None:
        raise UsageError(
            f"{name!r} is no session name: letters, digits, - and _, at most 64.",
            details={"name": name},
        )
    return name
