"""Who may speak to the server, decided from a request's head alone.

On the unix socket the permissions of the socket file are the answer. On TCP it takes the bearer
token, and the request must have been meant for this server: a browser that a foreign page sends
here names another `Host` (DNS rebinding) or another `Origin`. Pure: it reads an ASGI scope.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

from vmgit.errors import VmgitError

#: Pages for people: a browser cannot send a bearer token, but it can ask for a password.
_FOR_BROWSERS = ("/docs", "/openapi.json")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class UnauthorizedError(VmgitError):
    """The request has no token, or a wrong one."""

    code = "unauthorized"
    exit_code = 4
    http_status = 401


class ForeignError(VmgitError):
    """The request was made for another server, or by a page of another one."""

    code = "foreign"
    exit_code = 4
    http_status = 403


class Auth:
    """Decides about requests. `token` gives the one that counts now, so that it can be rotated.

    `names` are further host names by which clients reach this server; loopback ones always count.
    Without a `token` no request over TCP is let in.
    """

    def __init__(
        self, token: Callable[[], str | None] | None = None, names: Iterable[str] = ()
    ) -> None:
        self._token = token
        self._names = _LOOPBACK | {name.lower() for name in names}

    def check(self, scope: MutableMapping[str, Any]) -> None:
        """Let a request pass or raise `UnauthorizedError` or `ForeignError`."""
        server = scope.get("server")
        if server is not None and server[1] is None:
            return
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        host = hosts[0].decode("latin-1").lower() if len(hosts) == 1 else ""
        if not self._is_ours(host, server):
            raise ForeignError("the Host header does not name this server.", details={"host": host})
        for name, value in scope["headers"]:
            origin = value.decode("latin-1").lower()
            if name == b"origin" and origin != f"{scope.get('scheme', 'http')}://{host}":
                raise ForeignError(
                    "pages of other origins may not use this server.", details={"origin": origin}
                )
        self._check_token(scope)

    def _is_ours(self, host: str, server: tuple[str, int] | None) -> bool:
        name, colon, digits = host.rpartition(":")
        if not colon or host.endswith("]"):
            name, digits = host, "80"
        if server is None or digits != str(server[1]):
            return False
        # An address is nobody else's: a page of another origin has a name or another address.
        return name in self._names or name.strip("[]") == server[0]

    def _check_token(self, scope: MutableMapping[str, Any]) -> None:
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        token = self._token() if self._token is not None else None
        if token and len(given) == 1:
            offered = _offered(given[0], basic=scope["path"] in _FOR_BROWSERS)
            if offered is not None and hmac.compare_digest(offered, token.encode()):
                return
        raise UnauthorizedError(
            "a request over TCP needs the token of this server.",
            hints=["`vmgit serve token` prints it; send it as `Authorization: Bearer TOKEN`."],
        )


def challenge(path: str) -> bytes:
    """Return the `WWW-Authenticate` header that goes with a 401 for `path`."""
    return b'Basic realm="vmgit"' if path in _FOR_BROWSERS else b'Bearer realm="vmgit"'


def _offered(header: bytes, *, basic: bool) -> bytes | None:
    """Return the token in an `Authorization` header; with `basic` also one given as password."""
    scheme, _, value = header.strip().partition(b" ")
    match scheme.lower():
        case b"bearer":
            return value.strip()
        case b"basic" if basic:
            try:
                return b64decode(value.strip(), validate=True).partition(b":")[2]
            except binascii.Error:
                return None
    return None
