"""`fetch`: HTTP requests to granted hosts with granted methods, one at a time.

Every hop of a redirect is checked against the grant as the first one is, and a host's name is
resolved once per hop. Nothing of whoever runs vmgit goes along: no cookies, proxies or passwords
of the environment. What goes wrong is told in our words, the same on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, get_args

from vmgit.profile import Capabilities, FetchGrant, Method
from vmgit.version import __version__

from .addresses import Address, Endpoint, grants_address, grants_host, lacking
from .binary import NoBytes, given_bytes, told_bytes
from .capability import Arguments, CallError, NotGranted, bad_arguments
from .exchange import Asked, Exchanged, exchange
from .network import Resolver, failure, resolve, system_resolver
from .patience import Patience
from .urls import BadUrl, Target, join_url, parse_url

if TYPE_CHECKING:
    import ssl

#: Bytes of a request's body and of all its headers; redirects that are followed (as browsers do).
MOST_CONTENT = 1024 * 1024
MOST_HEADERS = 64 * 1024
MOST_REDIRECTS = 20

_EXPECTED = "a url, a method, headers, a body, redirect and timeoutMs"
_KEYS = {"url", "method", "headers", "body", "redirect", "timeoutMs"}
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f\u0100-\U0010ffff]*")
#: Headers that decide where a message begins, ends and goes; those that begin with `proxy-` too.
FORBIDDEN = frozenset(
    {
        *("accept-encoding", "connection", "content-length", "expect", "host", "http2-settings"),
        *("keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "via"),
    }
)
#: What stays at home when a redirect leaves for another origin, and what describes a lost body.
_PRIVATE = {"authorization", "cookie"}
_OF_BODY = {"content-encoding", "content-language", "content-location", "content-type"}
_BODILESS = {101, 204, 205, 304}


@dataclass(frozen=True)
class _Wanted:
    """What a call asks for, checked; `headers` have lower-case names."""

    target: Target
    method: str
    headers: tuple[tuple[str, str], ...]
    content: bytes | None
    redirect: str


class Fetch:
    """The capability `fetch`: `request {url, method, headers?, body?, redirect?, timeoutMs?}`."""

    def __init__(
        self,
        patience: Patience,
        *,
        resolver: Resolver = system_resolver,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """`patience` is that of the execution; `resolver` gives the addresses of a name, once per
        hop; `context` None means TLS with the certificates that the user trusts.
        """
        self._patience = patience
        self._resolver = resolver
        self._context = context
        self._grant = FetchGrant()

    @property
    def operations(self) -> Mapping[str, Callable[[Arguments], Any]]:
        """See `capability.Capability`."""
        return {"request": self._request}

    def lacks(self, grants: Capabilities, operation: str, arguments: Arguments) -> str | None:
        """See `capability.Capability`; further hops are checked against the same grant."""
        self._grant = grants.fetch
        target, method = _target(arguments), _method(arguments)
        return self._lacks(target.place, method)

    def _lacks(self, place: Endpoint, method: str) -> str | None:
        host_lacks = not grants_host(self._grant.hosts, place)
        method_lacks = method not in self._grant.methods
        if not host_lacks and not method_lacks:
            return None
        return lacking(place if host_lacks else None, method if method_lacks else None)

    def _request(self, arguments: Arguments) -> dict[str, Any]:
        wanted, patience = _wanted(arguments), self._patience
        timeout = arguments.get("timeoutMs")
        if timeout is not None:
            patience = patience.shorter(timeout / 1000)
        hops: list[dict[str, str]] = []
        while True:
            addresses = self._addresses(wanted.target.place, patience)
            found = exchange(_asked(wanted), addresses, patience, self._context)
            address = str(found.address)
            hops.append({"method": wanted.method, "url": str(wanted.target), "address": address})
            location = _location(found)
            if location is None or wanted.redirect == "manual":
                return _told(found, wanted.method, hops)
            if wanted.redirect == "error":
                raise failure("EREDIRECT", f"{wanted.target.place.authority} redirects")
            if len(hops) > MOST_REDIRECTS:
                raise failure("EREDIRECT", f"more than {MOST_REDIRECTS} redirects")
            wanted = _redirected(wanted, found.status, location)
            lacks = self._lacks(wanted.target.place, wanted.method)
            if lacks is not None:
                raise NotGranted(f"the redirect to {wanted.target.place.authority}", lacks)

    def _addresses(self, place: Endpoint, patience: Patience) -> list[Address]:
        """Return where a granted place may be reached. Raises `CallError` or `NotGranted`."""
        found = resolve(place, self._resolver, patience)
        allowed = [one for one in found if grants_address(self._grant.hosts, place, one)]
        if not allowed:
            # The address itself is not told: whoever grants it can look it up.
            what = f"{place.authority} is not at a public address, which"
            raise NotGranted(what, 'fetch.hosts = ["ADDRESS"]')
        return allowed


def _told(found: Exchanged, method: str, hops: list[dict[str, str]]) -> dict[str, Any]:
    """Return a response as JavaScript is told it: text where that is exact, else base64."""
    body: dict[str, str] | None = None
    if method != "HEAD" and found.status not in _BODILESS:
        try:
            if b"\0" in found.body:
                raise ValueError("a NUL is six characters in the log")
            body = {"text": found.body.decode("utf-8")}
        except ValueError:
            body = told_bytes(found.body)
    return {
        "status": found.status,
        "statusText": found.reason,
        "headers": [[name, value] for name, value in found.headers],
        "body": body,
        "hops": hops,
    }


def _location(found: Exchanged) -> str | None:
    """Return where a response redirects to, None when it does not."""
    if found.status not in (301, 302, 303, 307, 308):
        return None
    location = next((value for name, value in found.headers if name == "location"), None)
    if location is None:
        return None
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return location


def _redirected(wanted: _Wanted, status: int, location: str) -> _Wanted:
    """Return what is asked next, as the fetch standard says (HTTP-redirect fetch)."""
    try:
        target = join_url(wanted.target, location)
    except BadUrl as error:
        words = f"the redirect of {wanted.target.place.authority} {error}"
        raise failure("EREDIRECT", words) from None
    headers = wanted.headers
    if (status in (301, 302) and wanted.method == "POST") or (
        status == 303 and wanted.method not in ("GET", "HEAD")
    ):
        headers = tuple(one for one in headers if one[0] not in _OF_BODY)
        wanted = replace(wanted, method="GET", content=None)
    if target.place != wanted.target.place:
        headers = tuple(one for one in headers if one[0] not in _PRIVATE)
    return replace(wanted, target=target, headers=headers)


def _asked(wanted: _Wanted) -> Asked:
    """Return the request of one hop, with what every request has."""
    defaults = (
        ("accept", "*/*"),
        ("accept-encoding", "gzip, deflate"),
        ("user-agent", f"vmgit/{__version__}"),
    )
    named = {name for name, _ in wanted.headers}
    headers = (*wanted.headers, *(one for one in defaults if one[0] not in named))
    content = wanted.content
    if content is None and wanted.method in ("POST", "PUT"):
        content = b""
    return Asked(wanted.target.place, wanted.target.path, wanted.method, headers, content)


# -- arguments -------------------------------------------------------------------------------


def _wanted(arguments: Arguments) -> _Wanted:
    """Return what a call asks for. Raises `CallError`."""
    timeout = arguments.get("timeoutMs")
    redirect = arguments.get("redirect", "follow")
    if not arguments.keys() <= _KEYS or redirect not in ("follow", "error", "manual"):
        raise bad_arguments("fetch", _EXPECTED)
    if timeout is not None and (isinstance(timeout, bool) or not isinstance(timeout, int | float)):
        raise bad_arguments("fetch", "timeoutMs, a number of milliseconds")
    method, content = _method(arguments), _content(arguments)
    if content is not None and method in ("GET", "HEAD"):
        raise bad_arguments("fetch", f"no body with {method}")
    return _Wanted(_target(arguments), method, _headers(arguments), content, redirect)


def _target(arguments: Arguments) -> Target:
    url = arguments.get("url")
    if not isinstance(url, str):
        raise bad_arguments("fetch", _EXPECTED)
    try:
        return parse_url(url)
    except BadUrl as error:
        raise CallError(f"fetch: the URL {error}", name="TypeError") from None


def _method(arguments: Arguments) -> str:
    method = arguments.get("method")
    if method not in get_args(Method):
        raise bad_arguments("fetch", f"a method, one of {', '.join(get_args(Method))}")
    return str(method)


def _headers(arguments: Arguments) -> tuple[tuple[str, str], ...]:
    headers = arguments.get("headers", [])
    found: list[tuple[str, str]] = []
    for one in headers if isinstance(headers, list) else [None]:
        match one:
            case [str(name), str(value)]:
                found.append((name.lower(), value.strip(" \t")))
            case _:
                raise bad_arguments("fetch", "headers, a list of names and values")
    for name, value in found:
        if _TOKEN.fullmatch(name) is None or _VALUE.fullmatch(value) is None:
            raise CallError("fetch: a header's name or value is not valid", name="TypeError")
        if name in FORBIDDEN or name.startswith("proxy-"):
            raise CallError(f"fetch: the header {name} cannot be set", name="TypeError")
    if sum(len(name) + len(value) for name, value in found) > MOST_HEADERS:
        raise failure("E2BIG", f"the headers have more than {MOST_HEADERS} bytes")
    return tuple(found)


def _content(arguments: Arguments) -> bytes | None:
    """Return the body to send: UTF-8 of a text, or what base64 says."""
    body = arguments.get("body")
    if body is None:
        return None
    try:
        content = given_bytes(body)
    except NoBytes as error:
        raise CallError(f"fetch: the body: {error}", name="TypeError") from None
    if len(content) > MOST_CONTENT:
        raise failure("E2BIG", f"the body has more than {MOST_CONTENT} bytes")
    return content
