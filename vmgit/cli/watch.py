"""`vmgit watch`."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING

import click
import msgspec

from .app import App, json_option, pass_app
from .streams import answer, one_line

if TYPE_CHECKING:
    from vmgit.watch.batch import Batch
    from vmgit.watch.follower import Follower, Report
    from vmgit.watch.messages import Message
    from vmgit.watch.source import WatchSource
    from vmgit.workspace import Workspace

#: Also without any event, look whether a watcher that died may be started again, ms.
_IDLE_MS = 1000


@click.command(short_help="Refresh sessions when tracked files change.")
@json_option
@pass_app
def watch(app: App) -> None:
    """Refresh this worktree's sessions when tracked files change, until Ctrl-C.

    Prints one line when it is ready, one per refresh and one per failure. With --json, each is
    one line of JSON. Other commands work meanwhile.
    """
    from vmgit import hostlock
    from vmgit.watch.batch import Batch
    from vmgit.watch.follower import Follower
    from vmgit.watch.probe import Probe
    from vmgit.watch.source import WatchSource

    with app.open("watch", template=True) as workspace:
        paths = workspace.paths
        busy = f"the worktree {paths.worktree} is watched already"
        with (
            hostlock.hold(workspace.watch_lock_path, "vmgit watch", wait=False, busy=busy),
            WatchSource(paths.worktree, paths.git_dir, paths.common_dir) as source,
        ):
            probe = Probe(paths.worktree, paths.git_dir)
            batch = Batch(
                lock_exists=probe.lock_exists,
                rebasing=probe.rebasing,
                is_incomplete=probe.is_incomplete,
            )
            _Loop(app, workspace, source, batch, Follower(workspace)).run()


class _Loop:
    """Waits for messages, collects them in batches, acts on each batch and prints."""

    def __init__(
        self,
        app: App,
        workspace: Workspace,
        source: WatchSource,
        batch: Batch,
        follower: Follower,
    ) -> None:
        self._app = app
        self._workspace = workspace
        self._source = source
        self._batch = batch
        self._follower = follower
        self._ready = False

    def run(self) -> None:
        """Go on until interrupted."""
        from vmgit.clock import monotonic_us

        poll = select.poll()
        poll.register(self._source, select.POLLIN)
        while True:
            wait = self._batch.wait_ms(monotonic_us())
            poll.poll(_IDLE_MS if wait is None else min(wait, _IDLE_MS))
            for message in self._source.read():
                self._take(message, monotonic_us())
            due = self._batch.due(monotonic_us())
            if due is not None and self._ready:
                self._print(self._follower.act(due))
                self._follower.prepare()

    def _take(self, message: Message, now_us: int) -> None:
        from vmgit.events.workspace import WatchDegraded, WatchRecovered
        from vmgit.watch.messages import Degraded, Recovered, Started

        match message:
            case Started() if not self._ready:
                self._start(message.mode)
            case Degraded():
                self._workspace.record(WatchDegraded(message.reason))
                self._say(
                    {"watch": "degraded", "reason": message.reason}, f"degraded: {message.reason}"
                )
            case Recovered():
                self._workspace.record(WatchRecovered())
                self._say({"watch": "recovered"}, "recovered")
            case _:
                self._batch.add(message, now_us)

    def _start(self, mode: str) -> None:
        """Bring all sessions up to date once: changes before the watch began are not reported."""
        reports = self._follower.act(None)
        self._ready = True
        count = len(self._workspace.followers())
        how = "" if mode == "events" else f" ({mode})"
        plural = "session" if count == 1 else "sessions"
        self._app.endless = True
        text = f"watching {self._workspace.paths.root}{how}: {count} {plural}"
        self._say({"watch": "ready", "mode": mode, "sessions": count}, text)
        self._print(reports)
        self._follower.prepare()

    def _print(self, reports: list[Report]) -> None:
        for report in reports:
            self._say(msgspec.to_builtins(report), report_line(report))

    def _say(self, document: dict[str, object], text: str) -> None:
        if self._app.json:
            self._app.emit_line(document)
        else:
            answer(text)


def report_line(report: Report) -> str:
    """Return a refresh as one line: result, sessions, what changed, how long it took."""
    from .refreshed import listed

    sessions = ", ".join(f"{name} (generation {g})" for name, g in report.sessions.items())
    colour = {"failed": "red", "reported": "yellow"}.get(report.result, "green")
    parts = [click.style(f"{report.result:<9}", fg=colour), sessions]
    if report.changed:
        parts.append(f"changed: {one_line(listed(report.changed))}")
    if report.message:
        parts.append(one_line(report.message))
    if report.actor != "watch":
        parts.append(f"by vmgit {report.actor}")
    parts.append(f"{report.duration_us / 1000:.1f} ms")
    return "  ".join(parts)
