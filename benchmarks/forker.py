"""A process as a worker is before it locks itself in; for every line on stdin it forks once.

Prints how long fork, the child's exit and the wait for it took, milliseconds. Run by
`bench_engine`; a confined worker could not wait for its children.
"""

from __future__ import annotations

import os
import socket
import sys
import time

from vmgit.engine.link import Link
from vmgit.engine.worker import boot


def main() -> None:
    """Serve stdin to its end."""
    ours, theirs = socket.socketpair()
    with theirs:
        boot(Link(ours.detach()))
        for _line in sys.stdin:
            start = time.perf_counter_ns()
            child = os.fork()
            if child == 0:
                os._exit(0)
            os.waitpid(child, 0)
            print((time.perf_counter_ns() - start) / 1e6, flush=True)


if __name__ == "__main__":
    main()
