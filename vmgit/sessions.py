"""The sessions of a workspace: made, forked, found; their heaps are kept while it lives.

What one session does is `live`'s business.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from .errors import UsageError
from .events.envelope import NewEvent, StoredEvent
from .events.registry import encode
from .events.session import (
    Created,
    Forked,
    Origin,
)
from .execution import Execution
from .heap import Services
from .history import Log, read_session
from .live import LiveSession
from .profile import Profile
from .profile_load import check_startup, list_profiles, load_profile
from .refresh.plan import profile_reader
from .state import fold
from .version import __version__

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


class Sessions:
    """Makes and finds the sessions of a workspace; keeps their heaps while it lives."""

    def __init__(self, log: Log, services: Services, *, prefix: str) -> None:
        self._log = log
        self._services = services
        self._prefix = prefix
        self._live: dict[str, LiveSession] = {}
        #: Called with the id of a session that is about to be made, before anybody can see it.
        self.on_begin: Callable[[str], None] | None = None
        #: Told of each session that is made here, with its heap.
        self.made: Callable[[LiveSession], None] | None = None

    def create(
        self,
        profile: str,
        origin: Origin,
        *,
        name: str | None = None,
        pinned: str | None = None,
        ephemeral: bool = False,
    ) -> LiveSession:
        """Make a session and run its startup; it is `crashed` when that fails.

        Raises `VmgitError`, with nothing recorded, when the profile is bad, its grants are not
        trusted or the name is taken.
        """
        self._services.require_trust(profile, self.check_profile(profile, origin))
        created = Created(
            tree=origin.tree,
            commit=origin.commit,
            dirty=origin.dirty,
            profile=profile,
            seed=os.urandom(16).hex(),
            name=name,
            prefix=self._prefix,
            pinned=pinned,
            ephemeral=ephemeral,
            vmgit=__version__,
        )
        # Nobody is told of the session before its first generation, whose event is fsynced.
        stored = self._begin(encode(created), name, durable=False)
        live = LiveSession(fold(stored), self._services)
        self._live[live.state.id] = live
        live.update(origin)
        self._tell(live)
        return live

    def fork(self, session: str, *, name: str | None = None) -> LiveSession:
        """Make a session that goes on from what `session` (its full id) is now, and return it.

        It has the parent's profile, state and history, follows what the parent follows, and lives
        on its own. A closed session can be forked too. Raises `VmgitError`, with nothing of a fork
        recorded, when the parent is lost, crashed or cannot be rebuilt, or the name is taken.
        """
        parent = self.get(session)
        heap, restored = parent.copy_heap()
        try:
            forked = Forked(
                parent=session,
                version=parent.state.version,
                seed=os.urandom(16).hex(),
                name=name,
                vmgit=__version__,
            )
            stored = self._begin(encode(forked), name, durable=True)
            live = LiveSession(parent.state.fork(stored[0]), self._services, heap)
            live.take(stored[1:])
            if restored.first_difference is not None:
                self._services.recorder.append(live.state, [restored], durable=True)
        except BaseException:
            heap.close()
            raise
        self._live[live.state.id] = live
        self._tell(live)
        return live

    def _tell(self, live: LiveSession) -> None:
        if self.made is not None:
            self.made(live)

    def _begin(self, event: NewEvent, name: str | None, *, durable: bool) -> list[StoredEvent]:
        """Append the first event of a new session. Raises `UsageError` when the name is taken."""
        session = new_session_id()
        if self.on_begin is not None:
            self.on_begin(session)
        try:
            return self._services.recorder.create(session, event, durable=durable)
        except UsageError as error:
            if error.kind != "name_taken":
                raise
            raise UsageError(
                f"Another session of this repository has the name {name!r} already.",
                hints=error.hints,
                details={"name": name},
                code=error.kind,
            ) from error

    def check_profile(self, name: str, origin: Origin) -> Profile:
        """Return the effective profile `name` of a tree. Raises `VmgitError` when it is bad."""
        source = self._services.source(origin.tree)
        loaded = load_profile(
            name, profile_reader(source, {}), known=lambda: list_profiles(source.list)
        )
        check_startup(loaded, lambda path: source.lookup(path) is not None, source.list)
        return loaded.effective

    def get(self, session: str) -> LiveSession:
        """Return the session with this full id, as the log has it now.

        Raises `NotFoundError` when there is none.
        """
        live = self._live.get(session)
        if live is not None:
            live.take(self._log.read(stream=session, after=live.state.last_seq))
            return live
        live = self._live[session] = LiveSession(read_session(self._log, session), self._services)
        return live

    def abort_open(self, session: str, reason: str) -> list[Execution]:
        """Close the executions of a session that have no end; nobody runs them any more."""
        live = self.get(session)
        open_ones = [e for e in live.state.executions.values() if e.status == "running"]
        for execution in open_ones:
            self._services.recorder.abort(live.state, execution.number, reason)
        return open_ones

    def close(self) -> None:
        """End every heap. The sessions themselves stay as the log says."""
        for live in self._live.values():
            live.drop_heap()


def new_session_id() -> str:
    """Return a random session id: a letter and seven letters or digits that are easy to tell."""
    raw = os.urandom(8)
    first = _ALPHABET[raw[0] % 24]
    return first + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in raw[1:])
