"""Connections of `fetch`: a name is resolved once, judged, and exactly what was judged is dialled.

An `httpcore` network backend, so that name and address cannot part ways: the URL's host stays in
the `Host` header and in TLS, while the connection goes to the checked address. Every wait looks at
the patience of the execution. It knows nothing of HTTP.
"""

from __future__ import annotations

import queue
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import httpcore

from .addresses import Address, Endpoint, parse_address
from .capability import CallError
from .patience import TICK, Patience

#: Gives the addresses of a name, as text; raises `OSError` when there are none.
Resolver = Callable[[str], Sequence[str]]
#: What is tried of the addresses of a name, and how long one may take while others are left, s.
_MOST_ADDRESSES = 8
_ADDRESS_PATIENCE = 3.0


def system_resolver(host: str) -> list[str]:
    """Return the addresses of a name as this machine resolves it. Raises `OSError`."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def failure(code: str, words: str) -> CallError:
    """Return the error of a request that did not come to its end."""
    return CallError(f"fetch: {code}: {words}", name="TypeError", code=code)


def timed_out(place: Endpoint) -> CallError:
    """Return the error for an execution or a signal whose time is over."""
    return failure("ETIMEDOUT", f"{place.authority} took too long")


def resolve(place: Endpoint, resolver: Resolver, patience: Patience) -> list[Address]:
    """Return the addresses of a place. Raises `CallError` when there are none in time."""
    address = parse_address(place.host)
    if address is not None:
        return [address]
    if place.host == "localhost":
        texts: Sequence[str] = ("127.0.0.1", "::1")
    else:
        texts = _resolved(place, resolver, patience)
    found = [one for one in map(parse_address, texts) if one is not None]
    if not found:
        raise failure("ENOTFOUND", f"no address of {place.host} is known")
    return found[:_MOST_ADDRESSES]


def _resolved(place: Endpoint, resolver: Resolver, patience: Patience) -> Sequence[str]:
    # The system's resolver cannot be interrupted: one that takes too long is left to itself.
    answers: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolver(place.host))
        except (OSError, UnicodeError):
            answers.put(())

    threading.Thread(target=ask, name="vmgit-resolve", daemon=True).start()
    while (left := patience.left()) > 0:
        try:
            return answers.get(timeout=min(left, TICK))
        except queue.Empty:
            continue
    raise timed_out(place)


class Network(httpcore.NetworkBackend):
    """Connects to one place, at its checked addresses and nowhere else."""

    def __init__(self, place: Endpoint, addresses: Sequence[Address], patience: Patience) -> None:
        self._place = place
        self._addresses = addresses
        self._patience = patience
        #: The address of the connection, once there is one.
        self.connected: Address | None = None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers. Raises `CallError`."""
        if (host, port) != (self._place.host, self._place.port):
            raise AssertionError(f"asked for {host}:{port}, checked {self._place.authority}")
        refused = False
        for position, address in enumerate(self._addresses):
            last = position == len(self._addresses) - 1
            patience = self._patience if last else self._patience.shorter(_ADDRESS_PATIENCE)
            try:
                stream = _connect(address, self._place, patience)
            except ConnectionRefusedError:
                refused = True
            except OSError:
                pass
            else:
                self.connected = address
                stream.patience = self._patience
                return stream
            if self._patience.left() <= 0:
                raise timed_out(self._place)
        code = "ECONNREFUSED" if refused else "EHOSTUNREACH"
        raise failure(code, f"{self._place.authority} does not take the connection")


def _connect(address: Address, place: Endpoint, patience: Patience) -> Stream:
    """Return a connection; raises `OSError`, `TimeoutError` when the time is over."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            sock.connect((str(address), place.port))
        except BlockingIOError:
            if not _wait(sock, select.POLLOUT, patience):
                raise TimeoutError from None
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                raise OSError(code, "connect") from None
    except BaseException:
        sock.close()
        raise
    return Stream(sock, place, patience)


def _wait(sock: socket.socket, events: int, patience: Patience) -> bool:
    """Wait until a socket is ready; return False when the time is over."""
    poll = select.poll()
    poll.register(sock, events)
    while (left := patience.left()) > 0:
        if poll.poll(int(min(left, TICK) * 1000) + 1):
            return True
    return False


class Stream(httpcore.NetworkStream):
    """One connection, TCP or TLS, that never waits longer than `patience`."""

    def __init__(self, sock: socket.socket, place: Endpoint, patience: Patience) -> None:
        self._sock = sock
        self._place = place
        self.patience = patience

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come, nothing at the end. Raises `CallError` or `ReadError`."""
        try:
            received: bytes = self._done(lambda: self._sock.recv(max_bytes), select.POLLIN)
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of `buffer`. Raises `CallError` or `WriteError`."""
        left = memoryview(buffer)
        try:
            while left:
                left = left[self._done(partial(self._sock.send, left), select.POLLOUT) :]
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """Close the connection."""
        self._sock.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Return this connection with TLS, after the handshake. Raises `CallError`."""
        try:
            secured = ssl_context.wrap_socket(
                self._sock, server_hostname=server_hostname, do_handshake_on_connect=False
            )
        except (OSError, ValueError):
            self.close()
            raise failure("EPROTO", f"{self._place.authority} cannot be asked by TLS") from None
        stream = Stream(secured, self._place, self.patience)
        try:
            stream._done(secured.do_handshake, select.POLLIN)
        except ssl.SSLCertVerificationError:
            stream.close()
            words = f"the certificate of {self._place.authority} is not valid here"
            raise failure("ECERT", words) from None
        except OSError:
            stream.close()
            raise failure("EPROTO", f"{self._place.authority} does not speak TLS") from None
        except BaseException:
            stream.close()
            raise
        return stream

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks of a connection."""
        if info == "is_readable":
            return _wait(self._sock, select.POLLIN, Patience(0.001))
        return (
            self._sock if info == "ssl_object" and isinstance(self._sock, ssl.SSLSocket) else None
        )

    def _done(self, action: Callable[[], Any], events: int) -> Any:
        """Do what may have to wait. Raises `CallError` when the time is over, and `OSError`."""
        while True:
            # Also before an action that is ready: a slow drip is always ready.
            if self.patience.left() <= 0:
                raise timed_out(self._place)
            try:
                return action()
            except (ssl.SSLWantReadError, BlockingIOError) as error:
                wanted = select.POLLIN if isinstance(error, ssl.SSLError) else events
            except ssl.SSLWantWriteError:
                wanted = select.POLLOUT
            if not _wait(self._sock, wanted, self.patience):
                raise timed_out(self._place)
