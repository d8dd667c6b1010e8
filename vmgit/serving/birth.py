"""Tells a process from a later one with the same number."""

from __future__ import annotations

import subprocess
from pathlib import Path


def birth(pid: int) -> str | None:
    """Return when process `pid` was born, in the system's own words; None when there is none."""
    if Path("/proc/self/stat").exists():
        try:
            status = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
        except OSError:
            return None
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        # The 22nd field: clock ticks since the machine started.
        return f"{boot} {status.rpartition(')')[2].split()[19]}"
    done = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        env={"LC_ALL": "C", "PATH": "/bin:/usr/bin"},
        check=False,
    )
    return done.stdout.strip() or None
