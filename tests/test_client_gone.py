"""A client whose server is not there says so, and leaves nothing behind."""

from __future__ import annotations

import gc
import socket
import warnings
from contextlib import closing
from pathlib import Path

import pytest

from vmgit.client.client import Client
from vmgit.client.connection import ServerGoneError


@pytest.mark.parametrize("kind", ["missing", "dead", "deaf"])
def test_nobody_is_there(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "server.sock"
    if kind != "missing":
        with closing(socket.socket(socket.AF_UNIX)) as dead:
            dead.bind(str(path))
            if kind == "deaf":
                # Somebody listens, and is gone before the question is answered.
                dead.listen()
                with Client(socket=path) as client:
                    dead.close()
                    with pytest.raises(ServerGoneError):
                        client.sessions.list()
    with warnings.catch_warnings(), Client(socket=path) as client:
        warnings.simplefilter("error")
        with pytest.raises(ServerGoneError, match="does not answer") as gone:
            client.sessions.list()
        assert gone.value.exit_code == 4
        assert str(path) in gone.value.message
        with pytest.raises(ServerGoneError):
            client.executions.run("1")
        del gone
        gc.collect()
