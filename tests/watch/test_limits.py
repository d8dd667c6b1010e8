"""What happens when the kernel has no events left to give: real limits, in a user namespace."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .conftest import Repo

# Inside a user namespace of its own a process may lower these limits for itself. A helper raises
# one again when the file "raise" appears, for as long as the watcher lives.
_SCRIPT = """
cd /proc/sys/user
echo "$2" > "$1"
(while kill -0 $$ && [ ! -e "$3" ]; do sleep 0.05; done; echo 1000 > "$1") 2> /dev/null &
shift 3
exec "$@"
"""


class Limited:
    """A watcher process that was given few of something."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def until(self, kind: str) -> dict[str, Any]:
        """Return the next message of a kind."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message: dict[str, Any] = json.loads(line)
            if message["t"] == kind:
                return message
        raise AssertionError(f"ended without {kind}")


@contextmanager
def limited(repo: Repo, limit: str, value: int, retry: float = 60.0) -> Iterator[Limited]:
    """Run a watcher that may have `value` of `limit`, and asks again after `retry` seconds."""
    code = f"from vmgit.watch import child, watcher; watcher.RETRY = {retry}; child.main()"
    command = ["unshare", "--user", "--map-root-user", "sh", "-c", _SCRIPT, "sh"]
    command += [limit, str(value), str(repo.root.parent / "raise"), sys.executable, "-P", "-c"]
    command += [code, str(repo.root), str(repo.git_dir), str(repo.common_dir)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Limited(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(60)


def test_no_watch_left_at_the_start(repo: Repo) -> None:
    with limited(repo, "max_inotify_watches", 3) as source:
        assert source.until("ready")["mode"] == "polling"
        assert "inotify watch limit reached" in source.until("degraded")["reason"]
        source.until("rescan")
        repo.write("lib/deep/d.js", "longer than before\n")
        assert source.until("paths")["paths"] == ["lib/deep/d.js"]


def test_no_instance_left_at_the_start(repo: Repo) -> None:
    with limited(repo, "max_inotify_instances", 0) as source:
        assert source.until("ready")["mode"] == "polling"
        assert "inotify instance limit reached" in source.until("degraded")["reason"]
        repo.write("a.js", "longer than before\n")
        assert source.until("paths")["paths"] == ["a.js"]


def test_no_watch_left_for_a_new_folder(repo: Repo) -> None:
    with limited(repo, "max_inotify_watches", 8) as source:
        assert source.until("ready")["mode"] == "events"
        for n in range(8):
            repo.write(f"new/{n}/x.js", "1\n")
        repo.git("add", "new")
        assert "inotify watch limit reached" in source.until("degraded")["reason"]
        source.until("rescan")
        repo.write("new/7/x.js", "longer than before\n")
        assert source.until("paths")["paths"] == ["new/7/x.js"]


def test_events_come_back_when_the_limit_is_raised(repo: Repo) -> None:
    with limited(repo, "max_inotify_watches", 3, retry=0.5) as source:
        source.until("degraded")
        (repo.root.parent / "raise").write_text("")
        source.until("recovered")
        repo.write("lib/deep/d.js", "2\n")
        assert source.until("paths")["paths"] == ["lib/deep/d.js"]
