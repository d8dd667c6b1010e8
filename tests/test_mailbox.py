"""The mailbox: lines reach who listens, whole and in order, and nobody else."""

from __future__ import annotations

import os
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vmgit import mailbox


class Taken:
    """Keeps the lines that were taken."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, line: str) -> None:
        self.lines.append(line)

    def wait_for(self, count: int) -> list[str]:
        """Return the lines once there are so many."""
        deadline = time.monotonic() + 30
        while len(self.lines) < count:
            assert time.monotonic() < deadline, self.lines
            time.sleep(0.002)
        return self.lines


def test_lines_are_taken_in_order(tmp_path: Path) -> None:
    path, taken = tmp_path / "mailbox", Taken()
    with mailbox.listening(path, taken) as there:
        assert there
        assert mailbox.post(path, "one")
        assert mailbox.post(path, "two words")
        assert taken.wait_for(2) == ["one", "two words"]


def test_lines_of_many_are_never_mixed(tmp_path: Path) -> None:
    path, taken = tmp_path / "mailbox", Taken()
    lines = [f"{number:04d}" * 20 for number in range(500)]

    def post(line: str) -> None:
        while not mailbox.post(path, line):
            time.sleep(0.001)

    with mailbox.listening(path, taken), ThreadPoolExecutor(8) as threads:
        list(threads.map(post, lines))
        assert sorted(taken.wait_for(len(lines))) == lines


def test_only_its_owner_may_use_it_and_only_for_that_long(tmp_path: Path) -> None:
    path = tmp_path / "mailbox"
    threads = threading.active_count()
    before = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()
    with mailbox.listening(path, Taken()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_ISFIFO(path.stat().st_mode)
    assert not path.exists()
    assert not mailbox.post(path, "late")
    assert threading.active_count() == threads
    assert not before or set(os.listdir("/proc/self/fd")) == before


def test_an_error_in_the_block_ends_it_too(tmp_path: Path) -> None:
    path = tmp_path / "mailbox"
    with pytest.raises(KeyboardInterrupt), mailbox.listening(path, Taken()):
        raise KeyboardInterrupt
    assert not path.exists()


@pytest.mark.parametrize("left", ["fifo", "file", "link"])
def test_what_a_dead_holder_left_is_replaced(tmp_path: Path, left: str) -> None:
    path, other, taken = tmp_path / "mailbox", tmp_path / "other", Taken()
    other.write_text("kept")
    match left:
        case "fifo":
            os.mkfifo(path, 0o644)
        case "file":
            path.write_text("stale\n")
        case "link":
            path.symlink_to(other)
    assert not mailbox.post(path, "to nobody")
    with mailbox.listening(path, taken):
        assert mailbox.post(path, "new")
        assert taken.wait_for(1) == ["new"]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert other.read_text() == "kept"


def test_a_file_in_its_place_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "mailbox"
    path.write_text("kept")
    assert not mailbox.post(path, "a line")
    assert path.read_text() == "kept"


def test_where_there_can_be_none_work_goes_on(tmp_path: Path) -> None:
    (tmp_path / "mailbox" / "taken").mkdir(parents=True)
    with mailbox.listening(tmp_path / "mailbox", Taken()) as there:
        assert not there
        assert not mailbox.post(tmp_path / "mailbox", "a line")
    assert (tmp_path / "mailbox" / "taken").is_dir()


@pytest.mark.parametrize("line", ["two\nlines", "x" * 512])
def test_what_is_not_one_short_line_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(ValueError, match="not one line"):
        mailbox.post(tmp_path / "mailbox", line)


def test_what_is_no_line_is_dropped(tmp_path: Path) -> None:
    path, taken = tmp_path / "mailbox", Taken()
    with mailbox.listening(path, taken):
        descriptor = os.open(path, os.O_WRONLY)
        for piece in (b"\xff\xfe\n", b"\n\n", b"hal", b"f\n", b"y" * 100_000, b"\nlast\n"):
            os.write(descriptor, piece)
        os.close(descriptor)
        lines = taken.wait_for(3)
    assert (lines[0], lines[-1]) == ("half", "last")
    assert set(lines[1]) == {"y"}


def test_a_full_mailbox_says_so_and_can_be_closed(tmp_path: Path) -> None:
    path, began, go = tmp_path / "mailbox", threading.Event(), threading.Event()

    def block(_: str) -> None:
        began.set()
        go.wait()

    with mailbox.listening(path, block):
        assert mailbox.post(path, "first")
        began.wait()
        while mailbox.post(path, "x" * 500):
            pass
        threading.Timer(0.05, go.set).start()
