"""The parent's side of a realm: starts the worker process, talks to it, and ends it.

A `WorkerRealm` is the `api.Realm` that the rest of vmgit uses. It keeps the hard limits (the
worker's own are soft) and builds the trace as it arrives, so that what was observed before a kill
is never lost. This module must not import dukpy or tree-sitter: they belong to the worker.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import threading
from types import TracebackType
from typing import TypeVar

from vmgit.clock import monotonic_us
from vmgit.engine import launch, protocol
from vmgit.engine.api import Host, Job, RealmConfig, Result, Source, WorkerDied
from vmgit.engine.observer import Observer
from vmgit.outcome import LimitHit, Outcome
from vmgit.settings import SandboxPolicy

#: How long past a soft limit the worker may live, ms.
GRACE_MS = 1000
#: How long a started worker may take to boot or to fork, ms.
_PATIENCE_MS = 60_000

_F = TypeVar("_F", bound=protocol.WorkerFrame)


class _Stopped(Exception):
    """The execution must end now: the worker is gone, or is to be killed, for `hit`."""

    def __init__(self, reason: str, hit: LimitHit | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hit = hit


class WorkerRealm:
    """One realm in one worker process; made by `spawn` or `fork`, then `open`ed once."""

    def __init__(
        self, sock: socket.socket, pid: int, process: subprocess.Popen[bytes] | None
    ) -> None:
        self._sock = sock
        self._pid = pid
        self._process = process
        self._pidfd = launch.pidfd(pid)
        self._frames = protocol.FrameBuffer(protocol.MAX_FROM_WORKER)
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)
        # Re-entrant, because a signal handler of the same thread may cancel.
        self._state = threading.RLock()
        self._running = False
        self._cancelled = False
        self._closed = False
        self._confined = False
        self._ready: protocol.Ready | None = None

    @classmethod
    def spawn(cls) -> WorkerRealm:
        """Start a worker and return at once, while it boots."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = launch.start(theirs.fileno())
            except BaseException:
                ours.close()
                raise
        return cls(ours, process.pid, process)

    def confine(self, policy: SandboxPolicy) -> None:
        """Have the worker lock itself in as soon as it is booted.

        Without this call it does so before its first use, with every layer. A second call changes
        nothing, for there is no way back.
        """
        if self._confined:
            return
        self._confined = True
        # A worker that is gone is found out by whoever waits for its answer.
        with contextlib.suppress(_Stopped):
            self._send(protocol.Confine(full=policy != "off"))

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._pid

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

        Raises `WorkerDied`.
        """
        self._await_ready()
        self._request(protocol.Open(config), protocol.Opened)

    def execute(self, job: Job, source: Source, host: Host) -> Result:
        """Run a job to its end; see `api.Realm`. Raises `WorkerDied`."""
        observer = Observer(job.limits, source, host)
        oversized = observer.check_source(len(job.text.encode("utf-8", "surrogatepass")))
        if oversized is not None:
            return Result(Outcome("limit", limit=oversized), (), {}, 0, 0)
        self._await_ready()
        start = monotonic_us()
        with self._state:
            self._running = True
            self._cancelled = False
        try:
            done = self._converse(job, observer, start)
        except _Stopped as stop:
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
            return self._stopped(_Stopped("cancelled"), observer, start)
        return Result(
            outcome=observer.outcome(done),
            clock=done.clock,
            deps=done.deps,
            duration_us=monotonic_us() - start,
            cpu_us=done.cpu_us,
        )

    def fork(self) -> WorkerRealm:
        """Return an independent copy of the realm as it is now. Raises `WorkerDied`."""
        ready = self._await_ready()
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                frame = protocol.encode(protocol.Fork())
                try:
                    socket.send_fds(self._sock, [frame], [theirs.fileno()])
                except OSError as error:
                    raise WorkerDied(self._death(), Outcome("error")) from error
            forked = self._expect(protocol.Forked)
            if not launch.is_child(forked.pid, self._pid):
                self._kill()
                raise WorkerDied(f"it claims to have forked process {forked.pid}", Outcome("error"))
            child = WorkerRealm(ours, forked.pid, None)
        except BaseException:
            ours.close()
            raise
        child._confined, child._ready = True, ready
        child._hand_figures()
        return child

    def cancel(self) -> None:
        """Stop the running execution at once; does nothing when none is running.

        Safe from another thread and from a signal handler.
        """
        with self._state:
            if self._running and not self._closed:
                self._cancelled = True
                self._kill()

    def close(self) -> None:
        """End the worker; closing twice is fine."""
        with self._state:
            if self._closed:
                return
            self._closed = True
            self._kill()
            self._sock.close()
            if self._pidfd is not None:
                os.close(self._pidfd)
                self._pidfd = None
        if self._process is not None:
            self._process.wait()

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
        """Send the job and serve the worker until it is done. Raises `_Stopped`."""
        limits = job.limits
        cpu_start = self._cpu_ms()
        self._send(protocol.Run(job))
        while True:
            spent = (monotonic_us() - start) // 1000
            left = limits.wall_ms + GRACE_MS - spent
            if left <= 0:
                raise _Stopped("wall time", LimitHit("wall_ms", limits.wall_ms, spent))
            if cpu_start is not None:
                cpu = (self._cpu_ms() or cpu_start) - cpu_start
                if cpu >= limits.cpu_ms + GRACE_MS // 2:
                    raise _Stopped("cpu time", LimitHit("cpu_ms", limits.cpu_ms, cpu))
                left = min(left, limits.cpu_ms + GRACE_MS // 2 - cpu)
            frame = self._receive(left)
            if frame is None:
                continue
            if isinstance(frame, protocol.Done):
                return frame
            if isinstance(frame, protocol.Hit):
                raise _Stopped(frame.name, LimitHit(frame.name, frame.allowed, frame.used))
            if isinstance(frame, protocol.Crash):
                raise _Stopped(frame.text)
            try:
                answer, hit = observer.serve(frame)
            except protocol.ProtocolError as error:
                raise _Stopped(f"protocol violation: {error}") from error
            if hit is not None:
                raise _Stopped(hit.name, hit)
            if answer is not None:
                self._send(answer)

    def _stopped(self, stop: _Stopped, observer: Observer, start: int) -> Result:
        """Turn the end of a worker into a result; raises `WorkerDied` when it was its own."""
        cpu_ms = self._cpu_ms() or 0
        if stop.hit is None and not self._cancelled:
            reason = self._death() if stop.reason == "closed" else stop.reason
            if reason != "SIGPROF":
                self.close()
                raise WorkerDied(reason, observer.partial("error"))
            limit = observer.limits.cpu_ms
            stop.hit = LimitHit("cpu_ms", limit, limit + GRACE_MS)
        self.close()
        duration = monotonic_us() - start
        outcome = observer.partial("cancelled" if self._cancelled else "limit", stop.hit)
        return Result(outcome, (), observer.deps, duration, cpu_ms * 1000, intact=False)

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
        with contextlib.suppress(OSError):
            statm = os.open(f"/proc/{self._pid}/statm", os.O_RDONLY | os.O_CLOEXEC)
            try:
                socket.send_fds(self._sock, [protocol.encode(protocol.Figures())], [statm])
            finally:
                os.close(statm)

    def _request(self, frame: protocol.ParentFrame, kind: type[_F]) -> _F:
        try:
            self._send(frame)
        except _Stopped as stop:
            raise WorkerDied(self._death(), Outcome("error")) from stop
        return self._expect(kind)

    def _expect(self, kind: type[_F]) -> _F:
        """Return the next frame, which must be of `kind`. Raises `WorkerDied`."""
        try:
            frame = self._receive(_PATIENCE_MS)
        except _Stopped as stop:
            reason = self._death() if stop.reason == "closed" else stop.reason
            raise WorkerDied(reason, Outcome("error")) from stop
        if isinstance(frame, kind):
            return frame
        if isinstance(frame, protocol.Crash):
            reason = frame.text
        else:
            reason = "no answer" if frame is None else f"unexpected {type(frame).__name__} frame"
        self._kill()
        raise WorkerDied(reason, Outcome("error"))

    def _send(self, frame: protocol.ParentFrame) -> None:
        try:
            self._sock.sendall(protocol.encode(frame))
        except OSError as error:
            # A worker that hit a limit meanwhile has said so before it went.
            if self._closed or not self._readable():
                raise _Stopped("closed") from error

    def _readable(self) -> bool:
        return bool(self._poll.poll(0))

    def _receive(self, timeout_ms: int) -> protocol.WorkerFrame | None:
        """Return the next frame, or None after `timeout_ms`. Raises `_Stopped`."""
        try:
            body = self._frames.take()
            if body is None:
                if self._closed:
                    raise _Stopped("closed")
                if not self._poll.poll(max(timeout_ms, 1)):
                    return None
                try:
                    data = self._sock.recv(1 << 18)
                except ConnectionResetError:
                    data = b""
                if not data:
                    raise _Stopped("closed")
                self._frames.feed(data)
                body = self._frames.take()
            return None if body is None else protocol.decode_from_worker(body)
        except protocol.ProtocolError as error:
            raise _Stopped(f"protocol violation: {error}") from error

    def _kill(self) -> None:
        """Send SIGKILL; the descriptor of the process makes sure that it is still this one."""
        with contextlib.suppress(ProcessLookupError):
            if self._pidfd is not None:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            elif self._process is not None:
                self._process.kill()
            elif not self._closed or self._sock.fileno() >= 0:
                os.kill(self._pid, signal.SIGKILL)

    def _death(self) -> str:
        """Return how the worker ended: a signal's name, an exit status, or what is known."""
        self._kill()
        if self._process is None:
            return "the worker's connection closed"
        code = self._process.wait()
        if code < 0:
            with contextlib.suppress(ValueError):
                return signal.Signals(-code).name
        return f"exit status {code}"

    def _cpu_ms(self) -> int | None:
        return launch.cpu_ms(self._pid) if self._pidfd is not None else None
