"""`vmgit exec show`."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.exec.common import shown_status
from vmgit.cli.moments import moment, took
from vmgit.cli.streams import answer, one_line, visible


@click.command(short_help="Show one execution.")
@click.argument("execution")
@json_option
@pass_app
def show(app: App, execution: str) -> None:
    """Show one execution: what ran, against which tree, what it printed and how it ended."""
    from vmgit.documents import execution_document
    from vmgit.execution import fold_execution

    with app.open("exec show", reading=True) as workspace:
        row = workspace.views.find_execution(execution)
        one = fold_execution(workspace.events_of(row))
    document = execution_document(one, undone=row.undone)
    if app.json:
        app.emit(document)
        return
    from vmgit.cli import present

    started = one.started
    commit = started.commit or "none yet"
    facts = [
        ("execution", one.id),
        ("kind", started.kind),
        ("code", f"{started.path or 'prompt'} (blob {started.blob})"),
        ("arguments", " ".join(started.args) or None),
        ("tree", started.tree),
        ("commit", f"{commit} (dirty)" if started.dirty else commit),
        ("generation", str(started.generation)),
        ("started", moment(one.time_us)),
        ("took", took(one.finished.duration_us) if one.finished is not None else None),
        ("status", shown_status(row)),
        ("digest", one.finished.digest if one.finished is not None else None),
        ("engine", f"{started.engine}, vmgit {started.vmgit}"),
    ]
    for label, text in facts:
        if text is not None:
            answer(f"{label + ':':<12} {one_line(text)}")
    if started.text is not None:
        answer("\n" + _indented(visible(started.text)))
    value = present.shown_value(document)
    if one.trace or value is not None or one.status != "ok":
        answer()
    present.show_console(document, visible)
    if value is not None:
        answer(value)
    present.show_end(document, visible)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines())
