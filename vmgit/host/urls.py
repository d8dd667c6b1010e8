"""The URLs that `fetch` goes to: parsed once, and the same parts are judged, dialled and sent.

What comes from JavaScript is in the form that its `URL` gives; what comes from a `Location` header
may be anything. Pure: no network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx

from .addresses import DEFAULT_PORTS, Endpoint, parse_address

#: Characters of a URL.
MOST_URL = 16 * 1024
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9_])?")


class BadUrl(Exception):
    """A text that is no URL to fetch from; the message says why."""


@dataclass(frozen=True)
class Target:
    """An absolute http or https URL."""

    url: httpx.URL
    place: Endpoint

    @property
    def path(self) -> str:
        """Path and query, as they are sent."""
        return self.url.raw_path.decode("ascii")

    def __str__(self) -> str:
        return str(self.url)


def parse_url(text: str) -> Target:
    """Return the URL that a text is. Raises `BadUrl`."""
    if len(text) > MOST_URL:
        raise BadUrl(f"has more than {MOST_URL} characters")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise BadUrl("is not in its normal form")
    return _checked(text)


def join_url(base: Target, location: str) -> Target:
    """Return where a `Location` header of `base` leads; it keeps the fragment. Raises `BadUrl`."""
    if len(location) > MOST_URL:
        raise BadUrl(f"has more than {MOST_URL} characters")
    try:
        joined = base.url.join(location.strip(" \t"))
    except (httpx.InvalidURL, ValueError):
        raise BadUrl("is no URL") from None
    if not joined.fragment and base.url.fragment:
        joined = joined.copy_with(fragment=base.url.fragment)
    return _checked(str(joined))


def _checked(text: str) -> Target:
    try:
        url = httpx.URL(text)
        port = url.port
    except (httpx.InvalidURL, ValueError):
        raise BadUrl("is no URL") from None
    if url.scheme not in DEFAULT_PORTS:
        raise BadUrl("is neither http nor https")
    if url.userinfo:
        raise BadUrl("holds a user name or password")
    host = url.raw_host.decode("ascii")
    address = None if "%" in host else parse_address(host)  # a zone is this machine's business
    if address is None and _NAME.fullmatch(host) is None:
        raise BadUrl("has no valid host")
    number = DEFAULT_PORTS[url.scheme] if port is None else port
    if not 1 <= number <= 65_535:
        raise BadUrl("has no valid port")
    place = Endpoint(url.scheme, host if address is None else str(address), number)
    return Target(url, place)
