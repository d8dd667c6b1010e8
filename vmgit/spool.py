"""Notes that Git hooks leave: read once, in order, and turned into events.

A hook must cost a millisecond and never fail Git, so it only leaves a file; whoever hosts sessions
next records it. A note is removed after its event is on disk, so a crash in between leaves a note
whose event exists: `note` in the payload tells, and it is not recorded twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from .events.envelope import StoredEvent
from .events.registry import decode
from .events.workspace import GitHook

_NAME = re.compile(r"(?P<seconds>\d{1,12})\.\w+")
_OID = re.compile(r"[0-9a-f]{40}")
#: A hook's arguments are refs and flags; whatever is longer is no note of ours.
_MOST_BYTES = 64 * 1024


def read_notes(spool: Path) -> list[tuple[Path, GitHook]]:
    """Return the notes in a spool folder, oldest first; files that are no notes are left alone."""
    if not spool.is_dir():
        return []
    found = []
    for path in spool.iterdir():
        match = _NAME.fullmatch(path.name)
        if match is None or path.is_symlink() or path.stat().st_size > _MOST_BYTES:
            continue
        lines = path.read_bytes().decode("utf-8", "replace").split("\n")
        if len(lines) >= 4:
            found.append((path, _hook(path.name, int(match["seconds"]), lines)))
    return sorted(found, key=lambda item: (item[1].noted_s, item[0].stat().st_mtime_ns))


def _hook(note: str, seconds: int, lines: list[str]) -> GitHook:
    name, head, worktree = lines[:3]
    return GitHook(
        hook=name,
        head=head if _OID.fullmatch(head) else None,
        # The Git directory's last part: `.git` in the main worktree.
        worktree="main" if worktree == ".git" else worktree,
        noted_s=seconds,
        note=note,
        arguments="\n".join(lines[3:]).strip(),
    )


def noted(events: Iterable[StoredEvent]) -> list[str]:
    """Return the names of the notes that `git.hook` events were made from."""
    return [hook.note for hook in map(decode, events) if isinstance(hook, GitHook)]


def ingest(
    spool: Path, recorded: Callable[[], Iterable[str]], record: Callable[[GitHook], object]
) -> int:
    """Record every note of a spool that is not recorded yet, then remove it.

    `recorded` gives the names of the notes that the log has, and is asked only when there are
    notes; `record` appends one durably. Returns how many were recorded.
    """
    notes = read_notes(spool)
    if not notes:
        return 0
    known = set(recorded())
    count = 0
    for path, hook in notes:
        if hook.note not in known:
            record(hook)
            count += 1
        path.unlink(missing_ok=True)
    return count
