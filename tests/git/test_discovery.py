"""The workspace is found from anywhere inside it, and what is wrong is said in one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from realgit import Git

from vmgit.errors import EnvironmentFailure
from vmgit.git.discovery import find_repository, find_workspace


def test_from_any_subfolder_and_from_a_file(repo: Git) -> None:
    repo.write("vmgit.toml")
    git_dir = repo.folder / ".git"
    for start in (".", "lib", "lib/deep", "lib/deep/c.js", "lib/not-yet/there"):
        found = find_workspace(repo.folder / start)
        assert (found.root, found.worktree) == (repo.folder, repo.folder)
        assert (found.git_dir, found.common_dir) == (git_dir, git_dir)
        assert (found.prefix, found.worktree_name) == ("", "main")
        assert found.state_dir == git_dir / "vmgit"


def test_a_workspace_in_a_subfolder(repo: Git) -> None:
    repo.write("packages/with space/vmgit.toml")
    found = find_workspace(repo.folder / "packages/with space/src/deep")
    assert found.root == repo.folder / "packages/with space"
    assert found.worktree == repo.folder
    assert found.prefix == "packages/with space"


def test_the_nearest_workspace_wins(repo: Git) -> None:
    repo.write("vmgit.toml")
    repo.write("lib/vmgit.toml")
    assert find_workspace(repo.folder / "lib/deep").prefix == "lib"
    assert find_workspace(repo.folder).prefix == ""


def test_through_a_symbolic_link(repo: Git) -> None:
    repo.write("vmgit.toml")
    link = repo.folder.parent / "link"
    link.symlink_to(repo.folder / "lib")
    assert find_workspace(link).root == repo.folder


def test_a_linked_worktree_has_a_name_and_shares_the_common_folder(repo: Git) -> None:
    repo.write("vmgit.toml")
    repo.commit()
    repo("worktree", "add", "--quiet", "../linked")
    found = find_workspace(repo.folder.parent / "linked/lib")
    assert found.worktree == repo.folder.parent / "linked"
    assert found.worktree_name == "linked"
    assert found.git_dir == repo.folder / ".git/worktrees/linked"
    assert found.common_dir == repo.folder / ".git"
    assert found.state_dir == find_workspace(repo.folder).state_dir


def test_a_worktree_of_a_bare_repository(repo: Git) -> None:
    repo("clone", "--quiet", "--bare", ".", "../hub.git")
    hub = repo.at(repo.folder.parent / "hub.git")
    hub("worktree", "add", "--quiet", "../tree", "main")
    found = find_repository(repo.folder.parent / "tree")
    assert found.common_dir == hub.folder
    assert found.worktree_name == "tree"


def test_a_submodule_is_a_repository_of_its_own(repo: Git) -> None:
    repo.init(repo.folder.parent / "other").write("x", "1")
    repo.at(repo.folder.parent / "other").commit()
    repo("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../other", "sub")
    repo.write("vmgit.toml")
    found = find_repository(repo.folder / "sub")
    assert found.worktree == repo.folder / "sub"
    assert found.git_dir == found.common_dir == repo.folder / ".git/modules/sub"
    with pytest.raises(EnvironmentFailure, match=r"No vmgit\.toml"):
        find_workspace(repo.folder / "sub")


def test_variables_of_a_hook_do_not_mislead(repo: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("vmgit.toml")
    expected = find_workspace(repo.folder)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repo.folder))
    assert vars(find_workspace(repo.folder / "lib")) == vars(expected)


def test_no_repository(tmp_path: Path) -> None:
    (tmp_path / "vmgit.toml").touch()
    with pytest.raises(EnvironmentFailure, match="is not in a Git repository") as caught:
        find_workspace(tmp_path)
    assert caught.value.exit_code == 4
    assert caught.value.kind == "not_a_repository"
    assert "vmgit init" in caught.value.hints[0]


def test_a_folder_named_git_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with pytest.raises(EnvironmentFailure, match="is not in a Git repository"):
        find_repository(tmp_path)


def test_no_workspace_names_both_ends_of_the_search(repo: Git) -> None:
    (repo.folder.parent / "vmgit.toml").touch()
    with pytest.raises(EnvironmentFailure, match="No vmgit") as caught:
        find_workspace(repo.folder / "lib")
    assert str(repo.folder / "lib") in caught.value.message
    assert caught.value.kind == "not_a_workspace"
    assert "vmgit init" in caught.value.hints[0]


@pytest.mark.parametrize("inside", [".", "refs/heads"])
def test_bare_repositories_are_told_apart(git: Git, inside: str) -> None:
    git("init", "--quiet", "--bare", "bare.git")
    with pytest.raises(EnvironmentFailure, match="bare repository") as caught:
        find_workspace(git.folder / "bare.git" / inside)
    assert caught.value.exit_code == 4


def test_inside_the_git_folder(repo: Git) -> None:
    with pytest.raises(EnvironmentFailure, match="Git directory"):
        find_repository(repo.folder / ".git/hooks")


@pytest.mark.parametrize("text", ["gitdir: ../nowhere\n", "nonsense", ""])
def test_a_git_file_that_leads_nowhere(git: Git, text: str) -> None:
    git.write(".git", text)
    with pytest.raises(EnvironmentFailure, match="does not lead to a Git directory") as caught:
        find_repository(git.folder)
    assert "git worktree repair" in caught.value.hints[0]


def test_a_moved_repository(repo: Git) -> None:
    repo("worktree", "add", "--quiet", "../linked")
    os.rename(repo.folder, repo.folder.parent / "moved")
    with pytest.raises(EnvironmentFailure, match="does not lead to a Git directory"):
        find_repository(repo.folder.parent / "linked")


def test_it_loads_nothing_heavy() -> None:
    code = "import sys, vmgit.git.discovery; print([m for m in sys.modules if 'pygit2' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
