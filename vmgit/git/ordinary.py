"""Tells whether a repository is so ordinary that objects may be read before libgit2 has seen it.

Loading libgit2 takes longer than all that a short command does otherwise. It also is what refuses
the repositories that vmgit cannot use (see `support`). So whatever could be a reason to refuse, or
only looks unusual, makes a repository not ordinary: then libgit2 decides, as it always did.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from .discovery import RepositoryPaths

#: Extensions, included files, partial clones, a worktree elsewhere or none, versions other than 0,
#: and lines that go on in the next one, where any of these could hide.
_UNUSUAL = re.compile(
    rb"\[\s*(?:extensions|include|includeif)\b|promisor|partialclone|\bworktree\b"
    rb"|\bbare\b(?!\s*=\s*false\s*$)|repositoryformatversion(?!\s*=\s*0\s*$)|\\\r?\n",
    re.IGNORECASE | re.MULTILINE,
)
#: A line as Git writes them; anything else may be damage, or hide what is looked for.
_LINE = re.compile(
    rb'\s*(?:[#;].*|\[[\w.-]+(?:\s+"[^"]*")?\]|[A-Za-z][\w-]*(?:\s*=.*)?)?\s*', re.ASCII
)


def is_ordinary(paths: RepositoryPaths) -> bool:
    """Return whether nothing about the repository asks for a closer look."""
    try:
        config = Path(paths.common_dir, "config").read_bytes()
        places = {paths.worktree, paths.git_dir, paths.common_dir}
        owners = {os.stat(place).st_uid for place in places}
    except OSError:
        return False
    return (
        owners == {os.geteuid()}
        and _UNUSUAL.search(config) is None
        and all(map(_LINE.fullmatch, config.split(b"\n")))
        and not Path(paths.git_dir, "config.worktree").exists()
    )
