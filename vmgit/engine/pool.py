"""Opens realms without making anybody wait for a process to start.

A one-shot command hands in the worker that it spawned before it imported anything else; a host
that lives long keeps one booted template and forks it for every session.
"""

from __future__ import annotations

from .api import Realm, RealmConfig
from .process import WorkerRealm


class RealmPool:
    """Gives out open realms. Use it from one thread at a time; `close` ends what was not used."""

    def __init__(self, first: WorkerRealm | None = None, *, template: bool = False) -> None:
        self._spare = first
        self._keep = template

    def open(self, config: RealmConfig) -> Realm:
        """Return a new realm made as `config` says. Raises `WorkerDied`."""
        worker = self._spare if self._spare is not None else WorkerRealm.spawn()
        self._spare = worker if self._keep else None
        realm = worker.fork() if self._keep else worker
        try:
            realm.open(config)
        except BaseException:
            realm.close()
            raise
        return realm

    def close(self) -> None:
        """End the worker that was started ahead and not used."""
        if self._spare is not None:
            self._spare.close()
            self._spare = None
