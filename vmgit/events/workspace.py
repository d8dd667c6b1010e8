"""Payloads of events that belong to no session but to the workspace."""

from __future__ import annotations

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
