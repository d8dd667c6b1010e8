"""Which files of a worktree are tracked, and in which folders they are.

Only those folders are watched: a build folder or `node_modules` would use up the kernel's watches
and answer with events nobody needs. This asks the `git` program, because the watcher process
should not load libgit2 for a list of names.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from vmgit.errors import EnvironmentFailure


def list_tracked(worktree: Path, git_dir: Path) -> frozenset[str]:
    """Return the tracked paths relative to the worktree, unmerged ones included.

    Undecodable bytes of a name become lone surrogates (`os.fsdecode`). Raises `EnvironmentFailure`
    with Git's own words when the index cannot be read.
    """
    command = ["git", "-c", "core.fsmonitor=false", f"--git-dir={git_dir}"]
    command += [f"--work-tree={worktree}", "ls-files", "-z"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        done = subprocess.run(
            command, cwd=worktree, env=environment, stdin=subprocess.DEVNULL, capture_output=True
        )
    except OSError as error:
        raise EnvironmentFailure(
            f"The tracked files of {worktree} cannot be listed: {error}."
        ) from None
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise EnvironmentFailure(f"The tracked files of {worktree} cannot be listed: {said}")
    return frozenset(os.fsdecode(name) for name in done.stdout.split(b"\0") if name)


def folders_of(paths: Iterable[str]) -> frozenset[str]:
    """Return the folders that hold `paths` and all folders above them; `""` is the worktree."""
    folders = {""}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return frozenset(folders)
