"""Random edits, Git commands and executions: after every step log, state, heap and replay agree.

A state machine drives one session of a real workspace, sometimes from a second host. What must
hold does not depend on what the steps do: the live state is the fold of the log, the projections
are too, a heap that is rebuilt from nothing compares equal, and a replay finds nothing different.
"""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

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


class Life(RuleBasedStateMachine):
    """The life of one session."""

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
        self.session = self.hosts[0].new(name="life").state.id

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

    @rule(who=st.integers(min_value=0, max_value=1), text=st.sampled_from(TEXTS))
    def run(self, who: int, text: str) -> None:
        self._use(who, lambda host, live: host.run(live, text))

    @rule(who=st.integers(min_value=0, max_value=1))
    def run_again(self, who: int) -> None:
        self._use(who, lambda host, live: [host.run(live, text) for text in TEXTS[:3]])

    @rule(who=st.integers(min_value=0, max_value=1))
    def run_file(self, who: int) -> None:
        if (self.folder.root / "scripts/s.js").exists():
            self._use(who, lambda host, live: host.file(live, "scripts/s.js", "x"))

    @rule(who=st.integers(min_value=0, max_value=1))
    def update(self, who: int) -> None:
        self._use(who, lambda host, live: host.update(live))

    @rule(who=st.integers(min_value=0, max_value=1))
    def drop(self, who: int) -> None:
        self._use(who, lambda host, live: live.drop_heap())

    def _use(self, who: int, use: object) -> None:
        host = self.hosts[who]
        with host.workspace.hosting() as sessions:
            live = sessions.get(self.session)
        try:
            use(host, live)  # type: ignore[operator]
        except RefusedError as error:
            assert "has crashed" in error.message, error  # noqa: PT017

    # -- what must hold ----------------------------------------------------------------------

    @invariant()
    def everything_agrees(self) -> None:
        host = self.hosts[0]
        with host.workspace.hosting() as sessions:
            live = sessions.get(self.session)
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
        assert len(rows) == len(state.executions)
        for row in rows:
            number = int(row.execution.rpartition(".")[2])
            assert (row.verdict == "skipped") == (not state.executions[number].completed)

    def _projections_agree(self, host: Hosted, state: SessionState) -> None:
        row = host.workspace.views.session(state.id)
        assert row is not None
        last = f"{state.id}.{max(state.executions)}" if state.executions else None
        assert (row.state, row.generation, row.executions, row.last_execution) == (
            state.status,
            state.generation,
            len(state.executions),
            last,
        )
        rows = host.workspace.views.executions(state.id, limit=None)
        shown = {
            one.number: (one.status, one.kind, one.path, one.tree, one.generation, one.digest)
            for one in rows
        }
        assert shown == {
            number: (
                one.status,
                one.started.kind,
                one.started.path,
                one.started.tree,
                one.started.generation,
                one.finished.digest if one.finished else None,
            )
            for number, one in state.executions.items()
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
