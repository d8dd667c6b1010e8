"""`vmgit replay`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import click
import msgspec

from .app import App, json_option, pass_app
from .streams import answer, interactive, one_line

if TYPE_CHECKING:
    from vmgit.replay.compare import Row
    from vmgit.replay.target import Target
    from vmgit.state import SessionState
    from vmgit.workspace import Workspace

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
    from vmgit.history import read_session
    from vmgit.replay.compare import exit_status, summary

    with app.open("replay", worker=WorkerRealm.spawn()) as workspace:
        row = workspace.views.find_session(session)
        # A repository that cannot be used is a failure of its own, no verdict on executions.
        _ = workspace.repository
        state = read_session(workspace.log, row.id)
        targets = _targets(workspace, state, revisions)
        rows: list[Row] = []
        width = len(f"{state.id}.{state.next_number - 1}")
        for found in _with_progress(app, workspace, state, targets):
            rows.append(found)
            if not app.json:
                _show(found, width)
    counts = summary(rows)
    if app.json:
        app.emit(
            {
                "session": state.id,
                "executions": [msgspec.to_builtins(one) for one in rows],
                "summary": counts,
            }
        )
    else:
        told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        answer(f"{state.label}: {told or 'nothing was recorded'}")
    return exit_status(counts)


def _targets(workspace: Workspace, state: SessionState, revisions: tuple[str, ...]) -> list[Target]:
    from vmgit.replay.target import AsRecorded, AtRevision

    services = workspace.services_of(state)
    if not revisions:
        return [AsRecorded(services)]
    trees = [(revision, workspace.repository.resolve(revision).tree) for revision in revisions]
    return [AtRevision(services, revision, tree, state.created.profile) for revision, tree in trees]


def _with_progress(
    app: App, workspace: Workspace, state: SessionState, targets: list[Target]
) -> Iterator[Row]:
    total = len(state.executions) * len(targets)
    if app.json or not interactive() or total < 20:
        yield from _rows(workspace, state, targets)
        return
    from .progress import progress

    with progress("replaying") as advance:
        for done, row in enumerate(_rows(workspace, state, targets), start=1):
            advance(done, total)
            yield row


def _rows(workspace: Workspace, state: SessionState, targets: list[Target]) -> Iterator[Row]:
    from vmgit.replay.replayer import Replayer

    for target in targets:
        with closing(Replayer(state, workspace.services_of(state), target)) as replayer:
            yield from replayer.rows()


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
