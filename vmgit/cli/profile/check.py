"""`vmgit profile check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer, hint, one_line, tell

if TYPE_CHECKING:
    from vmgit.git.source import TreeSource


@click.command(short_help="Check profiles for errors.")
@click.argument("name", required=False)
@click.option("--at", "revision", metavar="REV", help="Check those of a revision.")
@json_option
@pass_app
def check(app: App, name: str | None, revision: str | None) -> int:
    """Check one profile or all of them: syntax, keys, values, startup files.

    Exits 1 when anything is wrong, naming file, line and key of everything.
    """
    from .common import names_in, source_at

    with app.open("profile check") as workspace:
        source = source_at(workspace, revision)
        names = [name] if name is not None else names_in(source)
        found = {one: _problems(source, one) for one in names}
    if app.json:
        app.emit([{"profile": one, "errors": errors} for one, errors in found.items()])
    else:
        for one, errors in found.items():
            if not errors:
                answer(f"{one}: fine")
    for errors in found.values():
        for error in errors:
            place = f"{error['file']}:{error['line']}: " if error.get("file") else ""
            key = f"{error['key']}: " if error.get("key") else ""
            tell(one_line(f"{place}{key}{error['message']}"))
            if error.get("hint"):
                hint(error["hint"])
    return 1 if any(found.values()) else 0


def _problems(source: TreeSource, name: str) -> list[dict[str, Any]]:
    """Return every error of a profile. Raises `NotFoundError` when there is no such profile."""
    from vmgit.errors import RefusedError
    from vmgit.profile_load import check_startup

    from .common import load

    try:
        loaded = load(source, name)
        check_startup(loaded, lambda path: source.lookup(path) is not None, source.list)
    except RefusedError as error:
        errors: list[dict[str, Any]] = error.details.get("errors", [{"message": error.message}])
        return errors
    return []
