"""`vmgit serve stop`."""

from __future__ import annotations

import contextlib
import os
import signal
import time

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer
from vmgit.errors import BusyError, EnvironmentFailure
from vmgit.serving.shape import Serving

from .common import running

#: Seconds that a server gets for its last steps when everything is cancelled.
_LAST_STEPS = 20.0


@click.command(short_help="End the server in order.")
@click.option(
    "--grace",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    help="Cancel what runs after so long, if the server itself would wait longer.",
)
@json_option
@pass_app
def stop(app: App, grace: float | None) -> None:
    """End the server in order: running executions finish, or are cancelled after its grace.

    Returns when it is gone. No session is lost: the next command or server restores them.
    """
    from vmgit.hostlock import holder
    from vmgit.serving.record import lock_path

    paths, serving = running(app)
    lock = lock_path(paths.state_dir)
    _tell(serving)
    deadline = None if grace is None else time.monotonic() + grace
    last = None
    while holder(lock) is not None and _is_alive(serving):
        now = time.monotonic()
        if deadline is not None and now > deadline:
            deadline, last = None, now + _LAST_STEPS
            _tell(serving)
        if last is not None and now > last:
            raise BusyError(
                f"the server, pid {serving.pid}, does not end.",
                hints=["`kill -9` loses nothing that was acknowledged."],
                details={"pid": serving.pid},
            )
        time.sleep(0.02)
    if app.json:
        app.emit({"stopped": True, "pid": serving.pid})
    else:
        answer(f"stopped the server, pid {serving.pid}")


def _tell(serving: Serving) -> None:
    """Send the server the signal that ends it, and nobody else."""
    if not _is_alive(serving):
        raise EnvironmentFailure(
            f"the server's process, {serving.pid}, cannot be seen from here.",
            hints=["It may run in a container; stop it there."],
            details={"pid": serving.pid},
        )
    with contextlib.suppress(ProcessLookupError):
        os.kill(serving.pid, signal.SIGTERM)


def _is_alive(serving: Serving) -> bool:
    from vmgit.serving.birth import birth

    return birth(serving.pid) == serving.birth
