"""`vmgit watch`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click
import msgspec

from .app import App, json_option, pass_app
from .streams import answer, one_line

if TYPE_CHECKING:
    from vmgit.serving.shape import Serving
    from vmgit.watch.batch import Ready
    from vmgit.watch.follower import Follower
    from vmgit.watch.reports import Report
    from vmgit.workspace import Workspace

#: How often the log is asked for refreshes of a server, seconds; it is one index look-up.
_POLL = 0.1


@click.command(short_help="Refresh sessions when tracked files change.")
@json_option
@pass_app
def watch(app: App) -> None:
    """Refresh this worktree's sessions when tracked files change, until Ctrl-C.

    Prints one line when it is ready, one per refresh and one per failure. With --json, each is
    one line of JSON. Other commands work meanwhile. While a server runs, it is the server that
    watches, and this command shows what it does.
    """
    with app.open("watch", template=True) as workspace:
        while True:
            serving = _server(workspace)
            if serving is not None:
                _show_server(app, workspace, serving)
            else:
                _watch(app, workspace)


def _server(workspace: Workspace) -> Serving | None:
    """Return the server of this workspace. Raises `BusyError` when there is another one's."""
    from vmgit.serving.record import find_server, served_elsewhere

    paths = workspace.paths
    serving = find_server(paths.state_dir)
    if serving is not None and not serving.serves(paths.worktree_name, paths.prefix):
        raise served_elsewhere(serving)
    return serving


def _watch(app: App, workspace: Workspace) -> None:
    """Watch in this process until a server comes, which then does."""
    from vmgit import hostlock
    from vmgit.serving.record import find_server
    from vmgit.watch.follower import Follower
    from vmgit.watch.loop import WatchLoop, worktree_batch
    from vmgit.watch.source import WatchSource

    paths = workspace.paths
    busy = f"the worktree {paths.worktree} is watched already"
    with (
        hostlock.hold(workspace.watch_lock_path, "vmgit watch", wait=False, busy=busy),
        WatchSource(paths.worktree, paths.git_dir, paths.common_dir) as source,
    ):
        batch = worktree_batch(paths.worktree, paths.git_dir)
        acts = _Embedded(app, workspace, Follower(workspace))
        loop = WatchLoop(source, batch, acts)
        loop.run(lambda: find_server(paths.state_dir) is not None)


def _show_server(app: App, workspace: Workspace, serving: Serving) -> None:
    """Tell what a server refreshes until it ends."""
    from vmgit.serving.record import find_server
    from vmgit.watch.reports import Reporter

    reporter = Reporter(workspace.log, workspace.followers, workspace.label)
    count = len(workspace.followers())
    app.endless = True
    _say_ready(app, workspace, "server", count, f" (by vmgit serve, pid {serving.pid})")
    while find_server(workspace.paths.state_dir) == serving:
        _print(app, reporter.new())
        time.sleep(_POLL)
    _print(app, reporter.new())
    _say(app, {"watch": "server gone", "pid": serving.pid}, f"the server (pid {serving.pid}) ended")


class _Embedded:
    """What `vmgit watch` does when it watches itself; see `watch.loop.Acts`."""

    def __init__(self, app: App, workspace: Workspace, follower: Follower) -> None:
        self._app = app
        self._workspace = workspace
        self._follower = follower

    def begin(self, mode: str) -> None:
        """Bring all sessions up to date once: changes before the watch began are not reported."""
        reports = self._follower.act(None)
        count = len(self._workspace.followers())
        self._app.endless = True
        _say_ready(
            self._app, self._workspace, mode, count, "" if mode == "events" else f" ({mode})"
        )
        _print(self._app, reports)
        self._follower.prepare()

    def act(self, batch: Ready) -> None:
        """Refresh what the batch concerns."""
        _print(self._app, self._follower.act(batch))
        self._follower.prepare()

    def degraded(self, reason: str) -> None:
        """Record and tell it."""
        from vmgit.events.workspace import WatchDegraded

        self._workspace.record(WatchDegraded(reason))
        _say(self._app, {"watch": "degraded", "reason": reason}, f"degraded: {reason}")

    def recovered(self) -> None:
        """Record and tell it."""
        from vmgit.events.workspace import WatchRecovered

        self._workspace.record(WatchRecovered())
        _say(self._app, {"watch": "recovered"}, "recovered")

    def idle(self) -> None:
        """Nothing: what others refreshed is told with the next batch."""


def _say_ready(app: App, workspace: Workspace, mode: str, count: int, how: str) -> None:
    plural = "session" if count == 1 else "sessions"
    text = f"watching {workspace.paths.root}{how}: {count} {plural}"
    _say(app, {"watch": "ready", "mode": mode, "sessions": count}, text)


def _print(app: App, reports: list[Report]) -> None:
    for report in reports:
        _say(app, msgspec.to_builtins(report), report_line(report))


def _say(app: App, document: dict[str, object], text: str) -> None:
    if app.json:
        app.emit_line(document)
    else:
        answer(text)


def report_line(report: Report) -> str:
    """Return a refresh as one line: result, sessions, what changed, how long it took."""
    from vmgit.watch.reports import WATCHERS

    from .refreshed import listed

    sessions = ", ".join(f"{name} (generation {g})" for name, g in report.sessions.items())
    colour = {"failed": "red", "reported": "yellow"}.get(report.result, "green")
    parts = [click.style(f"{report.result:<9}", fg=colour), sessions]
    if report.changed:
        parts.append(f"changed: {one_line(listed(report.changed))}")
    if report.message:
        parts.append(one_line(report.message))
    if report.actor not in WATCHERS:
        parts.append(f"by vmgit {report.actor}")
    parts.append(f"{report.duration_us / 1000:.1f} ms")
    return "  ".join(parts)
