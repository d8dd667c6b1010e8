"""Copies of a heap that are made ahead, and when one is worth its cost.

A checkpoint is a fork of the realm that sleeps, with the kv store as it was then. It is asked for
after an answer was given, is there before the next execution, and becomes the heap when that one
is stopped. It may be older than the heap: what it lacks is then run again from the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .engine.api import Cost, Forking
from .host.kv import KvStore

#: A realm that holds more, KiB, is never copied: both copies would soon hold as much.
LARGE_KB = 48 * 1024
#: The whole cost of a copy, in forks: what runs next writes to the pages that both share, all of
#: those with objects of JavaScript at its first garbage collection.
WHOLE = 4


@dataclass(frozen=True)
class Checkpoint:
    """A heap as it was with `applied` steps of epoch `epoch`."""

    forking: Forking
    kv: KvStore
    epoch: int
    applied: int

    def holds(self, epoch: int, applied: int) -> bool:
        """Return whether it is a copy of a heap of this epoch with so many steps."""
        return (self.epoch, self.applied) == (epoch, applied)


def is_worth(cost: Cost | None, again_us: Callable[[], int] | None) -> bool:
    """Return whether a copy is to be made now.

    `cost` is that of the last one (None: there was none yet). `again_us` tells how long that took,
    microseconds, which an older copy lacks and would have to run again; None without an older one,
    where a realm would have to be made besides. A copy is made when it saves as much as it costs,
    so a program of some milliseconds always leaves one, and ten small ones share one; of a large
    realm none is made.
    """
    if cost is None:
        return True
    if cost.held_kb > LARGE_KB:
        return False
    return again_us is None or again_us() >= cost.took_us * WHOLE
