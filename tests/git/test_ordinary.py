"""What is anything but ordinary is left to libgit2 from the start."""

from __future__ import annotations

import os

import pytest
from realgit import Git

from vmgit.git.discovery import find_repository
from vmgit.git.ordinary import is_ordinary


def test_what_git_init_makes_is_ordinary(repo: Git) -> None:
    assert is_ordinary(find_repository(repo.folder))
    repo("remote", "add", "origin", "https://example.com/a.git")
    repo("config", "core.autocrlf", "true")
    repo("worktree", "add", "--quiet", "../linked")
    assert is_ordinary(find_repository(repo.folder.parent / "linked"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("core.bare", "true"),
        ("core.worktree", "../elsewhere"),
        ("core.repositoryFormatVersion", "1"),
        ("extensions.objectFormat", "sha1"),
        ("include.path", "other"),
        ("includeIf.onbranch:main.path", "other"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.partialCloneFilter", "blob:none"),
    ],
)
def test_settings_that_are_not(repo: Git, name: str, value: str) -> None:
    repo("config", name, value)
    assert not is_ordinary(find_repository(repo.folder))


@pytest.mark.parametrize(
    "text",
    [
        "[core] bare = true\n",
        "[core]\n\tbare\n",
        "[CORE]\n  BARE=yes\n",
        "[core]\n\tx = \\\n y\n",
        "[core\n",
    ],
)
def test_spellings_of_them(repo: Git, text: str) -> None:
    with (repo.folder / ".git" / "config").open("a") as config:
        config.write(text)
    assert not is_ordinary(find_repository(repo.folder))


def test_configuration_of_one_worktree(repo: Git) -> None:
    (repo.folder / ".git" / "config.worktree").write_text("")
    assert not is_ordinary(find_repository(repo.folder))


def test_a_folder_of_somebody_else(repo: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1)
    assert not is_ordinary(find_repository(repo.folder))
