"""Errors that another process told, as the exceptions that it raised.

A program that asks a server, and a command that starts one, fail with the same class, the same
words and the same exit status as if they had done the work themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import (
    BusyError,
    DeniedError,
    EnvironmentFailure,
    LimitError,
    NotFoundError,
    RefusedError,
    UnavailableError,
    UsageError,
    VmgitError,
)


class ServerBug(VmgitError):
    """The server failed in a way that nobody foresaw; its log tells more."""

    code = "bug"
    exit_code = 3
    http_status = 500


_BY_STATUS: Mapping[int, type[VmgitError]] = {
    400: UsageError,
    401: EnvironmentFailure,
    403: EnvironmentFailure,
    404: NotFoundError,
    405: UsageError,
    408: EnvironmentFailure,
    409: BusyError,
    413: LimitError,
    422: RefusedError,
    500: ServerBug,
    503: EnvironmentFailure,
}
#: Where the status alone does not say which class it was.
_BY_CODE: Mapping[tuple[int, str], type[VmgitError]] = {
    (422, "denied"): DeniedError,
    (422, "not_trusted"): DeniedError,
    (422, "unavailable"): UnavailableError,
    (422, "missing_object"): UnavailableError,
    (422, "unanswered"): UnavailableError,
    (503, "server_closing"): BusyError,
}
_BY_EXIT: Mapping[int, type[VmgitError]] = {
    1: RefusedError,
    2: UsageError,
    4: EnvironmentFailure,
    5: LimitError,
    6: BusyError,
    7: DeniedError,
    8: UnavailableError,
}


def error_class(status: int, code: str) -> type[VmgitError]:
    """Return the class of the error that was answered with an HTTP status and a code."""
    found = _BY_CODE.get((status, code)) or _BY_STATUS.get(status)
    return found or (ServerBug if status >= 500 else UsageError)


def from_status(status: int, error: Mapping[str, Any]) -> VmgitError:
    """Return the error of an HTTP answer: its status, and what its body has as `error`."""
    return _made(error_class(status, str(error.get("code", ""))), error)


def from_exit(status: int, error: Mapping[str, Any]) -> VmgitError:
    """Return the error of a process: its exit status, and the error as `--json` writes it."""
    return _made(_BY_EXIT.get(status, ServerBug), error)


def _made(kind: type[VmgitError], error: Mapping[str, Any]) -> VmgitError:
    hints, details = error.get("hints"), error.get("details")
    return kind(
        str(error.get("message", "the server gave no reason.")),
        hints=[str(hint) for hint in hints] if isinstance(hints, list) else [],
        details=details if isinstance(details, dict) else {},
        code=str(error.get("code", kind.code)),
    )
