"""The seal around the tests holds: no home, no configuration from outside, a fixed identity."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pygit2
import pytest
from conftest import REAL_HOME
from realgit import Git


def test_home_cannot_be_used() -> None:
    assert Path.home() != REAL_HOME
    assert Path("~").expanduser().is_file()
    with pytest.raises(NotADirectoryError):
        (Path.home() / ".vmgit").mkdir()
    with pytest.raises(OSError, match="config"):
        (Path(os.environ["XDG_CONFIG_HOME"]) / "vmgit").mkdir(parents=True)


def test_children_inherit_the_guard() -> None:
    code = "import pathlib; (pathlib.Path.home() / 'x').write_text('')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"NotADirectoryError" in done.stderr


def test_git_sees_no_configuration_from_outside(git: Git) -> None:
    git.init()
    scopes = git("config", "--list", "--show-scope").splitlines()
    assert scopes
    assert {line.split("\t")[0] for line in scopes} == {"local"}


def test_libgit2_sees_no_configuration_from_outside(git: Git) -> None:
    git.init()
    repository = pygit2.Repository(str(git.folder))
    # The highest level that is read: 6 is the repository's own (git2/config.h: local is 5 or 6).
    levels = {entry.level for entry in repository.config}
    repository.free()
    assert levels == {pygit2.enums.ConfigLevel.LOCAL}


def test_dates_and_zone_are_fixed(repo: Git) -> None:
    assert repo("log", "-1", "--format=%an %ae %ct") == "Ada ada@example.com 1704164645"
    assert time.tzname == ("UTC", "UTC")
