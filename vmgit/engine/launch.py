"""Starts worker processes, and what the parent can know of one from outside.

The command line, the environment and the folder of a worker are decided here. This module knows
nothing of what is said on the socket.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

_BOOT = """\
import gc, sys
# Nothing that is loaded at the start is garbage; `worker` turns the collector on again.
gc.disable()
sys.path[:0] = sys.argv[2:]
# A third of msgspec's import time, for names that typing has too.
sys.modules["typing_extensions"] = None
from vmgit.engine.worker import main
main(int(sys.argv[1]))
"""


def start(descriptor: int) -> subprocess.Popen[bytes]:
    """Start a worker on the socket `descriptor`, which it inherits and nothing else."""
    return subprocess.Popen(
        [sys.executable, "-S", "-s", "-P", "-c", _BOOT, str(descriptor), *_import_paths()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"TZ": "UTC", "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"},
        cwd="/",
        pass_fds=[descriptor],
        start_new_session=True,
    )


def descends(pid: int, session: int) -> bool:
    """Return whether a process is of a worker's family: its word is not enough to signal another.

    `session` is the process id of the worker that was started here, which leads a session of its
    own (setsid(2)); nobody can join one, and a process stays in it when its parent is gone. True
    also where the system does not tell.
    """
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return not os.path.exists("/proc/self/stat")
    return int(fields[3]) == session


def pidfd(pid: int) -> int | None:
    """Return a descriptor of the process, None where the system has none.

    Raises `ProcessLookupError` when there is no such process.
    """
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        raise
    except OSError:
        return None


def cpu_ms(pid: int) -> int | None:
    """Return the CPU time of another process, ms: Linux's `clock_getcpuclockid` by hand."""
    try:
        return int(time.clock_gettime(((~pid) << 3) | 2) * 1000)
    except OSError:
        return None


def _import_paths() -> list[str]:
    """Return where the worker finds vmgit and the libraries it needs, without importing them."""
    paths = [str(Path(__file__).resolve().parents[2])]
    for name in ("msgspec", "dukpy", "tree_sitter", "tree_sitter_javascript"):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            folder = str(Path(spec.origin).resolve().parents[1])
            if folder not in paths:
                paths.append(folder)
    return paths
