from __future__ import annotations

import os
from pathlib import Path

import pytest

from vmgit.errors import EnvironmentFailure
from vmgit.watch.tracked import folders_of, list_tracked

from .conftest import Repo

FIRST = {"a.js", "b.js", "lib/c.js", "lib/deep/d.js", "sentinel"}


def test_the_index_decides(repo: Repo) -> None:
    repo.write("untracked.js", "1\n")
    (repo.root / "a.js").unlink()
    assert list_tracked(repo.root, repo.git_dir) == FIRST
    repo.git("add", "-A")
    assert list_tracked(repo.root, repo.git_dir) == FIRST - {"a.js"} | {"untracked.js"}


def test_a_hook_s_environment_does_not_mislead(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_INDEX_FILE", "next-index-1.lock")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    assert list_tracked(repo.root, repo.git_dir) == FIRST


def test_names_are_neither_quoted_nor_lost(repo: Repo) -> None:
    names = {"with\nnewline", 'with "quotes"', "ü", os.fsdecode(b"\xff\xfe")}
    for name in names:
        repo.write(name, "1\n")
    repo.git("add", "-A")
    assert list_tracked(repo.root, repo.git_dir) == FIRST | names


def test_a_broken_index_is_an_error_in_git_s_words(repo: Repo) -> None:
    (repo.git_dir / "index").write_bytes(b"DIRC rubbish")
    with pytest.raises(EnvironmentFailure, match="index file"):
        list_tracked(repo.root, repo.git_dir)


def test_a_missing_worktree_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match="cannot be listed"):
        list_tracked(tmp_path / "nowhere", tmp_path / "nowhere" / ".git")


def test_folders_are_all_above_a_file() -> None:
    assert folders_of(FIRST) == {"", "lib", "lib/deep"}
    assert folders_of([]) == {""}
    assert folders_of(["a/b/c/d"]) == {"", "a", "a/b", "a/b/c"}
