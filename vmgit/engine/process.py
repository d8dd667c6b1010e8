"""The parent's side of a realm: starts the worker process, talks to it, and ends it.

A `WorkerRealm` is the `api.Realm` that the rest of vmgit uses. It keeps the hard limits (the
worker's own are soft) and builds the trace as it arrives, so that what was observed before a kill
is never lost. This module must not import dukpy or tree-sitter: they belong to the worker.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from vmgit.clock import monotonic_us
from vmgit.engine import protocol
from vmgit.engine.api import Cost, Host, Job, RealmConfig, Result, Source, WorkerDied
from vmgit.engine.child import Child, NotOurs
from vmgit.engine.connection import Connection, Stopped
from vmgit.engine.observer import Observer
from vmgit.outcome import LimitHit, Outcome
from vmgit.settings import SandboxPolicy

#: How long past a soft limit the worker may live, ms.
GRACE_MS = 1000
#: How long a started worker may take to boot or to fork, ms.
_PATIENCE_MS = 60_000

_F = TypeVar("_F", bound=protocol.WorkerFrame)


class ForkingWorker:
    """A copy of a worker that was asked for; see `api.Forking`."""

    def __init__(self, origin: WorkerRealm, sock: socket.socket) -> None:
        self._origin = origin
        self._sock = sock
        #: What the worker said, once it was heard.
        self.answer: protocol.Forked | None = None

    @property
    def cost(self) -> Cost | None:
        """What the fork cost, None while nobody has looked and when there was none."""
        if self.answer is None or self.answer.pid is None:
            return None
        return Cost(self.answer.took_us, self.answer.held_kb)

    def finish(self) -> WorkerRealm:
        """Return the copy, once. Raises `WorkerDied` when there is none or it has ended."""
        try:
            return self._origin.forked(self._sock, self)
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """End the copy instead: idle as it is, it goes when it sees the socket close."""
        self._sock.close()


class WorkerRealm:
    """One realm in one worker process; made by `spawn` or `fork`, then `open`ed once."""

    def __init__(self, sock: socket.socket, child: Child) -> None:
        self._connection = Connection(sock)
        self._child = child
        self._forking: ForkingWorker | None = None
        #: Whether it, or a worker that it was forked from, was opened.
        self.is_used = False
        self._is_opening = False
        # Re-entrant, because a signal handler of the same thread may cancel.
        self._state = threading.RLock()
        self._running = False
        self._cancelled = False
        #: The worker's processor time when the last job began, ms.
        self._cpu_start: int | None = None
        self._closed = False
        self._confined = False
        self._ready: protocol.Ready | None = None

    @classmethod
    def spawn(cls) -> WorkerRealm:
        """Start a worker and return at once, while it boots."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                child = Child.start(theirs.fileno())
            except BaseException:
                ours.close()
                raise
        return cls(ours, child)

    def confine(self, policy: SandboxPolicy) -> None:
        """Have the worker lock itself in as soon as it is booted.

        Without this call it does so before its first use, with every layer. A second call changes
        nothing, for there is no way back.
        """
        if self._confined:
            return
        self._confined = True
        # A worker that is gone is found out by whoever waits for its answer.
        with contextlib.suppress(Stopped):
            self._connection.send(protocol.Confine(full=policy != "off"))

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._child.pid

    @property
    def engine(self) -> str:
        """Name and version of what runs the code; see `api.Realm`. Waits for the boot."""
        return self._await_ready().engine

    @property
    def sandbox(self) -> dict[str, str]:
        """Each sandbox layer of the worker: `on`, or `off: reason`. Waits for the boot."""
        return dict(self._await_ready().sandbox)

    def open(self, config: RealmConfig) -> None:
        """Make the realm as `config` says; once, before the first execution.

        Returns when the worker has been told; whoever uses the realm next meets the answer. Raises
        `WorkerDied`.
        """
        self.settle()
        self.is_used = True
        self._tell(protocol.Open(config))
        self._is_opening = True

    def execute(
        self,
        job: Job,
        source: Source,
        host: Host,
        unwanted: Callable[[], bool] | None = None,
    ) -> Result:
        """Run a job to its end; see `api.Realm`. Raises `WorkerDied`."""
        observer = Observer(job.limits, source, host)
        oversized = observer.check_source(len(job.text.encode("utf-8", "surrogatepass")))
        if oversized is not None:
            return Result(Outcome("limit", limit=oversized), (), {}, 0, 0)
        if not self._is_opening:
            self.settle()
        start = monotonic_us()
        with self._state:
            self._cancelled = False
            if unwanted is not None and unwanted():
                return Result(Outcome("cancelled"), (), {}, 0, 0)
            self._running = True
        try:
            done = self._converse(job, observer, start)
        except Stopped as stop:
            return self._stopped(stop, observer, start)
        except BaseException:
            # The source or the host broke: the worker waits for an answer that will not come.
            self.close()
            raise
        finally:
            with self._state:
                self._running = False
                cancelled = self._cancelled
        if cancelled:
            return self._stopped(Stopped("cancelled"), observer, start)
        return Result(
            outcome=observer.outcome(done),
            clock=done.clock,
            deps=done.deps,
            duration_us=monotonic_us() - start,
            cpu_us=done.cpu_us,
        )

    def is_alive(self) -> bool:
        """Return whether the worker waits for a job; see `api.Realm`."""
        try:
            self.settle()
        except WorkerDied:
            return False
        # Nothing is to come from an idle worker but its end.
        return not self._closed and not self._connection.is_readable()

    def fork(self) -> WorkerRealm:
        """Return an independent copy of the realm as it is now. Raises `WorkerDied`."""
        return self.begin_fork().finish()

    def begin_fork(self) -> ForkingWorker:
        """Ask for an independent copy and return at once; see `api.Realm`. Raises `WorkerDied`."""
        if not self.is_alive():
            raise WorkerDied(self._child.death(), Outcome("error"))
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self._connection.send(protocol.Fork(), theirs.fileno())
        except BaseException as error:
            ours.close()
            if isinstance(error, Stopped):
                raise WorkerDied(self._child.death(), Outcome("error")) from error
            raise
        self._forking = ForkingWorker(self, ours)
        return self._forking

    def settle(self) -> None:
        """Wait for the boot, and for what was asked of the worker. Raises `WorkerDied`."""
        self._await_ready()
        if self._is_opening:
            self._expect(protocol.Opened)
            self._is_opening = False
        if self._forking is None:
            return
        try:
            self._forking.answer = self._expect(protocol.Forked)
        except WorkerDied:
            self._forking = None
            raise
        self._forking = None

    def forked(self, sock: socket.socket, forking: ForkingWorker) -> WorkerRealm:
        """Return the copy at the other end of `sock`; used by `forking` alone.

        Raises `WorkerDied`, and ends this worker when it told of a process that is not its own.
        """
        if forking is self._forking:
            self.settle()
        answer = forking.answer
        if answer is None or answer.pid is None:
            raise WorkerDied("it could not be forked", Outcome("error"))
        try:
            realm = WorkerRealm(sock, self._child.forked(answer.pid))
        except ProcessLookupError:
            raise WorkerDied("its copy has ended", Outcome("error")) from None
        except NotOurs as error:
            self._child.kill()
            raise WorkerDied(str(error), Outcome("error")) from error
        realm._confined, realm._ready = True, self._ready
        realm.is_used = self.is_used
        realm._hand_figures()
        return realm

    def cancel(self) -> None:
        """Stop the running execution at once; does nothing when none is running.

        Safe from another thread and from a signal handler.
        """
        with self._state:
            if self._running and not self._closed:
                self._cancelled = True
                self._child.kill()

    def close(self) -> None:
        """End the worker; closing twice is fine."""
        with self._state:
            if self._closed:
                return
            self._closed = True
            self._child.close()
            self._connection.close()
        self._child.wait()

    def __enter__(self) -> WorkerRealm:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _converse(self, job: Job, observer: Observer, start: int) -> protocol.Done:
        """Send the job and serve the worker until it is done. Raises `Stopped`."""
        limits = job.limits
        self._cpu_start = cpu_start = self._child.cpu_ms()
        self._connection.send(protocol.Run(job))
        while True:
            spent = (monotonic_us() - start) // 1000
            left = limits.wall_ms + GRACE_MS - spent
            if left <= 0:
                raise Stopped("wall time", LimitHit("wall_ms", limits.wall_ms, spent))
            if cpu_start is not None:
                cpu = (self._child.cpu_ms() or cpu_start) - cpu_start
                if cpu >= limits.cpu_ms + GRACE_MS // 2:
                    raise Stopped("cpu time", LimitHit("cpu_ms", limits.cpu_ms, cpu))
                left = min(left, limits.cpu_ms + GRACE_MS // 2 - cpu)
            frame = self._next(left)
            if frame is None:
                continue
            if isinstance(frame, protocol.Done):
                return frame
            if isinstance(frame, protocol.Hit):
                limit = LimitHit(frame.name, frame.allowed, frame.used)
                raise Stopped(frame.name, limit, frame.cpu_us)
            if isinstance(frame, protocol.Crash):
                raise Stopped(frame.text)
            try:
                answer, hit = observer.serve(frame)
            except protocol.ProtocolError as error:
                raise Stopped(f"protocol violation: {error}") from error
            if hit is not None:
                raise Stopped(hit.name, hit)
            if answer is not None:
                self._connection.send(answer)

    def _next(self, timeout_ms: int) -> protocol.WorkerFrame | None:
        """Return the next frame of a job, or None when there is none yet. Raises `Stopped`."""
        frame = self._connection.receive(timeout_ms)
        if self._is_opening and isinstance(frame, protocol.Opened):
            self._is_opening = False
            return None
        return frame

    def _stopped(self, stop: Stopped, observer: Observer, start: int) -> Result:
        """Turn the end of a worker into a result; raises `WorkerDied` when it was its own."""
        cpu_us = self._cpu_us(stop)
        if stop.hit is None and not self._cancelled:
            reason = self._child.death() if stop.reason == "closed" else stop.reason
            if reason != "SIGPROF":
                self.close()
                raise WorkerDied(reason, observer.partial("error"))
            limit = observer.limits.cpu_ms
            stop.hit = LimitHit("cpu_ms", limit, limit + GRACE_MS)
        self.close()
        duration = monotonic_us() - start
        outcome = observer.partial("cancelled" if self._cancelled else "limit", stop.hit)
        return Result(outcome, (), observer.deps, duration, cpu_us, intact=False)

    def _cpu_us(self, stop: Stopped) -> int:
        """Return the processor time of what was stopped: 0 where nobody can tell any more."""
        if stop.cpu_us is not None:
            return max(0, stop.cpu_us)
        now = self._child.cpu_ms()
        return 0 if now is None or self._cpu_start is None else (now - self._cpu_start) * 1000

    def _await_ready(self) -> protocol.Ready:
        if self._ready is None:
            if not self._confined:
                self.confine("auto")
            self._ready = self._expect(protocol.Ready)
        return self._ready

    def _hand_figures(self) -> None:
        """Give a fork the figures of its memory, which it cannot open itself.

        Where that fails it goes by its peak.
        """
        with contextlib.suppress(OSError, Stopped):
            statm = os.open(f"/proc/{self.pid}/statm", os.O_RDONLY | os.O_CLOEXEC)
            try:
                self._connection.send(protocol.Figures(), statm)
            finally:
                os.close(statm)

    def _tell(self, frame: protocol.ParentFrame) -> None:
        try:
            self._connection.send(frame)
        except Stopped as stop:
            raise WorkerDied(self._child.death(), Outcome("error")) from stop

    def _expect(self, kind: type[_F]) -> _F:
        """Return the next frame, which must be of `kind`. Raises `WorkerDied`."""
        try:
            frame = self._connection.receive(_PATIENCE_MS)
        except Stopped as stop:
            reason = self._child.death() if stop.reason == "closed" else stop.reason
            raise WorkerDied(reason, Outcome("error")) from stop
        if isinstance(frame, kind):
            return frame
        if isinstance(frame, protocol.Crash):
            reason = frame.text
        else:
            reason = "no answer" if frame is None else f"unexpected {type(frame).__name__} frame"
        self._child.kill()
        raise WorkerDied(reason, Outcome("error"))
