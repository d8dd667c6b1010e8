"""The server's watch: sessions are refreshed when files change, each in its own turn.

Only a session that is in use, or that a change concerns, does anything: after a restart sessions
are rebuilt when they are used first. What changed is decided by Git and by blob ids.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable

from vmgit import hostlock
from vmgit.api.ticket import Ticket
from vmgit.errors import BusyError, VmgitError
from vmgit.events.workspace import WatchDegraded, WatchRecovered
from vmgit.live import LiveSession
from vmgit.watch.batch import Ready
from vmgit.watch.loop import WatchLoop, worktree_batch
from vmgit.watch.reports import Report, Reporter
from vmgit.watch.source import WatchSource

from .queues import ClosingError
from .service import Service

_log = logging.getLogger("vmgit.server.watch")
#: Seconds between two tries to take the watch from a `vmgit watch`, which gives way by itself.
_RETRY = 0.2


class Watching:
    """Watches the served worktree in a thread, from `start` to `stop`."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._parts = service.parts
        self._reporter = Reporter(self._parts.log, self._parts.followers, self._parts.label)
        self._stop_read, self._stop_write = os.pipe()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="vmgit-watch", daemon=True)
        self._lock = threading.Lock()
        #: Sessions whose refresh waits for its turn: it will see what changes until then.
        self._asked: set[str] = set()
        #: The changes that a session with `refresh = "off"` was told of last.
        self._reported: dict[str, tuple[str, ...]] = {}

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns when the watcher process is gone."""
        self._stopping.set()
        os.write(self._stop_write, b"x")
        self._thread.join()
        os.close(self._stop_read)
        os.close(self._stop_write)

    def _run(self) -> None:
        try:
            self._watch()
        except Exception:
            # Every execution looks at the files by itself; only refreshing ahead is lost.
            _log.exception("the watch has ended; sessions are refreshed at their next use")
            self._parts.record(WatchDegraded("the server's watch failed"))

    def _watch(self) -> None:
        paths = self._parts.paths
        while not self._stopping.is_set():
            try:
                with (
                    hostlock.hold(self._parts.watch_lock_path, "vmgit serve", wait=False),
                    WatchSource(paths.worktree, paths.git_dir, paths.common_dir) as source,
                ):
                    batch = worktree_batch(paths.worktree, paths.git_dir)
                    return WatchLoop(source, batch, self, stop=self._stop_read).run()
            except BusyError:
                time.sleep(_RETRY)

    # -- what the loop tells; see `watch.loop.Acts` ------------------------------------------

    def begin(self, mode: str) -> None:
        """Look once: what changed before the watch was in place is not reported."""
        _log.info("watching %s%s", self._parts.paths.root, "" if mode == "events" else f" ({mode})")
        self._look()

    def act(self, batch: Ready) -> None:
        """Let every session that follows the worktree look at it."""
        self._look()

    def degraded(self, reason: str) -> None:
        """Record and log it."""
        self._parts.record(WatchDegraded(reason))
        _log.warning("watch degraded: %s", reason)

    def recovered(self) -> None:
        """Record and log it."""
        self._parts.record(WatchRecovered())
        _log.info("watch recovered")

    def idle(self) -> None:
        """Log the refreshes since the last time, those that executions caused among them."""
        for report in self._reporter.new():
            log_report(report)

    # -- refreshing --------------------------------------------------------------------------

    def _look(self) -> None:
        try:
            self._parts.take_notes()
            followers = self._parts.followers()
        except VmgitError as error:
            _log.warning("%s", error.message)
            return
        for session in followers:
            self._ask(session)

    def _ask(self, session: str) -> None:
        with self._lock:
            if session in self._asked:
                return
            self._asked.add(session)
        try:
            self._service.host.submit_look(session, self._refresh, Ticket())
        except ClosingError:
            with self._lock:
                self._asked.discard(session)

    def _refresh(self, live: LiveSession) -> None:
        """Bring a session up to date in its turn; what that came to is in the log."""
        with self._lock:
            self._asked.discard(live.state.id)
        if live.state.ended is not None:
            return
        try:
            update = live.update(self._parts.origin_of(live.state))
        except VmgitError as error:
            _log.warning("session %s is not refreshed: %s", live.state.label, error.message)
            return
        known = self._reported.get(live.state.id, ())
        self._reported[live.state.id] = update.reported
        if update.reported and update.reported != known:
            label = {live.state.label: live.state.generation}
            log_report(Report("reported", label, update.reported, 0))


def log_report(report: Report, write: Callable[..., None] = _log.info) -> None:
    """Log a refresh as one line."""
    sessions = ", ".join(f"{name} (generation {g})" for name, g in report.sessions.items())
    changed = f": {', '.join(report.changed)}" if report.changed else ""
    why = f": {report.message}" if report.message else ""
    write("%s %s%s%s %.1f ms", report.result, sessions, changed, why, report.duration_us / 1000)
