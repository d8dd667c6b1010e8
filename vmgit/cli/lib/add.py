"""`vmgit lib add`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app


@click.command(short_help="Add packages to vendor/.")
@click.argument("packages", nargs=-1, required=True, metavar="NAME[@RANGE]...")
@click.option("--force", is_flag=True, help="Replace what was changed by hand.")
@json_option
@pass_app
def add(app: App, packages: tuple[str, ...], force: bool) -> None:
    """Add packages and what they need to vendor/, from the npm registry that npm is set up for.

    RANGE is a version, a semver range or a dist-tag; without one the latest is taken, and later
    updates stay below the next major version. NAME@npm:OTHER@RANGE adds OTHER under a name of
    yours. No script of a package is ever run.
    """
    from .common import library, tell

    with library(app, "lib add") as libraries:
        report = libraries.add(packages, force=force)
    tell(app, libraries.vendor.parent, report)
