"""What the kernel vouches for: nothing that changed is missed, and what did not change is known."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from realgit import Git

from vmgit.git.discovery import find_workspace
from vmgit.watch.changes import Changes, open_changes
from vmgit.workspace import Workspace


@pytest.fixture
def workspace(git: Git) -> Git:
    git.init()
    git.write("a.js", "1\n")
    git.write("lib/b.js", "2\n")
    git.write("lib/deep/c.js", "3\n")
    git.write("vmgit.toml", "format = 1\n")
    git.commit("workspace")
    return git


@pytest.fixture
def changes(workspace: Git) -> Iterator[Changes]:
    paths = find_workspace(workspace.folder)
    opened = open_changes(paths.worktree, paths.git_dir, paths.common_dir)
    assert opened is not None
    with closing(opened):
        assert opened.take() == set()
        yield opened


def test_a_quiet_worktree_has_no_changes(workspace: Git, changes: Changes) -> None:
    workspace("--no-optional-locks", "status")
    (workspace.folder / "a.js").read_bytes()
    assert changes.take() == set()


def test_a_written_file_is_named_at_once(workspace: Git, changes: Changes) -> None:
    for text in ("1", "22", "333"):
        workspace.write("lib/b.js", text)
        assert changes.take() == {"lib/b.js"}
        assert changes.take() == set()


def test_a_file_that_is_still_open_counts(workspace: Git, changes: Changes) -> None:
    with open(workspace.folder / "a.js", "w") as file:
        changes.take()
        file.write("half")
        file.flush()
        assert changes.take() == {"a.js"}


def test_atomic_saves_modes_and_removals_are_seen(workspace: Git, changes: Changes) -> None:
    folder = workspace.folder
    (folder / "lib" / ".b.js.new").write_text("new")
    os.replace(folder / "lib" / ".b.js.new", folder / "lib" / "b.js")
    assert "lib/b.js" in (changes.take() or set())
    (folder / "a.js").chmod(0o755)
    assert changes.take() == {"a.js"}
    (folder / "a.js").unlink()
    assert changes.take() == {"a.js"}


@pytest.mark.parametrize(
    "command",
    [("add", "new.js"), ("commit", "-qam", "x"), ("checkout", "-q", "-b", "b"), ("stash",)],
    ids=lambda command: command[0],
)
def test_what_git_does_makes_everything_doubtful(
    workspace: Git, changes: Changes, command: tuple[str, ...]
) -> None:
    workspace.write("new.js", "1")
    workspace.write("a.js", "changed")
    changes.take()
    workspace(*command)
    assert changes.take() is None
    assert changes.take() == set()


def test_a_folder_that_becomes_tracked_is_watched(workspace: Git, changes: Changes) -> None:
    workspace.write("fresh/deep/x.js", "1")
    workspace("add", ".")
    assert changes.take() is None
    workspace.write("fresh/deep/x.js", "2")
    assert changes.take() == {"fresh/deep/x.js"}


def test_a_folder_that_was_replaced_is_watched_again(workspace: Git, changes: Changes) -> None:
    shutil.move(workspace.folder / "lib", workspace.folder / "old")
    assert changes.take() is None
    shutil.copytree(workspace.folder / "old", workspace.folder / "lib")
    assert changes.take() is None
    workspace.write("lib/deep/c.js", "4")
    assert changes.take() == {"lib/deep/c.js"}


def test_a_flood_of_events_is_no_answer(workspace: Git, changes: Changes) -> None:
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    names = ("lib/b.js", "lib/deep/c.js")
    for number in range(limit + 10):
        workspace.folder.joinpath(names[number % 2]).chmod(0o600 + number % 2)
    assert changes.take() is None
    assert changes.take() == set()


def test_submodules_cannot_be_vouched_for(workspace: Git) -> None:
    workspace.write(".gitmodules", "")
    paths = find_workspace(workspace.folder)
    assert open_changes(paths.worktree, paths.git_dir, paths.common_dir) is None


def test_a_snapshot_that_relies_on_changes_is_always_the_true_one(workspace: Git) -> None:
    with Workspace.open(workspace.folder) as relying, Workspace.open(workspace.folder) as looking:
        paths = relying.paths
        opened = open_changes(paths.worktree, paths.git_dir, paths.common_dir)
        assert opened is not None
        with closing(opened):
            relying.rely_on(opened.take)
            steps = [
                lambda: None,
                lambda: workspace.write("a.js", "2"),
                lambda: workspace.write("untracked.js", "2"),
                lambda: workspace("add", "untracked.js"),
                lambda: workspace("commit", "-qam", "x"),
                lambda: workspace.write("a.js", "3"),
                lambda: workspace("stash"),
                lambda: workspace("checkout", "-q", "HEAD~1"),
                lambda: workspace("config", "core.autocrlf", "true"),
                lambda: workspace.write("a.js", "1\r\n2\r\n"),
                lambda: (workspace.folder / "lib/b.js").unlink(),
                lambda: None,
            ]
            for number, step in enumerate(steps):
                step()
                assert relying.snapshot() == looking.snapshot(), number
