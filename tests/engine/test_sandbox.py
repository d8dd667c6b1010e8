"""What a worker is denied by the operating system, seen from outside."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from vmgit import landlock

from .realms import Session, session, shown

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


ROOT = str(Path(__file__).resolve().parents[2])
NAMES = [
    *("descriptors", "rlimits", "user", "no_new_privs", "not_dumpable"),
    *("landlock", "landlock_tcp", "landlock_scope", "seccomp"),
]
APPLY = """
import sys
sys.path[:0] = {paths!r}
from tests.engine.refusing import refuse
from vmgit.engine import sandbox
refuse({refused!r})
report = sandbox.apply((), full={full!r})
print("\\n".join(f"{{name}}={{state}}" for name, state in report.items()))
"""


def _applied(refused: dict[str, int], *, full: bool = True) -> dict[str, str]:
    """The report of a process in which the kernel refuses what `refused` says."""
    code = APPLY.format(paths=[ROOT], refused=refused, full=full)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    return {name: state for name, _, state in (line.partition("=") for line in lines)}


def test_every_layer_is_on_where_the_kernel_has_it() -> None:
    report = _applied({})
    assert list(report) == NAMES
    found = landlock.version()
    for name, state in report.items():
        if name in landlock.PARTS and found < landlock.PARTS[name]:
            assert (
                state
                == f"off: needs Landlock version {landlock.PARTS[name]}, the kernel has {found}"
            )
        elif name == "user" and os.geteuid() != 0:
            assert state == "off: not run by root"
        else:
            assert state == "on", name


@pytest.mark.parametrize(
    ("layer", "code", "reason"),
    [
        ("landlock", errno.ENOSYS, "Function not implemented"),
        ("landlock", errno.EOPNOTSUPP, "Operation not supported"),
        ("seccomp", errno.EINVAL, "Invalid argument"),
        ("no_new_privs", errno.EINVAL, "Invalid argument"),
        ("not_dumpable", errno.EPERM, "Operation not permitted"),
    ],
)
def test_a_layer_that_the_kernel_refuses_says_why_and_stops_no_other(
    layer: str, code: int, reason: str
) -> None:
    report = _applied({layer: code})
    off = {name for name in NAMES if name.startswith(layer)}
    assert {report[name] for name in off} == {f"off: {reason}"}
    assert report["seccomp"] == "on" or layer == "seccomp"
    assert report["rlimits"] == "on"


def test_root_that_cannot_be_dropped_is_told() -> None:
    report = _applied({"user": errno.EPERM})
    why = "Operation not permitted" if os.geteuid() == 0 else "not run by root"
    assert report["user"] == f"off: {why}"
    assert report["seccomp"] == "on"


def test_what_is_switched_off_says_so() -> None:
    report = _applied({}, full=False)
    off = {name for name, state in report.items() if state == "off: switched off"}
    assert off == {"user", "landlock", "landlock_tcp", "landlock_scope", "seccomp"}
    assert {state for name, state in report.items() if name not in off} == {"on"}


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def test_the_layers_are_in_force_in_the_worker_and_in_its_forks() -> None:
    with session() as made, made.realm.fork() as fork:
        assert made.realm.sandbox == fork.sandbox
        assert fork.sandbox["no_new_privs"] == "on"
        for pid in (made.realm.pid, fork.pid):
            assert _status(pid)["NoNewPrivs"] == "1"
            assert _status(pid)["Seccomp"] == "2"
            if os.geteuid() == 0:
                assert _status(pid)["Uid"].split() == ["65534"] * 4
                assert _status(pid)["Gid"].split() == ["65534"] * 4
                assert _status(pid)["Groups"] == ""
                assert int(_status(pid)["CapPrm"], 16) == 0
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
