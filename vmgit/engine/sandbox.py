"""What the operating system takes away from a worker, once, before foreign code runs.

An ordered list of layers; each reports `on`, or `off:` and why, and none stops the next one. What
is in force is inherited by every fork. This module knows nothing of JavaScript or of the parent.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Sequence

from vmgit import landlock
from vmgit.engine import seccomp
from vmgit.kernel import prctl

_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
#: Who owns nothing: the overflow id of the kernel.
_NOBODY = 65534
_CAP_KILL = 1 << 5

#: The layers that can be left out.
OPTIONAL = ("user", "landlock", "seccomp")

#: Puts a layer into force; returns which of its parts the kernel lacks, and why.
_Layer = Callable[[], dict[str, str] | None]


def apply(keep: Sequence[int], *, full: bool = True) -> dict[str, str]:
    """Put every layer into force, keeping only the descriptors `keep` open; report each by name.

    Without `full`, the layers in `OPTIONAL` are left out and say so.
    """
    report: dict[str, str] = {}
    for names, layer in _layers(keep):
        if not full and names[0] in OPTIONAL:
            lacks = dict.fromkeys(names, "switched off")
        else:
            try:
                lacks = layer() or {}
            except (OSError, ValueError) as error:
                lacks = dict.fromkeys(names, getattr(error, "strerror", None) or str(error))
        report |= {name: f"off: {lacks[name]}" if name in lacks else "on" for name in names}
    return report


def _layers(keep: Sequence[int]) -> list[tuple[tuple[str, ...], _Layer]]:
    # A change of user may make a process dumpable again; the filter denies what the others need.
    return [
        (("descriptors",), lambda: _close_all_but(keep)),
        (("rlimits",), _limit_resources),
        (("user",), _drop_root),
        (("no_new_privs",), lambda: _set(_PR_SET_NO_NEW_PRIVS, 1)),
        (("not_dumpable",), lambda: _set(_PR_SET_DUMPABLE, 0)),
        (("landlock", *landlock.PARTS), landlock.restrict),
        (("seccomp",), seccomp.restrict),
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


def _drop_root() -> None:
    """Become nobody. The parent, which stays root, can still signal and measure the process."""
    if os.geteuid() != 0:
        raise OSError("not run by root")
    if not _effective_capabilities() & _CAP_KILL:
        raise OSError("a parent without CAP_KILL could not end it")
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def _effective_capabilities() -> int:
    """Return the capabilities that this process and its parent have, as the kernel's bits."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("CapEff:"):
                return int(line.split()[1], 16)
    return 0


def _set(option: int, value: int) -> None:
    prctl(option, value)
