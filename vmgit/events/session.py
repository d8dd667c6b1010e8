"""Payloads of the events of a session's life: made, ready, refreshed, forked, undone, closed."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from vmgit.outcome import Mode

RefreshMode = Literal["rerun", "rebuild", "replay"]


class Origin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where code came from: tree oid, HEAD's commit oid (None when unborn), dirty flag."""

    tree: str
    commit: str | None = None
    dirty: bool = False


class Created(Origin, frozen=True, kw_only=True, omit_defaults=True):
    """`session.created`: a session exists; its startup follows.

    `prefix` is the workspace folder inside the repository; `pinned` the revision as it was typed
    for a session that never refreshes; `seed` 32 hex digits; `ephemeral` a session of one `run`.
    """

    profile: str
    seed: str
    name: str | None = None
    prefix: str = ""
    pinned: str | None = None
    ephemeral: bool = False
    vmgit: str


class Forked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`session.forked`: a session begins as another one was; this is its first event.

    `parent` is the other session's id and `version` the place in its stream up to which its events
    are this session's history: profile, generation, executions and their numbers come from there.
    `seed` (32 hex digits), `name` and `vmgit` are the session's own.
    """

    parent: str
    version: int
    seed: str
    name: str | None = None
    vmgit: str


class StartupFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """One startup entry of a generation and the number of the execution that last ran it."""

    path: str
    mode: Mode
    execution: int


class Replayed(msgspec.Struct, frozen=True):
    """An execution that a `replay` refresh ran again, and the outcome digest it then had."""

    execution: int
    digest: str


class Generation(Origin, frozen=True, kw_only=True, omit_defaults=True):
    """The facts of a startup state that succeeded.

    `effective` is the merged profile; `files` maps each profile file that was read to its blob
    oid (None: looked for and absent); `startup` lists every entry in order.
    """

    generation: int
    effective: dict[str, Any]
    files: dict[str, str | None]
    startup: tuple[StartupFile, ...]
    duration_us: int


class Ready(Generation, frozen=True, kw_only=True, omit_defaults=True):
    """`session.ready`: the first generation of the session serves."""


class Refreshed(Generation, frozen=True, kw_only=True, omit_defaults=True):
    """`session.refreshed`: a new generation serves.

    `fresh` says that it began with an empty realm; `changed` names the files that caused it;
    `replayed` the session's own executions that ran again in it.
    """

    mode: RefreshMode
    fresh: bool
    changed: tuple[str, ...]
    replayed: tuple[Replayed, ...] = ()


class RefreshFailed(Origin, frozen=True, kw_only=True, omit_defaults=True):
    """`session.refresh_failed`: generation `generation` could not be made; the old one serves.

    `files` and `deps` are what the attempt looked at, so that it is tried again only when one of
    them changes; `mode` and `effective` are None when it could not even begin;
    `path` and `line` say where it failed, when that is known; `ran` are the startup executions
    that the attempt ran.
    """

    generation: int
    changed: tuple[str, ...]
    message: str
    files: dict[str, str | None]
    deps: dict[str, str | None]
    mode: RefreshMode | None = None
    fresh: bool = False
    effective: dict[str, Any] | None = None
    path: str | None = None
    line: int | None = None
    execution: int | None = None
    ran: tuple[int, ...] = ()
    duration_us: int = 0


class Undone(msgspec.Struct, frozen=True, omit_defaults=True):
    """`session.undone`: the last executions (numbers, in order) no longer count.

    The session is again as execution `back_to` left it; None: as its generation began.
    """

    executions: tuple[int, ...]
    back_to: int | None = None


class Redone(msgspec.Struct, frozen=True):
    """`session.redone`: the executions that the last undo took away count again."""

    executions: tuple[int, ...]


class Difference(msgspec.Struct, frozen=True):
    """The first execution of a rebuild whose outcome digest was not the recorded one."""

    execution: str
    recorded: str
    replayed: str


class Restored(msgspec.Struct, frozen=True, omit_defaults=True):
    """`session.restored`: the session was rebuilt from its log; `equal` of `total` outcomes."""

    equal: int
    total: int
    first_difference: Difference | None = None


class Lost(msgspec.Struct, frozen=True):
    """`session.lost`: it cannot be rebuilt, and why."""

    reason: str


class Closed(msgspec.Struct, frozen=True, omit_defaults=True):
    """`session.closed`: it takes no more executions."""

    reason: str = ""
