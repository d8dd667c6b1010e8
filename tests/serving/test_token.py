"""The token is made once, private, and another one when it is rotated."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from vmgit.errors import EnvironmentFailure
from vmgit.serving.token import TOKEN, read_token, token


def test_it_is_made_at_first_need(tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert read_token(state) is None
    made = token(state)
    assert len(made) >= 40
    assert token(state) == made == read_token(state)
    assert stat.S_IMODE((state / TOKEN).stat().st_mode) == 0o600


def test_it_is_rotated(tmp_path: Path) -> None:
    made = token(tmp_path)
    assert token(tmp_path, rotate=True) != made
    assert read_token(tmp_path) != made


def test_one_that_others_can_read_does_not_count(tmp_path: Path) -> None:
    made = token(tmp_path)
    (tmp_path / TOKEN).chmod(0o640)
    with pytest.raises(EnvironmentFailure, match="can be read by others"):
        token(tmp_path)
    assert token(tmp_path, rotate=True) != made
    assert stat.S_IMODE((tmp_path / TOKEN).stat().st_mode) == 0o600


def test_an_empty_file_is_no_token(tmp_path: Path) -> None:
    (tmp_path / TOKEN).touch(mode=0o600)
    assert read_token(tmp_path) is None
    assert token(tmp_path)
