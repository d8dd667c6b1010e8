"""Stops an execution that another process runs: what `vmgit exec cancel` does.

Whoever runs executions holds the host lock and listens at the mailbox beside it; a cancellation
names the execution, so that one that comes late stops nothing else. How the execution ended is
read from the log, which is the only one to know.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from . import hostlock, mailbox
from .documents import CancelledDocument
from .errors import BusyError, NotFoundError, RefusedError, UsageError, VmgitError
from .eventlog.rows import ExecutionRow
from .eventlog.views import Views

#: So long the host may take to stop an execution and to write that down, seconds.
PATIENCE_S = 10.0
_STEP_S = 0.02
_REQUEST = re.compile(r"cancel (?P<session>[a-z0-9]{1,32})\.(?P<number>[0-9]{1,18})")


class Cancelling(Protocol):
    """What a cancellation needs of a workspace."""

    @property
    def views(self) -> Views:
        """The projections of the log."""

    @property
    def lock_path(self) -> Path:
        """The host lock."""

    def hosting(self, *, wait: bool = True) -> AbstractContextManager[object]:
        """Hold the lock; what a dead host left open is closed."""


@contextmanager
def heeding(lock: Path, cancel: Callable[[str, int], bool]) -> Iterator[None]:
    """Call `cancel` with a session and a number for each cancellation, during the block.

    For the holder of the lock at `lock`. `cancel` is called from another thread; what it is told
    may have ended, or never been.
    """

    def take(line: str) -> None:
        found = _REQUEST.fullmatch(line)
        if found is not None:
            cancel(found["session"], int(found["number"]))

    with mailbox.listening(_mailbox(lock), take):
        yield


def cancel(
    workspace: Cancelling, text: str | None = None, *, patience_s: float = PATIENCE_S
) -> CancelledDocument:
    """Stop the execution that `text` means, or the only one that runs, and wait for its end.

    Raises `UsageError` when it is not clear which, `RefusedError` when it has ended in another
    way, and `BusyError` when its host does not answer within `patience_s` seconds.
    """
    row = _wanted(workspace.views, text)
    if row.status != "running":
        raise _ended(row, "has ended already")
    deadline = time.monotonic() + patience_s
    posted = orphan = False
    while row.status == "running":
        if hostlock.holder(workspace.lock_path) is None:
            orphan = _close_what_is_open(workspace)
        else:
            posted = posted or mailbox.post(_mailbox(workspace.lock_path), f"cancel {row.id}")
            if time.monotonic() >= deadline:
                raise _no_answer(row, workspace.lock_path, posted=posted)
            time.sleep(_STEP_S)
        row = workspace.views.execution(row.session, row.number) or row
    if row.status == "cancelled":
        return CancelledDocument(row.id, row.session, row.status)
    raise _ended(row, "runs no more, because its host died" if orphan else "came to its end first")


def _mailbox(lock: Path) -> Path:
    return lock.with_name("mailbox")


def _wanted(views: Views, text: str | None) -> ExecutionRow:
    if text is not None:
        return views.find_execution(text)
    running = {row.id: row for row in views.running()}
    return running[only_running(list(running))]


def only_running(names: Sequence[str]) -> str:
    """Return the execution that runs. Raises `UsageError` unless it is exactly one."""
    if not names:
        raise NotFoundError(
            "No execution is running.", hints=["`vmgit exec list` shows how the last ones ended."]
        )
    if len(names) > 1:
        raise UsageError(
            f"Several executions are running: {', '.join(names)}.",
            hints=["Name one: `vmgit exec cancel EXECUTION`."],
            details={"candidates": list(names)},
            code="ambiguous",
        )
    return names[0]


def _close_what_is_open(workspace: Cancelling) -> bool:
    """Nobody runs anything: have the log say so, as the next command would; return whether it does.

    Somebody else may have taken the turn, who then does it.
    """
    try:
        with workspace.hosting(wait=False):
            return True
    except BusyError:
        return False


def _ended(row: ExecutionRow, how: str) -> VmgitError:
    return RefusedError(
        f"execution {row.id} {how}: it is recorded as {row.status}.",
        hints=[f"`vmgit exec show {row.id}` shows it."],
        details={"execution": row.id, "status": row.status},
        code="not_running",
    )


def _no_answer(row: ExecutionRow, lock: Path, *, posted: bool) -> VmgitError:
    holder = hostlock.holder(lock) or "its host"
    why = "does not answer" if posted else "cannot be asked to"
    return BusyError(
        f"execution {row.id} was not stopped: {holder} {why}.",
        hints=["Press Ctrl-C where it runs, or end that process: the session is kept either way."],
        details={"execution": row.id, "holder": holder},
        code="no_answer",
    )
