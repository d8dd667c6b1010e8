"""A real repository, and a loop that drives a source and a batch as `vmgit watch` does."""

from __future__ import annotations

import os
import select
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vmgit.clock import monotonic_us
from vmgit.watch.batch import Batch, Pace, Ready
from vmgit.watch.messages import Message, Started
from vmgit.watch.probe import Probe
from vmgit.watch.source import Mode, WatchSource

#: Seconds after which a test gives up; never reached when things work.
DEADLINE = 60.0

#: Slower than the defaults by so much that a busy machine does not tear a burst apart.
PATIENT = Pace(
    debounce_ms=120,
    git_quiet_ms=300,
    git_only_quiet_ms=500,
    rebase_quiet_ms=500,
    max_wait_ms=30_000,
    grace_ms=800,
)


class Repo:
    """A repository with a few committed files and `sentinel`, all texts."""

    def __init__(self, root: Path, git_dir: Path) -> None:
        self.root = root
        self.git_dir = git_dir
        self.common_dir = git_dir

    def git(self, *arguments: str) -> str:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        for role in ("AUTHOR", "COMMITTER"):
            environment |= {f"GIT_{role}_NAME": "Test", f"GIT_{role}_EMAIL": "test@example.com"}
        command = ["git", "-C", str(self.root), *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def commit(self, title: str = "change") -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", title)

    def content(self) -> dict[str, str | None]:
        """Return the text of each tracked file, None for a missing one."""
        names = self.git("ls-files", "-z").split("\0")[:-1]
        paths = {name: self.root / name for name in names}
        return {n: p.read_text() if p.is_file() else None for n, p in paths.items()}


def make_repo(root: Path) -> Repo:
    root.mkdir(parents=True, exist_ok=True)
    repo = Repo(root, root / ".git")
    repo.git("init", "-q", "-b", "main")
    for path in ("a.js", "b.js", "lib/c.js", "lib/deep/d.js", "sentinel"):
        repo.write(path, f"first {path}\n")
    repo.commit("first")
    return repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return make_repo(tmp_path.resolve() / "repo")


class Follower:
    """Reads a source into a batch and keeps what came of it."""

    def __init__(self, repo: Repo, mode: Mode = "auto", pace: Pace = PATIENT) -> None:
        self.repo = repo
        self.source = WatchSource(repo.root, repo.git_dir, repo.common_dir, mode=mode)
        probe = Probe(repo.root, repo.git_dir)
        self.batch = Batch(
            pace=pace,
            lock_exists=probe.lock_exists,
            rebasing=probe.rebasing,
            is_incomplete=probe.is_incomplete,
        )
        self.messages: list[Message] = []
        self.batches: list[Ready] = []
        self._sentinels = 0

    def step(self) -> Ready | None:
        """Wait for a message or until the batch is due, and return it if it is."""
        wait_ms = self.batch.wait_ms(monotonic_us())
        timeout = 0.1 if wait_ms is None else min(wait_ms / 1000, 0.1)
        select.select([self.source], [], [], timeout)
        for message in self.source.read():
            self.messages.append(message)
            self.batch.add(message, monotonic_us())
        ready = self.batch.due(monotonic_us())
        if ready is not None:
            self.batches.append(ready)
        return ready

    def until(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE
        while not true():
            assert time.monotonic() < deadline, f"{self.messages=} {self.batches=}"
            self.step()

    def rescanned(self) -> None:
        """Wait until a rescan was due and nothing is pending."""
        self.until(
            lambda: (
                any(batch.paths is None for batch in self.batches)
                and self.batch.wait_ms(monotonic_us()) is None
            )
        )

    def message(self, kind: type[Message]) -> Message:
        """Return the first message of a kind that is read from now on."""
        start = len(self.messages)
        found: list[Message] = []

        def seen() -> bool:
            found[:] = [m for m in self.messages[start:] if isinstance(m, kind)]
            return bool(found)

        self.until(seen)
        return found[0]

    def during(self, action: Callable[[], object]) -> list[Ready]:
        """Run `action` in a thread while following; return the batches that it caused.

        A sentinel that is written afterwards proves that nothing more is on its way.
        """
        start = len(self.batches)
        worker = threading.Thread(target=action)
        worker.start()
        self.until(lambda: not worker.is_alive() and len(self.batches) > start)
        worker.join()
        self.sentinel()
        return self.batches[start:-1]

    def sentinel(self) -> None:
        """Change the sentinel and wait until a batch holds nothing else."""
        self._sentinels += 1
        start = len(self.batches)
        self.repo.write("sentinel", f"{self._sentinels}\n")
        self.until(lambda: any(_has(b, "sentinel") for b in self.batches[start:]))
        assert self.batches[-1] == Ready(frozenset(["sentinel"]), False)


def _has(batch: Ready, path: str) -> bool:
    return batch.paths is None or path in batch.paths


Follow = Callable[..., Follower]


@pytest.fixture
def follow(repo: Repo) -> Iterator[Follow]:
    """Start following a repository, by default `repo`; returns when the watches are in place."""
    opened: list[Follower] = []

    def start(which: Repo = repo, mode: Mode = "auto", pace: Pace = PATIENT) -> Follower:
        follower = Follower(which, mode, pace)
        opened.append(follower)
        follower.message(Started)
        return follower

    yield start
    for follower in opened:
        follower.source.close()
