"""Starts the real `git`, in an environment that cannot lead it astray.

A hook runs with `GIT_DIR`, `GIT_INDEX_FILE` and friends set; a `git` started from there, or by a
server that was started from there, would work on the wrong repository or index. Every child of
vmgit gets its environment from here, and this is the only place that runs `git`.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from vmgit.errors import EnvironmentFailure

#: What `git rev-parse --local-env-vars` prints: they tie a process to one repository.
LOCAL_VARIABLES = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_CONFIG",
        "GIT_CONFIG_PARAMETERS",
        "GIT_CONFIG_COUNT",
        "GIT_OBJECT_DIRECTORY",
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_GRAFT_FILE",
        "GIT_INDEX_FILE",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_REPLACE_REF_BASE",
        "GIT_PREFIX",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_SHALLOW_FILE",
        "GIT_COMMON_DIR",
    }
)
#: Not local by Git's own account, yet each changes what a child of ours reads or prints.
MEDDLING_VARIABLES = frozenset(
    {
        "GIT_ATTR_SOURCE",
        "GIT_CEILING_DIRECTORIES",
        "GIT_DEFAULT_HASH",
        "GIT_DISCOVERY_ACROSS_FILESYSTEM",
        "GIT_GLOB_PATHSPECS",
        "GIT_ICASE_PATHSPECS",
        "GIT_LITERAL_PATHSPECS",
        "GIT_NAMESPACE",
        "GIT_NOGLOB_PATHSPECS",
        "GIT_QUARANTINE_PATH",
        "GIT_REFLOG_ACTION",
    }
)
#: Never take the index lock for a mere refresh, never translate, ask or fetch.
FIXED_VARIABLES = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    "LANGUAGE": "",
}


def child_environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for a child process: `base` (default: this process's) without leaks.

    Suits any child, not only `git`: workers, hooks' successors and the server use it too.
    """
    source = os.environ if base is None else base
    kept = {
        name: value
        for name, value in source.items()
        if name not in LOCAL_VARIABLES
        and name not in MEDDLING_VARIABLES
        and not name.startswith(("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"))
    }
    return kept | FIXED_VARIABLES


def run_git(
    arguments: Sequence[str],
    *,
    cwd: Path,
    stdin: bytes = b"",
    accept: Sequence[int] = (0,),
    index_file: Path | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run `git` in `cwd` with `stdin` as its input and return what it wrote and its status.

    `accept` lists the exit statuses that are answers; `index_file` is the index to use instead of
    the worktree's own. Raises `EnvironmentFailure` for any other,
    with Git's last line as the reason, and when there is no `git` to run.
    """
    return StartedGit(arguments, cwd=cwd, index_file=index_file).finish(stdin, accept)


def start_git(
    arguments: Sequence[str],
    *,
    cwd: Path,
    index_file: Path | None = None,
    stderr: int = subprocess.PIPE,
    apart: bool = False,
) -> subprocess.Popen[bytes]:
    """Start `git` in `cwd` with pipes to its streams; see `run_git`.

    With `apart` a terminal's Ctrl-C does not reach it. Raises `EnvironmentFailure` when there is
    no `git` to run.
    """
    environment = child_environment()
    if index_file is not None:
        environment["GIT_INDEX_FILE"] = str(index_file)
    try:
        return subprocess.Popen(
            ["git", *arguments],
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment,
            process_group=0 if apart else None,
        )
    except FileNotFoundError as error:
        raise EnvironmentFailure(
            "vmgit needs the `git` command and finds none on the PATH.",
            hints=["Install Git 2.20 or newer."],
            code="no_git",
        ) from error


class StartedGit:
    """A `git` that runs while its starter does something else; `finish` or `discard` it."""

    def __init__(
        self, arguments: Sequence[str], *, cwd: Path, index_file: Path | None = None
    ) -> None:
        """Start `git` in `cwd`. Raises `EnvironmentFailure` when there is no `git` to run."""
        self._arguments = list(arguments)
        self._cwd = cwd
        self._process = start_git(arguments, cwd=cwd, index_file=index_file)

    def finish(
        self, stdin: bytes = b"", accept: Sequence[int] = (0,)
    ) -> subprocess.CompletedProcess[bytes]:
        """Wait for its end and return what it wrote; see `run_git`."""
        with self._process as process:
            try:
                out, err = process.communicate(stdin)
            except BaseException:
                process.kill()
                raise
        if process.returncode in accept:
            return subprocess.CompletedProcess(self._arguments, process.returncode, out, err)
        complaint = err.decode("utf-8", "replace").strip().splitlines()
        reason = complaint[-1] if complaint else f"exit status {process.returncode}"
        raise EnvironmentFailure(
            f"`git {_subcommand(self._arguments)}` failed in {self._cwd}: {reason}",
            details={"arguments": self._arguments, "status": process.returncode},
            code="git_failed",
        )

    def discard(self) -> None:
        """End it; what it would have said is not needed."""
        with self._process as process:
            process.kill()
            process.communicate()


def _subcommand(arguments: Sequence[str]) -> str:
    """Return the name of the command that `git ARGUMENTS` runs."""
    words = iter(arguments)
    for word in words:
        if word in ("-c", "-C"):
            next(words)
        elif not word.startswith("-"):
            return word
    return ""
