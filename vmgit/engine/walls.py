"""Whether the walls around the workers are enough for who asked for them.

Which layers there are is the business of `sandbox`, in the worker; this is the parent's judgement
of what a worker reported.
"""

from __future__ import annotations

from vmgit.errors import EnvironmentFailure

from .api import WorkerDied
from .pool import RealmPool

#: One of these must be on: each alone keeps native code from files, network and programs.
STRONG = ("landlock", "seccomp")


def enough(layers: dict[str, str]) -> bool:
    """Return whether a worker with these layers may run where a sandbox is required."""
    return any(layers.get(name) == "on" for name in STRONG)


def require(pool: RealmPool) -> None:
    """Raise `EnvironmentFailure` unless the workers of a pool have walls that are enough."""
    try:
        layers = pool.layers()
    except WorkerDied as died:
        raise EnvironmentFailure(f"no worker can be started: {died.reason}.") from died
    if enough(layers):
        return
    reasons = ", ".join(f"{name} is {layers.get(name, 'off: unknown')}" for name in STRONG)
    raise EnvironmentFailure(
        f"vmgit.toml requires a sandbox, and this machine gives none: {reasons}.",
        hints=[
            "`vmgit doctor` shows every layer and what keeps it off.",
            'With `sandbox = "auto"` sessions run with the layers that there are.',
        ],
        details={"sandbox": layers},
        code="no_sandbox",
    )
