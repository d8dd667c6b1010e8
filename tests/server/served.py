"""A real server process with a real workspace, and real clients of it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from workspaces import TIMEOUT, Folder

TOKEN = "the-token-of-the-tests"
JSON = {"content-type": "application/json"}


class Served:
    """A served workspace. `client` asks over the unix socket, `tcp` over TCP with the token."""

    def __init__(self, folder: Folder, place: Path) -> None:
        self.folder = folder
        #: Constants of `vmgit.server` that its next start has, such as `hub.PAGE=2`.
        self.constants: list[str] = []
        self.socket = place / "server.sock"
        self.log_file = place / "server.log"
        self.token_file = place / "token"
        self.token_file.write_text(TOKEN)
        self.port = 0
        self.process: subprocess.Popen[str] | None = None
        self.client = self.over_unix()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        script = Path(__file__).with_name("serve_here.py")
        arguments = [self.folder.root, self.socket, self.port, self.token_file, *self.constants]
        with self.log_file.open("a") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-u",
                    "-W",
                    "error::DeprecationWarning",
                    script,
                    *map(str, arguments),
                ],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.log_file.read_text()
        self.port = int(line)
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                self.client.get("/health")
                return
            except httpx.TransportError:
                assert time.monotonic() < deadline, self.log_file.read_text()
                time.sleep(0.02)

    def restart(self, *constants: str) -> None:
        """End it with SIGKILL and start it again, with other constants."""
        self.kill()
        self.constants = list(constants)
        self.start()

    def kill(self) -> None:
        """End it with SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self._ended()

    def stop(self) -> int:
        """End it with SIGTERM and return its exit status."""
        assert self.process is not None
        self.process.terminate()
        return self._ended()

    def _ended(self) -> int:
        assert self.process is not None
        status = self.process.wait(TIMEOUT)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return status

    def over_unix(self, **options: Any) -> httpx.Client:
        """Return a client over the unix socket."""
        transport = httpx.HTTPTransport(uds=str(self.socket))
        return httpx.Client(
            transport=transport, base_url="http://vmgit/api/v1", timeout=TIMEOUT, **options
        )

    @contextmanager
    def over_tcp(self, token: str | None = TOKEN, **options: Any) -> Iterator[httpx.Client]:
        """Give a client over TCP; `token=None` sends none."""
        headers = {"authorization": f"Bearer {token}"} if token is not None else {}
        base = f"http://127.0.0.1:{self.port}"
        with httpx.Client(
            base_url=base, headers=headers, timeout=TIMEOUT, trust_env=False, **options
        ) as client:
            yield client

    def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """Post a body (None: none) over the unix socket."""
        if body is not None:
            options["json"] = body
        return self.client.post(path, **options)

    def session(self, **body: Any) -> str:
        """Make a session and return its id."""
        made = self.post("/sessions", body)
        assert made.status_code == 201, made.text
        return str(made.json()["session"])

    def run(self, session: str, source: str, **options: Any) -> Any:
        """Run code that must be answered with a document, and return that."""
        answer = self.post(f"/sessions/{session}/executions", {"source": source}, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def events(self, **parameters: Any) -> list[Any]:
        """Return all events of the log."""
        found: list[Any] = []
        while True:
            after = found[-1]["seq"] if found else 0
            asked = {"limit": 1000, "after": after, **parameters}
            page = self.client.get("/events", params=asked).json()
            found += page
            if len(page) < 1000:
                return found

    def logged(self) -> str:
        """Return what the server wrote to its log."""
        return self.log_file.read_text()


def failure(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Hold that an answer is an error in the one shape that all have, and return what it tells."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert list(body) == ["error"]
    assert set(body["error"]) == {"code", "message", "hints", "details"}
    assert body["error"]["code"] == code, body
    error: dict[str, Any] = body["error"]
    return error
