"""The worker process: boots a realm, locks itself in, and serves frames until its parent is gone.

Started by `process.WorkerRealm.spawn`, never imported by the parent. It has one socket, no
environment to speak of, and ignores Ctrl-C, which is the parent's to decide about.
"""

from __future__ import annotations

import codecs
import contextlib
import gc
import os
import signal
import sys
import time
import traceback

from vmgit.engine import protocol, sandbox
from vmgit.engine.interpreter import engine_version
from vmgit.engine.link import Link
from vmgit.engine.runner import Runner
from vmgit.kernel import prctl

_PR_SET_CHILD_SUBREAPER = 36


def main(descriptor: int) -> None:
    """Serve the parent on the socket `descriptor`; never returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Forked realms are not waited for here: the kernel must not keep them as zombies.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # Nor be left with them when the one in between has ended: they come to this process, and not
    # to the program that embeds vmgit, which may be asking for children of its own.
    with contextlib.suppress(OSError):
        prctl(_PR_SET_CHILD_SUBREAPER, 1)
    time.tzset()
    link = Link(descriptor)
    try:
        _serve(link)
    except BaseException:
        link.crash(traceback.format_exc())


def boot(link: Link) -> Runner:
    """Return a realm, with all loaded that its executions may need."""
    runner = Runner(link)
    _preload()
    sys.dont_write_bytecode = True
    # What is there now stays for ever: collecting it again would only unshare pages of forks.
    gc.freeze()
    gc.enable()
    link.guard.settle()
    return runner


def _serve(link: Link) -> None:
    runner = boot(link)
    engine = engine_version()
    # Whoever starts a worker ahead does not know yet how it shall be confined.
    confine = link.expect(protocol.Confine)
    report = sandbox.apply(link.keep, full=confine.full)
    link.send(protocol.Ready(report, engine))
    while True:
        match link.receive():
            case protocol.Run(job=job):
                link.send(runner.run(job))
            case protocol.Open(config=config):
                runner.open(config)
                link.send(protocol.Opened())
            case protocol.Fork():
                runner.warm()
                _fork(link)
            case protocol.Figures():
                link.guard.measure_by(link.take_descriptor())
            case frame:
                raise protocol.ProtocolError(f"unexpected {type(frame).__name__} frame")


def _preload() -> None:
    """Load now all that a job may need: confined, the process can open no file any more."""
    from vmgit.engine import cjs_exports, modules, rewrite_script, scan

    del cjs_exports, modules, rewrite_script
    scan.parse(b"let a = 1")
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "ascii"):
        codecs.lookup(encoding)


def _fork(link: Link) -> None:
    descriptor = link.take_descriptor()
    held_kb = link.guard.memory_held_kb()
    start = time.perf_counter()
    try:
        pid = os.fork()
    except OSError:
        # Too many processes: no reason for this one to end.
        os.close(descriptor)
        link.send(protocol.Forked(None))
        return
    if pid == 0:
        link.replace(descriptor)
    else:
        took_us = int((time.perf_counter() - start) * 1e6)
        os.close(descriptor)
        link.send(protocol.Forked(pid, took_us, held_kb))
