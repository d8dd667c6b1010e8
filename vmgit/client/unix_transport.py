"""httpx's transport over a unix socket, without what httpcore leaves behind.

httpcore does not close the socket of a connection that fails, so that every question to a server
that is gone ends in a `ResourceWarning`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx


class UnixTransport(httpx.HTTPTransport):
    """Connections to the unix socket at `path`; unused ones are kept for `idle_s` seconds."""

    def __init__(self, path: str, *, keep: int, idle_s: float) -> None:
        super().__init__(trust_env=False)
        # The pool that httpx makes has no way to be given another backend.
        self._pool = httpcore.ConnectionPool(
            uds=path,
            max_connections=None,
            max_keepalive_connections=keep,
            keepalive_expiry=idle_s,
            network_backend=_LooksFirst(),
        )


class _LooksFirst(httpcore.SyncBackend):
    """Connects only where somebody listens."""

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """See `httpcore.NetworkBackend`."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(timeout)
            try:
                probe.connect(path)
            except TimeoutError as error:
                raise httpcore.ConnectTimeout(str(error)) from error
            except OSError as error:
                raise httpcore.ConnectError(str(error)) from error
        return super().connect_unix_socket(path, timeout, socket_options)
