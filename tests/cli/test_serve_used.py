"""Every command uses a server that runs, or says why it cannot."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from served import ended, gone, served, state_dir, statuses
from workspaces import TIMEOUT, Folder

from .conftest import make_workspace
from .terminal import until


def test_no_server_means_none(folder: Folder) -> None:
    with served(folder) as server:
        for done in (
            folder.vmgit("--no-server", "run", "-e", "1"),
            folder.vmgit("run", "-e", "1", env={"VMGIT_NO_SERVER": "1"}),
            folder.vmgit("--no-server", "session", "new"),
        ):
            assert (done.status, done.out) == (6, "")
            assert f"served by pid {server.pid}" in done.err
            assert "Leave out --no-server" in done.err
        # What only reads is read from the disk.
        assert folder.fine("--no-server", "status").out.startswith("workspace  ")
        assert "POST" not in server.log
    assert folder.fine("--no-server", "run", "-e", "1").out == "1\n"


def test_another_worktree_and_another_folder_are_told_where_it_runs(folder: Folder) -> None:
    folder.git("worktree", "add", "--quiet", "../linked")
    linked = folder.root.parent / "linked"
    folder.write("sub/vmgit.toml", "format = 1\n")
    folder.write("sub/profiles/default.toml", "")
    folder.fine("session", "new", "--name", "s")
    with served(folder) as server:
        for place in (linked, folder.root / "sub"):
            begun = time.monotonic()
            for words in (["run", "-e", "1"], ["session", "new"], ["session", "close", "s"]):
                done = folder.vmgit(*words, cwd=place)
                assert (done.status, done.out) == (6, ""), (words, done)
                assert f"served by pid {server.pid}, for {folder.root}." in done.err
                assert f"vmgit -C {folder.root}" in done.err
            assert folder.vmgit("serve", "--detach", cwd=place).status == 6
            assert folder.vmgit("watch", cwd=place).status == 6
            assert time.monotonic() - begun < TIMEOUT
            # Reading needs nobody's leave, and the server can be managed from anywhere.
            assert folder.fine("session", "list", cwd=place).out.count("\n") == 2
            assert folder.fine("serve", "status", cwd=place).out.count(str(folder.root)) == 2


def test_autostart(folder: Folder) -> None:
    folder.write("vmgit.toml", "format = 1\nautostart = true\n")
    folder.fine("session", "list")
    assert gone(folder), "a command that only reads started one"
    folder.fine("--no-server", "session", "new")
    assert gone(folder)
    try:
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(lambda _: folder.fine("run", "-e", "1"), range(2)))
        assert [(one.out, one.err) for one in done] == [("1\n", "")] * 2
        first = folder.fine("serve", "status", "--json").json
        assert folder.fine("run", "-e", "2").out == "2\n"
        assert folder.fine("serve", "status", "--json").json == first
    finally:
        folder.vmgit("serve", "stop")


def test_a_deep_folder(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path.joinpath(*["a-folder-with-a-long-name"] * 6) / "work")
    with served(folder) as server:
        assert len(server.record["socket"]) > 108
        assert folder.fine("run", "-e", "1").out == "1\n"
        # The line is written after the answer.
        until(lambda: "'/api/v1/executions' 200" in server.log)


def test_ctrl_c_cancels_at_the_server(folder: Folder) -> None:
    folder.profile("[limits]\nwall_ms = 60000\ncpu_ms = 60000\n")
    with served(folder):
        folder.fine("session", "new", "--name", "s")
        running = folder.start("run", "-s", "s", "-e", "for (;;) {}")
        until(lambda: statuses(folder)[:1] == ["running"])
        waiting = folder.start("run", "-s", "s", "-e", "'never'")
        time.sleep(1.0)
        done = ended(waiting, signal.SIGINT)
        assert (done.status, done.out) == (130, "")
        assert "nothing was recorded" in done.err
        done = ended(running, signal.SIGINT)
        assert (done.status, done.out) == (130, "")
        assert "cancelled" in done.err
        assert statuses(folder) == ["cancelled"]


def test_a_client_that_dies_does_not_lose_its_execution(folder: Folder) -> None:
    with served(folder):
        folder.fine("session", "new", "--name", "s")
        slow = "await new Promise(done => setTimeout(done, 1000)); let kept = 'there'"
        process = folder.start("run", "-s", "s", "-e", slow)
        until(lambda: statuses(folder)[:1] == ["running"])
        process.kill()
        process.communicate()
        assert folder.fine("run", "-s", "s", "-e", "kept").out == "'there'\n"
        assert statuses(folder)[:2] == ["ok", "ok"]


def test_a_server_of_another_version_is_told(folder: Folder) -> None:
    with served(folder) as server:
        path = state_dir(folder) / "server.json"
        path.write_text(json.dumps({**server.record, "version": "9.9.9"}))
        done = folder.vmgit("run", "-e", "1")
        assert done.status == 4
        assert "is vmgit 9.9.9" in done.err


def test_looking_for_a_server_loads_nothing() -> None:
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from vmgit.serving.record import find_server\n"
        "from vmgit.serving.wanted import wants_server\n"
        "assert find_server(Path('/nowhere')) is None\nassert not wants_server(Path('/nowhere'))\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert not set(done.stdout.split()) & {"httpx", "msgspec", "tomllib", "asyncio", "ssl"}
