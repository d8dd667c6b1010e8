"""The pool: how realms come to be, and that all of them are confined as was asked."""

from __future__ import annotations

from contextlib import closing

import pytest

from vmgit.engine.api import RealmConfig
from vmgit.engine.pool import RealmPool
from vmgit.engine.process import WorkerRealm
from vmgit.settings import SandboxPolicy


@pytest.mark.parametrize("policy", ["auto", "off"])
@pytest.mark.parametrize("template", [False, True])
def test_realms_are_confined_as_was_asked(policy: SandboxPolicy, template: bool) -> None:
    with closing(RealmPool(template=template, sandbox=policy)) as pool:
        layers, engine = pool.describe()
        assert engine.startswith("dukpy")
        assert (layers["seccomp"] == "off: switched off") == (policy == "off")
        for _ in range(2):
            realm = pool.open(RealmConfig())
            assert isinstance(realm, WorkerRealm)
            with realm:
                assert realm.sandbox == layers


def test_a_worker_that_was_started_ahead_waits_for_the_policy() -> None:
    with WorkerRealm.spawn() as ahead, closing(RealmPool(ahead, sandbox="off")) as pool:
        # There is no way back, and no second way.
        ahead.confine("auto")
        realm = pool.open(RealmConfig())
        assert realm is ahead
        assert ahead.sandbox["seccomp"] == "off: switched off"
