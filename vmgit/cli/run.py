"""`vmgit run`: code from the command line, a file or stdin, in a session or a fresh one."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from .app import App, json_option, pass_app, utf8
from .streams import answer, warning

if TYPE_CHECKING:
    from types import FrameType

    from vmgit.api.ticket import Ticket
    from vmgit.documents import ExecutionDocument

    from .app import AnyWorkspace


@dataclass(frozen=True)
class Request:
    """What is to be run: text from the prompt or stdin, or a file by its workspace path."""

    text: str | None
    typed: str | None
    args: tuple[str, ...]


@click.command(
    context_settings={"allow_interspersed_args": False},
    short_help="Run JavaScript and record it.",
)
@click.option("-s", "--session", "name", metavar="SESSION", help="Run in this session.")
@click.option("--profile", metavar="PROFILE", help="Profile of a fresh session (default: default).")
@click.option("-e", "--eval", "text", metavar="CODE", help="Run CODE and print its value.")
@click.option("--no-wait", is_flag=True, help="Fail when another process holds the sessions.")
@json_option
@click.argument("arguments", metavar="[FILE | -] [ARGS]...", nargs=-1, type=click.UNPROCESSED)
@pass_app
def run(
    app: App,
    name: str | None,
    profile: str | None,
    text: str | None,
    no_wait: bool,
    arguments: tuple[str, ...],
) -> int:
    """Run JavaScript and record it.

    The code is CODE, the tracked or new FILE, or standard input (-). ARGS reach it as vmgit.args.
    Without -s it runs in a fresh session, closed after.
    """
    if name is not None and profile is not None:
        raise click.UsageError("-s and --profile exclude each other: a session has its profile.")
    request = _request(text, arguments)
    with app.connect("run", runs=True) as workspace:
        execution = _execute(app, workspace, request, name, profile, wait=not no_wait)
    return _answer(app, execution, show_value=request.text is not None)


def _request(text: str | None, arguments: tuple[str, ...]) -> Request:
    for argument in arguments:
        utf8(argument, f"the argument {argument!r}")
    if text is not None:
        return Request(utf8(text, "CODE"), None, arguments)
    if not arguments:
        raise click.UsageError("nothing to run: give -e CODE, a FILE, or - for standard input.")
    if arguments[0] == "-":
        content = sys.stdin.buffer.read()
        try:
            return Request(content.decode("utf-8-sig"), None, arguments[1:])
        except UnicodeDecodeError as error:
            raise click.UsageError(
                f"standard input is not UTF-8 text: byte {error.start + 1}."
            ) from None
    return Request(None, arguments[0], arguments[1:])


def _execute(
    app: App,
    workspace: AnyWorkspace,
    request: Request,
    name: str | None,
    profile: str | None,
    *,
    wait: bool,
) -> ExecutionDocument:
    from vmgit.api.ticket import Ticket

    path = None
    if request.typed is not None:
        from .file_argument import workspace_path

        path = workspace_path(app.start, request.typed, workspace.root)
    ticket = Ticket()
    with _ctrl_c_cancels(ticket):
        if name is None:
            return workspace.executions.run(
                request.text,
                path=path,
                args=request.args,
                profile=profile or "default",
                wait=wait,
                ticket=ticket,
            )
        return workspace.sessions.run(
            name, request.text, path=path, args=request.args, wait=wait, ticket=ticket
        )


@contextmanager
def _ctrl_c_cancels(ticket: Ticket) -> Iterator[None]:
    """Let Ctrl-C stop the execution, which is then recorded as cancelled, not this process.

    While there is none yet that could be cancelled, it ends the command.
    """

    def pressed(number: int, frame: FrameType | None) -> None:
        if not (ticket.can_stop and ticket.cancel()):
            signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, pressed)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _answer(app: App, execution: ExecutionDocument, *, show_value: bool) -> int:
    from msgspec import UNSET

    from . import present
    from .refreshed import report_refresh

    if execution.refresh is not UNSET:
        report_refresh(execution.refresh)
    if app.json:
        app.emit(execution)
    else:
        present.show_console(execution)
        value = present.shown_value(execution)
        if show_value and value is not None:
            answer(value, raw=True)
    present.show_end(execution)
    if execution.restored is not UNSET and execution.restored.first_difference is not None:
        restored = execution.restored
        warning(
            f"rebuilding the session gave {restored.equal} of {restored.total} recorded "
            f"outcomes; the first that differs is {restored.first_difference}."
        )
    return present.exit_status(execution)
