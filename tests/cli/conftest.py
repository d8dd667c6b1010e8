"""Fixtures of the command line's tests, which run embedded and with a server alike.

A test of the modules in `BOTH` that uses `folder` or `shared` runs twice: once with nobody there,
once with a server of its workspace running. What it expects is the same. A test marked `embedded`
is about what only a process that hosts for itself does.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from realgit import Git
from served import served
from workspaces import Folder

BOTH = {
    "test_bad_inputs",
    "test_exec_events",
    "test_exec_list",
    "test_exec_show",
    "test_journal_rebuild",
    "test_journal_verify",
    "test_log",
    "test_profile_tighten",
    "test_replay",
    "test_run",
    "test_session_close",
    "test_session_fork",
    "test_session_list",
    "test_session_new",
    "test_session_refresh",
    "test_session_show",
    "test_session_undo",
    "test_status",
    "test_trust",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of `BOTH` in both modes."""
    module = metafunc.module.__name__.rpartition(".")[2]
    if module not in BOTH or "mode" not in metafunc.fixturenames:
        return
    embedded = metafunc.definition.get_closest_marker("embedded") is not None
    modes = ["embedded"] if embedded else ["embedded", "server"]
    metafunc.parametrize("mode", modes, indirect=True, scope="module")


@pytest.fixture(scope="module")
def mode(request: pytest.FixtureRequest) -> str:
    """`embedded`, or `server` where one runs for the workspace."""
    given = getattr(request, "param", "embedded")
    assert isinstance(given, str)
    return given


@pytest.fixture
def folder(folder: Folder, mode: str) -> Iterator[Folder]:
    """The workspace of `tests/conftest.py`, in `mode`."""
    with served(folder) if mode == "server" else contextlib.nullcontext():
        yield folder


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
def shared(tmp_path_factory: pytest.TempPathFactory, mode: str) -> Iterator[Folder]:
    """One workspace for the tests of a file that do not disturb each other, in `mode`."""
    made = make_workspace(tmp_path_factory.mktemp("shared") / "work")
    with served(made) if mode == "server" else contextlib.nullcontext():
        yield made


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
