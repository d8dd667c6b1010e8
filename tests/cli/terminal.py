"""Runs a command on a pseudo-terminal, as a person sees it, and cuts down time with deadlines."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

#: Long enough for a loaded machine; whatever needs it has hung.
PATIENCE = 60.0


def until(what: Callable[[], object]) -> None:
    """Wait until `what` gives something true."""
    eventually(what, "it never came to be")


def eventually(what: Callable[[], object], why: str) -> None:
    """Wait until `what` gives something true; fail saying `why` when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, why
        time.sleep(0.01)


class Terminal:
    """`vmgit ARGUMENTS` on a terminal of its own, which Ctrl-C reaches as it does a real one."""

    def __init__(
        self, arguments: Sequence[str], cwd: Path, *, columns: int = 80, **env: str
    ) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "vmgit", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env={**kept, "TERM": "xterm-256color", **env},
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(slave)
        self.shown = ""

    def wait_for(self, text: str) -> None:
        """Read until `text` was shown."""
        eventually(lambda: self._read() and text in self.shown, f"{text!r} not in {self.shown!r}")

    def press_ctrl_c(self) -> None:
        """Press Ctrl-C: the terminal sends SIGINT to everything in the foreground."""
        os.write(self._master, b"\x03")

    def end(self) -> int:
        """Wait for the end and return the exit status."""
        deadline = time.monotonic() + PATIENCE
        while self._read() and time.monotonic() < deadline:
            pass
        os.close(self._master)
        return self.process.wait(PATIENCE)

    def _read(self) -> bool:
        """Read what there is within a moment; False at the end."""
        if not select.select([self._master], [], [], 0.1)[0]:
            return True
        try:
            data = os.read(self._master, 65536)
        except OSError:  # EIO: nobody holds the other side any more
            return False
        self.shown += data.decode().replace("\r\n", "\n")
        return bool(data)


def seen(arguments: Sequence[str], cwd: Path, *, columns: int = 80, **env: str) -> str:
    """Return all that a command shows on a terminal."""
    terminal = Terminal(arguments, cwd, columns=columns, **env)
    terminal.end()
    return terminal.shown


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
