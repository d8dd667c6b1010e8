"""Shows an execution to a person: console as Node would, value last, errors with their stack."""

from __future__ import annotations

from collections.abc import Callable

import click
from msgspec import UNSET

from vmgit.documents import ExecutionDocument

from .streams import answer, error, tell

#: Levels that Node writes to stderr.
_TO_STDERR = ("warn", "error")


def show_console(execution: ExecutionDocument, shown: Callable[[str], str] = str) -> None:
    """Write the console lines of an execution, each as `shown` gives it, to stdout and stderr."""
    for line in execution.console:
        (tell if line.level in _TO_STDERR else answer)(shown(line.text), raw=True)


def shown_value(execution: ExecutionDocument) -> str | None:
    """Return the completion value as it is shown, None for `undefined` and where there is none."""
    value = execution.value
    return None if value is None or value.type == "undefined" else value.preview


def show_end(execution: ExecutionDocument, shown: Callable[[str], str] = str) -> None:
    """Write to stderr why an execution did not end well; nothing when it did."""
    if execution.aborted is not UNSET:
        error(f"execution {execution.execution} was aborted: {execution.aborted}.")
    elif execution.limit is not UNSET:
        limit = execution.limit
        error(
            f"stopped by limits.{limit.name}: allowed {limit.allowed}, used {limit.used}. "
            "The session is as it was before."
        )
    elif execution.status == "cancelled":
        error("cancelled. The session is as it was before.")
    elif execution.error is not UNSET:
        fault = execution.error
        text = f"{fault.name}: {fault.message}" if fault.name else fault.message
        stack = fault.stack.rstrip()
        body = stack if stack.startswith(text) else "\n".join(filter(None, (text, stack)))
        tell(click.style("Uncaught ", fg="red"), nl=False)
        tell(shown(body), raw=True)


def exit_status(execution: ExecutionDocument) -> int:
    """Return the exit status that says how an execution ended."""
    if execution.status == "ok":
        return 0
    if execution.status == "limit":
        return 5
    if execution.status == "cancelled":
        return 130
    if execution.error is not UNSET and execution.error.code == "denied":
        return 7
    return 1
