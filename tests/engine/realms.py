"""Realms for the engine's tests: real worker processes over trees and hosts kept in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from vmgit.engine.api import Answer, Job, Kind, Mode, RealmConfig, Result
from vmgit.engine.process import WorkerRealm
from vmgit.limits import Limits
from vmgit.outcome import Fault

SEED = "0123456789abcdeffedcba9876543210"


class Tree:
    """A source of code: paths and texts."""

    def __init__(self, files: Mapping[str, str | bytes] | None = None) -> None:
        self.blobs: dict[str, bytes] = {}
        self.oids: dict[str, str] = {}
        for path, content in (files or {}).items():
            data = content if isinstance(content, bytes) else content.encode()
            oid = hashlib.sha1(data).hexdigest()
            self.oids[path], self.blobs[oid] = oid, data

    def lookup(self, path: str) -> str | None:
        return self.oids.get(path)

    def blob(self, oid: str) -> bytes:
        return self.blobs[oid]


class Store:
    """A host that grants kv and nothing else."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def stop(self) -> None:
        """Nothing that it answers takes long."""

    def call(self, op: str, request: Any) -> Answer:
        match op:
            case "kv.get":
                return Answer(self.values.get(request["key"]))
            case "kv.set":
                self.values[request["key"]] = request["value"]
                return Answer()
            case "kv.delete":
                return Answer(self.values.pop(request["key"], None) is not None)
            case "kv.list":
                return Answer(sorted(k for k in self.values if k.startswith(request["prefix"])))
        return Answer(error=Fault("Error", f"{op} is not granted", code="denied"))


class Session:
    """A realm with a tree and a store, for short tests."""

    def __init__(self, realm: WorkerRealm, tree: Tree, store: Store) -> None:
        self.realm, self.tree, self.store = realm, tree, store

    def run(
        self,
        text: str,
        *,
        path: str | None = None,
        kind: Kind | None = None,
        mode: Mode = "auto",
        limits: Limits | None = None,
        seed: str = SEED,
        clock: Any = None,
        args: tuple[str, ...] = (),
    ) -> Result:
        job = Job(
            kind=kind or ("repl" if path is None else "file"),
            text=text,
            seed=seed,
            path=path,
            mode=mode,
            clock=clock,
            args=args,
            limits=limits or Limits(),
        )
        return self.realm.execute(job, self.tree, self.store)

    def run_file(self, path: str, **options: Any) -> Result:
        return self.run(self.tree.blobs[self.tree.oids[path]].decode(), path=path, **options)

    def fork(self) -> Session:
        return Session(self.realm.fork(), self.tree, self.store)


@contextmanager
def session(
    files: Mapping[str, str | bytes] | None = None, config: RealmConfig | None = None
) -> Iterator[Session]:
    """Give a session on a fresh worker over a tree of `files`."""
    with WorkerRealm.spawn() as realm:
        realm.open(config or RealmConfig())
        yield Session(realm, Tree(files), Store())


def shown(result: Result) -> str:
    """Return a result as one line: the preview, or what went wrong."""
    outcome = result.outcome
    if outcome.limit is not None:
        return f"limit {outcome.limit.name}"
    if outcome.error is not None:
        return f"{outcome.error.name}: {outcome.error.message}"
    return outcome.value.preview if outcome.value is not None else outcome.status
