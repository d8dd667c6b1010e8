"""`vmgit serve`: a server that keeps sessions warm, watches the files and answers over HTTP."""

from __future__ import annotations

import click

from vmgit.cli.app import App, json_option
from vmgit.cli.lazy import LazyGroup

COMMANDS = {
    "stop": ("vmgit.cli.serve.stop:stop", "End the server in order."),
    "status": ("vmgit.cli.serve.status:status", "Show the server."),
    "logs": ("vmgit.cli.serve.logs:logs", "Show the log of a detached server."),
    "token": ("vmgit.cli.serve.token:token_", "Print the token for TCP."),
}


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    invoke_without_command=True,
    short_help="Serve the workspace: warm sessions, REST, a stream of events.",
)
@click.option("--detach", is_flag=True, help="Run in the background; return when it answers.")
@click.option(
    "--listen",
    metavar="HOST:PORT",
    help="Listen to TCP too, for clients that show the token; port 0 is any that is free.",
)
@click.option("--allow-remote", is_flag=True, help="Let --listen take an address of the network.")
@click.option(
    "--max-live",
    metavar="N",
    type=click.IntRange(min=1, max=4096),
    help="Keep at most N sessions in memory.  [default: 64]",
)
@click.option(
    "--grace",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    help="What running executions get when it ends.  [default: 10]",
)
@click.option("--report-to", metavar="FD", type=int, hidden=True)
@json_option
@click.pass_context
def serve(
    ctx: click.Context,
    detach: bool,
    listen: str | None,
    allow_remote: bool,
    max_live: int | None,
    grace: float | None,
    report_to: int | None,
) -> int | None:
    """Serve the workspace until Ctrl-C: sessions stay warm and follow the files.

    All other commands then use the server by themselves. Ctrl-C lets running executions finish
    for --grace seconds; a second one cancels them at once.
    """
    given = {"--listen": listen, "--max-live": max_live, "--grace": grace}
    if ctx.invoked_subcommand is not None:
        wrong = [name for name, value in given.items() if value is not None]
        wrong += [
            name for name, on in (("--detach", detach), ("--allow-remote", allow_remote)) if on
        ]
        if wrong:
            raise click.UsageError(f"{wrong[0]} is no option of `serve {ctx.invoked_subcommand}`.")
        return None
    if allow_remote and listen is None:
        raise click.UsageError("--allow-remote says something about --listen, which is not given.")
    app = ctx.ensure_object(App)
    options = [
        word for name, value in given.items() if value is not None for word in (name, str(value))
    ]
    options += ["--allow-remote"] if allow_remote else []
    if detach:
        from .detached import detached

        return detached(app, options)
    from .foreground import foreground

    return foreground(
        app,
        listen=listen,
        allow_remote=allow_remote,
        max_live=max_live,
        grace_s=grace,
        report_to=report_to,
    )
