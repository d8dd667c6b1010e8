"""A door to databases: a registry that grants those below a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vmgit.host.kv import KvStore
from vmgit.host.registry import Registry, Surroundings
from vmgit.limits import Limits
from vmgit.outcome import Fault
from vmgit.profile import Capabilities, DatabaseGrant, Profile

GRANT = DatabaseGrant(read=("data/*.db",), write=("made/**",))


class Door:
    """A registry that grants databases below a folder."""

    def __init__(self, root: Path, grant: DatabaseGrant = GRANT, wall_ms: int = 5000) -> None:
        self.root = root
        profile = Profile(capabilities=Capabilities(sqlite=grant), limits=Limits(wall_ms=wall_ms))
        outside = Surroundings(root, private=("linked",))
        self.registry = Registry(profile, kv=KvStore(), surroundings=outside, name="shop")

    def answer(self, op: str, path: str, **others: Any) -> Any:
        answer = self.registry.call(f"sqlite.{op}", {"path": path, **others})
        assert answer.error is None, answer
        return answer.result

    def rows(self, path: str, sql: str, params: Any = None) -> list[list[Any]]:
        found = self.answer("query", path, sql=sql, params=params)
        return [list(row) for row in found["rows"]]

    def fault(self, op: str, path: Any, **others: Any) -> Fault:
        answer = self.registry.call(f"sqlite.{op}", {"path": path, **others})
        assert answer.error is not None, answer
        return answer.error
