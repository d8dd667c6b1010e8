"""Shows an execution to a person: console as Node would, value last, errors with their stack."""

from __future__ import annotations

import click

from vmgit.outcome import ConsoleLine
from vmgit.state import Execution

#: Levels that Node writes to stderr.
_TO_STDERR = ("warn", "error")


def show_console(execution: Execution) -> None:
    """Write the console lines of an execution to stdout and stderr."""
    for line in execution.trace:
        if isinstance(line, ConsoleLine):
            click.echo(line.text, err=line.level in _TO_STDERR)


def show_value(execution: Execution) -> None:
    """Write the completion value, nothing for `undefined`."""
    value = execution.finished.value if execution.finished is not None else None
    if value is not None and value.type != "undefined":
        click.echo(value.preview)


def show_end(execution: Execution) -> None:
    """Write to stderr why an execution did not end well; nothing when it did."""
    finished = execution.finished
    if execution.aborted is not None:
        _say(f"execution {execution.id} was aborted: {execution.aborted}.")
    elif execution.limit is not None:
        limit = execution.limit
        _say(
            f"stopped by limits.{limit.name}: allowed {limit.allowed}, used {limit.used}. "
            "The session is as it was before."
        )
    elif execution.status == "cancelled":
        _say("cancelled. The session is as it was before.")
    elif finished is not None and finished.error is not None:
        fault = finished.error
        text = f"{fault.name}: {fault.message}" if fault.name else fault.message
        stack = fault.stack.rstrip()
        body = stack if stack.startswith(text) else "\n".join(filter(None, (text, stack)))
        click.echo(click.style("Uncaught ", fg="red") + body, err=True)


def exit_status(execution: Execution) -> int:
    """Return the exit status that says how an execution ended."""
    finished = execution.finished
    if execution.status == "ok":
        return 0
    if execution.status == "limit":
        return 5
    if execution.status == "cancelled":
        return 130
    if finished is not None and finished.error is not None and finished.error.code == "denied":
        return 7
    return 1


def _say(text: str) -> None:
    click.echo(click.style("error: ", fg="red", bold=True) + text, err=True)
