"""`vmgit trust`: which profiles' grants apply on this machine."""

from __future__ import annotations

import click

from vmgit.cli.lazy import LazyGroup

COMMANDS = {
    "show": ("vmgit.cli.trust.show:show", "Show what profiles grant and whether it applies."),
    "add": ("vmgit.cli.trust.add:add", "Trust what a profile grants."),
    "revoke": ("vmgit.cli.trust.revoke:revoke", "Trust nothing of a profile any more."),
}


@click.group(cls=LazyGroup, table=COMMANDS, short_help="Trust what profiles grant, here.")
def trust() -> None:
    """Trust what profiles grant, on this machine only.

    Grants beyond console and kv apply only after exactly their content was trusted here.
    """
