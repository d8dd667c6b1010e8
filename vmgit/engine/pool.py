"""Opens realms without making anybody wait for a process to start.

A one-shot command hands in the worker that it spawned before it imported anything else; a host
that lives long keeps one booted template and forks it for every session.
"""

from __future__ import annotations

from vmgit.settings import SandboxPolicy

from .api import Realm, RealmConfig
from .process import WorkerRealm


class RealmPool:
    """Gives out open realms. Use it from one thread at a time; `close` ends what was not used.

    `first` is a worker that was started ahead; it is confined, if it is not yet, as `sandbox` says.
    """

    def __init__(
        self,
        first: WorkerRealm | None = None,
        *,
        template: bool = False,
        sandbox: SandboxPolicy = "auto",
    ) -> None:
        self._spare = first
        self._keep = template
        self._sandbox: SandboxPolicy = sandbox
        if first is not None:
            first.confine(sandbox)

    def describe(self) -> tuple[dict[str, str], str]:
        """Return each sandbox layer of the realms to come (`on`, or `off: reason`) and the engine.

        Starts a worker if none is there, and waits for its boot. Raises `WorkerDied`.
        """
        self._spare = self._worker()
        return self._spare.sandbox, self._spare.engine

    def open(self, config: RealmConfig) -> Realm:
        """Return a new realm made as `config` says. Raises `WorkerDied`."""
        worker = self._worker()
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

    def _worker(self) -> WorkerRealm:
        if self._spare is not None:
            return self._spare
        worker = WorkerRealm.spawn()
        worker.confine(self._sandbox)
        return worker
