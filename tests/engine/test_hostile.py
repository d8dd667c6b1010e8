"""A worker whose native code was taken over: every way out that it tries is refused."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EAGAIN, EINVAL, ENOTSUP, EPERM
from pathlib import Path

import pytest

from vmgit.engine import launch
from vmgit.engine.api import RealmConfig, WorkerDied
from vmgit.engine.process import WorkerRealm
from vmgit.limits import Limits
from vmgit.settings import SandboxPolicy

from . import hostile_worker
from .realms import Session, Store, Tree, shown

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")
ROOT = str(Path(__file__).resolve().parents[2])
#: What the kernel says when it refuses; a child that is not there is no program that ran.
REFUSALS = {"EPERM", "EACCES", "ENOSYS"}


@contextmanager
def taken_over(
    refused: dict[str, int] | None = None,
    policy: SandboxPolicy = "auto",
    *,
    lies: bool = False,
) -> Iterator[Session]:
    """Give a session on a hostile worker that lacks the layers in `refused`, by the kernel's no."""
    # Open to everybody, so that nothing but the sandbox stands between the worker and the file.
    folder = tempfile.mkdtemp(prefix="vmgit-hostile-")
    os.chmod(folder, 0o777)
    victim = Path(folder, "victim")
    victim.write_text("untouched")
    victim.chmod(0o666)
    boot = hostile_worker.BOOT.format(root=ROOT, refused=refused or {}, folder=folder, lies=lies)
    real, launch._BOOT = launch._BOOT, boot
    try:
        with (
            socket.socket(socket.AF_UNIX) as listener,
            WorkerRealm.spawn() as realm,
        ):
            listener.bind("\0" + os.path.basename(folder))
            listener.listen()
            realm.confine(policy)
            realm.open(RealmConfig())
            yield Session(realm, Tree(), Store())
            assert victim.read_text() == "untouched"
            assert os.listdir(folder) == ["victim"]
    finally:
        launch._BOOT = real
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def hostile() -> Iterator[Session]:
    with taken_over() as made:
        # Which kernel and which user lack which layer is tested with the sandbox itself.
        assert made.realm.sandbox["seccomp"] == "on"
        yield made


@pytest.mark.parametrize(
    "attack", [name for name in hostile_worker.ATTACKS if name not in hostile_worker.DEADLY]
)
def test_refused(hostile: Session, attack: str) -> None:
    said = shown(hostile.run(attack))
    assert said in REFUSALS
    assert (said == "ENOSYS") == (attack == "clone3")


def test_the_attacks_are_real() -> None:
    with taken_over(policy="off") as made:
        for attack in (
            *("open", "open own memory", "openat", "list", "stat", "socket tcp", "memfd_create"),
            *("connect to a socket", "kill the parent", "kill by descriptor", "dup"),
            "map executable",
        ):
            assert shown(made.run(attack)).startswith("worked"), attack


@pytest.mark.parametrize("attack", ["open", "fork and execve", "kill the parent", "socket tcp"])
def test_refused_in_forks_of_forks(hostile: Session, attack: str) -> None:
    with hostile.realm.fork() as child, child.fork() as grandchild:
        grown = Session(grandchild, hostile.tree, hostile.store)
        assert shown(grown.run(attack)) == "EPERM"


@pytest.mark.parametrize("attack", list(hostile_worker.DEADLY))
def test_calls_of_another_architecture_end_the_worker(attack: str) -> None:
    with taken_over() as made, pytest.raises(WorkerDied) as caught:
        made.run(attack)
    # Where the kernel has no 32 bits at all, the instruction itself is a fault.
    assert caught.value.reason in {signal.SIGSYS.name, signal.SIGSEGV.name}


def test_the_worker_is_not_hurt_by_what_it_was_refused(hostile: Session) -> None:
    assert shown(hostile.run("var n = 40; n + 2")) == "42"


LAYERS = [
    ("landlock", hostile_worker.FILES),
    ("landlock_scope", hostile_worker.OUTSIDE),
    ("landlock_tcp", hostile_worker.NETWORK),
]


def test_landlock_alone_refuses_what_is_outside() -> None:
    with taken_over({"seccomp": EINVAL, "user": EPERM}) as made:
        layers = made.realm.sandbox
        assert layers["seccomp"] == "off: Invalid argument"
        for layer, attacks in LAYERS:
            for attack in attacks:
                if layers[layer] == "on":
                    assert shown(made.run(attack)) in {"EACCES", "EPERM"}, attack
                else:
                    assert "needs Landlock version" in layers[layer]


def test_the_filter_alone_refuses_everything() -> None:
    with taken_over({"landlock": ENOTSUP, "user": EPERM}) as made:
        layers = made.realm.sandbox
        off = {name for name, state in layers.items() if state != "on"}
        assert off == {"landlock", "landlock_scope", "landlock_tcp", "user"}
        assert layers["landlock"] == "off: Operation not supported"
        for attack in hostile_worker.ATTACKS:
            if attack not in hostile_worker.DEADLY:
                assert shown(made.run(attack)) in REFUSALS, attack


def test_a_bug_in_a_confined_worker_is_told_with_its_place() -> None:
    with taken_over() as made, pytest.raises(WorkerDied) as caught:
        made.run("raise")
    assert "hostile_worker.py" in caught.value.reason
    assert caught.value.reason.endswith("RuntimeError: a bug in the worker\n")


def test_a_forged_child_is_not_believed() -> None:
    with taken_over(lies=True) as made:
        with pytest.raises(WorkerDied, match=f"claims to have forked process {os.getpid()}"):
            made.realm.fork()
        with pytest.raises(WorkerDied):
            made.run("1")


def test_a_machine_without_a_process_to_spare_costs_the_copy_alone() -> None:
    with taken_over({"fork": EAGAIN}) as made:
        forking = made.realm.begin_fork()
        assert made.realm.is_alive()
        assert forking.cost is None
        with pytest.raises(WorkerDied, match="could not be forked"):
            forking.finish()
        with pytest.raises(WorkerDied, match="could not be forked"):
            made.realm.fork()
        assert shown(made.run("40 + 2")) == "42"


@pytest.mark.parametrize(
    "text", ["new Uint8Array(20e6).fill(1)", "(() => { new Uint8Array(20e6).fill(1) })(); 1"]
)
def test_memory_is_limited_in_a_fork_that_has_no_figures(text: str) -> None:
    limits = Limits(memory_mb=16, cpu_ms=20_000, wall_ms=60_000)
    with taken_over() as made, made.realm.fork() as child, child.fork() as realm:
        fork = Session(realm, made.tree, made.store)
        assert shown(fork.run("lose figures")) == "lost"
        fits = "const kept = new Uint8Array(8e6).fill(1); kept.length"
        assert shown(fork.run(fits, limits=limits)) == "8000000"
        assert shown(fork.run(text, limits=limits)) == "limit memory_mb"


def test_all_that_the_worker_may_import_is_there_before_it_is_confined() -> None:
    with taken_over() as made:
        loaded = set(shown(made.run("modules")).split())
    wanted = set()
    for name in loaded:
        path = Path(ROOT, *name.split(".")).with_suffix(".py")
        if name.startswith("vmgit.") and path.is_file():
            wanted |= set(_imported(ast.parse(path.read_text())))
    assert "vmgit.engine.modules" in wanted
    assert "tree_sitter_javascript" in wanted
    missing = {name for name in wanted if name not in loaded}
    assert missing == set()


def _imported(tree: ast.AST) -> Iterator[str]:
    """Yield the modules that code imports when it runs, at its top and inside of functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
        else:
            yield from _imported(node)
