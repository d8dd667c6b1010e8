"""One server, reached over HTTP: requests, answers as documents, errors as exceptions.

A connection that the server closed while it was idle is made again once; whatever could run
something twice is sent again only with its idempotency key. Any number of threads may use one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import httpx
import msgspec

from vmgit.api.ticket import CancelledError
from vmgit.error_answers import from_status
from vmgit.errors import EnvironmentFailure, UsageError, VmgitError
from vmgit.serving.socket_path import reachable
from vmgit.version import __version__

from .unix_transport import UnixTransport

T = TypeVar("T")
Parameters = Mapping[str, str | int | bool | list[str] | None]

#: Seconds for a connection, and for an answer that nothing has to run for.
_CONNECT = 10.0
_ANSWER = 120.0
#: Seconds that an unused connection is kept; a server keeps its side longer.
_IDLE = 300.0
#: Unused connections that are kept.
_KEPT = 64
#: Seconds without a sign of life after which a stream of events counts as cut off.
_SILENCE = 60.0
#: The path below which everything is.
_BASE = "/api/v1"


class ServerGoneError(EnvironmentFailure):
    """The server does not answer, or ended before it did."""

    code = "server_gone"


class Connection:
    """A server at `url`, or behind the unix socket `uds`; `agent` is what its log names."""

    def __init__(
        self, url: str, *, uds: Path | None = None, token: str | None = None, agent: str = "python"
    ) -> None:
        self._held = contextlib.ExitStack()
        name = self._held.enter_context(reachable(uds)) if uds is not None else None
        self.place = str(uds or url)
        headers = {"User-Agent": f"vmgit/{__version__} ({agent})"}
        if token is not None:
            if not (token.isascii() and token.isprintable() and token.strip()):
                raise UsageError(
                    "that is no token of a server.", hints=["`vmgit serve token` prints it."]
                )
            headers["Authorization"] = f"Bearer {token}"
        self._options: dict[str, Any] = {"base_url": url, "headers": headers, "trust_env": False}
        self._uds = name
        self._http = self._held.enter_context(self._client())

    def close(self) -> None:
        """Close every connection; closing twice is fine."""
        self._held.close()

    def get(self, path: str, kind: type[T], parameters: Parameters | None = None) -> T:
        """Ask for a document. Raises `VmgitError` as the server answers it."""
        answer = self._send("GET", path, parameters=parameters, again=True, timeout_s=_ANSWER)
        return decode(answer.content, kind)

    def post(
        self,
        path: str,
        kind: type[T],
        body: msgspec.Struct | None = None,
        *,
        key: str | None = None,
        parameters: Parameters | None = None,
    ) -> T:
        """Ask for something to be done and wait as long as that takes.

        With an idempotency `key` it is sent again when the connection was lost. Raises
        `VmgitError` as the server answers it.
        """
        headers = {"Idempotency-Key": key} if key is not None else {}
        content = _json(body) if body is not None else None
        if content is not None:
            headers["Content-Type"] = "application/json"
        answer = self._send(
            "POST",
            path,
            parameters=parameters,
            headers=headers,
            content=content,
            again=key is not None,
            timeout_s=None,
        )
        return decode(answer.content, kind)

    def delete_aside(self, path: str) -> bool:
        """Delete over a connection of its own, so that a signal handler may do it at any moment.

        Returns False when there is nothing (yet) to delete.
        """
        with self._client() as http:
            try:
                answer = http.delete(f"{_BASE}{path}", timeout=_CONNECT)
            except httpx.HTTPError:
                return False
        return answer.is_success

    @contextlib.contextmanager
    def stream(
        self, path: str, parameters: Parameters, last_id: int | None
    ) -> Iterator[Iterator[str]]:
        """Give the lines of a stream of server-sent events, from after event `last_id` on.

        Raises `httpx.HTTPError` when it breaks off.
        """
        headers = {"Accept": "text/event-stream"}
        if last_id is not None:
            headers["Last-Event-ID"] = str(last_id)
        timeout = httpx.Timeout(_SILENCE, connect=_CONNECT, pool=None)
        with self._http.stream(
            "GET", f"{_BASE}{path}", params=_query(parameters), headers=headers, timeout=timeout
        ) as answer:
            if answer.is_error:
                answer.read()
                raise self._failure(answer)
            yield answer.iter_lines()

    def _client(self) -> httpx.Client:
        # As many connections as threads wait for answers.
        if self._uds is not None:
            transport: httpx.HTTPTransport = UnixTransport(self._uds, keep=_KEPT, idle_s=_IDLE)
        else:
            limits = httpx.Limits(max_keepalive_connections=_KEPT, keepalive_expiry=_IDLE)
            transport = httpx.HTTPTransport(limits=limits, trust_env=False)
        return httpx.Client(transport=transport, **self._options)

    def _send(
        self,
        method: str,
        path: str,
        *,
        parameters: Parameters | None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        again: bool,
        timeout_s: float | None,
    ) -> httpx.Response:
        request = self._http.build_request(
            method,
            f"{_BASE}{path}",
            params=_query(parameters or {}),
            headers=headers,
            content=content,
            timeout=httpx.Timeout(timeout_s, connect=_CONNECT, pool=None),
        )
        try:
            answer = self._http.send(request)
        except httpx.TransportError as error:
            if not again or isinstance(error, httpx.TimeoutException):
                raise self._gone(error) from error
            answer = self._once_more(request)
        if answer.is_error:
            raise self._failure(answer)
        return answer

    def _once_more(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._http.send(request)
        except httpx.TransportError as error:
            raise self._gone(error) from error

    def _gone(self, error: httpx.TransportError) -> ServerGoneError:
        return ServerGoneError(
            f"the server at {self.place} does not answer: {str(error) or type(error).__name__}.",
            hints=[
                "What was acknowledged is in the log: `vmgit exec list`.",
                "`vmgit serve status` tells whether it runs.",
            ],
            details={"server": self.place},
        )

    def _failure(self, answer: httpx.Response) -> VmgitError:
        try:
            error = msgspec.json.decode(answer.content, type=dict[str, Any])["error"]
        except (msgspec.MsgspecError, KeyError):
            return EnvironmentFailure(
                f"what answers at {self.place} is no vmgit server (status {answer.status_code}).",
                code="no_server",
            )
        if error["code"] == CancelledError.code:
            return CancelledError(error["message"], details=error["details"])
        return from_status(answer.status_code, error)


def decode(content: bytes, kind: type[T]) -> T:
    """Return a document of some type; fields that it does not know are left out."""
    decoder: msgspec.json.Decoder[T] = _decoder(kind)
    try:
        return decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if isinstance(error, msgspec.ValidationError):
            raise
        import json

        # A lone surrogate, which JSON can escape and UTF-8 cannot hold.
        return msgspec.convert(json.loads(content), kind)


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    made = _decoders.get(kind)
    if made is None:
        made = _decoders[kind] = msgspec.json.Decoder(kind)
    return made


def _json(body: msgspec.Struct) -> bytes:
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:
        import json

        return json.dumps(msgspec.to_builtins(body)).encode("ascii")


def _query(parameters: Parameters) -> dict[str, str | list[str]]:
    """Return the parameters that say something, as the server reads them."""
    return {
        name: value if isinstance(value, list) else _word(value)
        for name, value in parameters.items()
        if value is not None and value is not False
    }


def _word(value: str | int | bool) -> str:
    return "true" if value is True else str(value)
