"""The watcher process: watches one worktree and its Git directory, and reports on standard output.

A process of its own, because a watcher that shares Python's lock with running JavaScript loses
events. It ends when its parent does.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
import time
from pathlib import Path

from vmgit.watch.messages import encode
from vmgit.watch.watcher import CHECK, Watcher


def _end_with_input() -> None:
    """End the process at the end of standard input, which only the parent holds open.

    Some other child of the parent may have inherited the pipe; so the main loop looks at the
    parent's id as well. (A death signal of the kernel would come when the *thread* that started
    this process ends.)
    """
    try:
        while os.read(0, 4096):
            continue
    finally:
        os._exit(0)


def main(arguments: list[str] | None = None) -> None:
    """Watch until the parent ends or closes the pipe."""
    parser = argparse.ArgumentParser(prog="vmgit.watch.child")
    for name in ("worktree", "git_dir", "common_dir"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--mode", choices=["auto", "events", "polling"], default="auto")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who then closes us
    parent = os.getppid()
    threading.Thread(target=_end_with_input, daemon=True).start()
    watcher = Watcher(options.worktree, options.git_dir, options.common_dir, options.mode)
    messages = watcher.start()
    checked = time.monotonic()
    while True:
        _write(b"".join(encode(message) for message in messages))
        if messages:
            time.sleep(0.005)
        messages = watcher.wait()
        if time.monotonic() - checked > CHECK:
            checked = time.monotonic()
            if os.getppid() != parent:
                return


def _write(data: bytes) -> None:
    while data:
        try:
            data = data[os.write(1, data) :]
        except BrokenPipeError:
            os._exit(0)


if __name__ == "__main__":
    main()
