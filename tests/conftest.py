"""Shared fixtures: the real git in a sealed environment, and a guard around the home directory.

The seal is set while this file is imported, before libgit2 looks for configuration, and for child
processes too: a fixed identity and date, UTC, the C locale, no system or global Git configuration,
and a HOME that cannot be used as one.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hosted import Hosted
from realgit import Git
from workspaces import Folder

from vmgit.engine.process import WorkerRealm

#: Where every test process keeps what it needs outside of `tmp_path`.
_SEALED = Path(tempfile.mkdtemp(prefix="vmgit-tests-"))
#: A file, so that whoever makes or lists a folder below "the home directory" fails at once.
HOME = _SEALED / "home-that-is-a-file"
REAL_HOME = Path(os.path.expanduser("~"))

SEALED_ENVIRONMENT = {
    "HOME": str(HOME),
    "XDG_CONFIG_HOME": str(HOME / "config"),
    "XDG_CACHE_HOME": str(HOME / "cache"),
    "XDG_DATA_HOME": str(HOME / "data"),
    "XDG_STATE_HOME": str(HOME / "state"),
    "XDG_RUNTIME_DIR": str(HOME / "runtime"),
    "TZ": "UTC",
    "LC_ALL": "C",
    "NO_COLOR": "1",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_AUTHOR_DATE": "2024-01-02T03:04:05Z",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_COMMITTER_DATE": "2024-01-02T03:04:05Z",
}


def _seal() -> None:
    HOME.write_text("no test may use the home directory\n")
    for name in list(os.environ):
        if name.startswith(("GIT_", "VMGIT_", "XDG_")):
            del os.environ[name]
    os.environ.update(SEALED_ENVIRONMENT)
    time.tzset()
    atexit.register(shutil.rmtree, _SEALED, ignore_errors=True)


_seal()


def pytest_configure(config: pytest.Config) -> None:
    """Close libgit2's own way to the system's configuration, which no variable does."""
    import pygit2

    system = pygit2.enums.ConfigLevel.SYSTEM
    for level in (system, pygit2.enums.ConfigLevel.GLOBAL, pygit2.enums.ConfigLevel.XDG):
        pygit2.settings.search_path[level] = str(_SEALED / "no-configuration")


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """The real git in an empty folder that is no repository yet."""
    folder = tmp_path / "work"
    folder.mkdir()
    return Git(folder)


@pytest.fixture
def repo(git: Git) -> Git:
    """A repository with one commit of three files: `a.js`, `lib/b.js`, `lib/deep/c.js`."""
    git.init()
    git.write("a.js", "1\n")
    git.write("lib/b.js", "2\n")
    git.write("lib/deep/c.js", "3\n")
    git.commit("first")
    return git


@pytest.fixture(autouse=True)
def _stay_in_place() -> Iterator[None]:
    """Fail a test that changes the process's folder or HOME and leaves it so."""
    folder, home = os.getcwd(), os.environ.get("HOME")
    yield
    assert os.getcwd() == folder, "the test left the process in another folder"
    assert os.environ.get("HOME") == home, "the test left another HOME"


@pytest.fixture
def fingerprint() -> Callable[[Git], dict[str, object]]:
    """What vmgit must never change, as a value to compare: index, HEAD, refs, worktree files."""

    def take(git: Git) -> dict[str, object]:
        git_dir = Path(git("rev-parse", "--absolute-git-dir"))
        index = git_dir / "index"
        files = sorted(
            (str(path.relative_to(git.folder)), path.lstat().st_mtime_ns, path.lstat().st_mode)
            for path in git.folder.rglob("*")
            if ".git" not in path.relative_to(git.folder).parts
        )
        return {
            "index": index.read_bytes() if index.exists() else None,
            "head": (git_dir / "HEAD").read_bytes(),
            "refs": [
                line for line in git("for-each-ref").splitlines() if "\trefs/vmgit/" not in line
            ],
            "files": files,
        }

    return take


@pytest.fixture
def folder(git: Git) -> Folder:
    """A committed workspace: `profiles/default.toml`, two startup files and a module."""
    git.init()
    made = Folder(git)
    made.write("vmgit.toml", "format = 1\n")
    made.profile('startup = ["startup/00-base.js", "startup/10-rules.js"]\n')
    made.write("startup/00-base.js", "let started = 1;\nfunction twice(x) { return 2 * x; }\n")
    made.write("startup/10-rules.js", 'const { rate } = require("rates");\n')
    made.write("lib/rates.js", "exports.rate = 3;\n")
    made.commit("workspace")
    return made


@pytest.fixture(scope="session")
def template() -> Iterator[WorkerRealm]:
    """A booted worker to fork others from; a test that opens it would spoil it."""
    with WorkerRealm.spawn() as worker:
        yield worker


@pytest.fixture
def hosted(folder: Folder, template: WorkerRealm) -> Iterator[Hosted]:
    """The workspace of `folder`, hosted by this process."""
    with closing(Hosted(folder, template)) as opened:
        yield opened
