"""The process itself: it ends with its parent, whatever happens, and loads only what is ours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from vmgit.watch.messages import Degraded

from .conftest import Follow, Repo


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # dead; whether somebody collects it is not ours to decide


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 60
    while _alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


_PARENT = """
import select, sys
from pathlib import Path
from vmgit.watch.source import WatchSource
source = WatchSource(*map(Path, sys.argv[1:]))
select.select([source], [], [])
print(source.pid, flush=True)
sys.stdin.read()
"""


def _parent(repo: Repo) -> tuple[subprocess.Popen[str], int]:
    command = [sys.executable, "-c", _PARENT, repo.root, repo.git_dir, repo.common_dir]
    parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    return parent, int(parent.stdout.readline())


def test_the_watcher_ends_when_its_parent_is_killed(repo: Repo) -> None:
    parent, pid = _parent(repo)
    with parent:
        assert _alive(pid)
        parent.kill()
        parent.wait()
        _wait_until_gone(pid)


def test_the_watcher_ends_when_its_parent_is_killed_and_the_pipe_leaked(repo: Repo) -> None:
    code = _PARENT.replace(
        "print(",
        "import os, subprocess\nos.set_inheritable(source._process.stdin.fileno(), True)\n"
        "subprocess.Popen(['sleep', '600'], close_fds=False, stdout=subprocess.DEVNULL)\nprint(",
    )
    command = [sys.executable, "-c", code, repo.root, repo.git_dir, repo.common_dir]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        group = parent.pid
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        _wait_until_gone(pid)
        os.killpg(group, signal.SIGKILL)  # the sleeper


def test_ctrl_c_does_not_reach_the_watcher(repo: Repo, follow: Follow) -> None:
    follower = follow()
    pid = follower.source.pid
    assert os.getpgid(pid) == pid != os.getpgid(0)
    os.kill(pid, signal.SIGINT)
    follower.sentinel()
    assert follower.source.pid == pid


def test_modules_of_the_worktree_do_not_pass_for_ours(repo: Repo, follow: Follow) -> None:
    repo.write("watchdog.py", "raise SystemExit('loaded')\n")
    repo.write("json.py", "raise SystemExit('loaded')\n")
    repo.commit()
    here = Path.cwd()
    os.chdir(repo.root)
    try:
        follower = follow()
    finally:
        os.chdir(here)
    follower.sentinel()
    assert not [m for m in follower.messages if isinstance(m, Degraded)]
