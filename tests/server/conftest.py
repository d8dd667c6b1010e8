"""A server for each module of tests, and one for a test that kills it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from realgit import Git
from workspaces import Folder

from .served import Served


def _folder(place: Path) -> Folder:
    (place / "work").mkdir()
    git = Git(place / "work")
    git.init()
    made = Folder(git)
    made.write("vmgit.toml", "format = 1\n")
    made.profile('startup = ["startup/a.js"]\n\n[limits]\nwall_ms = 20000\ncpu_ms = 20000\n')
    made.write("startup/a.js", "let n = 0;\n")
    made.write("hello.js", "console.log('hello', ...vmgit.args);\n")
    made.commit("workspace")
    return made


def _served(place: Path) -> Iterator[Served]:
    served = Served(_folder(place), place)
    served.start()
    try:
        yield served
    finally:
        served.client.close()
        if served.process is not None:
            served.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that all tests of a module share; none of them ends it."""
    # A short path: that of a unix socket has at most about 100 bytes.
    yield from _served(tmp_path_factory.mktemp("s"))


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Served]:
    """A server of one test, which may end it."""
    yield from _served(tmp_path)


@pytest.fixture
def session(server: Served) -> str:
    """The id of a fresh session."""
    return server.session()
