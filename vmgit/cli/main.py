"""The entry point: the list of commands, and how every failure becomes a message and a status.

Exit statuses: 0 fine; 1 the answer is no; 2 usage; 3 a bug in vmgit; 4 environment; 5 a limit;
6 busy; 7 denied; 8 cannot tell; 130 Ctrl-C.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from vmgit import __version__
from vmgit.errors import VmgitError

from .app import App, colour_wanted, hint
from .lazy import LazyGroup

COMMANDS = {
    "init": ("vmgit.cli.init:init", "Make a folder a workspace."),
    "status": ("vmgit.cli.status:status", "Show the workspace, its sessions and what is due."),
    "run": ("vmgit.cli.run:run", "Run JavaScript and record it."),
    "session": ("vmgit.cli.session:session", "Make, list, show and close sessions."),
    "profile": ("vmgit.cli.profile:profile", "List, show and check profiles."),
    "exec": ("vmgit.cli.exec:exec_", "List and show executions."),
    "log": ("vmgit.cli.log:log", "Show events."),
    "journal": ("vmgit.cli.journal:journal", "Check and rebuild the event log."),
    "replay": ("vmgit.cli.replay:replay", "Run a recorded session again and compare."),
    "watch": ("vmgit.cli.watch:watch", "Refresh sessions when tracked files change."),
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
@click.pass_context
def vmgit(ctx: click.Context, folder: Path | None) -> None:
    """Run JavaScript sessions against Git trees, record them, replay them."""
    app = ctx.ensure_object(App)
    if folder is not None:
        app.start = folder.absolute()
    ctx.color = colour_wanted()


def main() -> None:
    """Run the command line and exit with its status."""
    app = App()
    try:
        status = vmgit.main(standalone_mode=False, obj=app)
    except VmgitError as error:
        status = _expected(error, app)
    except click.exceptions.Exit as stop:
        status = stop.exit_code
    except click.ClickException as error:
        status = _usage(error, app)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        status = 130
    except BrokenPipeError:
        # The reader has gone (`vmgit log | head`): that is no failure, and stdout is unusable.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except Exception as error:
        status = _unexpected(error)
    sys.exit(status if isinstance(status, int) else 0)


def _expected(error: VmgitError, app: App) -> int:
    click.echo(click.style("error: ", fg="red", bold=True) + error.message, err=True)
    for text in error.hints:
        hint(text)
    if app.json and not app.answered:
        app.emit({"error": error.to_dict()})
    return error.exit_code


def _usage(error: click.ClickException, app: App) -> int:
    error.show()
    if app.json and not app.answered:
        body = {"code": "usage", "message": error.format_message(), "hints": [], "details": {}}
        app.emit({"error": body})
    return error.exit_code


def _unexpected(error: Exception) -> int:
    """Write a report of a bug and say where it is; a traceback on the screen helps nobody."""
    import platform
    import tempfile
    import traceback

    lines = [
        f"vmgit {__version__}",
        f"python {platform.python_version()} on {platform.platform()}",
        f"command: {sys.argv[1:]}",
        "",
        *traceback.format_exception(error),
    ]
    with tempfile.NamedTemporaryFile(
        "w", prefix="vmgit-bug-", suffix=".txt", delete=False, encoding="utf-8"
    ) as report:
        report.write("\n".join(lines))
    click.echo(f"This is a bug in vmgit: {type(error).__name__}: {error}", err=True)
    hint(f"Please report it with {report.name}")
    return 3
