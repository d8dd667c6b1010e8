"""kill -9 of a server at any moment: what was acknowledged is there, and work goes on at once.

Several clients run executions in sessions of their own and in a shared one; the server is killed
in between, again and again, and started anew or done without.
"""

from __future__ import annotations

import gc
import random
import threading
import time
import warnings
from collections import Counter

from served import served
from workspaces import Folder

import vmgit
from vmgit.client.client import Client
from vmgit.errors import VmgitError

#: How often the server is killed, and what the clients do.
KILLS, CLIENTS = 6, 3
CODE = "var n = (globalThis.n || 0) + 1; console.log(n, Math.random()); n"


class Worker(threading.Thread):
    """A client that runs code, one after the other, until its server is gone."""

    def __init__(self, client: Client, session: str) -> None:
        super().__init__(daemon=True)
        self.client = client
        self.session = session
        self.acknowledged: list[tuple[str, str | None]] = []
        self.failure: VmgitError | None = None

    def run(self) -> None:
        try:
            while True:
                done = self.client.sessions.run(self.session, CODE)
                self.acknowledged.append((done.execution, done.digest))
        except VmgitError as failure:
            self.failure = failure


def test_kill_9_of_a_server_with_many_clients(folder: Folder) -> None:
    chance = random.Random(5)
    own = [folder.fine("session", "new", "--json").json["session"] for _ in range(CLIENTS - 1)]
    shared = folder.fine("session", "new", "--name", "shared", "--json").json["session"]
    sessions = [*own, shared, shared]
    acknowledged: list[tuple[str, str | None]] = []
    for _ in range(KILLS):
        with served(folder) as server:
            clients = [vmgit.open(folder.root, server="require") for _ in sessions]
            workers = [Worker(*one) for one in zip(clients, sessions, strict=True)]  # type: ignore[arg-type]
            for worker in workers:
                worker.start()
            deadline = time.monotonic() + 60
            wanted = chance.randrange(5, 30)
            while sum(len(worker.acknowledged) for worker in workers) < wanted:
                assert time.monotonic() < deadline
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.02))
            server.kill()
            for worker in workers:
                worker.join(60)
                assert worker.failure is not None
                assert worker.failure.kind == "server_gone", worker.failure
                assert worker.failure.exit_code == 4
                acknowledged += worker.acknowledged
            for client in clients:
                client.close()
            with warnings.catch_warnings():
                # httpcore leaves the socket of a connection that failed to the garbage collector.
                warnings.simplefilter("ignore", ResourceWarning)
                worker.failure = None
                del workers, worker
                gc.collect()
        # The next command works at once, without a server.
        assert folder.fine("run", "-s", shared, "-e", "typeof n").out == "'number'\n"

    names = [name for name, _ in acknowledged]
    assert len(set(names)) == len(names) >= KILLS * 5
    assert folder.fine("journal", "verify").out.count("chain intact") == 1
    with vmgit.open(folder.root, server="never") as workspace:
        every = {one.execution: one for one in workspace.executions.list(limit=None)}
        for name, digest in acknowledged:
            assert (every[name].status, every[name].digest) == ("ok", digest)
        unheard = Counter(
            one.status
            for one in every.values()
            if one.kind == "repl" and one.execution not in names
        )
        assert set(unheard) <= {"ok", "aborted"}
        for session in {*own, shared}:
            summary = workspace.replay(session).summary
            assert set(summary) <= {"same", "skipped"}, summary
