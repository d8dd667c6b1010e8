"""Where a server listens beside its unix socket: TCP, on this machine unless it is asked twice."""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import Any

from vmgit.errors import EnvironmentFailure, UsageError

_ADDRESS = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<host>[^:\[\]]+)):(?P<port>\d{1,5})")


def parse_listen(text: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT` or `[ADDRESS]:PORT`. Raises `UsageError`."""
    match = _ADDRESS.fullmatch(text)
    if match is None or int(match["port"]) > 65535:
        raise UsageError(
            f"{text!r} is no address to listen at.",
            hints=["An address is HOST:PORT, such as 127.0.0.1:7700 or [::1]:7700; port 0 is any."],
        )
    return match["six"] or match["host"], int(match["port"])


def listen_tcp(text: str, *, allow_remote: bool) -> socket.socket:
    """Return a listening socket at `HOST:PORT`.

    Raises `UsageError` for an address that other machines reach unless `allow_remote`, and
    `EnvironmentFailure` when it cannot be had.
    """
    host, port = parse_listen(text)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise EnvironmentFailure(f"there is no host {host}: {error}.") from error
    family, _, _, _, address = found[0]
    if not allow_remote and not ipaddress.ip_address(address[0]).is_loopback:
        raise UsageError(
            f"{text} can be reached from other machines.",
            hints=["Listen at 127.0.0.1, or say --allow-remote; the token travels unencrypted."],
        )
    return _bound(family, address, text)


def address_of(bound: socket.socket) -> str:
    """Return `HOST:PORT` where a TCP socket really listens."""
    host, port = bound.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _bound(family: int, address: Any, text: str) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(socket.SOMAXCONN)
    except OSError as error:
        made.close()
        raise EnvironmentFailure(
            f"{text} cannot be listened at: {error.strerror}.",
            hints=["Another program may have the port; port 0 takes any that is free."],
        ) from error
    return made
