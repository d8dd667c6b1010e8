"""What a worker is denied by the operating system, seen from outside."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from .realms import Session, session, shown

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def test_the_layers_are_in_force_in_the_worker_and_in_its_forks() -> None:
    with session() as made, made.realm.fork() as fork:
        assert made.realm.sandbox == fork.sandbox
        assert fork.sandbox["no_new_privs"] == "on"
        for pid in (made.realm.pid, fork.pid):
            assert _status(pid)["NoNewPrivs"] == "1"
            limits = Path(f"/proc/{pid}/limits").read_text()
            assert "Max core file size        0" in limits
            assert "Max file size             0" in limits
            assert "Max open files            64" in limits


def test_a_worker_holds_nothing_of_its_parent() -> None:
    held = os.open(__file__, os.O_RDONLY)
    os.set_inheritable(held, True)
    try:
        with session() as made, made.realm.fork() as fork:
            # It has answered, so it has let go of what it was forked with.
            assert shown(Session(fork, made.tree, made.store).run("1")) == "1"
            for pid in (made.realm.pid, fork.pid):
                folder = Path(f"/proc/{pid}/fd")
                targets = [os.readlink(entry) for entry in folder.iterdir()]
                sockets = [target for target in targets if target.startswith("socket:")]
                others = {target for target in targets if not target.startswith("socket:")}
                assert len(sockets) == 1
                assert others <= {"/dev/null", f"/proc/{pid}/statm", f"/proc/{pid}/status"}
                environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
                names = {entry.partition(b"=")[0] for entry in environment if entry}
                assert names <= {b"TZ", b"PYTHONHASHSEED", b"LC_ALL"}
                assert os.readlink(f"/proc/{pid}/cwd") == "/"
    finally:
        os.close(held)
