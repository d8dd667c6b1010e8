"""`vmgit exec`: what ran, and what runs."""

from __future__ import annotations

import click

from vmgit.cli.lazy import LazyGroup

COMMANDS = {
    "list": ("vmgit.cli.exec.list:list_", "List executions, newest first."),
    "show": ("vmgit.cli.exec.show:show", "Show one execution."),
    "cancel": ("vmgit.cli.exec.cancel:cancel", "Stop a running execution."),
    "events": ("vmgit.cli.exec.events:events", "Show the events of one execution."),
}


@click.group("exec", cls=LazyGroup, table=COMMANDS, short_help="List, show and stop executions.")
def exec_() -> None:
    """List, show and stop executions.

    An execution is SESSION.N; @ is the last one, @-1 the one before it.
    """
