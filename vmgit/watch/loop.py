"""The loop of whoever watches: waits for messages, collects them in batches, acts on each batch.

`vmgit watch` and the server differ only in what they do then, which is told by `Acts`.
"""

from __future__ import annotations

import select
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from vmgit.clock import monotonic_us

from .batch import Batch, Ready
from .messages import Degraded, Message, Recovered, Started
from .probe import Probe
from .source import WatchSource

#: Also without any event, look whether a watcher that died may be started again, ms.
_IDLE_MS = 1000


class Acts(Protocol):
    """What is done about what the loop hears."""

    def begin(self, mode: str) -> None:
        """The watches are in place; what changed before they were is not reported."""

    def act(self, batch: Ready) -> None:
        """A batch of changes is due."""

    def degraded(self, reason: str) -> None:
        """Changes may be seen late or not at all from now on."""

    def recovered(self) -> None:
        """Changes are seen again."""

    def idle(self) -> None:
        """Called at least once a second, and after each batch."""


def worktree_batch(worktree: Path, git_dir: Path) -> Batch:
    """Return a batch that knows when Git is at work in a worktree."""
    probe = Probe(worktree, git_dir)
    return Batch(
        lock_exists=probe.lock_exists,
        rebasing=probe.rebasing,
        is_incomplete=probe.is_incomplete,
    )


class WatchLoop:
    """Drives a source and a batch. `stop` is a descriptor that becomes readable when it is over."""

    def __init__(
        self, source: WatchSource, batch: Batch, acts: Acts, *, stop: int | None = None
    ) -> None:
        self._source = source
        self._batch = batch
        self._acts = acts
        self._stop = stop
        self._begun = False

    def run(self, over: Callable[[], bool] = lambda: False) -> None:
        """Go on until interrupted, stopped, or `over()`, which is asked about once a second."""
        poll = select.poll()
        poll.register(self._source, select.POLLIN)
        if self._stop is not None:
            poll.register(self._stop, select.POLLIN)
        while not over():
            wait = self._batch.wait_ms(monotonic_us())
            ready = poll.poll(_IDLE_MS if wait is None else min(wait, _IDLE_MS))
            if any(descriptor == self._stop for descriptor, _ in ready):
                return
            for message in self._source.read():
                self._take(message, monotonic_us())
            due = self._batch.due(monotonic_us())
            if due is not None and self._begun:
                self._acts.act(due)
            self._acts.idle()

    def _take(self, message: Message, now_us: int) -> None:
        match message:
            case Started() if not self._begun:
                self._acts.begin(message.mode)
                self._begun = True
            case Degraded():
                self._acts.degraded(message.reason)
            case Recovered():
                self._acts.recovered()
            case _:
                self._batch.add(message, now_us)
