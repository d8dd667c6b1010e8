"""A workspace that this process hosts: short words for what the tests of sessions do all the time.

Every worker is forked from one template, so that a test pays milliseconds for a realm. Nothing is
imitated: snapshots, the log and the workers are the real ones.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

from workspaces import Folder

from vmgit.code import Code, file_code, prompt_code
from vmgit.engine.process import WorkerRealm
from vmgit.events.envelope import StoredEvent
from vmgit.events.registry import decode
from vmgit.events.session import Origin, Restored
from vmgit.execution import Execution
from vmgit.heap import catch_up
from vmgit.history import read_session
from vmgit.live import LiveSession, Update
from vmgit.replay.compare import Row
from vmgit.replay.replayer import Replayer
from vmgit.replay.target import AsRecorded, AtRevision, Target
from vmgit.state import SessionState


class Hosted:
    """A workspace folder, opened here, with its sessions."""

    def __init__(self, folder: Folder, template: WorkerRealm, *, actor: str = "tests") -> None:
        self.folder = folder
        self.template = template
        self.workspace = folder.open(actor=actor, worker=template.fork(), template=True)

    def close(self) -> None:
        """End every worker and close the log."""
        self.workspace.close()

    # -- sessions ----------------------------------------------------------------------------

    def new(self, profile: str = "default", at: str | None = None, **options: Any) -> LiveSession:
        """Make a session; `at` pins it to a revision."""
        with self.workspace.hosting() as sessions:
            origin = self.workspace.snapshot() if at is None else self.workspace.at(at)
            return sessions.create(profile, origin, pinned=at, **options)

    def update(self, live: LiveSession) -> Update:
        """Bring a session up to date with what it follows."""
        with self.workspace.hosting():
            return live.update(self.workspace.origin_of(live.state))

    def run(self, live: LiveSession, text: str, *args: str) -> Execution:
        """Bring a session up to date and run a text in it, as `vmgit run -s -e` does."""
        with self.workspace.hosting() as sessions:
            sessions.get(live.state.id)
            origin = self.workspace.origin_of(live.state)
            live.update(origin)
            return live.execute(prompt_code(text, live.profile.limits), origin, args)

    def file(self, live: LiveSession, path: str, *args: str) -> Execution:
        """Bring a session up to date and run a file in it, as `vmgit run -s FILE` does."""
        with self.workspace.hosting() as sessions:
            sessions.get(live.state.id)
            origin = self.workspace.origin_of(live.state)
            live.update(origin)
            origin = self.workspace.with_file(origin, path)
            return live.execute(self._code(live, path, origin), origin, args)

    def value(self, live: LiveSession, text: str) -> str:
        """Run a text that must succeed and return the preview of its value."""
        execution = self.run(live, text)
        assert execution.status == "ok", execution
        assert execution.finished is not None
        return execution.finished.value.preview if execution.finished.value else "undefined"

    def fork(self, live: LiveSession, name: str | None = None) -> LiveSession:
        """Fork a session, as `vmgit session fork` does."""
        with self.workspace.hosting() as sessions:
            return sessions.fork(live.state.id, name=name)

    def undo(self, live: LiveSession, count: int = 1) -> list[int]:
        """Undo executions of a session and return their numbers."""
        with self.workspace.hosting() as sessions:
            sessions.get(live.state.id)
            return [execution.number for execution in live.undo(count)]

    def redo(self, live: LiveSession) -> list[int]:
        """Take the last undo of a session back and return the numbers of its executions."""
        with self.workspace.hosting() as sessions:
            sessions.get(live.state.id)
            return [execution.number for execution in live.redo()]

    def _code(self, live: LiveSession, path: str, origin: Origin) -> Code:
        source = self.workspace.source(origin.tree)
        return file_code("file", path, "auto", source, live.profile.limits)

    # -- the log -----------------------------------------------------------------------------

    def events(self, live: LiveSession | None = None, type: str | None = None) -> list[StoredEvent]:
        """Return the events of a session, or of the whole log."""
        stream = None if live is None else live.state.id
        return self.workspace.log.read(stream=stream, type=type)

    def types(self, live: LiveSession) -> list[str]:
        """Return the wire names of a session's events, in order."""
        return [event.type for event in self.events(live)]

    def payloads(self, live: LiveSession, type: str) -> list[Any]:
        """Return the payloads of one type of a session's events, in order."""
        return [decode(event) for event in self.events(live, type)]

    def state(self, live: LiveSession) -> SessionState:
        """Return the session's state from the log alone."""
        return read_session(self.workspace.log, live.state.id)

    def rebuild(self, live: LiveSession) -> Restored:
        """Build the session's heap from nothing, compare, and end it again."""
        heap, restored = catch_up(None, self.state(live), self.workspace.services)
        heap.close()
        return restored

    # -- replay ------------------------------------------------------------------------------

    def replay(self, live: LiveSession, at: str | None = None) -> list[Row]:
        """Replay a session as `vmgit replay` does, and hold that nothing was written."""
        before = self.events()
        state = self.state(live)
        services = self.workspace.services_of(state)
        target: Target = AsRecorded(services)
        if at is not None:
            tree = self.workspace.repository.resolve(at).tree
            target = AtRevision(services, at, tree, state.created.profile)
        with closing(Replayer(state, services, target)) as replayer:
            rows = list(replayer.rows())
        assert self.events() == before, "a replay wrote to the log"
        return rows

    def verdicts(self, live: LiveSession, at: str | None = None) -> list[tuple[int, str]]:
        """Replay a session and return each execution's number and verdict."""
        rows = self.replay(live, at)
        return [(int(row.execution.rpartition(".")[2]), row.verdict) for row in rows]


def console(execution: Execution) -> list[str]:
    """Return the text of the console lines of an execution."""
    return [item.text for item in execution.trace if hasattr(item, "text")]


def everything_compares(hosted: Hosted, live: LiveSession) -> list[Row]:
    """Hold that a rebuild and a replay find nothing different; return the rows of the replay."""
    assert live.state == hosted.state(live)
    restored = hosted.rebuild(live)
    assert (restored.first_difference, restored.total) == (None, len(live.state.steps))
    rows = hosted.replay(live)
    assert {row.verdict for row in rows} <= {"same", "skipped"}
    assert [row.execution for row in rows] == [one.id for one in live.state.executions.values()]
    return rows
