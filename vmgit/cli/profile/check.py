"""`vmgit profile check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer, error, hint

if TYPE_CHECKING:
    from vmgit.shared_source import SharedSource


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
    for problem in (problem for errors in found.values() for problem in errors):
        error(_text(problem))
        if problem.get("hint"):
            hint(problem["hint"])
    return 1 if any(found.values()) else 0


def _text(problem: dict[str, Any]) -> str:
    """Return file, line, column, key and what is wrong, as far as they are known."""
    place = [str(problem[key]) for key in ("file", "line", "column") if problem.get(key)]
    parts = [":".join(place), problem.get("key"), problem["message"]]
    return ": ".join(part for part in parts if part)


def _problems(source: SharedSource, name: str) -> list[dict[str, Any]]:
    """Return every error of a profile. Raises `NotFoundError` when there is no such profile."""
    from vmgit.errors import RefusedError
    from vmgit.profile_load import check_startup

    from .common import load

    try:
        loaded = load(source, name)
        check_startup(loaded, lambda path: source.lookup(path) is not None, source.list)
    except RefusedError as refused:
        errors: list[dict[str, Any]] = refused.details.get("errors", [{"message": refused.message}])
        return errors
    return []
