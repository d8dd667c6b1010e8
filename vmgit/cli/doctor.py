"""`vmgit doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from .app import App, json_option, pass_app
from .streams import answer, error, hint, one_line

if TYPE_CHECKING:
    from vmgit.errors import VmgitError
    from vmgit.eventlog.log import EventLog
    from vmgit.settings import SandboxPolicy
    from vmgit.workspace import Workspace


@click.command(short_help="Check what vmgit needs, and say what to do.")
@json_option
@pass_app
def doctor(app: App) -> int:
    """Check versions, the sandbox, the repository, the event log and the watcher.

    Changes nothing. Exit status 1 when something is wrong that you should act on.
    """
    examined = _Examination()
    examined.versions()
    workspace: Workspace | None = None
    with examined.part("workspace"):
        workspace = app.open("doctor")
    policy: SandboxPolicy = "auto"
    if workspace is not None:
        with workspace:
            with examined.part("workspace"):
                policy = examined.policy(workspace)
            examined.workspace(workspace)
    examined.sandbox(policy)
    if app.json:
        app.emit(examined.document)
    else:
        _show(examined.document)
    return 1 if examined.problems else 0


class _Examination:
    """Fills the document, part by part; a part that fails is a problem and stops no other."""

    def __init__(self) -> None:
        self.problems: list[dict[str, Any]] = []
        self.document: dict[str, Any] = {
            "versions": {},
            "workspace": None,
            "repository": None,
            "log": None,
            "watch": None,
            "sandbox": None,
            "problems": self.problems,
        }

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Take an expected failure inside the block as a problem of the part `name`."""
        from vmgit.errors import VmgitError

        try:
            yield
        except VmgitError as failure:
            self._problem(name, failure)

    def _problem(self, name: str, failure: VmgitError) -> None:
        # What stops one part may stop the next one, too; it is one thing to do.
        if all(failure.message != known["message"] for known in self.problems):
            self.problems.append({"part": name, **failure.to_dict()})

    def versions(self) -> None:
        """Collect the versions of all that vmgit stands on."""
        import platform
        from importlib.metadata import version
        from pathlib import Path

        from vmgit.eventlog.database import library_version as sqlite_version
        from vmgit.git.environment import run_git
        from vmgit.git.support import library_version as libgit2_version
        from vmgit.version import __version__

        found = self.document["versions"]
        found["vmgit"] = __version__
        found["python"] = platform.python_version()
        found["system"] = platform.platform()
        found["git"] = None
        with self.part("git"):
            told = run_git(["--version"], cwd=Path.cwd()).stdout.decode("utf-8", "replace")
            found["git"] = told.strip().removeprefix("git version ")
        found["libgit2"] = libgit2_version()
        found["pygit2"] = version("pygit2")
        found["sqlite"] = sqlite_version()
        found["engine"] = None

    def workspace(self, workspace: Workspace) -> None:
        """Look at the repository, the log and the watcher of a workspace."""
        from vmgit.eventlog.log import EventLog
        from vmgit.hostlock import holder

        paths = workspace.paths
        self.document["workspace"] = str(paths.root)
        with self.part("repository"):
            head = workspace.repository.head()
            self.document["repository"] = {
                "worktree": str(paths.worktree),
                "name": paths.worktree_name,
                "head": head.commit,
                "state": head.state,
            }
        watcher = holder(workspace.watch_lock_path)
        self.document["watch"] = {"holder": watcher, "degraded": None}
        if workspace.log_path.exists():
            with (
                self.part("log"),
                EventLog.open(workspace.log_path, readonly=True) as log,
            ):
                self.document["log"] = {**log.health()._asdict(), "events": log.last_seq()}
                if watcher is not None:
                    self._watch(log)

    def _watch(self, log: EventLog) -> None:
        """Take it as a problem when the last word of the running watcher was that it is ill."""
        from vmgit.errors import EnvironmentFailure
        from vmgit.events.registry import decode
        from vmgit.events.workspace import WatchDegraded

        words = log.read(type=("watch.degraded", "watch.recovered"), newest_first=True, limit=1)
        for word in map(decode, words):
            if isinstance(word, WatchDegraded):
                self.document["watch"]["degraded"] = word.reason
                message = f"the watcher may notice changes late or not at all: {word.reason}."
                hints = ["`vmgit run` looks at every tracked file and does not need the watcher."]
                self._problem("watch", EnvironmentFailure(message, hints=hints))

    def policy(self, workspace: Workspace) -> SandboxPolicy:
        """Return what sessions run in; that nobody here trusts it is a problem of the sandbox."""
        from vmgit.trust_settings import require_settings

        settings = workspace.settings
        with self.part("sandbox"):
            require_settings(workspace.trust, settings)
            return settings.sandbox
        return "auto"

    def sandbox(self, policy: SandboxPolicy) -> None:
        """Start a worker as sessions do, and take what it reports."""
        from vmgit.engine.pool import RealmPool
        from vmgit.engine.walls import report, weakness

        pool = RealmPool(sandbox=policy)
        try:
            with self.part("sandbox"):
                layers, engine = report(pool)
                self.document["sandbox"] = {"policy": policy, "layers": layers}
                self.document["versions"]["engine"] = engine
                weak = weakness(layers, policy)
                if weak is not None:
                    self._problem("sandbox", weak)
        finally:
            pool.close()


def _show(document: dict[str, Any]) -> None:
    for name, found in document["versions"].items():
        _line(name, found or "none")
    _line("workspace", document["workspace"] or "none")
    repository = document["repository"]
    if repository is not None:
        _line("repository", f"{repository['worktree']}, HEAD {repository['head'] or 'unborn'}")
    if document["workspace"] is not None:
        _show_log(document["log"])
        _line("watch", document["watch"]["holder"] or "not running")
    if document["sandbox"] is not None:
        _line("sandbox", document["sandbox"]["policy"])
        for name, state in document["sandbox"]["layers"].items():
            _line(f"  {name}", state)
    for problem in document["problems"]:
        error(f"{problem['part']}: {problem['message']}")
        for text in problem["hints"]:
            hint(text)
    if not document["problems"]:
        answer("nothing to do")


def _show_log(log: dict[str, Any] | None) -> None:
    if log is None:
        _line("log", "none")
        return
    place = f"{log['filesystem'] or 'an unknown filesystem'}{', shared' if log['shared'] else ''}"
    sizes = f"{log['database_bytes'] // 1024} KiB + {log['wal_bytes'] // 1024} KiB not yet merged"
    _line("log", log["path"])
    _line("  events", str(log["events"]))
    _line("  journal", f"{log['journal_mode']} on {place}")
    _line("  size", f"{sizes}, schema {log['schema_version']}")


def _line(name: str, text: str) -> None:
    answer(f"{name.ljust(18)} {one_line(text)}")
