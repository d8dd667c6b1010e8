"""What the engine is asked and what it answers, seen from the parent process.

`sessions`, `recorder` and `replay` speak only these types; how a realm lives in another process
is the business of `process.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from vmgit.answer import Answer
from vmgit.limits import Limits
from vmgit.outcome import Kind, Mode, Outcome


class RealmConfig(msgspec.Struct, frozen=True):
    """What is fixed when a realm is made; changing any of it needs a fresh realm."""

    roots: tuple[str, ...] = ("lib", "vendor")
    extensions: tuple[str, ...] = (".js", ".mjs", ".cjs", ".json")
    hide: tuple[str, ...] = ()
    console: bool = True


class Job(msgspec.Struct, frozen=True):
    """One execution to run.

    `path` is the workspace path of the code (None at the prompt) and the base of its relative
    specifiers; `text` is the code; `seed` is 32 hex digits; `clock` is None to read the real
    clock, else the recorded readings `[[ms, count], ...]` (first absolute, then differences) to
    answer from; `args` become `vmgit.args`.
    """

    kind: Kind
    text: str
    seed: str
    path: str | None = None
    mode: Mode = "auto"
    clock: Sequence[tuple[int, int]] | None = None
    args: tuple[str, ...] = ()
    limits: Limits = Limits()


class Result(msgspec.Struct, frozen=True):
    """What came of a job.

    `clock` is run-length encoded as in `Job`; `deps` maps each workspace path that module
    resolution looked at to its blob oid, or None where it looked and found nothing; `intact` is
    False when the realm must not be used again (a limit, a cancellation or a death).
    """

    outcome: Outcome
    clock: tuple[tuple[int, int], ...]
    deps: dict[str, str | None]
    duration_us: int
    cpu_us: int
    intact: bool = True


class Source(Protocol):
    """A tree that code is read from, rooted at the workspace folder."""

    def lookup(self, path: str) -> str | None:
        """Return the blob oid of the regular file at `path` (symlinks followed inside), or None."""

    def blob(self, oid: str) -> bytes:
        """Return the content of a blob that `lookup` named."""


class Host(Protocol):
    """Answers the host calls of one execution; checks the grant at every call."""

    def call(self, op: str, request: Any) -> Answer:
        """Answer one call. Never raises for what JavaScript did wrong: that is an `Answer`."""

    def stop(self) -> None:
        """End a call that is under way soon, because the execution was cancelled.

        Safe from another thread and from a signal handler.
        """


class WorkerDied(Exception):
    """The worker ended without a result and not because of a limit; `reason` says how."""

    def __init__(self, reason: str, partial: Outcome) -> None:
        super().__init__(reason)
        self.reason = reason
        #: What had been observed until then: console lines and host calls.
        self.partial = partial


class Cost(msgspec.Struct, frozen=True):
    """What a copy of a realm cost: the fork, microseconds, and the memory it shares, KiB.

    Shared memory is cheap until one of the two writes to it: a garbage collection does, to all.
    """

    took_us: int
    held_kb: int


class Forking(Protocol):
    """A copy of a realm that was asked for and may not be there yet."""

    @property
    def cost(self) -> Cost | None:
        """What it cost, None while nobody has looked."""

    def finish(self) -> Realm:
        """Return the copy, once. Raises `WorkerDied` when there is none or it has ended."""

    def discard(self) -> None:
        """End the copy instead, whether it is there yet or not."""


class Realm(Protocol):
    """One JavaScript realm, in a process of its own. Used by one thread at a time."""

    @property
    def engine(self) -> str:
        """Name and version of what runs the code, such as `dukpy 0.6.0 quickjs 0.11.0`."""

    def execute(
        self,
        job: Job,
        source: Source,
        host: Host,
        unwanted: Callable[[], bool] | None = None,
    ) -> Result:
        """Run a job to its end. Raises `WorkerDied`.

        `unwanted` is asked whether a cancellation came before there was anything to `cancel`: from
        then on `cancel` stops the job, so that none falls in between.
        """

    def is_alive(self) -> bool:
        """Return whether it waits for a job; one whose process has ended does not."""

    def fork(self) -> Realm:
        """Return an independent copy of the realm as it is now. Raises `WorkerDied`."""

    def begin_fork(self) -> Forking:
        """Ask for an independent copy of the realm as it is now, and return at once.

        The realm takes no job before it has made the copy. Raises `WorkerDied`.
        """

    def cancel(self) -> None:
        """Stop the running execution at once; may be called from another thread or a handler."""

    def close(self) -> None:
        """End the worker; closing twice is fine."""
