"""What every benchmark shares: interleaved blocks, medians, and a row of the table.

Absolute times move by a factor of two on a shared machine, so a figure is always a ratio of two
medians whose samples were taken in turns, block by block, in one run.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: `ratio` is ours over the peer's and must not exceed `limit`.

    `ours_ms` and `peer_ms` are milliseconds, unless `unit` says otherwise.
    """

    name: str
    ratio: float
    limit: float
    ours_ms: float
    peer_ms: float
    peer_name: str
    unit: str = "ms"
    #: Why it could not be measured here, if so.
    missing: str = ""

    @property
    def met(self) -> bool:
        """True when the figure holds, or nothing is known against it."""
        return bool(self.missing) or self.ratio <= self.limit


def interleave(
    ours: Callable[[], object],
    peer: Callable[[], object],
    blocks: int,
    per_block: int,
    *,
    before_ours: Callable[[], object] | None = None,
    before_peer: Callable[[], object] | None = None,
) -> tuple[float, float]:
    """Time both sides in turns and return the two medians in milliseconds.

    Each of `blocks` rounds calls `ours` and then `peer`, `per_block` times each; which of them
    goes first alternates. `before_*` run ahead of every call and are not timed. One untimed round
    warms up. A call that returns a float has measured by itself, milliseconds.
    """
    sides = (
        (ours, before_ours or _nothing, [0.0][:0]),
        (peer, before_peer or _nothing, [0.0][:0]),
    )
    for call, before, _ in sides:
        before()
        call()
    for block in range(blocks):
        for call, before, samples in sides if block % 2 == 0 else reversed(sides):
            # A collection in the middle of a block would be charged to whoever runs then.
            gc.collect()
            for _ in range(per_block):
                before()
                start = time.perf_counter_ns()
                told = call()
                taken = (time.perf_counter_ns() - start) / 1e6
                samples.append(told if isinstance(told, float) else taken)
    return statistics.median(sides[0][2]), statistics.median(sides[1][2])


def compare(
    name: str,
    limit: float,
    ours: Callable[[], object],
    peer: Callable[[], object],
    peer_name: str,
    *,
    blocks: int = 10,
    per_block: int = 5,
    before_ours: Callable[[], object] | None = None,
    before_peer: Callable[[], object] | None = None,
) -> Row:
    """Interleave both sides and return the row that says how they compare."""
    ours_ms, peer_ms = interleave(
        ours, peer, blocks, per_block, before_ours=before_ours, before_peer=before_peer
    )
    return Row(name, ours_ms / peer_ms, limit, ours_ms, peer_ms, peer_name)


def absent(name: str, limit: float, peer_name: str, why: str) -> Row:
    """Return the row of a figure that this machine cannot give."""
    return Row(name, 0.0, limit, 0.0, 0.0, peer_name, missing=why)


def _nothing() -> None:
    return None
