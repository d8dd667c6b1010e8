"""A worker's process, seen from outside: ended, waited for and measured, and never another one.

On Linux a descriptor of the process makes sure of that, however its number is used again. How a
worker is started is the business of `launch`, what is said to it of `process`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess

from vmgit.engine import launch


class NotOurs(Exception):
    """A worker named a process that does not descend from it."""


class Child:
    """The process of one worker: started here, or forked from one that was."""

    def __init__(
        self, pid: int, process: subprocess.Popen[bytes] | None, session: int, pidfd: int | None
    ) -> None:
        self.pid = pid
        self._process = process
        # The worker that was started leads the session that its forks are in.
        self._session = session
        self._pidfd = pidfd
        self._closed = False

    @classmethod
    def start(cls, descriptor: int) -> Child:
        """Start a worker on the socket `descriptor`."""
        process = launch.start(descriptor)
        return cls(process.pid, process, process.pid, launch.pidfd(process.pid))

    def forked(self, pid: int) -> Child:
        """Return the process `pid`, which this one says that it forked.

        Raises `ProcessLookupError` when it has ended and `NotOurs` when that is not true.
        """
        pidfd = launch.pidfd(pid)
        if launch.descends(pid, self._session):
            return Child(pid, None, self._session, pidfd)
        if pidfd is not None:
            os.close(pidfd)
        raise NotOurs(f"it claims to have forked process {pid}")

    def kill(self) -> None:
        """Send SIGKILL."""
        with contextlib.suppress(ProcessLookupError):
            if self._pidfd is not None:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            elif self._process is not None:
                self._process.kill()
            elif not self._closed:
                os.kill(self.pid, signal.SIGKILL)

    def death(self) -> str:
        """End it and return how it ended: a signal's name, an exit status, or what is known."""
        self.kill()
        if self._process is None:
            return "the worker's connection closed"
        code = self._process.wait()
        if code < 0:
            with contextlib.suppress(ValueError):
                return signal.Signals(-code).name
        return f"exit status {code}"

    def cpu_ms(self) -> int | None:
        """Return the CPU time it has used, ms; None where the system does not tell."""
        return launch.cpu_ms(self.pid) if self._pidfd is not None else None

    def close(self) -> None:
        """End it and let go of it."""
        self.kill()
        self._closed = True
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None

    def wait(self) -> None:
        """Wait until it has ended, if it was started here; forks are nobody's to wait for."""
        if self._process is not None:
            self._process.wait()
