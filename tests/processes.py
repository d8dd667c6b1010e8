"""Looks at processes from outside (Linux): who lives, who is gone, who descends from whom."""

from __future__ import annotations

import time
from pathlib import Path

#: Longer than a loaded machine takes to end a process that was told to, seconds.
PATIENCE_S = 30


def stat(pid: int) -> list[str] | None:
    """The fields of a process after its name (state, parent, group, session, ...), if it is."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    fields = stat(pid)
    return fields is not None and fields[0] != "Z"


def gone(*pids: int, within_s: float = PATIENCE_S) -> bool:
    """Wait until processes have ended."""
    deadline = time.monotonic() + within_s
    while any(map(alive, pids)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def family(leader: int) -> set[int]:
    """The living processes of a session (setsid), such as those of a worker that was started."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        fields = stat(int(path.name))
        if fields is not None and int(fields[3]) == leader and fields[0] != "Z":
            found.add(int(path.name))
    return found
