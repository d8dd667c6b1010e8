"""A real `vmgit serve` on a workspace of its own, and a connection that speaks just enough HTTP.

Requests are written to the socket as bytes, so that no client library is measured.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec


class Connection:
    """A kept-alive connection that speaks just enough HTTP."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))

    def ask(self, request: bytes) -> bytes:
        """Send a whole request and return the whole answer."""
        self._socket.sendall(request)
        answer = self._socket.recv(1 << 16)
        while b"\r\n\r\n" not in answer:
            answer += self._socket.recv(1 << 16)
        head, _, body = answer.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-len")]
        size = int(lengths[0].partition(b":")[2])
        while len(body) < size:
            more = self._socket.recv(1 << 16)
            answer += more
            body += more
        return answer

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def post_bytes(path: str, body: Any) -> bytes:
    """Return a whole POST request to a route of the API."""
    content = msgspec.json.encode(body)
    head = (
        f"POST /api/v1{path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"content-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


class Server:
    """A real `vmgit serve` on a workspace, with a connection to it."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "vmgit", "serve"],
            cwd=self.workspace,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        record = self.workspace / ".git" / "vmgit" / "server.json"
        deadline = time.monotonic() + 30
        while True:
            # The record of a server that was killed is there until the next one answers.
            try:
                self.socket = Path(msgspec.json.decode(record.read_bytes())["socket"])
                self.connection = Connection(self.socket)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self.connection.close()
        self._process.kill()
        self._process.wait()

    @property
    def pid(self) -> int:
        """The server's process id."""
        assert self._process is not None
        return self._process.pid

    def restart(self) -> None:
        """Kill the server and start another one: every heap is gone."""
        self.__exit__()
        self.__enter__()

    def post(self, path: str, body: Any) -> Any:
        """Ask once and return the document."""
        answer = self.connection.ask(post_bytes(path, body))
        if not answer.split(b" ", 2)[1].startswith(b"2"):
            raise RuntimeError(answer.decode())
        return msgspec.json.decode(answer.partition(b"\r\n\r\n")[2])

    def session(self) -> str:
        """Make a session and return its id."""
        return str(self.post("/sessions", {})["session"])


def make_workspace(folder: Path) -> Path:
    """Make a committed workspace with two startup files of 40 lines."""
    folder.mkdir()
    (folder / "profiles").mkdir()
    (folder / "startup").mkdir()
    (folder / "vmgit.toml").write_text("format = 1\n")
    (folder / "profiles" / "default.toml").write_text(
        'startup = ["startup/00-rules.js", "startup/10-shop.js"]\n'
    )
    rules = [f"const rate{n} = (total) => total * {n} / 100;" for n in range(40)]
    (folder / "startup" / "00-rules.js").write_text("\n".join(rules) + "\n")
    shop = [f"let order{n} = {{ id: {n}, total: {n * 10} }};" for n in range(40)]
    (folder / "startup" / "10-shop.js").write_text("\n".join(shop) + "\n")
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for arguments in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "x"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder
