"""The real git as a helper object; the tests never imitate Git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


class Git:
    """The real git, run in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str | Path, **options: object) -> str:
        """Run `git ARGUMENTS` and return its standard output without the last newline.

        Options: `stdin` (bytes), `env` (variables to add), `check` (default true).
        """
        return self.raw(*arguments, **options).decode("utf-8", "surrogateescape").rstrip("\n")

    def raw(self, *arguments: str | Path, **options: object) -> bytes:
        """Run `git ARGUMENTS` and return its standard output as bytes."""
        extra = options.pop("env", None) or {}
        stdin = options.pop("stdin", b"")
        check = options.pop("check", True)
        assert not options, f"unknown options {sorted(options)}"
        done = subprocess.run(
            ["git", *map(str, arguments)],
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            env={**os.environ, **extra},
            check=False,
        )
        assert not check or done.returncode == 0, (
            arguments,
            done.stderr.decode("utf-8", "replace"),
        )
        return done.stdout

    def at(self, folder: Path) -> Git:
        """Return the same helper for another folder."""
        return Git(folder)

    def init(self, folder: Path | None = None) -> Git:
        """Make a repository (branch `main`) in `folder` (default: here) and return its helper."""
        where = folder or self.folder
        where.mkdir(parents=True, exist_ok=True)
        there = Git(where)
        there("init", "--quiet", "--initial-branch=main")
        return there

    def write(self, path: str, content: str | bytes = "") -> Path:
        """Write a file below the folder, its parents too, and return its path."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def commit(self, message: str = "change") -> str:
        """Stage everything, commit it and return the new commit's id."""
        self("add", "--all")
        self("commit", "--quiet", "--allow-empty", "--message", message)
        return self("rev-parse", "HEAD")
