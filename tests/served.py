"""A real server of a workspace, started as people start it, and gone when the block ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workspaces import TIMEOUT, Done, Folder

from vmgit.hostlock import holder
from vmgit.serving.record import lock_path


@dataclass(frozen=True)
class Served:
    """A running server."""

    folder: Folder
    record: dict[str, Any]

    @property
    def pid(self) -> int:
        """Its process."""
        pid = self.record["pid"]
        assert isinstance(pid, int)
        return pid

    @property
    def log(self) -> str:
        """What it has logged."""
        return (state_dir(self.folder) / "server.log").read_text("utf-8")

    def kill(self) -> None:
        """Kill -9, and wait until the kernel has taken everything back."""
        os.kill(self.pid, signal.SIGKILL)
        _wait(self.folder)


def state_dir(folder: Folder) -> Path:
    """Return where the workspace's repository has vmgit's files."""
    return folder.root / ".git" / "vmgit"


@contextlib.contextmanager
def served(folder: Folder, *options: str) -> Iterator[Served]:
    """Serve a workspace for the length of the block."""
    record = folder.fine("serve", "--detach", "--json", *options).json
    try:
        yield Served(folder, record)
    finally:
        if not gone(folder):
            with contextlib.suppress(ProcessLookupError):
                # Twice: whatever a test left running is cancelled.
                os.kill(record["pid"], signal.SIGTERM)
                os.kill(record["pid"], signal.SIGINT)
            _wait(folder)


def gone(folder: Folder) -> bool:
    """Return whether no server runs for the workspace's repository."""
    return holder(lock_path(state_dir(folder))) is None


def statuses(folder: Folder) -> list[str]:
    """Return how the executions of a workspace ended, the newest first."""
    return [one["status"] for one in folder.fine("exec", "list", "--json").json]


def ended(process: subprocess.Popen[str], number: int) -> Done:
    """Send a process a signal and wait for its end."""
    process.send_signal(number)
    out, err = process.communicate(timeout=TIMEOUT)
    return Done(process.returncode, out, err)


def _wait(folder: Folder) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not gone(folder):
        assert time.monotonic() < deadline, "the server does not end"
        time.sleep(0.01)
