"""A registry on loopback that serves packages which a test made: a real HTTP server."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

#: What a tarball is made of: paths below `package/` and their content.
Files = Mapping[str, str | bytes]


def tarball(files: Files, prefix: str = "package/") -> bytes:
    """Return a gzipped tar as npm makes them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for path, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(prefix + path)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def sri(data: bytes, algorithm: str = "sha512") -> str:
    """Return the integrity string of some bytes."""
    return f"{algorithm}-" + base64.b64encode(hashlib.new(algorithm, data).digest()).decode()


class FakeRegistry:
    """What the server serves, and what it was asked.

    `statuses` maps a path to statuses that are given, one a request, before the real answer;
    `headers` adds headers there; `token` must be shown when it is set.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.packages: dict[str, dict[str, Any]] = {}
        self.raw: dict[str, bytes] = {}
        self.statuses: dict[str, list[int]] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.token: str | None = None
        self.requests: list[tuple[str, Mapping[str, str]]] = []

    def publish(
        self,
        name: str,
        version: str = "1.0.0",
        files: Files | None = None,
        *,
        archive: bytes | None = None,
        dist: Mapping[str, Any] | None = None,
        tag: str | None = "latest",
        **fields: Any,
    ) -> None:
        """Publish a version; `fields` are those of its package.json, `dist` replaces its own."""
        manifest = {"name": name, "version": version, **fields}
        contents = {"index.js": f"module.exports = '{name} {version}';\n", **(files or {})}
        data = archive or tarball({"package.json": json.dumps(manifest), **contents})
        path = f"/{name}/-/{version}.tgz"
        self.raw[path] = data
        described = {
            "tarball": self.url.rstrip("/") + path,
            "integrity": sri(data),
            "shasum": hashlib.sha1(data).hexdigest(),
        }
        document = self.packages.setdefault(name, {"name": name, "dist-tags": {}, "versions": {}})
        document["versions"][version] = {**manifest, "dist": {**described, **(dist or {})}}
        if tag:
            document["dist-tags"][tag] = version

    def asked(self) -> list[str]:
        """Return the paths that were asked for, in order."""
        return [path for path, _ in self.requests]

    def answer(self, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body for a request."""
        self.requests.append((path, headers))
        pending = self.statuses.get(path)
        if pending:
            return pending.pop(0), self.headers.get(path, {}), b"{}"
        if self.token is not None and headers.get("authorization") != self.token:
            return 401, {}, b"{}"
        if path in self.raw:
            return 200, self.headers.get(path, {}), self.raw[path]
        document = self.packages.get(path[1:])
        if document is None:
            return 404, {}, b'{"error": "not_found"}'
        return 200, self.headers.get(path, {}), json.dumps(document).encode()


class _Handler(BaseHTTPRequestHandler):
    registry: FakeRegistry

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, more, body = self.registry.answer(unquote(self.path), headers)
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def fake_registry() -> Iterator[FakeRegistry]:
    """Serve an empty registry while the block runs."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    registry = FakeRegistry(f"http://127.0.0.1:{server.server_port}/")
    handler.registry = registry  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
