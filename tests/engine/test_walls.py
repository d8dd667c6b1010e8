"""The judgement of what a worker reported."""

from __future__ import annotations

import os
import signal
from contextlib import closing

import pytest

from vmgit.engine import walls
from vmgit.engine.pool import RealmPool
from vmgit.engine.process import WorkerRealm
from vmgit.errors import EnvironmentFailure

OFF = {"landlock": "off: a", "seccomp": "off: b", "rlimits": "on"}


def test_one_strong_wall_is_enough() -> None:
    assert walls.enough({**OFF, "landlock": "on"})
    assert walls.enough({**OFF, "seccomp": "on"})
    assert not walls.enough(OFF)
    assert not walls.enough({})


def test_weakness_is_told_unless_it_is_wanted() -> None:
    found = walls.weakness(OFF, "auto")
    assert found is not None
    assert "landlock is off: a, seccomp is off: b" in found.message
    assert walls.weakness(OFF, "off") is None
    assert walls.weakness({**OFF, "seccomp": "on"}, "require") is None


def test_walls_that_were_switched_off_are_not_enough() -> None:
    with (
        closing(RealmPool(sandbox="off")) as pool,
        pytest.raises(EnvironmentFailure, match="seccomp is off: switched off") as caught,
    ):
        walls.require(pool)
    assert caught.value.kind == "no_sandbox"
    assert caught.value.exit_code == 4


def test_a_worker_that_does_not_start_is_no_bug() -> None:
    worker = WorkerRealm.spawn()
    with worker, closing(RealmPool(worker)) as pool:
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(EnvironmentFailure, match="no worker can be started: SIGKILL"):
            walls.report(pool)
