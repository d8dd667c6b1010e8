"""Random edits, Git commands and executions: after every step log, state, heap and replay agree.

A state machine drives the sessions of a real workspace, one and its forks, sometimes from a second
host. What must hold does not depend on what the steps do: the live state is the fold of the log,
the projections are too, a heap that is rebuilt from nothing compares equal, and a replay finds
nothing different.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hosted import Hosted
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from realgit import Git
from workspaces import Folder

from vmgit.engine.process import WorkerRealm
from vmgit.errors import RefusedError
from vmgit.live import LiveSession
from vmgit.state import SessionState

FILES = ("startup/a.js", "startup/b.js", "lib/m.js", "scripts/s.js")
#: Good, bad and endless; each reads or changes what the others leave.
CONTENTS = {
    "startup/a.js": (
        "let a = 1; globalThis.runs = (globalThis.runs || 0) + 1;\n",
        "let a = 2; console.log(typeof runs, Date.now());\n",
        "const kv = require('vmgit:kv'); kv.set('a', Math.random()); let a = 3;\n",
        "let a = ;\n",
    ),
    "startup/b.js": (
        "const { m } = require('m');\n",
        "const { m } = require('m'); if (m > 1) throw new Error('m is ' + m);\n",
        "var m = 0; for (;;) console.log(m);\n",
        "import('m').then(found => { globalThis.m = found.m }); globalThis.late = 1;\n",
    ),
    "lib/m.js": (
        "exports.m = 1;\n",
        "exports.m = 2; globalThis.loads = (globalThis.loads || 0) + 1;\n",
        "throw new TypeError('no m');\n",
    ),
    "scripts/s.js": ("a += 1; console.log(a, vmgit.args);\n", "throw a;\n", "a = [a, m];\n"),
}
PROFILES = tuple(
    f'refresh = "{mode}"\nstartup = [{startup}]\n{tables}'
    for mode, startup, tables in itertools.product(
        ("rerun", "rebuild", "replay", "off"),
        ('"startup/a.js", "startup/b.js"', '"startup/b.js", "startup/a.js"', '"startup/a.js"'),
        (
            "[limits]\nevents = 6\ncpu_ms = 100\n",
            '[limits]\nevents = 8\ncpu_ms = 100\n[globals]\nhide = ["eval"]\n',
        ),
    )
)
TEXTS = (
    "var n = (globalThis.n || 0) + 1; n",
    "let list = [Math.random(), Date.now(), typeof a, typeof m]; list",
    "list.push(list.length); list",
    "require('vmgit:kv').set('k', globalThis.n || null); require('vmgit:kv').list()",
    "throw new RangeError(typeof list)",
    "n = 100; for (;;) console.log('limit')",
    "require('m').m",
    "globalThis.later = new Promise(done => setTimeout(() => done(n), 1)); await later",
    "Promise.reject(new Error('unheard')); 1",
    "eval('1 + 1')",
)


#: A family of sessions is one with its forks and theirs.
MOST_SESSIONS = 3
WHO, WHICH = st.integers(min_value=0, max_value=1), st.integers(min_value=0, max_value=2)


class Life(RuleBasedStateMachine):
    """The life of one session and its forks."""

    def __init__(self, root: Path, template: WorkerRealm) -> None:
        super().__init__()
        git = Git(root)
        git.init()
        self.folder = Folder(git)
        self.folder.write("vmgit.toml", "format = 1\n")
        self.folder.profile(PROFILES[0])
        for path, contents in CONTENTS.items():
            self.folder.write(path, contents[0])
        self.folder.commit("workspace")
        self.template = template
        self.hosts = [Hosted(self.folder, template), Hosted(self.folder, template)]
        self.sessions = [self.hosts[0].new(name="life").state.id]

    def teardown(self) -> None:
        for host in self.hosts:
            host.close()
        shutil.rmtree(self.folder.root)

    # -- the worktree ------------------------------------------------------------------------

    @rule(data=st.data(), path=st.sampled_from(FILES))
    def edit(self, data: st.DataObject, path: str) -> None:
        self.folder.write(path, data.draw(st.sampled_from(CONTENTS[path])))

    @rule(path=st.sampled_from(FILES))
    def delete(self, path: str) -> None:
        (self.folder.root / path).unlink(missing_ok=True)

    @rule(path=st.sampled_from(FILES))
    def rename(self, path: str) -> None:
        if (self.folder.root / path).exists():
            self.folder.write(f"{path}.moved.js", (self.folder.root / path).read_bytes())
            (self.folder.root / path).unlink()

    @rule(profile=st.sampled_from([*PROFILES, *PROFILES, "startup = [\n", "startup = []\n"]))
    def configure(self, profile: str) -> None:
        self.folder.profile(profile)

    @rule()
    def commit(self) -> None:
        self.folder.commit()

    @rule()
    def restore(self) -> None:
        self.folder.git("reset", "--quiet", "--hard")

    @rule(back=st.integers(min_value=1, max_value=3))
    def checkout(self, back: int) -> None:
        self.folder.git("stash", "--quiet", "--include-untracked")
        self.folder.git("checkout", "--quiet", f"HEAD~{back}", check=False)

    # -- the session -------------------------------------------------------------------------

    @rule(who=WHO, which=WHICH, text=st.sampled_from(TEXTS))
    def run(self, who: int, which: int, text: str) -> None:
        self._use(who, which, lambda host, live: host.run(live, text))

    @rule(who=WHO, which=WHICH)
    def run_again(self, who: int, which: int) -> None:
        self._use(who, which, lambda host, live: [host.run(live, text) for text in TEXTS[:3]])

    @rule(who=WHO, which=WHICH)
    def run_file(self, who: int, which: int) -> None:
        if (self.folder.root / "scripts/s.js").exists():
            self._use(who, which, lambda host, live: host.file(live, "scripts/s.js", "x"))

    @rule(who=WHO, which=WHICH)
    def update(self, who: int, which: int) -> None:
        self._use(who, which, lambda host, live: host.update(live))

    @rule(who=WHO, which=WHICH)
    def drop(self, who: int, which: int) -> None:
        self._use(who, which, lambda host, live: live.drop_heap())

    @rule(
        who=WHO,
        which=WHICH,
        moves=st.lists(st.sampled_from(["run", "undo", "undo 2", "redo"]), min_size=2, max_size=8),
    )
    def go_back_and_forth(self, who: int, which: int, moves: list[str]) -> None:
        def use(host: Hosted, live: LiveSession) -> None:
            host.run(live, TEXTS[0])
            for move in moves:
                self._move(host, live, move)

        self._use(who, which, use)

    def _move(self, host: Hosted, live: LiveSession, move: str) -> None:
        word, _, count = move.partition(" ")
        possible = [execution.number for execution in live.state.undoable]
        if word == "run":
            host.run(live, TEXTS[0])
        elif word == "redo" and live.state.redoable:
            expected = [step.number for step in live.state.redoable[-1]]
            assert host.redo(live) == expected
        elif word == "undo" and int(count or 1) <= len(possible):
            assert host.undo(live, int(count or 1)) == possible[-int(count or 1) :]
        else:
            with pytest.raises(RefusedError, match=r"nothing to redo|to undo since generation"):
                host.redo(live) if word == "redo" else host.undo(live, int(count or 1))

    @rule(who=WHO, which=WHICH)
    def fork(self, who: int, which: int) -> None:
        if len(self.sessions) < MOST_SESSIONS:
            self._use(who, which, lambda host, live: self.sessions.append(host.fork(live).state.id))

    def _use(self, who: int, which: int, use: Callable[[Hosted, LiveSession], object]) -> None:
        host = self.hosts[who]
        with host.workspace.hosting() as sessions:
            live = sessions.get(self.sessions[which % len(self.sessions)])
        try:
            use(host, live)
        except RefusedError as error:
            assert "has crashed" in error.message, error  # noqa: PT017

    # -- what must hold ----------------------------------------------------------------------

    @invariant()
    def everything_agrees(self) -> None:
        for session in self.sessions:
            self._session_agrees(self.hosts[0], session)

    def _session_agrees(self, host: Hosted, session: str) -> None:
        with host.workspace.hosting() as sessions:
            live = sessions.get(session)
        state = host.state(live)
        assert live.state == state
        self._projections_agree(host, state)
        assert host.payloads(live, "session.restored") == []
        if state.base is not None:
            restored = host.rebuild(live)
            assert restored.first_difference is None, restored
            assert restored.total == len(state.steps)
        rows = host.replay(live)
        bad = [row for row in rows if row.verdict not in ("same", "skipped")]
        assert not bad, bad
        assert [row.execution for row in rows] == [one.id for one in state.executions.values()]
        for row in rows:
            number = int(row.execution.rpartition(".")[2])
            assert (row.verdict == "skipped") == (not state.executions[number].completed)

    def _projections_agree(self, host: Hosted, state: SessionState) -> None:
        row = host.workspace.views.session(state.id)
        assert row is not None
        last = state.own[-1].id if state.own else None
        assert (row.state, row.generation, row.executions, row.last_execution) == (
            state.status,
            state.generation,
            len(state.own),
            last,
        )
        rows = host.workspace.views.executions(state.id, limit=None)
        shown = {
            one.id: (
                one.status,
                one.kind,
                one.path,
                one.tree,
                one.generation,
                one.digest,
                one.undone,
            )
            for one in rows
        }
        assert shown == {
            one.id: (
                one.status,
                one.started.kind,
                one.started.path,
                one.started.tree,
                one.started.generation,
                one.finished.digest if one.finished else None,
                one.number in state.undone,
            )
            for one in state.own
        }


def test_log_state_heap_and_replay_always_agree(tmp_path: Path, template: WorkerRealm) -> None:
    counter = itertools.count()
    run_state_machine_as_test(
        lambda: Life(tmp_path / str(next(counter)), template),
        settings=settings(
            max_examples=10,
            stateful_step_count=15,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
