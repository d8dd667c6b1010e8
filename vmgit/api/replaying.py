"""Replays a recorded session for the API; what a replay is, is the business of `vmgit.replay`."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing

from vmgit.history import read_session
from vmgit.replay.compare import ReplayDocument, Row, summary
from vmgit.replay.replayer import Replayer
from vmgit.replay.target import AsRecorded, AtRevision, Target
from vmgit.state import SessionState
from vmgit.workspace import Workspace as Parts


class Replay:
    """One replay that was asked for: its session, found, and the revisions, resolved.

    Raises `NotFoundError` for what does not exist and `EnvironmentFailure` for a repository that
    cannot be used, which is no verdict on executions.
    """

    def __init__(self, parts: Parts, session: str, at: Sequence[str] = ()) -> None:
        self._parts = parts
        row = parts.views.find_session(session)
        _ = parts.repository
        self.state: SessionState = read_session(parts.log, row.id)
        self.targets: list[Target] = self._targets(at)

    @property
    def total(self) -> int:
        """How many rows are to come."""
        return len(self.state.executions) * len(self.targets)

    def rows(self) -> Generator[Row, None, None]:
        """Yield the verdict on each execution, for one target after the other."""
        services = self._parts.services_of(self.state)
        for target in self.targets:
            with closing(Replayer(self.state, services, target)) as replayer:
                yield from replayer.rows()

    def document(self, *, on_row: Callable[[Row], None] | None = None) -> ReplayDocument:
        """Return all rows and how many have each verdict; `on_row` gets each as it comes."""
        rows = []
        # Closed at once when `on_row` raises, and its worker with it.
        with closing(self.rows()) as coming:
            for row in coming:
                rows.append(row)
                if on_row is not None:
                    on_row(row)
        return ReplayDocument(session=self.state.id, executions=tuple(rows), summary=summary(rows))

    def _targets(self, at: Sequence[str]) -> list[Target]:
        services = self._parts.services_of(self.state)
        if not at:
            return [AsRecorded(services)]
        with self._parts.lock:
            trees = [(one, self._parts.repository.resolve(one).tree) for one in at]
        profile = self.state.created.profile
        return [AtRevision(services, one, tree, profile) for one, tree in trees]
