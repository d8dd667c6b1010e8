"""Serves a workspace on its unix socket and on TCP, until it is killed: the tests' own server.

`python serve_here.py ROOT SOCKET PORT TOKEN_FILE [MODULE.NAME=NUMBER]...` sets constants of
`vmgit.server`, so that no test waits for half a minute. The life of `vmgit serve` is tested
elsewhere; here it is what answers that counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import socket
import sys
from pathlib import Path

import uvicorn

from vmgit.server.app import create_app
from vmgit.server.auth import Auth
from vmgit.server.connection import uvicorn_options
from vmgit.server.service import Service
from vmgit.workspace import Workspace


def main(root: str, path: str, port: str, token_file: str, *constants: str) -> None:
    """Serve until SIGTERM."""
    for constant in constants:
        place, _, number = constant.partition("=")
        module, _, name = place.rpartition(".")
        found = importlib.import_module(f"vmgit.server.{module}")
        setattr(found, name, type(getattr(found, name))(number))
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    Path(path).unlink(missing_ok=True)
    unix = socket.socket(socket.AF_UNIX)
    unix.bind(path)
    unix.listen(1024)
    tcp = socket.socket()
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    tcp.bind(("127.0.0.1", int(port)))
    tcp.listen(1024)
    parts = Workspace.open(Path(root), actor="serve", template=True)
    auth = Auth(lambda: Path(token_file).read_text().strip())
    with contextlib.closing(parts), Service(parts) as service:
        config = uvicorn.Config(create_app(service, auth), log_config=None, **uvicorn_options())
        print(tcp.getsockname()[1], flush=True)
        asyncio.run(uvicorn.Server(config).serve(sockets=[unix, tcp]))


if __name__ == "__main__":
    main(*sys.argv[1:])
