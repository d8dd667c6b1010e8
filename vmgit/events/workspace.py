"""Payloads of events that belong to no session but to the workspace."""

from __future__ import annotations

import msgspec


class WatchDegraded(msgspec.Struct, frozen=True):
    """`watch.degraded`: changes may be noticed late or not at all, and why."""

    reason: str


class WatchRecovered(msgspec.Struct, frozen=True):
    """`watch.recovered`: the watcher sees everything again."""
