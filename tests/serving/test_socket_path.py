"""Sockets at paths of any length, never open to others."""

from __future__ import annotations

import os
import socket
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest

from vmgit.errors import EnvironmentFailure
from vmgit.serving import socket_path


def _deep(tmp_path: Path) -> Path:
    folder = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 8)
    folder.mkdir(parents=True)
    assert len(os.fsencode(folder)) > socket_path.MOST
    return folder


def _talks(path: Path) -> bool:
    with (
        closing(socket_path.bind(path)) as server,
        socket.socket(socket.AF_UNIX) as client,
        socket_path.reachable(path) as name,
    ):
        client.connect(name)
        with server.accept()[0] as accepted:
            accepted.sendall(b"x")
        return client.recv(1) == b"x"


def test_a_short_path(tmp_path: Path) -> None:
    place = socket_path.socket_place(tmp_path)
    assert place == tmp_path / "server.sock"
    assert _talks(place)


@pytest.mark.skipif(sys.platform != "linux", reason="folders have no descriptor paths elsewhere")
def test_a_path_that_is_too_long_is_named_through_its_folder(tmp_path: Path) -> None:
    folder = _deep(tmp_path)
    place = socket_path.socket_place(folder)
    assert place == folder / "server.sock"
    before = os.listdir("/proc/self/fd")
    assert _talks(place)
    assert os.listdir("/proc/self/fd") == before


def test_elsewhere_it_stands_in_a_private_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _deep(tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    place = socket_path.socket_place(folder, descriptors=False)
    assert place.parent.parent == tmp_path
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert _talks(place)
    socket_path.check_owner(place)
    place.parent.chmod(0o770)
    with pytest.raises(EnvironmentFailure, match="can be written by others"):
        socket_path.check_owner(place)
    socket_path.remove(place, folder)
    assert not place.parent.exists()


def test_the_socket_is_private_and_a_dead_one_is_replaced(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        for _ in range(2):  # the second one finds the first one's file
            socket_path.bind(tmp_path / "s").close()
            assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o600
        assert os.umask(0) == 0
    finally:
        os.umask(before)
    socket_path.remove(tmp_path / "s", tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_place_that_cannot_be_bound_is_told(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match="no socket can be made at"):
        socket_path.bind(tmp_path / "missing" / "s")
