"""The entry point: the list of commands, and how one is run and ends.

What a failure looks like, and which exit status it has, is said by `failures`.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from vmgit.errors import VmgitError
from vmgit.version import __version__

from . import streams
from .app import App
from .lazy import LazyGroup

#: The variable with which a shell asks for completions.
_COMPLETION = "_VMGIT_COMPLETE"

COMMANDS = {
    "init": ("vmgit.cli.init:init", "Make a folder a workspace."),
    "status": ("vmgit.cli.status:status", "Show the workspace, its sessions and what is due."),
    "run": ("vmgit.cli.run:run", "Run JavaScript and record it."),
    "session": ("vmgit.cli.session:session", "Make, fork and close sessions; undo and redo."),
    "profile": ("vmgit.cli.profile:profile", "List, show, check and change profiles."),
    "lib": ("vmgit.cli.lib:lib", "Add, update and check libraries."),
    "exec": ("vmgit.cli.exec:exec_", "List, show and stop executions."),
    "log": ("vmgit.cli.log:log", "Show events."),
    "journal": ("vmgit.cli.journal:journal", "Check and rebuild the event log."),
    "replay": ("vmgit.cli.replay:replay", "Run a recorded session again and compare."),
    "trust": ("vmgit.cli.trust:trust", "Trust what profiles grant, here."),
    "watch": ("vmgit.cli.watch:watch", "Refresh sessions when tracked files change."),
    "serve": (
        "vmgit.cli.serve:serve",
        "Serve the workspace: warm sessions, REST, a stream of events.",
    ),
    "doctor": ("vmgit.cli.doctor:doctor", "Check what vmgit needs, and say what to do."),
}


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="vmgit")
@click.option(
    "-C",
    "folder",
    metavar="PATH",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Work as if started in PATH.",
)
@click.option(
    "--no-server",
    is_flag=True,
    envvar="VMGIT_NO_SERVER",
    help="Work in this process; refuse where a server holds the sessions.",
)
@click.pass_context
def vmgit(ctx: click.Context, folder: Path | None, no_server: bool) -> None:
    """Run JavaScript sessions against Git trees, record them, replay them."""
    app = ctx.ensure_object(App)
    app.no_server = no_server
    if folder is not None:
        app.start = folder.absolute()
    ctx.color = streams.colour_wanted()


def main() -> None:
    """Run the command line and exit with its status."""
    streams.prepare()
    app = App(ending=True)
    try:
        status = _status(app)
    except streams.ReaderGone:
        # What was asked for is done as far as anybody wanted it; stdout is unusable from here.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    _leave(status)


def _leave(status: int) -> NoReturn:
    """End the process at once.

    Everything that must last is on disk before an answer is written, and the kernel gives back the
    rest; tearing down the interpreter with all that was imported takes longer than many commands.
    """
    for stream in (sys.stdout, sys.stderr):
        # Every line was flushed when it was written; what failed then has been told.
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(status)


def _status(app: App) -> int:
    """Run the command line and return its exit status. Raises `ReaderGone`."""
    from . import failures

    try:
        status = _dispatch(app)
    except click.exceptions.Exit as stop:
        status = stop.exit_code
    except click.ClickException as failure:
        status = failures.usage(failure, app)
    except VmgitError as failure:
        status = failures.expected(failure, app)
    except (KeyboardInterrupt, click.Abort):
        status = failures.interrupted(app)
    except streams.ReaderGone:
        raise
    except Exception as failure:
        # click writes help by itself.
        if isinstance(failure, BrokenPipeError) and streams.reader_gone():
            raise streams.ReaderGone from None
        status = failures.unexpected(failure, app)
    return status if isinstance(status, int) else 0


def _dispatch(app: App) -> object:
    """Run the command that the arguments name and return what it returns."""
    if _COMPLETION in os.environ:
        return vmgit.main(standalone_mode=False, complete_var=_COMPLETION, prog_name="vmgit")
    # Not `vmgit.main`, which takes a broken pipe for the end of the program, with status 1.
    with vmgit.make_context("vmgit", sys.argv[1:], obj=app) as context:
        return vmgit.invoke(context)
