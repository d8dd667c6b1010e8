"""Worktree files are read once, whole, and never through a link."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vmgit.errors import EnvironmentFailure
from vmgit.git.files import WorktreeFile, file_signature, read_file
from vmgit.git.trees import EXECUTABLE, FILE, LINK


def test_regular_executable_and_link(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/plain").write_bytes(b"\r\n\0")
    (tmp_path / "d/run").write_bytes(b"")
    (tmp_path / "d/run").chmod(0o755)
    (tmp_path / "d/link").symlink_to("plain")
    assert read_file(tmp_path, b"d/plain") == WorktreeFile(FILE, b"\r\n\0")
    assert read_file(tmp_path, b"d/run") == WorktreeFile(EXECUTABLE, b"")
    assert read_file(tmp_path, b"d/link") == WorktreeFile(LINK, b"plain")


def test_a_broken_link_is_a_link_all_the_same(tmp_path: Path) -> None:
    os.symlink(b"/nowhere/\xff", bytes(tmp_path / "link"))
    assert read_file(tmp_path, b"link") == WorktreeFile(LINK, b"/nowhere/\xff")


def test_what_is_no_file_is_absent(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    for path in (b"missing", b"missing/too", b"folder", b"file/below", b"pipe"):
        assert read_file(tmp_path, path) is None


def test_a_folder_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/key").write_text("key")
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside/d").symlink_to("../secret")
    assert read_file(tmp_path / "inside", b"d/key") is None


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/c").touch()
    before = len(os.listdir("/dev/fd"))
    for path in (b"a/b/c", b"a/b", b"a/x/y", b"a/b/c/d", b"none"):
        read_file(tmp_path, path)
    assert len(os.listdir("/dev/fd")) == before


@contextmanager
def without_privileges() -> Iterator[None]:
    """Act as another user where this one may read everything."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(12345)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/b.js").touch(mode=0o000)
    with without_privileges(), pytest.raises(EnvironmentFailure) as caught:
        read_file(tmp_path, b"lib/b.js")
    assert caught.value.message == "The tracked file lib/b.js cannot be read: Permission denied."
    assert caught.value.kind == "unreadable_file"
    assert caught.value.details == {"path": "lib/b.js"}


def test_signature_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "f"
    assert file_signature(path) is None
    path.write_text("1")
    first = file_signature(path)
    assert first == file_signature(path) is not None
    (tmp_path / "g").write_text("1")
    os.utime(tmp_path / "g", ns=(0, first[0]))
    os.replace(tmp_path / "g", path)
    assert file_signature(path) != first
