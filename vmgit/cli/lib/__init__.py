"""`vmgit lib`: packages from an npm registry as versioned files of `vendor/`."""

from __future__ import annotations

import click

from vmgit.cli.lazy import LazyGroup

COMMANDS = {
    "add": ("vmgit.cli.lib.add:add", "Add packages to vendor/."),
    "list": ("vmgit.cli.lib.list:list_", "List the packages of vendor/."),
    "update": ("vmgit.cli.lib.update:update", "Bring packages to the newest allowed versions."),
    "remove": ("vmgit.cli.lib.remove:remove", "Remove packages from vendor/."),
    "verify": ("vmgit.cli.lib.verify:verify", "Compare vendor/ with its lock."),
}


@click.group(cls=LazyGroup, table=COMMANDS, short_help="Add, update and check libraries.")
def lib() -> None:
    """Add, update and check libraries: npm packages, unpacked into vendor/ as versioned files."""
