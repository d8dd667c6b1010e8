"""`vmgit lib remove`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app


@click.command(short_help="Remove packages from vendor/.")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--force", is_flag=True, help="Remove what was changed by hand, too.")
@json_option
@pass_app
def remove(app: App, names: tuple[str, ...], force: bool) -> None:
    """Remove packages that were added, and what nothing needs then. No registry is asked."""
    from .common import library, tell

    with library(app, "lib remove") as libraries:
        report = libraries.remove(names, force=force)
    tell(app, libraries.vendor.parent, report)
