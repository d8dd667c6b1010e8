"""The limits that a worker puts on itself while foreign code runs.

Timers interrupt it and a data limit starves it; either way the worker says which limit was hit and
ends, for a realm that was interrupted anywhere is not used again. These limits are soft, because
some natives never poll: the parent kills at the deadline plus grace, and a kernel timer ends a
worker that no parent watches any more. This module knows nothing of JavaScript.
"""

from __future__ import annotations

import os
import re
import resource
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from vmgit.limits import Limits

#: A worker that spins in a native that never polls is ended by the kernel so long after, s.
_KERNEL_GRACE = 1.0
#: How often a running worker looks whether its parent is still there, s.
_TICK = 0.25
_PAGE_KB = resource.getpagesize() // 1024
_PEAK = re.compile(rb"VmHWM:\s*(\d+) kB")
_UNLIMITED = resource.RLIM_INFINITY


class Guard:
    """Arms and disarms the limits of an execution; `end(name, allowed, used)` must not return."""

    def __init__(self, end: Callable[[str, int, int], None], orphaned: Callable[[], bool]) -> None:
        self._end = end
        self._orphaned = orphaned
        self._limits = Limits()
        self._armed = False
        self._busy = False
        self._pending: str | None = None
        self._start = 0.0
        self._cpu_start = 0.0
        self._statm, self._status = _open("statm"), _open("status")
        self._is_fork = False
        self._base_kb = 0
        self._base_anonymous_kb = 0
        self._base_file_kb = 0
        signal.signal(signal.SIGALRM, self._on_signal)
        signal.signal(signal.SIGVTALRM, self._on_signal)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)

    def settle(self) -> None:
        """Take the memory of the booted realm as the base that sessions do not pay for."""
        _forget_peak()
        self._base_kb = self._data_kb()
        self._base_file_kb = self._memory(2)
        self._base_anonymous_kb = self._peak_kb() - self._base_file_kb

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The open descriptors that the guard needs."""
        return tuple(found for found in (self._statm, self._status) if found >= 0)

    def forked(self) -> None:
        """Let go of the parent's figures, in a child, which can open nothing.

        `measure_by` brings its own. Until then, and without them, it knows its peak, which
        getrusage(2) tells truly of a fork, and the data limit holds all the same.
        """
        for descriptor in self.descriptors:
            os.close(descriptor)
        self._statm = self._status = -1
        self._is_fork = True

    def measure_by(self, statm: int) -> None:
        """Take this process's own figures from the descriptor `statm`."""
        if self._statm >= 0:
            os.close(self._statm)
        self._statm = statm

    def arm(self, limits: Limits) -> None:
        """Put the limits into force."""
        self._limits = limits
        self._pending = None
        self._start = time.monotonic()
        self._cpu_start = time.process_time()
        self._armed = True
        wall, cpu = limits.wall_ms / 1000, limits.cpu_ms / 1000
        signal.setitimer(signal.ITIMER_REAL, min(wall, _TICK), _TICK)
        signal.setitimer(signal.ITIMER_VIRTUAL, cpu, 0.05)
        signal.setitimer(signal.ITIMER_PROF, cpu + _KERNEL_GRACE)

    def starve(self) -> None:
        """Put the memory limit into force; `arm` leaves it off, because parsers need their own."""
        if self._base_kb:
            allowed = (self._base_kb + self._limits.memory_mb * 1024) * 1024
            resource.setrlimit(resource.RLIMIT_DATA, (allowed, _UNLIMITED))

    @contextmanager
    def own_memory(self) -> Iterator[None]:
        """While our own Python code works on the realm's behalf: its memory is not the realm's."""
        before = self._data_kb()
        self.lift_memory()
        try:
            yield
        finally:
            self._base_kb += max(self._data_kb() - before, 0)
            self.starve()

    def disarm(self) -> None:
        """Lift the limits; reports memory that came too near to its limit."""
        for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
            signal.setitimer(timer, 0)
        self._armed = False
        self.lift_memory()
        if self._pending is not None:
            self._report(self._pending)
        used = self.memory_used_kb()
        if used > self._limits.memory_mb * 1024 * 0.9:
            self._end("memory_mb", self._limits.memory_mb, used // 1024)

    def out_of_memory(self) -> None:
        """Report that the engine could not allocate. Does not return."""
        self.lift_memory()
        used = max(self.memory_used_kb() // 1024, self._limits.memory_mb)
        self._end("memory_mb", self._limits.memory_mb, used)

    def lift_memory(self) -> None:
        """Lift the data limit, so that Python can report what happened."""
        resource.setrlimit(resource.RLIMIT_DATA, (_UNLIMITED, _UNLIMITED))

    def memory_used_kb(self) -> int:
        """Return the most memory that the realm is known to have held beyond its boot, KiB."""
        # A fork maps the pages of programs and libraries only as it comes to them: they are none
        # of the realm's, however many there are.
        base_kb = self._base_anonymous_kb + (self._memory(2) or self._base_file_kb)
        return max(self._data_kb() - self._base_kb, self._peak_kb() - base_kb)

    def memory_held_kb(self) -> int:
        """Return the memory that the realm holds now beyond its boot, KiB; 0 without figures."""
        return max(self._data_kb() - self._base_kb, 0)

    def memory_is_short(self) -> bool:
        """Return whether so much is used that an error without a name means it ran out."""
        return self.memory_used_kb() > self._limits.memory_mb * 512

    def cpu_us(self) -> int:
        """Return the CPU time since `arm`, microseconds."""
        return int((time.process_time() - self._cpu_start) * 1e6)

    def begin_write(self) -> None:
        """Hold back the end while a frame is being written, lest it be torn."""
        self._busy = True

    def end_write(self) -> None:
        """Allow the end again, and come to it if it is due."""
        self._busy = False
        if self._pending is not None and self._armed:
            self._report(self._pending)

    def _on_signal(self, number: int, frame: object) -> None:
        if not self._armed:
            return
        if number == signal.SIGVTALRM:
            name = "cpu_ms"
        elif time.monotonic() - self._start >= self._limits.wall_ms / 1000:
            name = "wall_ms"
        else:
            left = self._start + self._limits.wall_ms / 1000 - time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, max(min(left, _TICK), 0.001), _TICK)
            if self._orphaned():
                os._exit(0)
            return
        if self._busy:
            self._pending = self._pending or name
        else:
            self._report(name)

    def _report(self, name: str) -> None:
        self._armed = False
        self.lift_memory()
        if name == "cpu_ms":
            # The timer counts in ticks of the scheduler and may be ahead of the exact figure.
            used = max(self.cpu_us() // 1000, self._limits.cpu_ms)
            self._end(name, self._limits.cpu_ms, used)
        else:
            used = int((time.monotonic() - self._start) * 1000)
            self._end(name, self._limits.wall_ms, used)

    def _data_kb(self) -> int:
        return self._memory(5)

    def _peak_kb(self) -> int:
        if self._is_fork:
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        # Not ru_maxrss, which outlives exec: it begins with the peak of whoever started this one.
        if self._status < 0:
            return 0
        found = _PEAK.search(os.pread(self._status, 4096, 0))
        return int(found[1]) if found else 0

    def _memory(self, field: int) -> int:
        if self._statm < 0:
            return 0
        return int(os.pread(self._statm, 200, 0).split()[field]) * _PAGE_KB


def _open(name: str) -> int:
    """Return a descriptor of the process's own figures; -1 where the system has none."""
    try:
        return os.open(f"/proc/self/{name}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1


def _forget_peak() -> None:
    """Start the kernel's peak of resident memory again from what is resident now (Linux)."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        # Not Linux, or not allowed: the peak of the boot then hides that much of a session's.
        return


def peer_is_gone(descriptor: int) -> bool:
    """Return whether nobody holds the other end of a connected socket any more."""
    poller = select.poll()
    poller.register(descriptor, 0)
    return bool(poller.poll(0))
