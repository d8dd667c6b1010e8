"""Asks an npm registry: for what there is of a package, and for a version's tarball.

The one importer of httpx here. Answers are hostile input: their size and duration are bounded,
redirects are followed only to https or within one origin, credentials go only where npm's
configuration says. This module unpacks nothing and writes only the file that it is given.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import msgspec

from vmgit.errors import EnvironmentFailure, NotFoundError, RefusedError
from vmgit.version import __version__

from .integrity import Checker, IntegrityError
from .npmrc import NpmConfig
from .release import Release, read_release

#: Bytes of one package's document; the largest real ones have some 20 MB.
MAX_DOCUMENT = 64 << 20
#: Bytes of one tarball, packed.
MAX_TARBALL = 64 << 20
#: Seconds for one answer, from the request to the last byte.
MAX_SECONDS = 300.0
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_REDIRECTS = 5
_AT_ONCE = 8
#: Pauses before a request that failed in passing is made again, seconds.
PAUSES = (0.2, 1.0)
_PASSING = frozenset((408, 429, 500, 502, 503, 504))
_DOCUMENT = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8"


class Document:
    """All versions of a package that its registry knows."""

    def __init__(self, name: str, url: str, data: Any) -> None:
        """Read what the registry at `url` says. Raises `EnvironmentFailure` when that is none."""
        table = data if isinstance(data, dict) else {}
        versions, tags = table.get("versions"), table.get("dist-tags")
        if not isinstance(versions, dict):
            raise EnvironmentFailure(
                f"{url} gives no description of the package {name}.", code="registry"
            )
        self.name = name
        self._versions = versions
        self.tags: dict[str, str] = {
            tag: version
            for tag, version in (tags if isinstance(tags, dict) else {}).items()
            if isinstance(version, str) and version in versions
        }

    @property
    def versions(self) -> list[str]:
        """All versions, in no order."""
        return list(self._versions)

    def release(self, version: str) -> Release:
        """Return one of the versions."""
        return read_release(self.name, version, self._versions[version])


class Registry:
    """The registries of an npm configuration. Use it as a context manager."""

    def __init__(self, config: NpmConfig) -> None:
        self._config = config
        self._client = httpx.Client(
            timeout=_TIMEOUT,
            verify=_trusted(config.certificates),
            headers={"user-agent": f"vmgit/{__version__}"},
        )
        self._pool = ThreadPoolExecutor(_AT_ONCE, "registry")
        self._documents: dict[str, Future[Document]] = {}
        self._stopped = False

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        # What is under way ends at its next piece.
        self._stopped = True
        self._pool.shutdown(cancel_futures=True)
        self._client.close()

    def prefetch(self, names: Iterable[str]) -> None:
        """Ask for packages whose documents will be needed, several at a time; do not wait."""
        for name in names:
            if name not in self._documents:
                self._documents[name] = self._pool.submit(self._document, name)

    def document(self, name: str) -> Document:
        """Return what the registry knows of a package; it is asked once.

        Raises `NotFoundError` when it knows none, `EnvironmentFailure` when it cannot be asked.
        """
        self.prefetch([name])
        return self._documents[name].result()

    def _document(self, name: str) -> Document:
        url = self._config.registry_of(name) + quote(name, safe="@")
        data = b"".join(self._stream(url, name, MAX_DOCUMENT, raw=False))
        try:
            value = msgspec.json.decode(data)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise EnvironmentFailure(
                f"{url} answers with something else than JSON: {error}.", code="registry"
            ) from error
        return Document(name, url, value)

    def download_all(self, jobs: Iterable[tuple[Release, str, Path]]) -> Iterator[int]:
        """Download releases, several at a time; yield the number of each job that is done.

        Raises as `download` does, for the first that fails; the others are stopped.
        """
        futures = {
            self._pool.submit(self.download, *job): number for number, job in enumerate(jobs)
        }
        try:
            for future in as_completed(futures):
                future.result()
                yield futures[future]
        finally:
            # Nothing is written any more when this is over, however it ends.
            self._stopped = True
            for future in futures:
                future.cancel()
            wait(futures)
            self._stopped = False

    def download(self, release: Release, integrity: str, target: Path) -> None:
        """Write the tarball of a release to `target`, checked against `integrity`.

        Raises `EnvironmentFailure`, and `RefusedError` for a tarball that is somewhere it must
        not be or is not what was promised.
        """
        registry = self._config.registry_of(release.name)
        url = release.tarball
        if not _may_follow(registry, url):
            raise RefusedError(
                f"the tarball of {release.name} {release.version} is at {url!r}, which is neither "
                f"https nor a part of the registry {registry}."
            )
        what = f"{release.name} {release.version}"
        checker = Checker(integrity)
        with target.open("wb") as file:
            for chunk in self._stream(url, what, MAX_TARBALL, raw=True):
                checker.update(chunk)
                file.write(chunk)
        try:
            checker.finish()
        except IntegrityError as error:
            raise RefusedError(
                f"the tarball of {what} is not what was promised: {error}.",
                details={"package": what},
            ) from error

    def _stream(self, url: str, what: str, most: int, *, raw: bool) -> Iterator[bytes]:
        deadline = time.monotonic() + MAX_SECONDS
        received = 0
        try:
            with self._answer(url, what, raw=raw) as answer:
                for chunk in answer.iter_raw() if raw else answer.iter_bytes():
                    received += len(chunk)
                    if self._stopped:
                        raise httpx.ReadError("stopped")
                    if received > most:
                        raise RefusedError(
                            f"the answer of {_host(url)} for {what} is larger than "
                            f"{most >> 20} MiB."
                        )
                    if time.monotonic() > deadline:
                        raise httpx.ReadTimeout(f"not done after {MAX_SECONDS:.0f} s")
                    yield chunk
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _unreachable(url, error) from error

    @contextmanager
    def _answer(self, url: str, what: str, *, raw: bool) -> Iterator[httpx.Response]:
        """Give a successful response, redirects followed and passing failures tried again."""
        pauses = iter(PAUSES)
        hops = 0
        while True:
            request = self._request(url, raw=raw)
            try:
                response = self._client.send(request, stream=True)
            except httpx.TransportError:
                pause = next(pauses, None)
                if pause is None:
                    raise
                time.sleep(pause)
                continue
            try:
                if response.is_redirect:
                    hops += 1
                    url = _next(url, response, hops)
                    continue
                if response.status_code in _PASSING:
                    pause = next(pauses, None)
                    if pause is not None:
                        time.sleep(pause)
                        continue
                _check_status(response.status_code, url, what)
                yield response
                return
            finally:
                response.close()

    def _request(self, url: str, *, raw: bool) -> httpx.Request:
        headers = {
            "accept": "*/*" if raw else _DOCUMENT,
            "accept-encoding": "identity" if raw else "gzip",
        }
        authorization = self._config.authorization(url)
        if authorization is not None:
            headers["authorization"] = authorization
        return self._client.build_request("GET", url, headers=headers)


def _trusted(more: Path | None) -> ssl.SSLContext:
    """Trust the system's authorities, those that httpx brings along, and those of a file."""
    context = httpx.create_ssl_context()
    context.load_default_certs()
    if more is not None:
        try:
            context.load_verify_locations(more)
        except OSError as error:
            raise EnvironmentFailure(
                f"cafile = {more} cannot be used: {error.strerror or error}.",
                code="npm_configuration",
            ) from error
    return context


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _may_follow(here: str, there: str) -> bool:
    """Whether an answer of `here` may send us `there`."""
    try:
        found = _origin(there)
        return bool(found[1]) and (found[0] == "https" or found == _origin(here))
    except ValueError:  # a port that is none
        return False


def _next(url: str, response: httpx.Response, hops: int) -> str:
    there = str(httpx.URL(url).join(response.headers.get("location", "")))
    if hops > _REDIRECTS or not _may_follow(url, there):
        raise RefusedError(
            f"{_host(url)} redirects to {there!r}; only {_REDIRECTS} redirects are followed, to "
            "https or within the same host."
        )
    return there


def _check_status(status: int, url: str, what: str) -> None:
    if status == 200:
        return
    host = _host(url)
    if status in (404, 410):
        raise NotFoundError(f"the registry at {host} has no {what}.", details={"package": what})
    if status in (401, 403):
        raise EnvironmentFailure(
            f"the registry at {host} does not let us have {what} (HTTP {status}).",
            hints=[f"`//{host}/:_authToken=TOKEN` in ~/.npmrc says who you are."],
            code="registry",
        )
    raise EnvironmentFailure(
        f"the registry at {host} answers HTTP {status} for {what}.", code="registry"
    )


def _unreachable(url: str, error: Exception) -> EnvironmentFailure:
    reason = str(error) or type(error).__name__
    return EnvironmentFailure(
        f"the registry at {_host(url)} cannot be reached: {reason}.",
        hints=["Nothing was changed; `npm config get registry` tells which registry is asked."],
        code="network",
    )


def _host(url: str) -> str:
    return urlsplit(url).netloc
