"""`server.json` is believed only while the lock proves its server alive."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from vmgit.errors import BusyError, EnvironmentFailure
from vmgit.hostlock import hold
from vmgit.serving.record import (
    RECORD,
    find_server,
    lock_path,
    refuse_served,
    remove_record,
    write_private,
    write_record,
)
from vmgit.serving.shape import Serving

SERVING = Serving(
    pid=1,
    birth="b",
    started_us=2,
    version="0",
    worktree="main",
    prefix="",
    root="/w",
    socket="/w/s",
)


def test_nobody_serves(tmp_path: Path) -> None:
    assert find_server(tmp_path) is None
    assert find_server(tmp_path / "nowhere") is None
    refuse_served(tmp_path)


def test_what_a_dead_server_left_is_not_believed(tmp_path: Path) -> None:
    write_record(tmp_path, SERVING)
    assert find_server(tmp_path) is None
    refuse_served(tmp_path)
    with hold(lock_path(tmp_path), "vmgit serve"):
        assert find_server(tmp_path) == SERVING
        with pytest.raises(BusyError, match="served by pid 1, for /w") as refused:
            refuse_served(tmp_path)
        assert refused.value.kind == "served"
        remove_record(tmp_path)
        assert find_server(tmp_path) is None
        with pytest.raises(BusyError, match=f"start or to end: vmgit serve, pid {os.getpid()}"):
            refuse_served(tmp_path)
    remove_record(tmp_path)


def test_the_record_is_private_and_whole(tmp_path: Path) -> None:
    write_record(tmp_path, SERVING)
    assert stat.S_IMODE((tmp_path / RECORD).stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == [RECORD]


def test_nothing_is_left_of_a_record_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_private(tmp_path / "taken", b"x")
    assert os.listdir(tmp_path) == ["taken"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": "x"}'])
def test_a_record_of_another_shape_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / RECORD).write_bytes(content)
    with hold(lock_path(tmp_path), "vmgit serve"):
        assert find_server(tmp_path) is None


def test_a_record_behind_a_link_is_none(tmp_path: Path) -> None:
    write_record(tmp_path, SERVING)
    (tmp_path / RECORD).rename(tmp_path / "elsewhere")
    (tmp_path / RECORD).symlink_to(tmp_path / "elsewhere")
    with hold(lock_path(tmp_path), "vmgit serve"):
        assert find_server(tmp_path) is None


def test_the_record_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_record(tmp_path, SERVING)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with (
        hold(lock_path(tmp_path), "vmgit serve"),
        pytest.raises(EnvironmentFailure, match="belongs to another user"),
    ):
        find_server(tmp_path)


def test_it_serves_one_folder_of_one_worktree() -> None:
    assert SERVING.serves("main", "")
    assert not SERVING.serves("main", "sub")
    assert not SERVING.serves("other", "")
