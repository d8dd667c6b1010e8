"""`vmgit journal verify`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer, error, interactive


@click.command(short_help="Check the hash chain of the log.")
@json_option
@pass_app
def verify(app: App) -> int:
    """Check the hash chain of the log; exit 1 naming the first event that is not as written."""
    from vmgit.eventlog.log import EventLog
    from vmgit.eventlog.verify import Verification
    from vmgit.eventlog.verify import verify as check

    with app.open("journal verify") as workspace:
        # Not `reading`: rows of a newer vmgit could be hashed otherwise.
        log = workspace.log if workspace.has_log else EventLog.absent(workspace.log_path)
        found: Verification
        if interactive() and not app.json:
            from vmgit.cli.progress import progress

            with progress("verifying") as advance:
                found = check(log, progress=advance)
        else:
            found = check(log)
    if app.json:
        broken = found.first_broken
        app.emit(
            {
                "ok": found.ok,
                "events": found.rows,
                "head": found.head,
                "first_broken": broken.seq if broken is not None else None,
                "reason": found.reason,
            }
        )
    elif found.ok:
        answer(f"{found.rows} events, chain intact, head {found.head}")
    if found.ok:
        return 0
    where = f"event {found.first_broken.seq}" if found.first_broken is not None else "the log"
    error(f"{where} is not as it was written: {found.reason}; the {found.rows} events before are.")
    return 1
