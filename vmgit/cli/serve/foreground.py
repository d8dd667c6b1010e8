"""`vmgit serve` in the foreground, which is also what a detached server runs."""

from __future__ import annotations

import signal
from pathlib import Path

from vmgit.cli.app import App
from vmgit.errors import VmgitError


def foreground(
    app: App,
    *,
    listen: str | None,
    allow_remote: bool,
    max_live: int | None,
    grace_s: float | None,
    report_to: int | None,
) -> int:
    """Serve until a signal comes; return the exit status.

    With `report_to`, a descriptor, the server is a detached one: it logs to its file and tells
    there that it answers, or why it does not.
    """
    from vmgit.git.discovery import find_workspace
    from vmgit.server.logs import log_to
    from vmgit.server.resident import MAX_LIVE
    from vmgit.server.run import Options, serve
    from vmgit.server.stopping import GRACE, Signals
    from vmgit.serving.shape import Serving
    from vmgit.serving.start import LOG, report

    options = Options(
        listen=listen,
        allow_remote=allow_remote,
        max_live=MAX_LIVE if max_live is None else max_live,
        grace_s=GRACE if grace_s is None else grace_s,
    )
    waiting: list[int] = [] if report_to is None else [report_to]

    def ready(serving: Serving) -> None:
        if waiting:
            import msgspec

            report(waiting.pop(), {"serving": msgspec.to_builtins(serving)})
        elif app.json:
            app.emit(serving)

    signals = Signals()
    try:
        paths = find_workspace(app.start)
        log_to(_log_file(paths.state_dir / LOG) if waiting else None)
        signals.install()
        number = serve(paths.root, options, on_ready=ready, signals=signals)
    except VmgitError as error:
        if waiting:
            report(waiting.pop(), {"error": error.to_dict(), "exit": error.exit_code})
        raise
    return 128 + number if number == signal.SIGINT else 0


def _log_file(path: Path) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
