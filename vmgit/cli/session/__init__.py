"""`vmgit session`: make, fork, list, show and close sessions; undo what they ran."""

from __future__ import annotations

import click

from vmgit.cli.lazy import LazyGroup

COMMANDS = {
    "new": ("vmgit.cli.session.new:new", "Make a session and run its startup files."),
    "list": ("vmgit.cli.session.list:list_", "List sessions, newest first."),
    "show": ("vmgit.cli.session.show:show", "Show one session."),
    "refresh": (
        "vmgit.cli.session.refresh:refresh",
        "Bring a session up to date with its files.",
    ),
    "fork": ("vmgit.cli.session.fork:fork", "Make a session that goes on from another one."),
    "undo": ("vmgit.cli.session.undo:undo", "Go back to before the last executions."),
    "redo": ("vmgit.cli.session.redo:redo", "Bring back what the last undo took away."),
    "close": ("vmgit.cli.session.close:close", "Close sessions; their log stays."),
}


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    short_help="Make, fork and close sessions; undo and redo.",
)
def session() -> None:
    """Make, fork and close sessions; undo and redo."""
