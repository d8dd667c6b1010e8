"""Starts a server that lives on when its starter has ended, and waits until it answers.

The server is a session of its own, in an environment without what a Git hook's has. It tells by a
pipe that it answers, or why it does not; a pipe that closes in silence tells that it died.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vmgit.error_answers import from_exit
from vmgit.errors import EnvironmentFailure
from vmgit.git.environment import child_environment

from .shape import Serving

#: The log's file in the state folder.
LOG = "server.log"


def start_detached(root: Path, state_dir: Path, options: Sequence[str] = ()) -> Serving:
    """Start a server for the workspace folder `root` with further `options` of `vmgit serve`.

    Returns when it answers. Raises the `VmgitError` that the server itself ended with.
    """
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    read, write = os.pipe()
    log = os.open(
        state_dir / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, mode=0o600
    )
    try:
        with os.fdopen(read, "rb") as answers:
            # -P: nothing in the current folder may pass for a module of ours.
            process = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-m", "vmgit", "-C", os.fspath(root), "serve"),
                    *(*options, "--report-to", str(write)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                cwd="/",
                pass_fds=[write],
                start_new_session=True,
            )
            os.close(write)
            write = -1
            said = answers.readline()
    finally:
        os.close(log)
        if write >= 0:
            os.close(write)
    if not said:
        raise _died(process, state_dir / LOG)
    # It is nobody's child to wait for from here on.
    process.returncode = 0
    return _understood(json.loads(said))


def report(descriptor: int, document: dict[str, Any]) -> None:
    """Tell the starter, by the pipe that it gave, and close it."""
    with os.fdopen(descriptor, "wb") as pipe:
        pipe.write(json.dumps(document).encode("ascii") + b"\n")


def _environment() -> dict[str, str]:
    """Return this process's environment without what ties it to one repository."""
    kept = child_environment()
    return {name: value for name, value in os.environ.items() if name in kept}


def _understood(said: dict[str, Any]) -> Serving:
    if "error" in said:
        raise from_exit(said["exit"], said["error"])
    import msgspec

    return msgspec.convert(said["serving"], Serving)


def _died(process: subprocess.Popen[bytes], log: Path) -> EnvironmentFailure:
    status = process.wait()
    lines = log.read_text("utf-8", "replace").splitlines()
    last = next((line for line in reversed(lines) if line.strip()), "it said nothing")
    return EnvironmentFailure(
        f"the server did not start (status {status}): {last.strip()}",
        hints=[f"{log} tells more."],
        details={"log": str(log)},
    )
