"""A log in a temporary folder, and short ways to fill it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vmgit.eventlog.log import EventLog


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test's log is; neither the file nor its folder exists yet."""
    return tmp_path / "vmgit" / "events.db"


@pytest.fixture
def log(path: Path) -> Iterator[EventLog]:
    """An empty log whose clock stands at 1,000,000 microseconds."""
    with EventLog.open(path, now_us=lambda: 1_000_000) as opened:
        yield opened
