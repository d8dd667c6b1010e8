"""The host lock: one holder at a time, given back by the kernel, told to those who wait."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vmgit.errors import BusyError, EnvironmentFailure
from vmgit.hostlock import hold, holder

_HOLDER = """\
import sys
from pathlib import Path
from vmgit.hostlock import hold
with hold(Path(sys.argv[1]), "vmgit other"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def held_elsewhere(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Hold the lock in another process for the length of the block."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_nobody_holds_a_lock_that_is_free(tmp_path: Path) -> None:
    path = tmp_path / "state" / "host.lock"
    assert holder(path) is None
    with hold(path, "vmgit run"):
        assert holder(path) == f"vmgit run, pid {os.getpid()}"
    assert holder(path) is None
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_it_is_given_back_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "host.lock"
    with pytest.raises(ZeroDivisionError), hold(path, "vmgit run"):
        1 / 0  # noqa: B018
    with hold(path, "vmgit run", wait=False):
        pass


def test_without_waiting_the_holder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "host.lock"
    with held_elsewhere(path) as other:
        who = f"vmgit other, pid {other.pid}"
        with pytest.raises(BusyError) as caught, hold(path, "vmgit run", wait=False):
            pytest.fail("the lock was taken twice")
        assert caught.value.message == f"the sessions of this repository are in use, by {who}."
        assert caught.value.details == {"holder": who}
        assert caught.value.exit_code == 6
        assert holder(path) == who


def test_who_waits_is_told_for_whom_and_gets_it_when_the_holder_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "host.lock"
    told: list[str] = []
    with held_elsewhere(path) as other:

        def kill(who: str) -> None:
            told.append(who)
            other.kill()

        with hold(path, "vmgit run", on_wait=kill):
            assert told == [f"vmgit other, pid {other.pid}"]
            assert holder(path) == f"vmgit run, pid {os.getpid()}"


def test_a_shorter_name_leaves_nothing_of_a_longer_one(tmp_path: Path) -> None:
    path = tmp_path / "host.lock"
    with hold(path, "a long name of a command"):
        pass
    with hold(path, "b"):
        assert holder(path) == f"b, pid {os.getpid()}"


@pytest.mark.parametrize("died", [False, True])
def test_who_only_asks_is_in_nobodys_way(tmp_path: Path, died: bool) -> None:
    path = tmp_path / "host.lock"
    if died:
        with held_elsewhere(path):
            pass
        assert path.read_text()
    else:
        with hold(path, "vmgit run"):
            pass
        assert path.read_text() == ""
    before = path.read_text().strip() or None
    over = threading.Event()
    seen: set[str | None] = set()

    def ask() -> None:
        while not over.is_set():
            seen.add(holder(path))

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    try:
        for _ in range(300):
            with hold(path, "vmgit run", wait=False):
                pass
    finally:
        over.set()
        for thread in asking:
            thread.join()
    # It is held for a moment before it is told by whom.
    assert seen <= {None, f"vmgit run, pid {os.getpid()}", before, "another process"}


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    path = tmp_path / "host.lock"
    path.touch()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with (
            pytest.raises(EnvironmentFailure, match="cannot be written: File too large"),
            hold(path, "vmgit run"),
        ):
            pytest.fail("nobody could be told")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    with hold(path, "vmgit run", wait=False):
        pass


def test_a_state_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "vmgit" / "host.lock"
    with (
        pytest.raises(EnvironmentFailure, match=r"file/vmgit/host\.lock cannot be opened: Not a"),
        hold(path, "vmgit run"),
    ):
        pytest.fail("there is no such folder")


def test_workers_do_not_inherit_it(tmp_path: Path) -> None:
    """A worker that outlives its host must not keep the sessions locked."""
    path = tmp_path / "host.lock"
    with hold(path, "vmgit run"):
        child = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        with hold(path, "vmgit run", wait=False):
            pass
    finally:
        child.kill()
        child.wait()
