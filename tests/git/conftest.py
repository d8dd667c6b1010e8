"""Fixtures of the Git tests: open repositories that are closed again, and Git's own answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from realgit import Git

from vmgit.git.discovery import find_repository
from vmgit.git.repository import Repository
from vmgit.git.snapshot import Snapshotter


@pytest.fixture(params=["sparing", "libgit2"])
def opened(request: pytest.FixtureRequest) -> Iterator[Callable[[Git], Repository]]:
    """Opens the repository of a `Git` helper, in either way; closed at the end of the test."""
    repositories: list[Repository] = []
    sparing = request.param == "sparing"

    def open_it(git: Git) -> Repository:
        repositories.append(Repository.open(find_repository(git.folder), sparing=sparing))
        return repositories[-1]

    yield open_it
    for repository in repositories:
        repository.close()


@pytest.fixture
def snapshotter(opened: Callable[[Git], Repository]) -> Callable[[Git], Snapshotter]:
    """Makes a `Snapshotter` for a `Git` helper."""
    return lambda git: Snapshotter(opened(git))


@pytest.fixture
def added_tree(tmp_path: Path) -> Callable[[Git], str]:
    """The tree that the real `git add -u` would record, found with a scratch copy of the index."""

    def ask(git: Git) -> str:
        index = Path(git("rev-parse", "--absolute-git-dir")) / "index"
        scratch = tmp_path / "scratch-index"
        scratch.unlink(missing_ok=True)
        if index.exists():
            # With its time: Git tells racy entries by it.
            shutil.copy2(index, scratch)
        env = {"GIT_INDEX_FILE": str(scratch)}
        git("add", "--update", "--", ":/", env=env)
        return git("write-tree", env=env)

    return ask
