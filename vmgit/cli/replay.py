"""`vmgit replay`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

import click

from .app import App, json_option, pass_app
from .streams import answer, interactive, one_line

if TYPE_CHECKING:
    from vmgit.api.replaying import Replay
    from vmgit.replay.compare import Row

_COLOURS = {
    "same": "green",
    "different": "red",
    "unanswered": "yellow",
    "failed": "red",
    "skipped": "yellow",
    "unavailable": "magenta",
}


@click.command(short_help="Run a recorded session again and compare.")
@click.argument("session")
@click.option("--at", "revisions", metavar="REV", multiple=True, help="On REV's files; repeatable.")
@json_option
@pass_app
def replay(app: App, session: str, revisions: tuple[str, ...]) -> int:
    """Run a recorded session again and compare what it does with what it did.

    Without --at on the recorded trees: does it still do the same? With it on REV's files: what
    would change? The recorded session is never written to. Exits 1 when anything differs, 8 when
    objects are missing.
    """
    from vmgit.engine.process import WorkerRealm

    with app.open("replay", worker=WorkerRealm.spawn()) as parts:
        from vmgit.api.replaying import Replay
        from vmgit.replay.compare import exit_status

        asked = Replay(parts, session, revisions)
        with _shown(app, asked) as show:
            document = asked.document(on_row=show)
    if app.json:
        app.emit(document)
    else:
        told = ", ".join(f"{number} {verdict}" for verdict, number in document.summary.items())
        answer(f"{asked.state.label}: {told or 'nothing was recorded'}")
    return exit_status(document.summary)


@contextmanager
def _shown(app: App, asked: Replay) -> Iterator[Callable[[Row], None] | None]:
    """Give what shows each verdict as it comes, with a progress bar where that takes a while."""
    if app.json:
        yield None
        return
    width = len(f"{asked.state.id}.{asked.state.next_number - 1}")
    if not interactive() or asked.total < 20:
        yield lambda row: _show(row, width)
        return
    from .progress import progress

    with progress("replaying") as advance:
        done = count(1)

        def show(row: Row) -> None:
            _show(row, width)
            advance(next(done), asked.total)

        yield show


def _show(row: Row, width: int) -> None:
    verdict = click.style(f"{row.verdict:<11}", fg=_COLOURS[row.verdict])
    why = f"  ({', '.join(row.causes)})" if row.causes else ""
    line = f"{row.execution:<{width}}  {row.kind:<7}  {_place(row.at)}{why}"
    answer(f"{verdict}  {one_line(line)}")
    if row.difference is not None:
        for line in row.difference.diff.splitlines():
            colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
            answer("    " + click.style(one_line(line), fg=colour))


def _place(at: str) -> str:
    return "as recorded" if at == "recorded" else f"at {at}"
