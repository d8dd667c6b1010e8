"""`exec`: starts granted programs, by name and with a list of arguments; there is no shell.

A program gets the workspace folder, an environment with nothing but PATH and what `env` grants,
no descriptor of ours, and a process group that does not outlive the call. What the program itself
may do is not limited: whoever grants it grants all that it can.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from vmgit.profile import Capabilities

from .capability import Arguments, CallError, bad_arguments
from .env import granted_names
from .patience import Patience
from .process import Ended, run_process

#: Bytes of all arguments, of the input, and of each of the two outputs.
MOST_ARGUMENTS = 128 * 1024
MOST_INPUT = MOST_OUTPUT = 1024 * 1024

_EXPECTED = "a program, a list of strings, and { input?, timeoutMs? }"


class Programs:
    """The capability `exec`: `run {program, args, input?, timeoutMs?}`."""

    def __init__(
        self,
        root: Path,
        environ: Mapping[str, str],
        most_ms: Callable[[], int],
        patience: Patience,
    ) -> None:
        """`root` is the folder that programs start in; `most_ms` tells how long one may take, and
        `patience` is that of the execution.
        """
        self._root = root
        self._environ = environ
        self._most_ms = most_ms
        self._patience = patience
        self._variables: tuple[str, ...] = ()

    @property
    def operations(self) -> Mapping[str, Callable[[Arguments], Any]]:
        """See `capability.Capability`."""
        return {"run": self._run}

    def lacks(self, grants: Capabilities, operation: str, arguments: Arguments) -> str | None:
        """See `capability.Capability`: the program must be granted by exactly its name."""
        self._variables = grants.env
        program = arguments.get("program")
        if not isinstance(program, str):
            raise bad_arguments("exec.run", _EXPECTED)
        return None if program in grants.exec else f"exec = [{json.dumps(program[:100])}]"

    def _run(self, arguments: Arguments) -> dict[str, Any]:
        program, args, content, timeout = self._checked(arguments)
        path = self._search_path()
        found = shutil.which(program, path=path)
        if found is None:
            message = f"exec.run: ENOENT: no program {program} in PATH"
            raise CallError(message, code="ENOENT")
        ended = run_process(
            [found, *args],
            folder=self._root,
            environ=self._scrubbed(path),
            content=content,
            patience=self._patience.shorter(timeout / 1000),
            most_output=MOST_OUTPUT,
        )
        return _told(ended, program, timeout)

    def _checked(self, arguments: Arguments) -> tuple[str, list[str], bytes, int]:
        """Return program, arguments, input and timeout; raises `CallError` for anything else."""
        if not arguments.keys() <= {"program", "args", "input", "timeoutMs"}:
            raise bad_arguments("exec.run", _EXPECTED)
        program, args = arguments["program"], arguments.get("args", [])
        if not isinstance(args, list) or not all(isinstance(one, str) for one in args):
            raise bad_arguments("exec.run", _EXPECTED)
        content, timeout = arguments.get("input", ""), arguments.get("timeoutMs", self._most_ms())
        if not isinstance(content, str) or isinstance(timeout, bool):
            raise bad_arguments("exec.run", _EXPECTED)
        if not isinstance(timeout, int) or timeout < 1:
            raise bad_arguments("exec.run", "timeoutMs, a whole number of milliseconds")
        try:
            size, data = sum(len(one.encode()) + 1 for one in args), content.encode()
        except UnicodeEncodeError:
            message = "exec.run: an argument or the input holds half a surrogate pair"
            raise CallError(message, name="TypeError") from None
        if any("\0" in one for one in args):
            raise CallError("exec.run: an argument holds a NUL character", name="TypeError")
        if size > MOST_ARGUMENTS or len(data) > MOST_INPUT:
            raise CallError("exec.run: E2BIG: arguments or input are too long", code="E2BIG")
        return program, args, data, min(timeout, self._most_ms())

    def _search_path(self) -> str:
        """Return PATH without folders that the code's author can fill: relative and our own."""
        root = self._root.resolve()
        kept = []
        for folder in self._environ.get("PATH", os.defpath).split(os.pathsep):
            if os.path.isabs(folder):
                place = Path(folder).resolve()
                if place != root and root not in place.parents:
                    kept.append(folder)
        return os.pathsep.join(kept)

    def _scrubbed(self, path: str) -> dict[str, str]:
        granted = {name: self._environ[name] for name in self._granted()}
        return {"LANG": "C.UTF-8", "TZ": "UTC", **granted, "PATH": path}

    def _granted(self) -> list[str]:
        return granted_names(self._variables, self._environ)


def _told(ended: Ended, program: str, timeout_ms: int) -> dict[str, Any]:
    """Return how a program ended as JavaScript is told it."""
    match ended.stopped:
        case "start":
            message = f"exec.run: EACCES: {program} cannot be started"
            raise CallError(message, code="EACCES")
        case "time":
            message = f"exec.run: ETIMEDOUT: {program} was stopped after {timeout_ms} ms"
            raise CallError(message, code="ETIMEDOUT")
        case "output":
            message = f"exec.run: EFBIG: {program} was stopped: more than {MOST_OUTPUT} bytes"
            raise CallError(message, code="EFBIG")
    status = ended.status
    return {
        "status": status if status >= 0 else None,
        "signal": signal.Signals(-status).name if status < 0 else None,
        "stdout": ended.stdout.decode("utf-8", "replace"),
        "stderr": ended.stderr.decode("utf-8", "replace"),
    }
