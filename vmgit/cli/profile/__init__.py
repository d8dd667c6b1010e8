"""`vmgit profile`: what sessions may do and run, as versioned files."""

from __future__ import annotations

import click

from vmgit.cli.lazy import LazyGroup

COMMANDS = {
    "list": ("vmgit.cli.profile.list:list_", "List the profiles."),
    "show": ("vmgit.cli.profile.show:show", "Show one profile."),
    "set": ("vmgit.cli.profile.set:set_", "Set keys of a profile."),
    "grant": ("vmgit.cli.profile.grant:grant", "Add grants to a profile."),
    "tighten": (
        "vmgit.cli.profile.tighten:tighten",
        "Show the least grants that a session needed.",
    ),
    "check": ("vmgit.cli.profile.check:check", "Check profiles for errors."),
}


@click.group(cls=LazyGroup, table=COMMANDS, short_help="List, show, check and change profiles.")
def profile() -> None:
    """List, show, check and change profiles."""
