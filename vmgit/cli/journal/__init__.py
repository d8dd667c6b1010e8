"""`vmgit journal`: care for the event log."""

from __future__ import annotations

import click

from vmgit.cli.lazy import LazyGroup

COMMANDS = {
    "verify": ("vmgit.cli.journal.verify:verify", "Check the hash chain of the log."),
    "rebuild": ("vmgit.cli.journal.rebuild:rebuild", "Compute the projections again."),
}


@click.group(cls=LazyGroup, table=COMMANDS, short_help="Check and rebuild the event log.")
def journal() -> None:
    """Check and rebuild the event log."""
