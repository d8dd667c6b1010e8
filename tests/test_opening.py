"""`vmgit.open`: a server's workspace or one's own, and nothing of the program is changed."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from served import served
from workspaces import Folder

import vmgit
from vmgit.api.workspace import Workspace
from vmgit.client.client import Client
from vmgit.errors import BusyError, EnvironmentFailure

#: What a program embeds, in a process of its own.
PROGRAM = """
import logging, os, signal, sys, threading
def state():
    return (
        {n: signal.getsignal(n) for n in signal.valid_signals()}, os.getcwd(), dict(os.environ),
        logging.root.level, list(logging.root.handlers), list(sys.path), os.umask(0o022),
        sys.excepthook, threading.excepthook, sys.stdout, sys.stderr,
        {name: module for name, module in sys.modules.items() if module is None},
    )
os.umask(0o022)
before = state()
import vmgit
with vmgit.open(sys.argv[1]) as workspace:
    print(type(workspace).__name__, flush=True)
    session = workspace.sessions.create().session
    assert workspace.sessions.run(session, "1 + 1").value.json == 2
    assert workspace.executions.run("2 + 2").value.json == 4
    assert workspace.replay(session).summary == {"same": 3}
    workspace.status(), workspace.profiles.list(), workspace.log.verify()
    workspace.sessions.close(session)
assert state() == before, "embedding changed the program"
assert threading.active_count() == 1, threading.enumerate()
"""


def _runs(folder: Folder, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, folder.root],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout.strip()


def test_embedding_changes_nothing_of_the_program(folder: Folder, tmp_path: Path) -> None:
    assert _runs(folder, tmp_path) == "Workspace"
    with served(folder):
        assert _runs(folder, tmp_path) == "Client"


def test_a_server_is_used_when_there_is_one(folder: Folder) -> None:
    with vmgit.open(folder.root) as workspace:
        assert type(workspace) is Workspace
    with pytest.raises(EnvironmentFailure, match="no server runs") as missing:
        vmgit.open(folder.root, server="require")
    assert missing.value.kind == "no_server"
    with served(folder):
        with vmgit.open(folder.root / "startup") as workspace:
            assert type(workspace) is Client
            assert workspace.root == folder.root
            assert workspace.executions.run("1").value.json == 1  # type: ignore[union-attr]
        with vmgit.open(folder.root, server="never") as workspace:
            assert type(workspace) is Workspace
            # It may read, and is told at once why it cannot host.
            assert workspace.log.last_seq() > 0
            with pytest.raises(BusyError) as busy:
                workspace.executions.run("1")
            assert busy.value.kind == "served"


def test_a_client_survives_a_restart_of_its_server(folder: Folder) -> None:
    with served(folder) as first:
        workspace = vmgit.open(folder.root)
        session = workspace.sessions.create().session
        workspace.sessions.run(session, "let kept = 3")
        stream = workspace.log.follow(after=0, session=session, type="execution.finished")
        next(stream), next(stream), next(stream)
        first.kill()
    with served(folder), workspace:
        # The connection that is left is of no use; it is made again once.
        assert workspace.sessions.run(session, "kept").value.json == 3  # type: ignore[union-attr]
        assert next(stream).payload["value"]["preview"] == "3"
    with pytest.raises(EnvironmentFailure):
        vmgit.open(folder.root, server="require")


def test_outside_of_a_workspace(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match="not in a Git repository"):
        vmgit.open(tmp_path)


def test_this_process_has_what_it_had() -> None:
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert logging.getLogger("vmgit").handlers == []
    assert os.path.isdir(os.getcwd())
    assert threading.current_thread() is threading.main_thread()
