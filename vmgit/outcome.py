"""What an execution did, in a form that two runs can be compared by.

An `Outcome` holds what JavaScript could be observed doing: console lines, host calls asked, value
or error, end state. Its canonical form leaves out what may differ between two faithful runs
(durations, host results, which are inputs, and stacks, whose positions move with comments), so
equal digests mean equal behaviour. Pure: no clock, no files, no engine.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from .canonical import canonical_digest

Status = Literal["ok", "error", "limit", "cancelled"]
Level = Literal["debug", "log", "info", "warn", "error"]
Kind = Literal["startup", "repl", "file"]
#: `auto` follows the file name, package.json and the text (ARCHITECTURE.md, "What a file is").
Mode = Literal["auto", "script", "module", "commonjs"]

#: Stamped into every digest; a change of the canonical form is a new version.
OUTCOME_VERSION = 1


class ConsoleLine(msgspec.Struct, frozen=True, tag="console", tag_field="t"):
    """One console call: its level and its formatted text (may hold newlines)."""

    level: Level
    text: str


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """A thrown value: the error's name, message and stack (workspace paths, no engine frames).

    `code` is set for errors that the host raised, such as `denied`.
    """

    name: str
    message: str
    stack: str = ""
    code: str | None = None


class HostCall(msgspec.Struct, frozen=True, omit_defaults=True, tag="call", tag_field="t"):
    """One request to the host: the operation (`kv.get`), its arguments and what was answered.

    Exactly one of `result` (any JSON value) and `error` is meaningful: `error` is None on success.
    """

    op: str
    request: Any
    result: Any = None
    error: Fault | None = None
    duration_us: int = 0


class Value(msgspec.Struct, frozen=True, omit_defaults=True):
    """A described JavaScript value: type, bounded preview, and JSON where that is faithful."""

    type: str
    preview: str
    json: Any | UnsetType = UNSET


class LimitHit(msgspec.Struct, frozen=True):
    """The limit that stopped an execution: its profile key, what was allowed and what was used.

    Units are those of the key: ms, MiB, KiB or a count.
    """

    name: str
    allowed: int
    used: int


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one execution did."""

    status: Status
    trace: tuple[ConsoleLine | HostCall, ...] = ()
    value: Value | None = None
    error: Fault | None = None
    limit: LimitHit | None = None

    @property
    def console(self) -> list[ConsoleLine]:
        """The console lines, in order."""
        return [item for item in self.trace if isinstance(item, ConsoleLine)]

    @property
    def calls(self) -> list[HostCall]:
        """The host calls, in order."""
        return [item for item in self.trace if isinstance(item, HostCall)]

    def canonical(self) -> dict[str, Any]:
        """Return the JSON-compatible form that is compared and hashed."""
        form: dict[str, Any] = {
            "v": OUTCOME_VERSION,
            "status": self.status,
            "console": [[line.level, line.text] for line in self.console],
            "calls": [[call.op, call.request] for call in self.calls],
        }
        if self.value is not None:
            form["value"] = msgspec.to_builtins(self.value)
        if self.error is not None:
            form["error"] = [self.error.name, self.error.message]
        return form

    def digest(self) -> str:
        """Return the SHA-256 of the canonical form, 64 hex digits."""
        return canonical_digest(self.canonical())
