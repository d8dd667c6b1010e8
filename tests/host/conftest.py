"""Fixtures of the tests of capabilities: a server on the loopback, and databases in a workspace."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from . import databases
from . import web as web_door
from .serving import Server


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that has no routes yet."""
    made = Server()
    yield made
    made.close()


@pytest.fixture
def web(server: Server) -> web_door.Door:
    """A door that grants that server and every method."""
    return web_door.Door(f"127.0.0.1:{server.port}")


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[databases.Door]:
    """A workspace with `data/a.db` to read and `made` to write."""
    root = tmp_path / "work"
    (root / "data").mkdir(parents=True)
    with closing(sqlite3.connect(root / "data/a.db")) as made:
        made.executescript(
            "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL, raw BLOB);"
            "INSERT INTO item VALUES (1, 'a', 1.5, x'00ff'), (2, 'ä', NULL, NULL);"
        )
    stored = databases.Door(root)
    yield stored
    stored.registry.close()
