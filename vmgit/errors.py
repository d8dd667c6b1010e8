"""The errors that vmgit reports to people and programs.

Every expected failure is a `VmgitError`: one sentence, hints that name the command that helps, a
stable `code` for programs, an exit status for the command line and a status for HTTP. Anything
else that escapes is a bug in vmgit. This module imports nothing of vmgit, so that every layer,
the worker included, may raise these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class VmgitError(Exception):
    """Base of every expected failure.

    `message` is a sentence that names the file, line, id or key; `hints` are sentences that say
    what to do next; `details` are machine-readable facts for `--json` and REST.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 400

    def __init__(
        self,
        message: str,
        *,
        hints: Sequence[str] = (),
        details: Mapping[str, Any] | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hints = tuple(hints)
        self.details = dict(details or {})
        self.kind = code or self.code

    def to_dict(self) -> dict[str, Any]:
        """Return the error as the body that `--json` and REST carry under `error`."""
        return {
            "code": self.kind,
            "message": self.message,
            "hints": list(self.hints),
            "details": self.details,
        }


class RefusedError(VmgitError):
    """The answer is no: a versioned file is bad, a chain is broken, a session has crashed."""

    code = "refused"
    exit_code = 1
    http_status = 422


class UsageError(VmgitError):
    """The request itself is wrong: an unknown id or name, an impossible combination."""

    code = "usage"
    exit_code = 2
    http_status = 400


class NotFoundError(UsageError):
    """A name or id that does not exist."""

    code = "not_found"
    http_status = 404


class EnvironmentFailure(VmgitError):
    """The surroundings do not allow it: no repository, unsupported format, newer log."""

    code = "environment"
    exit_code = 4
    http_status = 503


class LimitError(VmgitError):
    """A limit of the profile was hit."""

    code = "limit"
    exit_code = 5
    http_status = 413


class BusyError(VmgitError):
    """Somebody else holds what is needed."""

    code = "busy"
    exit_code = 6
    http_status = 409


class DeniedError(VmgitError):
    """A capability was not granted, or a grant is not trusted."""

    code = "denied"
    exit_code = 7
    http_status = 422


class UnavailableError(VmgitError):
    """It cannot be told: objects are missing or a recording is incomplete."""

    code = "unavailable"
    exit_code = 8
    http_status = 422
