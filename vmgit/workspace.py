"""A workspace, opened: the one object that the command line, the watcher and Python all drive.

It finds the parts (repository, log, engine), wires them together and owns their life. Each part
is opened when it is first needed, so that a command that only reads the log never loads libgit2.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import EnvironmentFailure
from .eventlog.log import EventLog
from .eventlog.rows import OPEN_STATES
from .eventlog.views import Views
from .git.discovery import WorkspacePaths, find_workspace
from .worktree import Worktree, part

if TYPE_CHECKING:
    import msgspec

    from .engine.pool import RealmPool
    from .engine.process import WorkerRealm
    from .eventlog.rows import ExecutionRow, SessionRow
    from .events.envelope import StoredEvent
    from .events.session import Origin
    from .heap import Services
    from .profiles.editor import ProfileEditor
    from .sessions import Sessions
    from .state import SessionState
    from .trust import TrustStore


class Workspace(Worktree):
    """A workspace folder with its repository, event log and sessions.

    Use it as a context manager. `actor` names the program in the events that it appends; `worker`
    is an engine process that was started ahead; `template` keeps one for further sessions. With
    `ending`, the process ends right after: closing the log in order, which folds its write-ahead
    log into the file, is then left out, for the next opener is served as well by what is there.
    A log that a newer vmgit wrote is refused, unless `on_newer` is given, by whoever only reads: it
    is called with what to tell, and the log cannot be written. No log is made for them either. With
    `resident`, the process hosts for good: every rebuild of a session is recorded, and not only one
    that differs.
    """

    def __init__(
        self,
        paths: WorkspacePaths,
        *,
        actor: str = "python",
        worker: WorkerRealm | None = None,
        template: bool = False,
        ending: bool = False,
        on_newer: Callable[[str], None] | None = None,
        resident: bool = False,
    ) -> None:
        super().__init__(paths)
        self._on_newer = on_newer
        self._resident = resident
        self._ending = ending
        self.actor = actor
        self._worker = worker
        self._template = template

    @classmethod
    def open(
        cls,
        start: Path,
        *,
        actor: str = "python",
        worker: WorkerRealm | None = None,
        template: bool = False,
        ending: bool = False,
        on_newer: Callable[[str], None] | None = None,
        resident: bool = False,
    ) -> Workspace:
        """Open the workspace that holds `start`.

        Raises `EnvironmentFailure` when none does; `worker` is closed then.
        """
        try:
            paths = find_workspace(start)
        except BaseException:
            if worker is not None:
                worker.close()
            raise
        return cls(
            paths,
            actor=actor,
            worker=worker,
            template=template,
            ending=ending,
            on_newer=on_newer,
            resident=resident,
        )

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every heap and close every file; closing twice is fine."""
        while self._opened:
            self._opened.pop()()
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    # -- the log -----------------------------------------------------------------------------

    @property
    def log_path(self) -> Path:
        """Where the event log is; the file may not exist yet."""
        return self.paths.state_dir / "events.db"

    @property
    def has_log(self) -> bool:
        """Whether there is a log, or something in its way, which opening it tells."""
        try:
            self.log_path.lstat()
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return True

    @part
    def log(self) -> EventLog:
        """The event log, made when it is not there. Raises `EnvironmentFailure`."""
        if self._on_newer is not None and not self.has_log:
            return EventLog.absent(self.log_path)
        try:
            log = EventLog.open(self.log_path)
        except EnvironmentFailure as error:
            if error.kind != "log_newer" or self._on_newer is None:
                raise
            log = EventLog.open(self.log_path, readonly=True)
            self._on_newer(error.message)
        if not self._ending:
            self._opened.append(log.close)
        return log

    @part
    def views(self) -> Views:
        """The projections of the log: sessions and executions."""
        return Views(self.log.database)

    def events_of(self, row: ExecutionRow) -> list[StoredEvent]:
        """Return the events of an execution, reading no more of the log than they span."""
        return self.log.read(
            stream=row.session, execution=row.id, after=row.start_seq - 1, upto=row.end_seq
        )

    def take_notes(self) -> None:
        """Record what Git hooks noted since the last time."""
        spool = self.paths.state_dir / "spool"
        if spool.is_dir():
            from .spool import ingest, noted

            newest = partial(self.log.read, type="git.hook", newest_first=True, limit=1000)
            ingest(spool, lambda: noted(newest()), self.record)

    def record(self, payload: msgspec.Struct) -> StoredEvent:
        """Append an event of the workspace itself and return its row."""
        from .events.registry import encode

        return self.log.append(
            "workspace",
            [encode(payload)],
            durable=True,
            actor=self.actor,
            worktree=self.paths.worktree_name,
        )[0]

    # -- sessions ----------------------------------------------------------------------------

    def origin_of(self, state: SessionState) -> Origin:
        """Return what a session runs against now: its pinned tree, or the worktree it follows.

        Raises `UsageError` when it follows another worktree or another workspace folder.
        """
        from .events.session import Origin

        self.require_place(state)
        created = state.created
        if created.pinned is not None:
            return Origin(tree=created.tree, commit=created.commit, dirty=False)
        return self.snapshot()

    def require_place(self, state: SessionState) -> None:
        """Raise `UsageError` when a session follows another worktree or workspace folder."""
        state.require_place(self.paths.worktree_name, self.paths.prefix)

    @part
    def realms(self) -> RealmPool:
        """Opens realms for sessions and replays.

        Raises `EnvironmentFailure` when required walls are not to be had, and `DeniedError` when
        nobody here trusts that there are to be none.
        """
        from .engine.walls import confined_pool

        if self.settings.sandbox == "off":
            from .trust_settings import require_settings

            require_settings(self.trust, self.settings)
        worker, self._worker = self._worker, None
        pool = confined_pool(worker, self.settings.sandbox, template=self._template)
        self._opened.append(pool.close)
        return pool

    @part
    def services(self) -> Services:
        """What sessions and replays run with."""
        from .heap import Services
        from .host.registry import Surroundings
        from .recorder import Recorder

        if self._worker is not None or self._template:
            # Something will run: it is confined, or refused, before anything is recorded.
            _ = self.realms
        recorder = Recorder(self.log, actor=self.actor, worktree=self.paths.worktree_name)
        outside = Surroundings(self.paths.root, self.paths.git_folders, os.environ)
        patterns = self.settings.redact.patterns
        return Services(
            recorder,
            self.source,
            lambda config: self.realms.open(config),
            self.trust.require,
            outside,
            patterns,
            lambda config: self.realms.open_alone(config),
            self._resident,
        )

    @part
    def trust(self) -> TrustStore:
        """Which profiles' grants, and which loosened settings, apply on this machine."""
        from .trust import TrustStore

        return TrustStore(self.paths.state_dir / "trust.json", self.paths.prefix)

    @part
    def profile_editor(self) -> ProfileEditor:
        """Changes the profiles of this worktree."""
        from .profiles.editor import ProfileEditor

        paths = self.paths
        return ProfileEditor(
            paths.root,
            lock=paths.git_dir / "vmgit" / "profiles.lock",
            tree=self.tracked,
            ignores=lambda path: self.ignores(f"{paths.prefix}/{path}".lstrip("/")),
            trusts=lambda name, capabilities: self.trust.trusts(name, capabilities),
        )

    def services_of(self, state: SessionState) -> Services:
        """What a recording is replayed with: its paths begin at the folder it was made in."""
        from msgspec.structs import replace

        prefix = state.created.prefix
        return replace(self.services, source=lambda tree: self.source(tree, prefix))

    @part
    def sessions(self) -> Sessions:
        """The sessions. Use them inside `hosting`, which keeps other processes away."""
        from .sessions import Sessions

        sessions = Sessions(self.log, self.services, prefix=self.paths.prefix)
        self._opened.append(sessions.close)
        return sessions

    def followers(self) -> list[str]:
        """Return the ids of the open sessions that follow this worktree, oldest first."""
        return [row.id for row in self.follower_rows()]

    def follower_rows(self) -> list[SessionRow]:
        """Return the open sessions that follow this worktree, oldest first."""
        place = (self.paths.worktree_name, self.paths.prefix)
        rows = self.views.sessions(state=OPEN_STATES, ephemeral=False)
        return [
            row
            for row in reversed(rows)
            if (row.worktree, row.prefix) == place and row.pinned is None
        ]

    def label(self, session: str) -> str:
        """Return the name that people use for the session with this full id."""
        row = self.views.session(session)
        return row.label if row is not None else session

    def _close_followers(self, worktree: str, sessions: Sessions) -> None:
        """Close the sessions of a worktree that was removed: there is nothing left to follow."""
        for row in self.views.sessions(state=OPEN_STATES):
            if row.worktree == worktree and row.pinned is None:
                sessions.get(row.id).close(f"its worktree {worktree} was removed")

    @property
    def lock_path(self) -> Path:
        """The file whose flock says who hosts the sessions of the repository."""
        return self.paths.state_dir / "host.lock"

    @property
    def watch_lock_path(self) -> Path:
        """The file whose flock says that this worktree is watched, and by whom."""
        return self.paths.git_dir / "vmgit" / "watch.lock"

    @contextmanager
    def hosting(
        self, *, wait: bool = True, on_wait: Callable[[str], None] | None = None
    ) -> Iterator[Sessions]:
        """Hold the host lock and give the sessions, with what a dead host left open closed.

        Raises `BusyError` when another process holds it and `wait` is false, or when that is a
        server, which never gives it back; `RefusedError` when `vmgit.toml` is bad, and
        `EnvironmentFailure` when it requires a sandbox that is not there.
        """
        _ = self.settings
        from . import cancel, hostlock

        def told(holder: str) -> None:
            from .serving.record import refuse_served

            refuse_served(self.paths.state_dir)
            if on_wait is not None:
                on_wait(holder)

        with hostlock.hold(self.lock_path, f"vmgit {self.actor}", wait=wait, on_wait=told):
            if self._worker is not None:
                # Something will run, and what is loaded next takes as long as Git does.
                self.ask_ahead()
            sessions = self.sessions
            # Nobody else holds the lock, so whoever ran these is gone.
            for session in sorted({row.session for row in self.views.running()}):
                sessions.abort_open(session, "its host died")
            for row in self.views.sessions(state=OPEN_STATES, ephemeral=True):
                sessions.get(row.id).close("its host died")
            for worktree in self.views.followed_worktrees():
                if not self.paths.has_worktree(worktree):
                    self._close_followers(worktree, sessions)
            self.take_notes()
            with cancel.heeding(self.lock_path, self.services.recorder.cancel):
                yield sessions
