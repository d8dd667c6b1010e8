"""`vmgit lib update`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app


@click.command(short_help="Bring packages to the newest allowed versions.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--force", is_flag=True, help="Replace what was changed by hand.")
@json_option
@pass_app
def update(app: App, names: tuple[str, ...], force: bool) -> None:
    """Bring packages (default: all) to the newest versions that everyone who asks for them allows.

    What is missing in vendor/ is restored. `vmgit lib add NAME@RANGE` asks for another range.
    """
    from .common import library, tell

    with library(app, "lib update") as libraries:
        report = libraries.update(names, force=force)
    tell(app, libraries.vendor.parent, report)
