"""`vmgit exec`: what ran."""

from __future__ import annotations

import click

from vmgit.cli.lazy import LazyGroup

COMMANDS = {
    "list": ("vmgit.cli.exec.list:list_", "List executions, newest first."),
    "show": ("vmgit.cli.exec.show:show", "Show one execution."),
    "events": ("vmgit.cli.exec.events:events", "Show the events of one execution."),
}


@click.group("exec", cls=LazyGroup, table=COMMANDS, short_help="List and show executions.")
def exec_() -> None:
    """List and show executions.

    An execution is SESSION.N; @ is the last one, @-1 the one before it.
    """
