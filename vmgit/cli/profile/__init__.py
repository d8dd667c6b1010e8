"""`vmgit profile`: what sessions may do and run, as versioned files."""

from __future__ import annotations

import click

from vmgit.cli.lazy import LazyGroup

COMMANDS = {
    "list": ("vmgit.cli.profile.list:list_", "List the profiles."),
    "show": ("vmgit.cli.profile.show:show", "Show one profile."),
    "new": ("vmgit.cli.profile.new:new", "Make a profile."),
    "remove": ("vmgit.cli.profile.remove:remove", "Remove a profile."),
    "set": ("vmgit.cli.profile.set:set_", "Set keys of a profile."),
    "unset": ("vmgit.cli.profile.unset:unset", "Take keys out of a profile."),
    "add-startup": (
        "vmgit.cli.profile.add_startup:add_startup",
        "Add a startup file to a profile.",
    ),
    "remove-startup": (
        "vmgit.cli.profile.remove_startup:remove_startup",
        "Take a startup file out of a profile.",
    ),
    "grant": ("vmgit.cli.profile.grant:grant", "Add grants to a profile."),
    "revoke": ("vmgit.cli.profile.revoke:revoke", "Take grants away from a profile."),
    "tighten": (
        "vmgit.cli.profile.tighten:tighten",
        "Show the least grants that a session needed.",
    ),
    "diff": ("vmgit.cli.profile.diff:diff", "Compare what two profiles come to."),
    "check": ("vmgit.cli.profile.check:check", "Check profiles for errors."),
}


@click.group(cls=LazyGroup, table=COMMANDS, short_help="List, show, check and change profiles.")
def profile() -> None:
    """List, show, check and change profiles."""
