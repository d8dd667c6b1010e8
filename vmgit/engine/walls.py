"""Whether the walls around the workers are enough for who asked for them.

Which layers there are is the business of `sandbox`, in the worker; this is the parent's judgement
of what a worker reported.
"""

from __future__ import annotations

from vmgit.errors import EnvironmentFailure
from vmgit.settings import SandboxPolicy

from .api import WorkerDied
from .pool import RealmPool
from .process import WorkerRealm

#: One of these must be on: each alone keeps native code from files, programs and processes.
STRONG = ("landlock", "seccomp")


def confined_pool(
    worker: WorkerRealm | None, policy: SandboxPolicy, *, template: bool
) -> RealmPool:
    """Return a pool of realms that are confined as a workspace wants it.

    Raises `EnvironmentFailure` when it requires walls that are not to be had; `worker`, one that
    was started ahead, is closed then.
    """
    pool = RealmPool(worker, template=template, sandbox=policy)
    try:
        if policy == "require":
            require(pool)
    except BaseException:
        pool.close()
        raise
    return pool


def require(pool: RealmPool) -> None:
    """Raise `EnvironmentFailure` unless the workers of a pool have walls that are enough."""
    layers, _engine = report(pool)
    if not enough(layers):
        raise EnvironmentFailure(
            f"vmgit.toml requires a sandbox, and this machine gives none: {_reasons(layers)}.",
            hints=[
                "`vmgit doctor` shows every layer and what keeps it off.",
                'With `sandbox = "auto"` sessions run with the layers that there are.',
            ],
            details={"sandbox": layers},
            code="no_sandbox",
        )


def weakness(layers: dict[str, str], policy: SandboxPolicy) -> EnvironmentFailure | None:
    """Return what somebody should do about these layers, None when they are as they should be."""
    if policy == "off" or enough(layers):
        return None
    return EnvironmentFailure(
        f"sessions run without a wall that holds native code: {_reasons(layers)}.",
        hints=[
            "A kernel of 5.13 or newer has Landlock; a container must allow seccomp or Landlock.",
            'With `sandbox = "require"` in vmgit.toml nothing runs without them.',
        ],
        details={"sandbox": layers},
        code="no_sandbox",
    )


def report(pool: RealmPool) -> tuple[dict[str, str], str]:
    """Return the layers and the engine of a pool's workers. Raises `EnvironmentFailure`."""
    try:
        return pool.describe()
    except WorkerDied as died:
        raise EnvironmentFailure(
            f"no worker can be started: {died.reason}.", code="no_worker"
        ) from died


def enough(layers: dict[str, str]) -> bool:
    """Return whether a worker with these layers may run where a sandbox is required."""
    return any(layers.get(name) == "on" for name in STRONG)


def _reasons(layers: dict[str, str]) -> str:
    return ", ".join(f"{name} is {layers.get(name, 'off: unknown')}" for name in STRONG)
