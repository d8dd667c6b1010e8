"""A real workspace in a temporary repository, and the real command line in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from realgit import Git

from vmgit.workspace import Workspace

#: Long enough for a loaded machine; a command that needs it has hung.
TIMEOUT = 60


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)


class Folder:
    """A workspace folder: write files, commit them, run commands, open it in this process."""

    def __init__(self, git: Git) -> None:
        self.git = git
        self.root: Path = git.folder

    def write(self, path: str, content: str | bytes) -> Path:
        """Write and track a file."""
        written = self.git.write(path, content)
        self.git("add", "--", path)
        return written

    def profile(self, text: str = "", name: str = "default") -> None:
        """Write a profile."""
        self.write(f"profiles/{name}.toml", text)

    def commit(self, message: str = "change") -> str:
        """Commit everything and return the commit's id."""
        return self.git.commit(message)

    def open(self, **options: Any) -> Workspace:
        """Open the workspace in this process."""
        return Workspace.open(self.root, **options)

    @property
    def log_path(self) -> Path:
        """The event log."""
        return self.root / ".git" / "vmgit" / "events.db"

    def vmgit(self, *arguments: str | Path, **options: Any) -> Done:
        """Run `vmgit ARGUMENTS` to its end.

        Options: `cwd`, `stdin` (text or bytes), `env` (variables to add).
        """
        stdin = options.pop("stdin", b"")
        done = subprocess.run(
            [sys.executable, "-m", "vmgit", *map(str, arguments)],
            cwd=options.pop("cwd", self.root),
            env={**os.environ, **options.pop("env", {})},
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert not options, f"unknown options {sorted(options)}"
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def fine(self, *arguments: str | Path, **options: Any) -> Done:
        """Run `vmgit ARGUMENTS`, which must exit 0."""
        done = self.vmgit(*arguments, **options)
        assert done.status == 0, (arguments, done)
        return done

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `vmgit ARGUMENTS` in the background; stop it with `interrupt` or `kill`."""
        return subprocess.Popen(
            [sys.executable, "-m", "vmgit", *arguments],
            cwd=self.root,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )


def interrupt(process: subprocess.Popen[str]) -> Done:
    """Press Ctrl-C and wait for the end."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=TIMEOUT)
    return Done(process.returncode, out, err)


def killed(arguments: Sequence[str | Path], lines: int, delay: float) -> list[str]:
    """Run a program until it has said `ready` and `lines` lines and a moment more, then kill -9.

    Returns the lines after the first, but not one that the kill cut off.
    """
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, *arguments], **options) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(lines + 1)]
        time.sleep(delay)
        process.kill()
        told += process.stdout.readlines()
        assert process.wait(TIMEOUT) == -9
    return [line for line in told[1:] if line.endswith("\n")]


def make_folder(root: Path) -> Folder:
    """Make a committed workspace whose executions may take a while."""
    root.mkdir(parents=True)
    made = Folder(Git(root).init())
    made.write("vmgit.toml", "format = 1\n")
    made.profile('startup = ["startup/a.js"]\n\n[limits]\nwall_ms = 20000\ncpu_ms = 20000\n')
    made.profile("startup = []\n", name="plain")
    made.profile("[capabilities]\nenv = ['HOME']\n", name="greedy")
    made.write("startup/a.js", "let n = 0;\nfunction twice(x) { return 2 * x; }\n")
    made.write("hello.js", "console.log('hello', ...vmgit.args);\n")
    made.commit("workspace")
    return made
