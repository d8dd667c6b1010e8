"""One published version of a package, as a registry describes it or the lock remembers it.

The description is foreign data of twenty years of npm: whatever has a wrong type counts as absent,
so that one odd version does not spoil a package. Nothing here is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: More than any real package asks for.
_MOST_DEPENDENCIES = 1000


@dataclass(frozen=True, slots=True)
class Release:
    """A version: where its tarball is, what it must hash to, and what it asks for.

    `tarball` is a URL, empty for a release that the lock remembers; `integrity` and `shasum` are
    as the registry gives them. `native` is set for what is built for one platform.
    """

    name: str
    version: str
    tarball: str = ""
    integrity: str = ""
    shasum: str = ""
    dependencies: dict[str, str] = field(default_factory=dict)
    optional: dict[str, str] = field(default_factory=dict)
    peers: dict[str, str] = field(default_factory=dict)
    deprecated: str = ""
    native: bool = False


def read_release(name: str, version: str, data: Any) -> Release:
    """Return the release that an entry of a package document's `versions` describes."""
    entry = data if isinstance(data, dict) else {}
    dist = entry.get("dist")
    dist = dist if isinstance(dist, dict) else {}
    optional = _table(entry.get("optionalDependencies"))
    bundled = _bundled(entry)
    optional_peers = _optional_peers(entry.get("peerDependenciesMeta"))
    peers = _table(entry.get("peerDependencies"))
    return Release(
        name,
        version,
        _text(dist.get("tarball")),
        _text(dist.get("integrity")),
        _text(dist.get("shasum")),
        {
            key: spec
            for key, spec in _table(entry.get("dependencies")).items()
            if key not in optional and key not in bundled
        },
        {key: spec for key, spec in optional.items() if key not in bundled},
        {key: spec for key, spec in peers.items() if key not in optional_peers},
        _text(entry.get("deprecated")),
        any(entry.get(key) for key in ("os", "cpu", "libc")),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _table(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    pairs = [(key, spec) for key, spec in value.items() if isinstance(spec, str)]
    return dict(pairs[:_MOST_DEPENDENCIES])


def _bundled(entry: dict[str, Any]) -> set[str]:
    """Return the names of the packages that the tarball brings along itself."""
    value = entry.get("bundleDependencies", entry.get("bundledDependencies"))
    if value is True:
        return set(_table(entry.get("dependencies")))
    return {one for one in value if isinstance(one, str)} if isinstance(value, list) else set()


def _optional_peers(value: Any) -> set[str]:
    if not isinstance(value, dict):
        return set()
    return {
        key for key, about in value.items() if isinstance(about, dict) and about.get("optional")
    }
