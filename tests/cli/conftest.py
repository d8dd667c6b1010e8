"""Fixtures of the command line's tests."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from realgit import Git
from workspaces import Folder


def make_workspace(root: Path) -> Folder:
    """Make a committed workspace with one startup file and a library module."""
    root.mkdir(parents=True)
    made = Folder(Git(root).init())
    made.write("vmgit.toml", "format = 1\n")
    made.profile('startup = ["startup/00-base.js"]\n')
    made.write("startup/00-base.js", "let started = 1;\nfunction twice(x) { return 2 * x; }\n")
    made.write("lib/rates.js", "exports.rate = 3;\n")
    made.commit("workspace")
    return made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """One workspace for the tests of a file that do not disturb each other."""
    return make_workspace(tmp_path_factory.mktemp("shared") / "work")


def log_state(state: Path) -> tuple[object, ...]:
    """What a failed command must leave as it is: the log's end, and the files of the state folder.

    A file that is no vmgit database counts with its bytes.
    """
    if not state.is_dir():
        return (state.exists(),)
    # SQLite's own companions come and go with whoever has the log open.
    names = sorted(p.name for p in state.iterdir() if not p.name.endswith(("-wal", "-shm")))
    path = state / "events.db"
    if not path.is_file():
        return (names,)
    try:
        with closing(sqlite3.connect(path)) as connection:
            end = connection.execute("SELECT max(seq), count(*), hash FROM event").fetchone()
    except sqlite3.DatabaseError:
        return (names, path.read_bytes())
    return (names, end)
