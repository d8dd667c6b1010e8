"""Every repository that vmgit cannot use is refused in one sentence that says what to do."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeAlias

import pytest
from realgit import Git

from vmgit.errors import EnvironmentFailure
from vmgit.git import support
from vmgit.git.repository import Repository

Opened: TypeAlias = Callable[[Git], Repository]


def refusal(opened: Opened, git: Git) -> EnvironmentFailure:
    with pytest.raises(EnvironmentFailure) as caught:
        opened(git)
    assert caught.value.exit_code == 4
    assert len(caught.value.hints) == 1
    assert "\n" not in caught.value.message
    assert str(git.folder) in caught.value.message
    return caught.value


def test_sha256(git: Git, opened: Opened) -> None:
    git("init", "--quiet", "--object-format=sha256")
    error = refusal(opened, git)
    assert error.details == {"extension": "objectformat"}
    assert "extensions.objectFormat = sha256" in error.message


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("refStorage", "reftable", "git refs migrate"),
        ("compatObjectFormat", "sha256", "without"),
        ("somethingNew", "1", "without extensions.somethingnew"),
    ],
)
def test_extensions(repo: Git, opened: Opened, name: str, value: str, remedy: str) -> None:
    repo("config", "core.repositoryFormatVersion", "1")
    repo("config", f"extensions.{name}", value)
    error = refusal(opened, repo)
    assert error.details == {"extension": name.lower()}
    assert remedy in error.hints[0]


def test_known_extensions_are_fine(repo: Git, opened: Opened) -> None:
    repo("config", "core.repositoryFormatVersion", "1")
    repo("config", "extensions.worktreeConfig", "true")
    assert opened(repo).head().ref == "refs/heads/main"


def test_bare_by_configuration(repo: Git, opened: Opened) -> None:
    repo("config", "core.bare", "true")
    error = refusal(opened, repo)
    assert error.kind == "bare_repository"


def test_a_folder_of_somebody_else(
    repo: Git, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() == 0:
        os.chown(repo.folder, 12345, 12345)
        os.chown(repo.folder / ".git", 12345, 12345)
    else:
        # Only root can give a folder away; others see libgit2's own words for it.
        def refuse(*_: object) -> None:
            where = f"{repo.folder}/"
            raise support.pygit2.GitError(
                f"{where}: repository path '{where}' is not owned by current user"
            )

        monkeypatch.setattr(support.pygit2, "Repository", refuse)
    error = refusal(opened, repo)
    assert error.kind == "unsafe_owner"
    assert error.hints[0].endswith(f"git config --global --add safe.directory {repo.folder}`")


def test_a_damaged_repository(repo: Git, opened: Opened) -> None:
    repo.write(".git/config", "[core\nbroken")
    assert "cannot be opened" in refusal(opened, repo).message


def test_a_partial_clone_without_its_blobs(repo: Git, opened: Opened) -> None:
    repo("config", "uploadpack.allowFilter", "true")
    source = f"file://{repo.folder}"
    repo("clone", "--quiet", "--filter=blob:none", "--no-checkout", source, "../partial")
    partial = repo.at(repo.folder.parent / "partial")
    partial("reset", "--quiet", "--soft")
    error = refusal(opened, partial)
    assert error.details == {"extension": "partialclone"}
    assert "lacks" in error.message
    partial("fetch", "--quiet", "--refetch", "--no-filter")
    assert opened(partial).head().commit == repo("rev-parse", "HEAD")


def test_a_partial_clone_without_its_trees(repo: Git, opened: Opened) -> None:
    repo("config", "uploadpack.allowFilter", "true")
    source = f"file://{repo.folder}"
    repo("clone", "--quiet", "--filter=tree:0", "--no-checkout", source, "../partial")
    partial = repo.at(repo.folder.parent / "partial")
    partial("config", "extensions.partialClone", "origin")
    partial("config", "core.repositoryFormatVersion", "1")
    assert refusal(opened, partial).details == {"extension": "partialclone"}


def test_a_partial_clone_that_has_what_head_needs(repo: Git, opened: Opened) -> None:
    repo.write("a.js", "newer\n")
    repo.commit()
    repo("config", "uploadpack.allowFilter", "true")
    repo("clone", "--quiet", "--filter=blob:none", f"file://{repo.folder}", "../partial")
    partial = repo.at(repo.folder.parent / "partial")
    assert opened(partial).head().commit == repo("rev-parse", "HEAD")
