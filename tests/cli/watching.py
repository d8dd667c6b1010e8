"""`vmgit watch` in the background, read line by line with a deadline."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from workspaces import Done, Folder

from .terminal import PATIENCE


class Watching:
    """A running `vmgit watch`; whatever a test leaves of it is ended with the block."""

    def __init__(self, folder: Folder, *options: str) -> None:
        self.folder = folder
        self.process = folder.start("watch", *options)
        self._rest = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def line(self) -> str:
        """Return the next line, waiting for it."""
        assert self.process.stdout is not None
        descriptor = self.process.stdout.fileno()
        deadline = time.monotonic() + PATIENCE
        while "\n" not in self._rest:
            assert time.monotonic() < deadline, f"no line came; begun: {self._rest!r}"
            if select.select([descriptor], [], [], 0.5)[0]:
                data = os.read(descriptor, 65536).decode()
                assert data, f"watch ended: {self.process.stderr and self.process.stderr.read()}"
                self._rest += data
        line, _, self._rest = self._rest.partition("\n")
        return line

    def document(self) -> Any:
        """Return the next line, which is one of JSON."""
        return json.loads(self.line())

    def ctrl_c(self) -> Done:
        """Press Ctrl-C; what is returned holds only the lines that were not read."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=PATIENCE)
        return Done(self.process.returncode, self._rest + out, err)

    def descendants(self) -> set[int]:
        """Return the ids of the processes that it started, and that those started."""
        parents = _parents()
        found = {self.process.pid}
        while True:
            more = {pid for pid, parent in parents.items() if parent in found} - found
            if not more:
                return found - {self.process.pid}
            found |= more


def alive(pids: set[int]) -> set[int]:
    """Return those of the processes that still run."""
    return pids & set(_parents())


def _parents() -> dict[int, int]:
    """Map every running process (zombies are none) to its parent."""
    if not Path("/proc/self/stat").exists():
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
        ).stdout.split("\n")
        rows = [line.split() for line in listed if line]
        return {int(pid): int(parent) for pid, parent, state in rows if state[0] != "Z"}
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue  # it has just ended
            if state != "Z":
                found[int(entry.name)] = int(parent)
    return found
