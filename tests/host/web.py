"""A door to the web: a registry that grants hosts and methods, over a real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from vmgit.host.kv import KvStore
from vmgit.host.registry import Registry, Surroundings
from vmgit.limits import Limits
from vmgit.outcome import Fault
from vmgit.profile import Capabilities, FetchGrant, Method, Profile


class Door:
    """A registry that grants hosts and methods."""

    def __init__(
        self, *hosts: str, methods: tuple[Method, ...] = get_args(Method), wall_ms: int = 5000
    ) -> None:
        grant = FetchGrant(hosts=hosts, methods=methods)
        profile = Profile(capabilities=Capabilities(fetch=grant), limits=Limits(wall_ms=wall_ms))
        outside = Surroundings(Path("/nonexistent"))
        self.registry = Registry(profile, kv=KvStore(), surroundings=outside, name="web")

    def get(self, url: str, method: str = "GET", **others: Any) -> dict[str, Any]:
        answer = self.registry.call("fetch.request", {"url": url, "method": method, **others})
        assert answer.error is None, answer
        result: dict[str, Any] = answer.result
        return result

    def fault(self, url: str, method: str = "GET", **others: Any) -> Fault:
        answer = self.registry.call("fetch.request", {"url": url, "method": method, **others})
        assert answer.error is not None, answer
        return answer.error
