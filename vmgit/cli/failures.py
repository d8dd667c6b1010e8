"""How every failure of a command becomes a message on stderr, a JSON document and an exit status.

Exit statuses: 0 fine; 1 the answer is no; 2 usage; 3 a bug in vmgit; 4 environment; 5 a limit;
6 busy; 7 denied; 8 cannot tell; 130 Ctrl-C.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from vmgit.errors import VmgitError
from vmgit.version import __version__

from .app import App
from .streams import error, hint, tell


def expected(failure: VmgitError, app: App) -> int:
    """Tell of a failure that vmgit foresaw."""
    return _told(app, failure.exit_code, failure.to_dict())


def usage(failure: click.ClickException, app: App) -> int:
    """Tell of arguments that click refused, and how to learn the right ones."""
    if isinstance(failure, click.exceptions.NoArgsIsHelpError):
        tell(failure.message)
        return failure.exit_code
    # When it is the parser that gave up, the option may not have been seen yet.
    app.json = app.json or "--json" in _own(sys.argv[1:])
    context = getattr(failure, "ctx", None)
    body = {
        "code": "usage",
        "message": failure.format_message(),
        "hints": [f"`{context.command_path if context else 'vmgit'} --help` tells how it is used."],
        "details": {},
    }
    return _told(app, failure.exit_code, body)


def interrupted(app: App) -> int:
    """Tell of Ctrl-C, unless that is how the command always ends."""
    if app.endless:
        return 130
    body = {"code": "interrupted", "message": "interrupted.", "hints": [], "details": {}}
    return _told(app, 130, body)


def unexpected(failure: BaseException, app: App) -> int:
    """Write a report of a bug and say where it is; a traceback on the screen helps nobody."""
    path = _write_report(failure)
    told = f"Please report it with {path}" if path else "No report could be written."
    body = {
        "code": "bug",
        "message": f"a bug in vmgit: {type(failure).__name__}: {failure}",
        "hints": [told],
        "details": {"report": path},
    }
    return _told(app, 3, body)


def _told(app: App, status: int, body: dict[str, Any]) -> int:
    """Write a failure for people and, where it was asked for, for programs; return `status`."""
    error(body["message"])
    for text in body["hints"]:
        hint(text)
    if app.json and not app.answered:
        app.emit({"error": body})
    return status


def _own(arguments: Sequence[str]) -> Sequence[str]:
    """Return the arguments before `--`, which are vmgit's and not those of a script."""
    return arguments[: arguments.index("--")] if "--" in arguments else arguments


def _write_report(failure: BaseException) -> str | None:
    """Write what is needed to find a bug into a file; return its path, None if that fails too."""
    import platform
    import tempfile
    import traceback

    lines = [
        f"vmgit {__version__}",
        f"python {platform.python_version()} on {platform.platform()}",
        f"command: {sys.argv[1:]}",
        "",
        *traceback.format_exception(failure),
    ]
    try:
        with tempfile.NamedTemporaryFile(
            "wb", prefix="vmgit-bug-", suffix=".txt", delete=False
        ) as report:
            report.write("\n".join(lines).encode("utf-8", "backslashreplace"))
    except OSError:
        return None
    return report.name
