"""The server's log: one line for each request, refresh and step of its life.

To stderr in the foreground, to a bounded file when it is detached. Only the server's own process
configures logging; programs that embed vmgit keep theirs.
"""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

#: Bytes after which the log file begins anew; the one before is kept.
MOST_BYTES = 2_000_000


class _Lines(logging.Formatter):
    """Time, level, text: one line that moves no cursor, whatever a client or a file is called."""

    default_time_format = "%Y-%m-%d %H:%M:%S"
    default_msec_format = "%s.%03d"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter`."""
        text = super().formatMessage(record)
        return text if text.isprintable() else "".join(map(_shown, text))


class _Bounded(RotatingFileHandler):
    """A log file that takes the process's stderr too, such as the reason of a crash."""

    def _open(self) -> TextIO:  # type: ignore[override]
        stream = os.fdopen(
            os.open(
                self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600
            ),
            "a",
            encoding="utf-8",
            errors="backslashreplace",
        )
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
        return stream


def log_to(file: Path | None) -> None:
    """Let this process log to `file`, or to stderr."""
    handler: logging.Handler = logging.StreamHandler()
    if file is not None:
        handler = _Bounded(file, maxBytes=MOST_BYTES, backupCount=1)
    handler.setFormatter(_Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("vmgit").setLevel(logging.INFO)


def _shown(char: str) -> str:
    return char if char.isprintable() else repr(char)[1:-1]
