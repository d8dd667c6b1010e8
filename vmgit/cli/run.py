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
from .streams import answer, waiting, warning

if TYPE_CHECKING:
    from vmgit.code import Code
    from vmgit.events.session import Origin
    from vmgit.execution import Execution
    from vmgit.limits import Limits
    from vmgit.sessions import LiveSession, Sessions
    from vmgit.workspace import Workspace


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
    # The worker boots while this process imports what it needs itself.
    from vmgit.engine.process import WorkerRealm

    with app.open("run", worker=WorkerRealm.spawn()) as workspace:
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
    workspace: Workspace,
    request: Request,
    name: str | None,
    profile: str | None,
    *,
    wait: bool,
) -> Execution:
    with workspace.hosting(wait=wait, on_wait=waiting) as sessions:
        if name is None:
            return _in_fresh(app, workspace, sessions, request, profile or "default")
        return _in_session(app, workspace, sessions, request, name)


def _in_fresh(
    app: App, workspace: Workspace, sessions: Sessions, request: Request, profile: str
) -> Execution:
    from vmgit.errors import RefusedError

    origin = workspace.snapshot()
    limits = sessions.check_profile(profile, origin).limits
    code, origin = _code(app, workspace, request, origin, limits)
    live = sessions.create(profile, origin, ephemeral=True)
    if live.state.failed is not None:
        failure = live.state.failed
        live.close("its startup failed")
        raise RefusedError(f"profile {profile} cannot start: {failure.message.rstrip('.')}.")
    try:
        return _interruptible(live, code, origin, request.args)
    finally:
        live.close("one run")


def _in_session(
    app: App, workspace: Workspace, sessions: Sessions, request: Request, name: str
) -> Execution:
    from .refreshed import report_update

    row = workspace.views.find_session(name)
    live = sessions.get(row.id)
    origin = workspace.origin_of(live.state)
    if live.state.ended is None:
        report_update(live.update(origin))
    code, origin = _code(app, workspace, request, origin, live.profile.limits)
    # Ctrl-C in here ends the command: there is no execution yet that could be cancelled.
    live.warm()
    execution = _interruptible(live, code, origin, request.args)
    restored = live.restored
    if restored is not None and restored.first_difference is not None:
        first = restored.first_difference.execution
        warning(
            f"rebuilding the session gave {restored.equal} of {restored.total} recorded "
            f"outcomes; the first that differs is {first}."
        )
    return execution


def _code(
    app: App, workspace: Workspace, request: Request, origin: Origin, limits: Limits
) -> tuple[Code, Origin]:
    """Return the code and the origin it runs against, which an untracked FILE joins."""
    from vmgit.code import file_code, prompt_code
    from vmgit.errors import NotFoundError

    from . import file_argument

    if request.typed is None:
        return prompt_code(request.text or "", limits), origin
    root = workspace.paths.root
    path = file_argument.workspace_path(app.start, request.typed, root)
    try:
        origin = workspace.with_file(origin, path)
    except NotFoundError:
        raise file_argument.no_file(path, root, workspace.source(origin.tree)) from None
    return file_code("file", path, "auto", workspace.source(origin.tree), limits), origin


def _interruptible(
    live: LiveSession, code: Code, origin: Origin, args: tuple[str, ...]
) -> Execution:
    with _ctrl_c_cancels(live):
        return live.execute(code, origin, args)


@contextmanager
def _ctrl_c_cancels(live: LiveSession) -> Iterator[None]:
    """Let Ctrl-C stop the execution, which is then recorded as cancelled, not this process.

    Where there is none, not yet or no more, it ends the command as anywhere else.
    """

    def stop(*_: object) -> None:
        if not live.cancel():
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _answer(app: App, execution: Execution, *, show_value: bool) -> int:
    from vmgit.documents import execution_document

    from . import present

    if app.json:
        app.emit(execution_document(execution))
    else:
        present.show_console(execution)
        value = present.shown_value(execution)
        if show_value and value is not None:
            answer(value, raw=True)
    present.show_end(execution)
    return present.exit_status(execution)
