"""Runs a server: takes the locks, listens, leaves its record, and ends in order.

The order is what makes it safe: the lock that proves it alive comes first and goes last, the
record is written when it answers and removed before it lets go, so that whatever a killed server
leaves is recognised and cleared away by the next one.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vmgit import hostlock
from vmgit.clock import wall_us
from vmgit.errors import BusyError, RefusedError
from vmgit.git.discovery import WorkspacePaths, find_workspace
from vmgit.git.environment import child_environment
from vmgit.serving import record, socket_path
from vmgit.serving.birth import birth
from vmgit.serving.shape import Serving
from vmgit.serving.token import read_token, token
from vmgit.version import __version__
from vmgit.watch.changes import open_changes
from vmgit.workspace import Workspace as Parts

from .app import create_app
from .auth import Auth
from .http_thread import HttpThread
from .listening import address_of, listen_tcp, parse_listen
from .resident import MAX_LIVE
from .service import Service
from .stopping import GRACE, Signals, drain
from .watching import Watching

_log = logging.getLogger("vmgit.server")
#: Seconds that a command, which holds the host lock for its own length, is waited for.
_TURN = 30.0
#: Seconds for which the lock of a server is tried: whoever asks after it holds it for a moment.
_PROBED = 0.3
#: Seconds between two looks at whether the server is still wanted.
_LOOK = 1.0


@dataclass(frozen=True)
class Options:
    """How to serve: `listen` is `HOST:PORT`, `grace_s` what running executions get at the end."""

    listen: str | None = None
    allow_remote: bool = False
    max_live: int = MAX_LIVE
    grace_s: float = GRACE


def serve(
    start: Path, options: Options, *, on_ready: Callable[[Serving], None], signals: Signals
) -> int:
    """Serve the workspace that holds `start` until a signal comes, and return that.

    `on_ready` is called when the server answers. Raises `BusyError` when a server of the
    repository runs already, and `VmgitError` as opening a workspace and listening do.
    """
    drop_git_variables()
    paths = find_workspace(start)
    with contextlib.ExitStack() as held:
        held.enter_context(_the_only_one(paths.state_dir))
        lock = record.lock_path(paths.state_dir).stat()
        parts = Parts.open(paths.root, actor="serve", template=True, resident=True)
        service = held.enter_context(_hosting(parts, options.max_live))
        changes = open_changes(paths.worktree, paths.git_dir, paths.common_dir)
        if changes is not None:
            held.callback(changes.close)
            parts.rely_on(changes.take)
        sockets, serving = held.enter_context(_listening(paths, options))
        http = HttpThread(create_app(service, _auth(paths, options)), sockets)
        http.start()
        held.callback(http.stop)
        watching = Watching(service)
        watching.start()
        held.callback(watching.stop)
        record.write_record(paths.state_dir, serving)
        held.callback(record.remove_record, paths.state_dir)
        _log.info("serving %s at %s, pid %d", serving.root, serving.socket, serving.pid)
        on_ready(serving)
        number = _until_stopped(signals, http, record.lock_path(paths.state_dir), lock)
        service.refuse()
        drain(service.host.queues, options.grace_s, signals)
    _log.info("stopped")
    return number


def drop_git_variables() -> None:
    """Forget what ties this process to one repository or index, as a hook's environment does."""
    for name in set(os.environ) - set(child_environment()):
        del os.environ[name]


def _auth(paths: WorkspacePaths, options: Options) -> Auth:
    """Return who may come in over TCP: whoever shows the token as it is at that moment."""
    names = [] if options.listen is None else [parse_listen(options.listen)[0]]
    return Auth(lambda: read_token(paths.state_dir), names)


def _until_stopped(
    signals: Signals, http: HttpThread, lock_path: Path, lock: os.stat_result
) -> int:
    """Return the signal that ends the server."""
    while True:
        number = signals.wait(_LOOK)
        if number is not None:
            _log.info("%s: no new work", signal.Signals(number).name)
            return number
        if not http.alive:
            raise RuntimeError("the HTTP server ended by itself")
        if not _same_file(lock_path, lock):
            # Another server may hold another lock by now; this one proves nothing any more.
            _log.warning("%s is gone, and the server with it", lock_path)
            return signal.SIGTERM


def _same_file(path: Path, before: os.stat_result) -> bool:
    try:
        now = path.stat()
    except OSError:
        return False
    return (now.st_dev, now.st_ino) == (before.st_dev, before.st_ino)


@contextlib.contextmanager
def _the_only_one(state_dir: Path) -> Iterator[None]:
    """Hold the lock that proves this server alive. Raises `BusyError` when another one is."""
    with contextlib.ExitStack() as held:
        deadline = time.monotonic() + _PROBED
        while True:
            try:
                lock = hostlock.hold(record.lock_path(state_dir), "vmgit serve", wait=False)
                held.enter_context(lock)
                break
            except BusyError as busy:
                if time.monotonic() > deadline:
                    raise _runs_already(state_dir, busy) from None
                time.sleep(0.01)
        record.remove_record(state_dir)
        yield


def _runs_already(state_dir: Path, busy: BusyError) -> BusyError:
    serving = record.find_server(state_dir)
    if serving is None:
        return BusyError(
            f"another server of this repository is about to start or to end: "
            f"{busy.details['holder']}.",
            hints=["Try again in a moment."],
            details=busy.details,
        )
    return BusyError(
        f"a server of this repository runs already: pid {serving.pid}, for {serving.root}.",
        hints=["`vmgit serve status` tells more, `vmgit serve stop` ends it."],
        details={"pid": serving.pid, "root": serving.root, "socket": serving.socket},
        code="served",
    )


@contextlib.contextmanager
def _hosting(parts: Parts, max_live: int) -> Iterator[Service]:
    """Give the service when the command that holds the host lock now has ended."""
    service = Service(parts, max_live=max_live)
    deadline = time.monotonic() + _TURN
    told = False
    try:
        while True:
            try:
                service.__enter__()
                break
            except BusyError as busy:
                if time.monotonic() > deadline:
                    raise
                if not told:
                    _log.info("waiting for %s", busy.details.get("holder", "another process"))
                    told = True
            time.sleep(0.02)
    except BaseException:
        parts.close()
        raise
    with contextlib.closing(service):
        yield service


@contextlib.contextmanager
def _listening(
    paths: WorkspacePaths, options: Options
) -> Iterator[tuple[list[socket.socket], Serving]]:
    """Give the sockets that listen, and what the record tells of them."""
    with contextlib.ExitStack() as held:
        sockets = []
        if options.listen is not None:
            tcp = listen_tcp(options.listen, allow_remote=options.allow_remote)
            sockets.append(held.enter_context(tcp))
            token(paths.state_dir)
        place = socket_path.socket_place(paths.state_dir)
        held.callback(socket_path.remove, place, paths.state_dir)
        sockets.append(held.enter_context(socket_path.bind(place)))
        born = birth(os.getpid())
        if born is None:
            raise RefusedError("the system does not tell when this process was born.")
        yield (
            sockets,
            Serving(
                pid=os.getpid(),
                birth=born,
                started_us=wall_us(),
                version=__version__,
                worktree=paths.worktree_name,
                prefix=paths.prefix,
                root=str(paths.root),
                socket=str(place),
                listen=address_of(sockets[0]) if options.listen is not None else None,
            ),
        )
