"""A process as a worker is before it locks itself in; on every line of stdin it does one thing.

`fork`: fork, and wait for the child, which ends at once. `evaluate`: the engine's bare evaluation
of `1+1`. Prints how long that took, milliseconds. Run by `bench_engine`; a confined worker could
not wait for its children.
"""

from __future__ import annotations

import os
import socket
import sys
import time

from vmgit.engine.interpreter import native
from vmgit.engine.link import Link
from vmgit.engine.runner import Runner
from vmgit.engine.worker import boot


def main() -> None:
    """Serve stdin to its end."""
    ours, theirs = socket.socketpair()
    with theirs:
        runner = boot(Link(ours.detach()))
        for line in sys.stdin:
            start = time.perf_counter_ns()
            if line == "fork\n":
                _fork()
            else:
                _evaluate(runner)
            print((time.perf_counter_ns() - start) / 1e6, flush=True)


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _evaluate(runner: Runner) -> None:
    native().eval_string(runner.interpreter, b"1+1", b"{}", False, "<dukpy>")


if __name__ == "__main__":
    main()
