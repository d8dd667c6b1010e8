"""One HTTP request and its response, whose body is never larger than what it was told.

Bodies are decompressed here and not by the HTTP library, which would decompress a whole chunk at
once: a chunk of 64 KiB can hold 64 MiB. It knows neither grants nor redirects.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import httpcore

from .addresses import Address, Endpoint
from .network import Network, failure
from .patience import Patience

if TYPE_CHECKING:
    import ssl

#: Bytes of a response's body, as it comes and decompressed.
MOST_BODY = 4 * 1024 * 1024
#: Compressed pieces that may follow one another; empty ones would cost time without end.
_MOST_MEMBERS = 100

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Exchanged:
    """A response: `headers` have lower-case names, `body` is decompressed."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes
    address: Address


@dataclass(frozen=True)
class Asked:
    """A request: `target` is path and query, percent-encoded; `headers` without `Host`."""

    place: Endpoint
    target: str
    method: str
    headers: Headers
    content: bytes | None


@cache
def system_context() -> ssl.SSLContext:
    """Return the TLS settings with the certificates that this machine's user trusts."""
    import httpx

    return httpx.create_ssl_context()


def exchange(
    asked: Asked, addresses: Sequence[Address], patience: Patience, context: ssl.SSLContext | None
) -> Exchanged:
    """Send a request to one of `addresses` and return the response; redirects are not followed.

    `context` None means the user's own settings. Raises `CallError`.
    """
    place = asked.place
    if context is None and place.scheme == "https":
        context = system_context()
    network = Network(place, addresses, patience)
    url = httpcore.URL(
        scheme=place.scheme.encode(),
        host=place.host.encode(),
        port=place.port,
        target=asked.target.encode(),
    )
    headers = [("Host", place.authority), *asked.headers, ("Connection", "close")]
    raw = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers]
    try:
        with (
            httpcore.ConnectionPool(
                ssl_context=context, network_backend=network, max_connections=1
            ) as pool,
            pool.stream(asked.method.encode(), url, headers=raw, content=asked.content) as response,
        ):
            found = [
                (name.decode("latin-1").lower(), value.decode("latin-1"))
                for name, value in response.headers
            ]
            body = _body(response.iter_stream(), _encoding(found), place)
            reason: bytes = response.extensions.get("reason_phrase", b"")
            address = network.connected
            assert address is not None, "a response came from somewhere"
            return Exchanged(response.status, reason.decode("latin-1"), found, body, address)
    except httpcore.NetworkError:
        raise failure("ECONNRESET", f"{place.authority} broke the connection") from None
    except (httpcore.RemoteProtocolError, httpcore.LocalProtocolError):
        raise failure("EPROTO", f"what {place.authority} answered is no valid HTTP") from None


def _encoding(headers: Headers) -> str:
    """Return how a body is compressed, `identity` when it is not."""
    named = ",".join(value for name, value in headers if name == "content-encoding")
    words = [word.strip().lower() for word in named.split(",")]
    words = [word for word in words if word not in ("", "identity")]
    return ",".join(words) or "identity"


def _body(chunks: Iterable[bytes], encoding: str, place: Endpoint) -> bytes:
    """Return a whole body; raises `CallError` as soon as it is too large or cannot be read."""
    body = bytearray()
    received = 0
    decoder = _decoder(encoding, place)
    for chunk in chunks:
        received += len(chunk)
        body += chunk if decoder is None else decoder.feed(chunk, MOST_BODY + 1 - len(body))
        if len(body) > MOST_BODY or received > MOST_BODY:
            raise failure(
                "EFBIG", f"the body from {place.authority} has more than {MOST_BODY} bytes"
            )
    if decoder is not None and received and not decoder.ended:
        raise _not_readable(encoding, place)
    return bytes(body)


class _Inflated:
    """Decompresses gzip or deflate, never more at once than it is asked for."""

    def __init__(self, encoding: str, place: Endpoint) -> None:
        self._encoding = encoding
        self._place = place
        self._gzip = encoding in ("gzip", "x-gzip")
        self._inflater = zlib.decompressobj(31 if self._gzip else 15)
        self._started = False
        self._members = 1

    @property
    def ended(self) -> bool:
        """True when nothing more is to come."""
        return self._inflater.eof

    def feed(self, data: bytes, most: int) -> bytes:
        """Return what `data` decompresses to, `most` bytes at most. Raises `CallError`."""
        found = bytearray()
        while data and len(found) < most:
            if self._inflater.eof:  # gzip may have further members
                self._members += 1
                if not self._gzip or self._members > _MOST_MEMBERS:
                    raise _not_readable(self._encoding, self._place)
                self._inflater = zlib.decompressobj(31)
            try:
                found += self._inflate(data, most - len(found))
            except zlib.error:
                raise _not_readable(self._encoding, self._place) from None
            data = self._inflater.unused_data or self._inflater.unconsumed_tail
        return bytes(found)

    def _inflate(self, data: bytes, most: int) -> bytes:
        try:
            return self._inflater.decompress(data, most)
        except zlib.error:
            if self._started or self._gzip:
                raise
            # Some servers send what is inside of the zlib format that `deflate` means.
            self._inflater = zlib.decompressobj(-15)
            return self._inflater.decompress(data, most)
        finally:
            self._started = True


def _decoder(encoding: str, place: Endpoint) -> _Inflated | None:
    if encoding == "identity":
        return None
    if encoding in ("gzip", "x-gzip", "deflate"):
        return _Inflated(encoding, place)
    raise _not_readable(encoding, place)


def _not_readable(encoding: str, place: Endpoint) -> Exception:
    known = encoding if encoding in ("gzip", "x-gzip", "deflate") else "another encoding"
    return failure("EPROTO", f"the body from {place.authority} is no valid {known}")
