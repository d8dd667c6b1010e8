"""`vmgit serve`: how a server begins, lives and ends."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from realgit import Git
from served import ended, gone, served, state_dir, statuses
from workspaces import TIMEOUT, Folder

from .conftest import make_workspace
from .terminal import until
from .watching import alive

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (INFO|WARNING|ERROR) .+")


def _state(folder: Folder) -> set[str]:
    names = {path.name for path in state_dir(folder).glob("*")}
    return {name for name in names if name.startswith("server.")}


def _started(folder: Folder, *options: str) -> subprocess.Popen[str]:
    """Start a server in the foreground and wait until it answers."""
    process = folder.start("serve", *options)
    until(lambda: (state_dir(folder) / "server.json").exists())
    return process


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_in_the_foreground_until_a_signal(folder: Folder, number: int, status: int) -> None:
    process = _started(folder)
    assert folder.fine("run", "-e", "6 * 7").out == "42\n"
    record = folder.fine("serve", "status", "--json").json
    assert (record["pid"], record["root"]) == (process.pid, str(folder.root))
    done = ended(process, number)
    assert (done.status, done.out) == (status, "")
    lines = done.err.splitlines()
    assert all(LINE.fullmatch(line) for line in lines), done.err
    assert f"INFO    serving {folder.root} at " in lines[0]
    assert any("POST '/api/v1/executions' 200 in " in line for line in lines)
    assert lines[-1].endswith("INFO    stopped")
    assert _state(folder) == {"server.lock"}
    # The write-ahead log is in the file.
    assert not (state_dir(folder) / "events.db-wal").exists()
    assert folder.fine("journal", "verify").status == 0


def test_detached(folder: Folder) -> None:
    done = folder.fine("serve", "--detach")
    try:
        assert done.err == ""
        lines = done.out.splitlines()
        assert re.fullmatch(rf"serving {folder.root}, pid \d+", lines[0])
        socket = state_dir(folder) / "server.sock"
        assert lines[1:] == [f"at {socket}"]
        assert stat.S_IMODE(socket.stat().st_mode) == 0o600
        assert stat.S_IMODE((state_dir(folder) / "server.json").stat().st_mode) == 0o600
        assert stat.S_IMODE((state_dir(folder) / "server.log").stat().st_mode) == 0o600
        shown = folder.fine("serve", "status").out
        assert f"serving    {folder.root}\n" in shown
        assert f"socket     {socket}\n" in shown
        assert f"host       vmgit serve, pid {lines[0].rpartition(' ')[2]}\n" in (
            folder.fine("status").out
        )
        pid = int(lines[0].rpartition(" ")[2])
        assert os.getsid(pid) == pid, "it dies with its terminal"
    finally:
        stopped = folder.vmgit("serve", "stop")
    assert stopped.out == f"stopped the server, pid {pid}\n"
    assert _state(folder) == {"server.lock", "server.log"}
    until(lambda: alive({pid}) == set())


def test_without_a_server(folder: Folder) -> None:
    for words in (["status"], ["stop"], ["status", "--json"]):
        done = folder.vmgit("serve", *words)
        assert done.status == 4
        assert done.err.startswith("error: no server runs for this repository.\n")
    done = folder.vmgit("serve", "logs")
    assert done.status == 4
    assert "no detached server has run here" in done.err


def test_a_second_one_says_who_serves(folder: Folder) -> None:
    with served(folder) as first:
        for words in (["serve"], ["serve", "--detach"]):
            done = folder.vmgit(*words)
            assert (done.status, done.out) == (6, "")
            assert done.err.splitlines()[0] == (
                f"error: a server of this repository runs already: pid {first.pid}, "
                f"for {folder.root}."
            )
            assert "vmgit serve stop" in done.err
        assert folder.fine("run", "-e", "1").out == "1\n"


def test_two_that_start_at_once(folder: Folder) -> None:
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: folder.vmgit("serve", "--detach"), range(3)))
    try:
        assert sorted(done.status for done in results) == [0, 6, 6]
        assert folder.fine("run", "-e", "1").out == "1\n"
    finally:
        folder.fine("serve", "stop")


def test_what_a_dead_server_left_is_cleared_away(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "s")
    with served(folder) as first:
        folder.fine("run", "-s", "s", "-e", "let kept = 5")
        first.kill()
        assert {"server.json", "server.sock"} <= _state(folder)
        # Embedded again, at once and without a word.
        done = folder.fine("run", "-s", "s", "-e", "kept")
        assert (done.out, done.err) == ("5\n", "")
        assert folder.vmgit("serve", "status").status == 4
    with served(folder) as second:
        assert second.pid != first.pid
        assert folder.fine("run", "-s", "s", "-e", "kept + 1").out == "6\n"


def test_a_restored_session_is_told_in_the_log(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "s")
    folder.fine("run", "-s", "s", "-e", "let kept = 5")
    with served(folder):
        assert folder.fine("log", "--type", "session.restored", "--json").json == []
        folder.fine("run", "-s", "s", "-e", "kept")
        folder.fine("run", "-s", "s", "-e", "kept")
        (restored,) = folder.fine("log", "--type", "session.restored", "--json").json
    assert restored["payload"] == {"equal": 3, "total": 3}
    assert restored["actor"] == "serve"


def test_running_executions_finish_before_the_end(folder: Folder) -> None:
    folder.profile('startup = ["startup/00-base.js"]\n[limits]\nwall_ms = 20000\n')
    with served(folder):
        folder.fine("session", "new", "--name", "s")
        slow = "await new Promise(done => setTimeout(done, 1500)); 'finished'"
        running = folder.start("run", "-s", "s", "-e", slow)
        until(lambda: statuses(folder)[:1] == ["running"])
        stopping = folder.start("serve", "stop")
        until(lambda: "no new work" in (state_dir(folder) / "server.log").read_text())
        refused = folder.vmgit("run", "-s", "s", "-e", "1")
        assert refused.status == 6
        assert "the server is stopping and takes no new work" in refused.err
        out, err = running.communicate(timeout=TIMEOUT)
        assert (running.returncode, out, err) == (0, "'finished'\n", "")
        stopping.communicate(timeout=TIMEOUT)
        assert stopping.returncode == 0
    assert statuses(folder)[0] == "ok"


@pytest.mark.parametrize("how", ["grace", "stop", "twice"])
def test_what_does_not_finish_is_cancelled(folder: Folder, how: str) -> None:
    folder.profile("[limits]\nwall_ms = 60000\ncpu_ms = 60000\n")
    with served(folder, "--grace", "0.2" if how == "grace" else "60") as server:
        folder.fine("session", "new", "--name", "s")
        running = folder.start("run", "-s", "s", "-e", "for (;;) {}")
        until(lambda: statuses(folder)[:1] == ["running"])
        if how == "stop":
            folder.fine("serve", "stop", "--grace", "0.2")
        else:
            os.kill(server.pid, signal.SIGINT)
        if how == "twice":
            until(lambda: "grace 60 s" in server.log)
            os.kill(server.pid, signal.SIGINT)
        until(lambda: gone(folder))
        _, err = running.communicate(timeout=TIMEOUT)
        assert running.returncode == 130
        assert "cancelled" in err
    assert statuses(folder)[0] == "cancelled"
    assert folder.fine("run", "-s", "s", "-e", "1").out == "1\n"


def test_a_hook_s_environment_does_not_reach_it(folder: Folder, tmp_path: Path) -> None:
    elsewhere = Git(tmp_path / "elsewhere").init()
    variables = {
        "GIT_DIR": str(elsewhere.folder / ".git"),
        "GIT_INDEX_FILE": str(tmp_path / "no-index"),
        "GIT_WORK_TREE": str(elsewhere.folder),
    }
    done = folder.fine("serve", "--detach", "--json", env=variables)
    try:
        pid = done.json["pid"]
        if Path("/proc/self/environ").exists():
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            names = {one.partition(b"=")[0].decode() for one in environment}
            assert not names & set(variables)
            assert "GIT_AUTHOR_NAME" in names
        folder.write("startup/00-base.js", "let fresh = 'seen';\n")
        assert folder.fine("run", "-e", "fresh").out == "'seen'\n"
    finally:
        folder.vmgit("serve", "stop")


def test_the_token(folder: Folder) -> None:
    first = folder.fine("serve", "token").out
    assert re.fullmatch(r"[\w-]{40,}\n", first)
    assert folder.fine("serve", "token").out == first
    assert folder.fine("serve", "token", "--json").json == {"token": first.strip()}
    assert folder.fine("serve", "token", "--rotate").out != first
    assert stat.S_IMODE((state_dir(folder) / "token").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("options", "status", "told"),
    [
        (["--listen", "7700"], 2, "no address to listen at"),
        (["--listen", "127.0.0.1:99999"], 2, "no address to listen at"),
        (["--listen", "0.0.0.0:0"], 2, "can be reached from other machines"),
        (["--listen", "[::]:0"], 2, "can be reached from other machines"),
        (["--listen", "no.such.host.invalid:1"], 4, "no host no.such.host.invalid"),
        (["--allow-remote"], 2, "--listen, which is not given"),
        (["--max-live", "0"], 2, "--max-live"),
        (["--grace", "-1"], 2, "--grace"),
        (["--detach", "stop"], 2, "--detach is no option of `serve stop`"),
    ],
)
def test_bad_options(folder: Folder, options: list[str], status: int, told: str) -> None:
    done = folder.vmgit("serve", *options)
    assert (done.status, done.out) == (status, "")
    assert told in done.err
    assert gone(folder)
    assert _state(folder) <= {"server.lock"}
    assert not (state_dir(folder) / "token").exists()


def test_a_detached_one_that_cannot_start_says_why(folder: Folder) -> None:
    done = folder.vmgit("serve", "--detach", "--listen", "0.0.0.0:0")
    assert (done.status, done.out) == (2, "")
    assert "can be reached from other machines" in done.err
    (folder.root / "vmgit.toml").write_text("formt = 1\n")
    done = folder.vmgit("serve", "--detach", "--json")
    assert done.status == 1
    assert "formt" in done.json["error"]["message"]
    assert gone(folder)


def test_the_logs(folder: Folder) -> None:
    with served(folder):
        folder.fine("run", "-e", "1")
        lines = folder.fine("serve", "logs").out.splitlines()
        assert all(LINE.fullmatch(line) for line in lines)
        assert "'/api/v1/executions' 200" in lines[-1]
        assert folder.fine("serve", "logs", "-n", "1").out.splitlines() == lines[-1:]
        assert folder.fine("serve", "logs", "-n", "1", "--json").json == {"lines": lines[-1:]}
        following = folder.start("serve", "logs", "-f", "-n", "0")
        folder.fine("run", "-e", "2")
        assert following.stdout is not None
        assert "'/api/v1/executions' 200" in following.stdout.readline()
        following.send_signal(signal.SIGINT)
        following.communicate(timeout=TIMEOUT)
        assert following.returncode == 130
    assert folder.fine("serve", "logs", "-n", "1").out.endswith(" stopped\n")


def test_a_server_whose_repository_is_gone_ends(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "work")
    record = folder.fine("serve", "--detach", "--json").json
    (folder.root / ".git").rename(tmp_path / "away")
    until(lambda: alive({record["pid"]}) == set())
