"""The live heap of a session: a cache of its log that can be thrown away at any time.

A heap is a realm, the session's kv store and the count of recorded steps that went into it.
`catch_up` brings one to where the log stands, from nothing or from wherever it was, and proves
itself by comparing outcome digests. It appends nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

import msgspec

from .checkpoint import Checkpoint, is_worth
from .code import file_code
from .engine.api import Cost, Realm, RealmConfig, Result, Source, WorkerDied
from .errors import DeniedError, EnvironmentFailure, UnavailableError
from .events.session import Difference, Restored
from .execution import Execution
from .host.env import granted_names
from .host.kv import KvStore
from .host.registry import Registry, Surroundings
from .profile import Profile, long_form
from .recorder import Recorder
from .redact import Redactor
from .replay.player import play
from .state import SessionState, Step


class Tree(Source, Protocol):
    """A source that can also name what is in a folder, for profiles and error messages."""

    def list(self, folder: str = "") -> list[str]:
        """Return the names in a folder of the workspace, none where there is no such folder."""


class Services(msgspec.Struct, frozen=True):
    """What sessions need from the layers below, wired together by the workspace.

    `source` opens a tree (oid) at the workspace folder; `open_realm` starts an empty realm, and
    `open_alone` one in a process of its own, which shares no fault with others;
    `require_trust` raises `DeniedError` when the grants of a profile (its name, its effective
    content) do not apply on this machine; `surroundings` is the outside that host calls reach;
    `patterns` are those of `[redact]`, by name; `record_restored` wants every rebuild in the log,
    and not only one that differs.
    """

    recorder: Recorder
    source: Callable[[str], Tree]
    open_realm: Callable[[RealmConfig], Realm]
    require_trust: Callable[[str, Profile], None]
    surroundings: Surroundings
    patterns: Mapping[str, str] = {}
    open_alone: Callable[[RealmConfig], Realm] | None = None
    record_restored: bool = False


class Unrepeatable(UnavailableError):
    """A step that ended by itself when it was recorded cannot be run again, though all is there;
    `reason` says why.
    """

    def __init__(self, session: str, reason: str) -> None:
        super().__init__(f"session {session} cannot be rebuilt: {reason}.")
        self.reason = reason


@dataclass
class Heap:
    """A realm with the state that belongs to it; `applied` steps of epoch `epoch` are in it."""

    realm: Realm
    epoch: int
    profile_name: str
    surroundings: Surroundings
    applied: int = 0
    kv: KvStore = field(default_factory=KvStore)
    #: What the last copy of it cost.
    cost: Cost | None = None
    _checkpoint: Checkpoint | None = field(default=None, init=False, repr=False)

    def fork(self) -> Heap:
        """Return an independent copy, one that was made ahead or a new one. Raises `WorkerDied`."""
        ahead = self._checkpoint
        if ahead is not None and ahead.holds(self.epoch, self.applied):
            self._checkpoint = None
            # If that copy is gone, the heap is not, or says so itself.
            with contextlib.suppress(WorkerDied):
                return self._as_in(ahead)
        return replace(self, realm=self.realm.fork(), kv=self.kv.copy())

    def checkpoint(self, took_us: Callable[[int], int]) -> None:
        """Ask for a copy of what the heap is now, where one is worth its cost; does not wait.

        `took_us` tells how long the steps from a number of them on took to run, microseconds. An
        older copy ends when a newer one is asked for. Raises `WorkerDied`.
        """
        old = self._checkpoint
        if old is not None:
            if old.holds(self.epoch, self.applied):
                return
            self.cost = old.forking.cost or self.cost
        again_us = None
        if old is not None and old.epoch == self.epoch:
            again_us = partial(took_us, old.applied)
        if not is_worth(self.cost, again_us):
            return
        forking = self.realm.begin_fork()
        self._checkpoint = Checkpoint(forking, self.kv.copy(), self.epoch, self.applied)
        if old is not None:
            old.forking.discard()

    def earlier(self, applied: int) -> Heap | None:
        """Return the last copy made ahead, unless it has more than `applied` steps.

        The heap itself goes on without that copy.
        """
        ahead = self._checkpoint
        if ahead is None or ahead.epoch != self.epoch or ahead.applied > applied:
            return None
        self._checkpoint = None
        with contextlib.suppress(WorkerDied):
            return self._as_in(ahead)
        return None

    def fall_back(self) -> Heap | None:
        """End the realm, which is of no use any more, and return the last copy made ahead."""
        ahead, self._checkpoint = self._checkpoint, None
        self.realm.close()
        try:
            return self._as_in(ahead) if ahead is not None else None
        except WorkerDied:
            # It is gone too: the log has everything that it had.
            return None

    def _as_in(self, ahead: Checkpoint) -> Heap:
        realm = ahead.forking.finish()
        self.cost = ahead.forking.cost
        return replace(self, realm=realm, kv=ahead.kv, epoch=ahead.epoch, applied=ahead.applied)

    def host(self, profile: Profile) -> Registry:
        """Return what answers the host calls of one execution under an effective profile.

        Waits for the realm to be ready, because the time of its calls counts from here.
        """
        _ = self.realm.engine
        return Registry(profile, kv=self.kv, name=self.profile_name, surroundings=self.surroundings)

    def close(self) -> None:
        """End the realm's process, and that of its copy."""
        ahead, self._checkpoint = self._checkpoint, None
        if ahead is not None:
            ahead.forking.discard()
        self.realm.close()


def realm_config(profile: Profile) -> RealmConfig:
    """Return the part of a profile that is fixed for the life of a realm."""
    return RealmConfig(
        roots=profile.modules.roots,
        extensions=profile.modules.extensions,
        hide=profile.globals.hide,
        console=profile.capabilities.console,
    )


def profile_of(effective: dict[str, object]) -> Profile:
    """Return the profile that a recorded effective profile describes.

    Raises `UnavailableError` when this program does not understand it.
    """
    try:
        return msgspec.convert(long_form(effective), Profile)
    except msgspec.ValidationError as error:
        raise UnavailableError(
            f"the recorded profile cannot be understood by this version of vmgit: {error}."
        ) from error


def secrets_of(name: str, profile: Profile, services: Services) -> dict[str, str]:
    """Return the variables that profile `name` grants, none unless its grants apply."""
    if not profile.capabilities.env:
        return {}
    environ = services.surroundings.environ
    try:
        services.require_trust(name, profile)
    except DeniedError:
        return {}
    return {one: environ[one] for one in granted_names(profile.capabilities.env, environ)}


def redactor_of(name: str, profile: Profile, services: Services) -> Redactor:
    """Return what takes secrets out of what is recorded under profile `name`."""
    return Redactor(secrets_of(name, profile, services), services.patterns)


def new_heap(state: SessionState, profile: Profile, services: Services) -> Heap:
    """Return a heap of a session with nothing in it. Raises `WorkerDied`."""
    realm = services.open_realm(realm_config(profile))
    return Heap(realm, state.epoch, state.created.profile, services.surroundings)


def catch_up(heap: Heap | None, state: SessionState, services: Services) -> tuple[Heap, Restored]:
    """Return a heap in which every step of the log has run, and how the steps compared.

    A heap of an older epoch is closed and replaced. Raises `UnavailableError` when an object is
    missing and `Unrepeatable` when a step does not end by itself again, and `heap` is closed then;
    `EnvironmentFailure` when no worker can be started.
    """
    if heap is not None and (heap.epoch != state.epoch or heap.applied > len(state.steps)):
        heap.close()
        heap = None
    if heap is None:
        if state.base is None:
            raise ValueError(f"session {state.id} has no generation to build a heap from")
        try:
            heap = new_heap(state, profile_of(state.base.effective), services)
        except WorkerDied as died:
            raise EnvironmentFailure(
                f"no worker can be started: {died.reason}.", code="no_worker"
            ) from died
    total = equal = 0
    first: Difference | None = None
    try:
        for step in state.steps[heap.applied :]:
            execution = state.executions[step.number]
            digest = _again(step, execution, heap, services)
            total += 1
            equal += digest == step.digest
            if first is None and digest != step.digest:
                first = Difference(execution.id, step.digest, digest)
            heap.applied += 1
    except BaseException:
        heap.close()
        raise
    return heap, Restored(equal, total, first)


def _again(step: Step, execution: Execution, heap: Heap, services: Services) -> str:
    """Run one recorded step in `heap` and return the digest of what it did."""
    source = services.source(step.tree)
    profile = profile_of(step.effective)
    host = heap.host(profile)
    secrets = secrets_of(heap.profile_name, profile, services)
    text = recorded_text(execution, source, services)
    try:
        result, _ = play(execution, text, heap.realm, source, host, secrets)
    except WorkerDied as death:
        failure = Unrepeatable(
            execution.session, f"the worker died in execution {execution.id} ({death.reason})"
        )
        # SIGKILL comes from outside: a machine that is short of memory, or somebody with a shell.
        if death.reason == "SIGKILL":
            raise UnavailableError(failure.message) from death
        raise failure from death
    if not result.intact:
        limit = result.outcome.limit
        why = f"limit {limit.name}" if limit is not None else result.outcome.status
        failure = Unrepeatable(
            execution.session,
            f"execution {execution.id} ended by itself when it was recorded and is stopped now "
            f"({why})",
        )
        raise UnavailableError(failure.message) if _was_kept_waiting(result) else failure
    return result.outcome.digest()


def _was_kept_waiting(result: Result) -> bool:
    """True when a replay, which waits for nothing, ran out of time without using the processor."""
    limit = result.outcome.limit
    waited = limit is not None and limit.name == "wall_ms"
    return waited and result.cpu_us < result.duration_us // 2


def recorded_text(execution: Execution, source: Source, services: Services) -> str:
    """Return the text that an execution runs on `source`: the tree's file, else the recorded one.

    At the prompt it is the recorded text. Raises `UnavailableError` when objects are missing, and
    `RefusedError` or `LimitError` when the tree's file is no source text or too large.
    """
    started = execution.started
    if started.path is None:
        return started.text or ""
    if source.lookup(started.path) is None:
        source = services.source(started.tree)
    return file_code(started.kind, started.path, started.mode, source, started.limits).text
