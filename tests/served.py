"""A real server of a workspace, started as people start it, and gone when the block ends."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workspaces import TIMEOUT, Folder

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
        _gone(self.folder)


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
        if holder(lock_path(state_dir(folder))) is not None:
            with contextlib.suppress(ProcessLookupError):
                # Twice: whatever a test left running is cancelled.
                os.kill(record["pid"], signal.SIGTERM)
                os.kill(record["pid"], signal.SIGINT)
            _gone(folder)


def _gone(folder: Folder) -> None:
    deadline = time.monotonic() + TIMEOUT
    while holder(lock_path(state_dir(folder))) is not None:
        assert time.monotonic() < deadline, "the server does not end"
        time.sleep(0.01)
