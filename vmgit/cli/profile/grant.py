"""`vmgit profile grant`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vmgit.cli.app import App, json_option, pass_app

if TYPE_CHECKING:
    from vmgit.profile import LoadedProfile


@click.command(short_help="Add grants to a profile.")
@click.argument("name")
@click.argument("grants", metavar="KEY=VALUE...", nargs=-1, required=True)
@json_option
@pass_app
def grant(app: App, name: str, grants: tuple[str, ...]) -> None:
    """Add grants to a profile's file, such as fs.read='data/**' or exec=git; comments stay.

    KEY is one of [capabilities]. VALUE joins the list that is there; a TOML array adds all of it.
    Grants beyond console and kv apply after `vmgit trust add`.
    """
    from .edit import change

    assignments = [f"capabilities.{_long(one)}" for one in grants]
    change(app, "profile grant", name, assignments, _meanings)


def _long(assignment: str) -> str:
    """Return an assignment with `sqlite.read` for `sqlite`: what may be written stays granted."""
    key, equals, value = assignment.partition("=")
    return f"sqlite.read={value}" if equals and key.strip() == "sqlite" else assignment


def _meanings(loaded: LoadedProfile, key: tuple[str, ...], text: str) -> list[Any]:
    """Return a list with the value added; what is granted by a parent profile stays granted."""
    import msgspec

    from vmgit.profile_edit import readings

    granted: Any = {"capabilities": msgspec.to_builtins(loaded.effective.capabilities)}
    for part in key:
        granted = granted.get(part) if isinstance(granted, dict) else None
    if not isinstance(granted, list | tuple):
        return readings(text)
    lists = [value if isinstance(value, list) else [value] for value in readings(text)]
    return [[*granted, *(one for one in added if one not in granted)] for added in lists]
