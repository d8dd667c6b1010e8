"""Runs one program to its end with limits on time and output, and leaves nothing of it behind.

The program leads a process group of its own; whatever way the call ends, the group is killed. It
knows no grants and no JavaScript.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from .patience import TICK, Patience

_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Ended:
    """How a program ended: its exit status (negative: the signal) and outputs, or what stopped it.

    `stopped` is `start` (it could not be started), `time` or `output` (a limit), or None.
    """

    status: int = 0
    stdout: bytes = b""
    stderr: bytes = b""
    stopped: Literal["start", "time", "output"] | None = None


def run_process(
    command: Sequence[str],
    *,
    folder: Path,
    environ: Mapping[str, str],
    content: bytes,
    patience: Patience,
    most_output: int,
) -> Ended:
    """Run `command` (an absolute path and arguments) in `folder`; `content` is its input.

    Each of its outputs may have `most_output` bytes. It is stopped when `patience` is over.
    """
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.PIPE if content else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError:
        return Ended(stopped="start")
    pipes = _Pipes(process, content, most_output)
    try:
        stopped = pipes.pump(patience)
    finally:
        # The leader is not reaped yet, so its group's number cannot be another's.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        status = process.wait()
        pipes.close()
    if stopped is not None:
        return Ended(stopped=stopped)
    return Ended(status, bytes(pipes.outputs[0]), bytes(pipes.outputs[1]))


class _Pipes:
    """The pipes to a program: feeds its input, collects its outputs."""

    def __init__(self, process: subprocess.Popen[bytes], content: bytes, most: int) -> None:
        self._process = process
        self._left = memoryview(content)
        self._most = most
        self.outputs = (bytearray(), bytearray())
        self._selector = selectors.DefaultSelector()
        for pipe, output in zip((process.stdout, process.stderr), self.outputs, strict=True):
            self._register(pipe, selectors.EVENT_READ, output)
        self._register(process.stdin, selectors.EVENT_WRITE, None)

    def pump(self, patience: Patience) -> Literal["time", "output"] | None:
        """Carry bytes until the program has ended; return the limit that it hit, if one."""
        while True:
            ended = self._has_ended()
            left = patience.left()
            if left <= 0 and not ended:
                return "time"
            if not self._selector.get_map():
                if ended:
                    return None
                time.sleep(min(TICK / 10, left))
                continue
            # Once it has ended, what it wrote is all there: nothing more is waited for.
            ready = self._selector.select(0 if ended else min(TICK, left))
            if ended and not any(key.data is not None for key, _ in ready):
                return None
            for key, _ in ready:
                self._carry(key)
            if max(map(len, self.outputs)) > self._most:
                return "output"

    def close(self) -> None:
        """Close every pipe."""
        self._selector.close()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def _register(self, pipe: IO[bytes] | None, events: int, output: bytearray | None) -> None:
        if pipe is not None:
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, events, output)

    def _carry(self, key: selectors.SelectorKey) -> None:
        if key.data is None:
            self._feed(key)
            return
        try:
            data = os.read(key.fd, _CHUNK)
        except BlockingIOError:
            return
        key.data.extend(data)
        if not data:
            self._selector.unregister(key.fileobj)

    def _feed(self, key: selectors.SelectorKey) -> None:
        try:
            self._left = self._left[os.write(key.fd, self._left[:_CHUNK]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:  # it does not read its input
            self._left = self._left[:0]
        if not self._left:
            self._selector.unregister(key.fileobj)
            if self._process.stdin is not None:
                self._process.stdin.close()

    def _has_ended(self) -> bool:
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self._process.pid, flags) is not None
