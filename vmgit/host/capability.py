"""What every capability is made of, so that adding one is one file and one row of `registry`.

A capability offers operations and says which grant a call lacks; it never decides on its own
whether to check. It knows neither the engine nor the log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from vmgit.outcome import Fault
from vmgit.profile import Capabilities

#: The arguments of a call by name, JSON values.
Arguments = Mapping[str, Any]


class CallError(Exception):
    """A call that fails for a reason that JavaScript is told: becomes the error it throws.

    The text must be ours and the same on every machine: it is part of the outcome's digest.
    """

    def __init__(self, message: str, *, name: str = "Error", code: str | None = None) -> None:
        super().__init__(message)
        self.fault = Fault(name, message, code=code)


class NotGranted(Exception):
    """A call that turned out to need more than it was checked for, such as a redirect's host.

    `what` begins the sentence that JavaScript is told; `lacks` is as of `Capability.lacks`.
    """

    def __init__(self, what: str, lacks: str) -> None:
        super().__init__(what)
        self.what = what
        self.lacks = lacks


class Capability(Protocol):
    """One part of the outside, such as `kv`."""

    @property
    def operations(self) -> Mapping[str, Callable[[Arguments], Any]]:
        """What can be asked, by the name after the dot; each returns a JSON value.

        Raises `CallError` for everything that can go wrong in use, and `NotGranted`.
        """

    def lacks(self, grants: Capabilities, operation: str, arguments: Arguments) -> str | None:
        """Return the line of `[capabilities]` that would allow a call, None when it is allowed.

        Raises `CallError` when the arguments do not tell.
        """


def bad_arguments(operation: str, expected: str) -> CallError:
    """Return the error for arguments that `operation` cannot take; `expected` shows how to call."""
    return CallError(f"{operation}: expected {expected}", name="TypeError")
