"""Commands that only read leave no trace: not even an empty log where there was none."""

from __future__ import annotations

import time

import pytest
from workspaces import Folder, interrupt


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("status", 0),
        ("log", 0),
        ("session list", 0),
        ("session show tea", 2),
        ("exec list", 0),
        ("exec show @", 2),
        ("exec events @", 2),
        ("journal verify", 0),
        ("profile list", 0),
        ("profile show default", 0),
        ("profile check", 0),
        ("profile diff default", 0),
        ("profile tighten default --from tea", 2),
        ("trust show", 0),
        ("doctor", 0),
    ],
)
def test_no_log_is_made(folder: Folder, words: str, status: int) -> None:
    assert folder.vmgit(*words.split(), "--json").status == status
    assert not folder.log_path.exists()


def test_following_a_log_that_is_not_there_yet(folder: Folder) -> None:
    following = folder.start("log", "-f")
    assert following.stdout is not None
    time.sleep(0.5)
    assert not folder.log_path.exists()
    folder.fine("run", "-e", "1")
    assert "session.created" in following.stdout.readline()
    assert interrupt(following).status == 130


def test_a_log_that_is_not_there_cannot_be_followed_for_a_session(folder: Folder) -> None:
    assert folder.vmgit("log", "-f", "-s", "tea").status == 2
