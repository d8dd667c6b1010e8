"""`vmgit profile diff`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import tell

if TYPE_CHECKING:
    from vmgit.profile_documents import DifferenceDocument

#: A profile's name and where it is read: a revision, None for the worktree.
Side = tuple[str, str | None]


@click.command(short_help="Compare what two profiles come to.")
@click.argument("names", metavar="NAME [OTHER]", nargs=-1, required=True)
@click.option(
    "--at", "revisions", metavar="REV", multiple=True, help="Read from REV; once or twice."
)
@click.option("--exit-code", is_flag=True, help="Exit 1 when they differ.")
@json_option
@pass_app
def diff(app: App, names: tuple[str, ...], revisions: tuple[str, ...], exit_code: bool) -> int:
    """Compare two profiles as sessions run with them, or one profile at two places.

    With one NAME: REV (default: HEAD) against the worktree, or against the second --at. With two:
    both in the worktree, both at REV, or the first at one and the second at the other.
    """
    from vmgit.api.profiles import Profiles

    (left, left_at), (right, right_at) = sides = _sides(names, revisions)
    with app.open("profile diff") as workspace:
        found = Profiles(workspace).diff(left, right, left_at=left_at, right_at=right_at)
    if app.json:
        app.emit(found)
    elif found.differences:
        _show(sides, found.differences)
    else:
        tell(f"{_called(sides[0])} and {_called(sides[1])} come to the same.")
    return 1 if found.differences and exit_code else 0


def _sides(names: tuple[str, ...], revisions: tuple[str, ...]) -> tuple[Side, Side]:
    """Return what is to be compared. Raises `click.UsageError`."""
    if len(names) > 2:
        raise click.UsageError("Two profiles are compared, no more.")
    if len(revisions) > 2:
        raise click.UsageError("--at is given twice at most: for the one and for the other.")
    if len(names) == 2:
        first, second = names
        old = revisions[0] if revisions else None
        return (first, old), (second, revisions[-1] if revisions else None)
    (name,) = names
    old = revisions[0] if revisions else "HEAD"
    return (name, old), (name, revisions[1] if len(revisions) == 2 else None)


def _show(sides: tuple[Side, Side], found: Sequence[DifferenceDocument]) -> None:
    from vmgit.cli.table import write_table

    rows = [(one.key, *_cells(one.left, one.right)) for one in found]
    write_table(("KEY", _called(sides[0]), _called(sides[1])), rows)


def _cells(left: Any, right: Any) -> tuple[str, str]:
    """Return both values; of lists only what the other has not, unless just their order differs."""
    from .edit import toml

    if isinstance(left, list) and isinstance(right, list):
        fewer = [one for one in left if one not in right]
        more = [one for one in right if one not in left]
        if fewer or more:
            return ", ".join(map(toml, fewer)) or "-", ", ".join(map(toml, more)) or "-"
    return toml(left), toml(right)


def _called(side: Side) -> str:
    name, revision = side
    return f"{name} at {revision}" if revision is not None else f"{name} in the worktree"
