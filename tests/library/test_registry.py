"""A registry is asked politely and believed little: over real HTTP, on loopback."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakeregistry import FakeRegistry, fake_registry, sri

from vmgit.errors import EnvironmentFailure, NotFoundError, RefusedError, VmgitError
from vmgit.library import registry as registry_module
from vmgit.library.registry import Registry
from vmgit.library.release import Release, read_release

from .conftest import config_for


@pytest.fixture
def other() -> Iterator[FakeRegistry]:
    """Another host, as far as a URL tells."""
    with fake_registry() as server:
        yield server


def _release(client: Registry, name: str = "a", version: str = "1.0.0") -> Release:
    return client.document(name).release(version)


def test_a_document_is_asked_for_once(registry: FakeRegistry, client: Registry) -> None:
    registry.publish("a", dependencies={"b": "^1"}, deprecated="old")
    registry.publish("@team/b", "2.0.0")
    document = client.document("a")
    assert document.tags == {"latest": "1.0.0"}
    assert document.release("1.0.0").dependencies == {"b": "^1"}
    assert document.release("1.0.0").deprecated == "old"
    assert client.document("a") is document
    assert client.document("@team/b").versions == ["2.0.0"]
    assert registry.asked() == ["/a", "/@team/b"]
    assert registry.requests[0][1]["accept"].startswith("application/vnd.npm.install-v1+json")
    assert registry.requests[0][1]["user-agent"].startswith("vmgit/")
    assert "authorization" not in registry.requests[0][1]


def test_a_slash_in_a_name_is_no_folder(registry: FakeRegistry, client: Registry) -> None:
    lines: list[str] = []
    registry.publish("@team/b")
    original = registry.answer
    registry.answer = lambda path, headers: (  # type: ignore[method-assign]
        lines.append(path) or original(path, headers)  # type: ignore[func-returns-value]
    )
    client.document("@team/b")
    assert lines == ["/@team/b"]


@pytest.mark.parametrize(
    ("status", "kind", "why"),
    [
        (404, NotFoundError, "has no a"),
        (401, EnvironmentFailure, "does not let us"),
        (403, EnvironmentFailure, "does not let us"),
        (418, EnvironmentFailure, "answers HTTP 418"),
        (204, EnvironmentFailure, "answers HTTP 204"),
    ],
)
def test_refusals(
    registry: FakeRegistry, client: Registry, status: int, kind: type[VmgitError], why: str
) -> None:
    registry.statuses["/a"] = [status] * 9
    for _ in range(2):
        with pytest.raises(kind, match=why):
            client.document("a")
    assert registry.asked() == ["/a"]


def test_passing_failures_are_tried_again(
    registry: FakeRegistry, client: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_module, "PAUSES", (0.0, 0.0))
    registry.publish("a")
    registry.statuses["/a"] = [503, 429]
    assert client.document("a").versions == ["1.0.0"]
    registry.statuses["/b"] = [500] * 9
    with pytest.raises(EnvironmentFailure, match="answers HTTP 500 for b"):
        client.document("b")
    assert registry.asked() == ["/a"] * 3 + ["/b"] * 3


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>", "something else than JSON"),
        (b"[" * 100_000, "something else than JSON"),
        (b"[]", "no description"),
        (b'{"versions": []}', "no description"),
    ],
)
def test_other_answers(registry: FakeRegistry, client: Registry, body: bytes, why: str) -> None:
    registry.raw["/a"] = body
    with pytest.raises(EnvironmentFailure, match=why):
        client.document("a")


def test_a_host_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_module, "PAUSES", (0.0,))
    with fake_registry() as gone:
        url = gone.url
    with (
        Registry(config_for(url)) as client,
        pytest.raises(EnvironmentFailure, match="cannot be reached") as caught,
    ):
        client.document("a")
    assert caught.value.kind == "network"
    assert caught.value.exit_code == 4


def test_too_large(
    registry: FakeRegistry, client: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(registry_module, "MAX_DOCUMENT", 1 << 20)
    monkeypatch.setattr(registry_module, "MAX_TARBALL", 1 << 20)
    registry.raw["/bomb"] = gzip.compress(b" " * (3 << 20))
    registry.headers["/bomb"] = {"content-encoding": "gzip"}
    with pytest.raises(RefusedError, match="larger than 1 MiB"):
        client.document("bomb")
    registry.publish("a", archive=b"x" * (2 << 20))
    release = _release(client)
    with pytest.raises(RefusedError, match=r"for a 1\.0\.0 is larger than 1 MiB"):
        client.download(release, release.integrity, tmp_path / "a.tgz")


def test_too_slow(
    registry: FakeRegistry, client: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_module, "MAX_SECONDS", -1.0)
    registry.publish("a")
    with pytest.raises(EnvironmentFailure, match="cannot be reached: not done after"):
        client.document("a")


def test_a_tarball_is_what_was_promised(
    registry: FakeRegistry, client: Registry, tmp_path: Path
) -> None:
    registry.publish("a")
    release = _release(client)
    client.download(release, release.integrity, tmp_path / "a.tgz")
    assert sri((tmp_path / "a.tgz").read_bytes()) == release.integrity
    with pytest.raises(RefusedError, match=r"a 1\.0\.0 is not what was promised: its hash is"):
        client.download(release, sri(b"other"), tmp_path / "b.tgz")
    with pytest.raises(NotFoundError, match=r"has no a 1\.0\.0"):
        client.download(
            replace(release, tarball=registry.url + "gone"), release.integrity, tmp_path / "c.tgz"
        )


@pytest.mark.parametrize(
    "url",
    [
        *("", "http://127.0.0.1:9/a.tgz", "ftp://127.0.0.1/a.tgz", "file:///etc/passwd", "//x/a"),
        *("http://127.0.0.1:99999999/a.tgz", "a.tgz", "http:///a.tgz"),
    ],
)
def test_a_tarball_is_at_its_registry_or_at_https(
    registry: FakeRegistry, client: Registry, tmp_path: Path, url: str
) -> None:
    registry.publish("a", dist={"tarball": url})
    release = _release(client)
    with pytest.raises(RefusedError, match="neither https nor a part of the registry"):
        client.download(release, release.integrity, tmp_path / "a.tgz")
    assert registry.asked() == ["/a"]


def test_redirects_stay_within_the_host(
    registry: FakeRegistry, client: Registry, other: FakeRegistry
) -> None:
    registry.publish("b")
    registry.statuses["/a"] = [302]
    registry.headers["/a"] = {"location": "/b"}
    assert client.document("a").versions == ["1.0.0"]
    other.publish("c")
    registry.statuses["/c"] = [302]
    registry.headers["/c"] = {"location": other.url + "c"}
    with pytest.raises(RefusedError, match="redirects to"):
        client.document("c")
    assert other.asked() == []
    registry.statuses["/loop"] = [302] * 99
    registry.headers["/loop"] = {"location": "/loop"}
    with pytest.raises(RefusedError, match="only 5 redirects"):
        client.document("loop")


def test_credentials_go_to_their_host_only(
    registry: FakeRegistry, other: FakeRegistry, tmp_path: Path
) -> None:
    registry.token = "Bearer secret"
    registry.publish("a")
    other.publish("b")
    host = registry.url.removeprefix("http:")
    config = config_for(registry.url, **{f"{host}:_authToken": "secret", "@o:registry": other.url})
    other.publish("@o/b")
    with Registry(config) as client:
        release = _release(client)
        client.download(release, release.integrity, tmp_path / "a.tgz")
        client.document("@o/b")
    assert all("authorization" in headers for _, headers in registry.requests)
    assert not any("authorization" in headers for _, headers in other.requests)
    with Registry(config_for(registry.url)) as client, pytest.raises(EnvironmentFailure) as caught:
        client.document("a")
    assert "_authToken" in caught.value.hints[0]


def test_several_downloads_at_once(
    registry: FakeRegistry, client: Registry, tmp_path: Path
) -> None:
    for number in range(20):
        registry.publish("a", f"1.0.{number}")
    document = client.document("a")
    releases = [document.release(version) for version in document.versions]
    jobs = [(one, one.integrity, tmp_path / one.version) for one in releases]
    assert sorted(client.download_all(jobs)) == list(range(20))
    assert len(list(tmp_path.iterdir())) == 20


def test_closing_stops_what_is_under_way(registry: FakeRegistry) -> None:
    registry.publish("a", archive=b"x" * (8 << 20))
    before = threading.active_count()
    with Registry(config_for(registry.url)) as client:
        client.prefetch([f"missing{number}" for number in range(50)])
    assert len(registry.asked()) < 50
    assert threading.active_count() <= before + 1


@pytest.mark.parametrize(
    "entry",
    [
        *(None, 1, "x", []),
        {"dist": 1, "dependencies": [], "optionalDependencies": "x", "deprecated": True},
        {"dist": {"tarball": 1}, "peerDependencies": {"a": 1}, "peerDependenciesMeta": {"a": 1}},
        {"bundleDependencies": {"a": 1}, "os": []},
    ],
)
def test_odd_descriptions_are_as_absent(entry: object) -> None:
    assert read_release("a", "1.0.0", entry) == Release("a", "1.0.0")


def test_what_a_release_asks_for() -> None:
    entry = {
        "dependencies": {"a": "1", "b": "2", "c": "3"},
        "optionalDependencies": {"b": "2", "d": "4"},
        "bundledDependencies": ["c"],
        "peerDependencies": {"e": "5", "f": "6"},
        "peerDependenciesMeta": {"f": {"optional": True}},
        "cpu": ["x64"],
    }
    found = read_release("x", "1.0.0", entry)
    assert (found.dependencies, found.optional) == ({"a": "1"}, {"b": "2", "d": "4"})
    assert found.peers == {"e": "5"}
    assert found.native
    everything = read_release("x", "1.0.0", {**entry, "bundleDependencies": True})
    assert everything.dependencies == {}
