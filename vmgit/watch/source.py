"""The parent's handle of the watcher process.

It starts the process, starts it again when it dies, and turns its lines into messages for a loop
that waits with select or poll. It must not import watchdog: only the process does.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self

from vmgit.watch.messages import Degraded, Message, Recovered, Rescan, Started, decode

Mode = Literal["auto", "events", "polling"]

#: A watcher that died is started again at most this often ...
MOST_STARTS = 4
#: ... in this many seconds.
STARTS_WINDOW = 60.0


class WatchSource:
    """Watches a worktree in a process of its own.

    Wait for `fileno()` to be readable, then call `read()`. The first message is `Started`; what
    changed before it is not reported. Use it in a `with` statement or call `close()`.
    """

    def __init__(
        self, worktree: Path, git_dir: Path, common_dir: Path, *, mode: Mode = "auto"
    ) -> None:
        """Start watching.

        `git_dir` is the worktree's own Git directory (HEAD, index), `common_dir` the one that all
        worktrees share (refs); in the main worktree both are the same. `mode` `polling` looks once
        a second and needs no events from the kernel; `auto` does so when there are none.
        """
        self._paths = [os.path.realpath(path) for path in (worktree, git_dir, common_dir)]
        self._mode = mode
        # Its descriptor stays the same when the process, and so the pipe, is another one.
        self._selector = selectors.DefaultSelector()
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._rest = b""
        self._starts: deque[float] = deque(maxlen=MOST_STARTS)
        self._died = False
        #: Whether a `Started` was given out: it comes once, however often the process starts.
        self._told = False
        self._start()

    @property
    def pid(self) -> int | None:
        """The id of the watcher process, None while there is none."""
        return self._process.pid if self._process else None

    def fileno(self) -> int:
        """Return a descriptor that is readable when `read()` has something; it never changes."""
        return self._selector.fileno()

    def read(self) -> list[Message]:
        """Return the messages that have arrived, without waiting.

        When the process died, a `Degraded` and a `Rescan` say so and it is started again; once it
        watches, a second `Rescan` covers the time between, and `Recovered` follows. After
        too many deaths it stays down for a while: call `read()` now and then to let it try again.
        """
        if self._process is None:
            if len(self._starts) < MOST_STARTS or self._starts_elapsed():
                self._start()
            return []
        assert self._process.stdout is not None
        messages: list[Message] = []
        while True:
            try:
                data = os.read(self._process.stdout.fileno(), 1 << 16)
            except BlockingIOError:
                return messages
            if not data:
                return messages + self._bury()
            *lines, self._rest = (self._rest + data).split(b"\n")
            for line in lines:
                messages += self._understood(decode(line))

    def close(self) -> None:
        """End the process: ask, wait, terminate, wait, kill."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            assert process.stdout is not None
            self._selector.unregister(process.stdout)
            process.stdin.close()
            process.stdout.close()
            for harder in (process.terminate, process.kill):
                try:
                    process.wait(1.0)
                    break
                except subprocess.TimeoutExpired:
                    harder()
            process.wait()
        if self._errors is not None:
            self._errors.close()
            self._errors = None
        self._selector.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self) -> None:
        self._starts.append(time.monotonic())
        self._rest = b""
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by _bury and close)
        # -P: nothing in the current directory may pass for a module of ours. A process group of
        # its own: the terminal's Ctrl-C is for the parent.
        command = [sys.executable, "-P", "-m", "vmgit.watch.child", f"--mode={self._mode}"]
        self._process = subprocess.Popen(
            [*command, *self._paths],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            bufsize=0,
            cwd="/",
            process_group=0,
        )
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)
        self._selector.register(self._process.stdout, selectors.EVENT_READ)

    def _understood(self, message: Message) -> list[Message]:
        if not isinstance(message, Started):
            return [message]
        died, self._died = self._died, False
        first, self._told = not self._told, True
        messages: list[Message] = [message] if first else []
        if died:
            messages += [Rescan("the watcher was started again"), Recovered()]
        return messages

    def _bury(self) -> list[Message]:
        """Clear away the process that ended and start another one if that may help."""
        process, errors = self._process, self._errors
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        assert errors is not None
        self._selector.unregister(process.stdout)
        process.stdin.close()
        process.stdout.close()
        process.kill()  # its output has ended, so it is of no use any more
        status = process.wait()
        errors.seek(0)
        lines = errors.read().decode(errors="replace").split("\n")
        said = next((line for line in reversed(lines) if line.strip()), f"status {status}")
        errors.close()
        self._process = self._errors = None
        self._died = True
        reason = f"the watcher died ({said.strip()})"
        if len(self._starts) < MOST_STARTS or self._starts_elapsed():
            self._start()
        else:
            reason += f" {MOST_STARTS} times within {STARTS_WINDOW:.0f} s"
        return [Degraded(reason), Rescan(reason)]

    def _starts_elapsed(self) -> bool:
        return time.monotonic() - self._starts[0] > STARTS_WINDOW
