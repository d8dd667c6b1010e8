"""Payloads of events that belong to no session but to the workspace."""

from __future__ import annotations

from typing import Any

import msgspec


class GitHook(msgspec.Struct, frozen=True, omit_defaults=True):
    """`git.hook`: Git ran a hook; recorded from the note that the hook left.

    `head` is the commit that HEAD was at (40-hex, None before the first), `arguments` the hook's
    own, `noted_s` the hook's wall time in seconds and `note` the note's unique name.
    """

    hook: str
    head: str | None
    worktree: str
    noted_s: int
    note: str
    arguments: str = ""


class WatchDegraded(msgspec.Struct, frozen=True):
    """`watch.degraded`: changes may be noticed late or not at all, and why."""

    reason: str


class WatchRecovered(msgspec.Struct, frozen=True):
    """`watch.recovered`: the watcher sees everything again."""


class ReplayStarted(msgspec.Struct, frozen=True, omit_defaults=True):
    """`replay.started`: a session is run again, as recorded or at the revisions `at` (as typed).

    The seq of this event is the replay's number.
    """

    session: str
    at: tuple[str, ...] = ()


class _ReplayEnded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How replay number `replay` ended: a row for each execution, and how many have each verdict.

    `executions` are rows as `vmgit replay --json` has them. The differences of so many, `omitted`,
    were too large for the log.
    """

    replay: int
    duration_us: int
    executions: tuple[dict[str, Any], ...]
    summary: dict[str, int]
    omitted: int = 0


class ReplayFinished(_ReplayEnded, frozen=True, kw_only=True, omit_defaults=True):
    """`replay.finished`: everything that could be run again did what it had done."""


class ReplayDiverged(_ReplayEnded, frozen=True, kw_only=True, omit_defaults=True):
    """`replay.diverged`: something did not do what it had done, or cannot be told."""


class ReplayAborted(msgspec.Struct, frozen=True):
    """`replay.aborted`: replay number `replay` never ended by itself, and why."""

    replay: int
    reason: str
