"""Opens realms without making anybody wait for a process to start.

A one-shot command hands in the worker that it spawned before it imported anything else; a host
that lives long keeps one booted template (the zygote) and forks it for every session. The template
is a process that was started afresh and never ran a program: what it had touched, every session
would pay for.
"""

from __future__ import annotations

import threading

from vmgit.settings import SandboxPolicy

from .api import Realm, RealmConfig, WorkerDied
from .process import WorkerRealm


class RealmPool:
    """Gives out open realms, to several threads at once; `close` ends what was not used.

    `first` is a worker that was started ahead; it is confined, if it is not yet, as `sandbox` says.
    With `template` it is the one to fork. Raises `ValueError` when it ran something already.
    """

    def __init__(
        self,
        first: WorkerRealm | None = None,
        *,
        template: bool = False,
        sandbox: SandboxPolicy = "auto",
    ) -> None:
        if first is not None and first.is_used:
            raise ValueError(f"worker {first.pid} was opened already: it is no fresh one")
        self._spare = first
        self._keep = template
        self._sandbox: SandboxPolicy = sandbox
        # A worker's socket has one conversation; forks of the template take turns.
        self._lock = threading.Lock()
        if first is not None:
            first.confine(sandbox)

    def describe(self) -> tuple[dict[str, str], str]:
        """Return each sandbox layer of the realms to come (`on`, or `off: reason`) and the engine.

        Starts a worker if none is there, and waits for its boot. Raises `WorkerDied`.
        """
        with self._lock:
            worker = self._ahead()
            return worker.sandbox, worker.engine

    def open(self, config: RealmConfig) -> Realm:
        """Return a new realm made as `config` says. Raises `WorkerDied`."""
        return _opened(self._fork() if self._keep else self._take(), config)

    def open_alone(self, config: RealmConfig) -> Realm:
        """Return a new realm in a process that shares nothing with the template, nor its faults,
        and whose end the system tells. Raises `WorkerDied`.
        """
        return _opened(self._spawn(), config)

    def close(self) -> None:
        """End the worker that was started ahead and not used, or the template."""
        with self._lock:
            self._drop()

    def _take(self) -> WorkerRealm:
        with self._lock:
            worker, self._spare = self._spare, None
        return worker or self._spawn()

    def _fork(self) -> WorkerRealm:
        """Fork the template; one that died, whoever killed it, is replaced once."""
        with self._lock:
            if self._spare is not None:
                try:
                    return self._spare.fork()
                except WorkerDied:
                    self._drop()
            return self._ahead().fork()

    def _ahead(self) -> WorkerRealm:
        if self._spare is None:
            self._spare = self._spawn()
        return self._spare

    def _spawn(self) -> WorkerRealm:
        worker = WorkerRealm.spawn()
        worker.confine(self._sandbox)
        return worker

    def _drop(self) -> None:
        if self._spare is not None:
            self._spare.close()
            self._spare = None


def _opened(realm: WorkerRealm, config: RealmConfig) -> Realm:
    try:
        realm.open(config)
    except BaseException:
        realm.close()
        raise
    return realm
