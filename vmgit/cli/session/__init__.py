"""`vmgit session`: make, list, show, refresh and close sessions."""

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
    "close": ("vmgit.cli.session.close:close", "Close sessions; their log stays."),
}


@click.group(
    cls=LazyGroup, table=COMMANDS, short_help="Make, list, show, refresh and close sessions."
)
def session() -> None:
    """Make, list, show, refresh and close sessions."""
