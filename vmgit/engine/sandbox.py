"""What the operating system takes away from a worker, once, before foreign code runs.

An ordered list of layers; each reports `on`, or `off:` and why, and none stops the next one. What
is in force is inherited by every fork. This module knows nothing of JavaScript or of the parent.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from collections.abc import Callable, Sequence

_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38


def apply(keep: Sequence[int]) -> dict[str, str]:
    """Put every layer into force, keeping only the descriptors `keep` open; report each by name."""
    report = {}
    for name, layer in _layers(keep):
        try:
            layer()
            report[name] = "on"
        except (OSError, ValueError) as error:
            report[name] = f"off: {error}"
    return report


def _layers(keep: Sequence[int]) -> list[tuple[str, Callable[[], None]]]:
    return [
        ("descriptors", lambda: _close_all_but(keep)),
        ("rlimits", _limit_resources),
        ("no_new_privs", lambda: _prctl(_PR_SET_NO_NEW_PRIVS, 1)),
        ("not_dumpable", lambda: _prctl(_PR_SET_DUMPABLE, 0)),
    ]


def _close_all_but(keep: Sequence[int]) -> None:
    """Close what may have been inherited; the three standard streams are /dev/null."""
    start = 3
    for descriptor in sorted(keep):
        # An empty range would close everything: closerange(0, 0) does so in some versions.
        if descriptor > start:
            os.closerange(start, descriptor)
        start = max(start, descriptor + 1)
    os.closerange(start, 4096)


def _limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def _prctl(option: int, value: int) -> None:
    if sys.platform != "linux":
        raise OSError(f"not on {sys.platform}")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
