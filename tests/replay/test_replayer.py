"""Replaying whole sessions: every verdict, at the recorded trees and at other revisions.

`Hosted.replay` holds for every replay here that the log is what it was before.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import msgspec
import pytest
from hosted import Hosted
from workspaces import Folder

from vmgit.engine.api import Host, Job, Realm, Result, Source
from vmgit.events.registry import encode
from vmgit.live import LiveSession
from vmgit.replay.compare import Row
from vmgit.replay.replayer import Replayer
from vmgit.replay.target import AsRecorded

BASE, RULES, RATES = "startup/00-base.js", "startup/10-rules.js", "lib/rates.js"
STARTUP = f'startup = ["{BASE}", "{RULES}"]\n'


def by_number(rows: list[Row]) -> dict[int, Row]:
    return {int(row.execution.rpartition(".")[2]): row for row in rows}


def lose(folder: Folder, path: str) -> None:
    """Really delete what only vmgit's pins keep: move the branch away and collect the rest."""
    git = folder.git
    oid = git("rev-parse", f"HEAD:{path}")
    git("checkout", "--quiet", "--orphan", "elsewhere")
    folder.write(path, "// another text\n")
    folder.commit("elsewhere")
    git("branch", "--quiet", "-D", "main")
    for ref in git("for-each-ref", "--format=%(refname)", "refs/vmgit/keep").split():
        git("update-ref", "-d", ref)
    git("reflog", "expire", "--expire=now", "--all")
    git("gc", "--quiet", "--prune=now")
    assert git("cat-file", "-t", oid, check=False) == ""


# -- at the recorded trees -------------------------------------------------------------------


def rich(hosted: Hosted) -> LiveSession:
    """Record a session with everything that can happen to one."""
    folder = hosted.folder
    folder.profile(f"{STARTUP}[limits]\nevents = 20\n")
    live = hosted.new()  # 1, 2
    hosted.run(
        live, 'const kv = require("vmgit:kv"); kv.set("n", Math.random()); let c = Date.now()'
    )
    folder.git.write("scratch.js", "console.log(vmgit.args, rate); c++;\n")
    hosted.file(live, "scratch.js", "x")  # 4: untracked, and gone afterwards
    (folder.root / "scratch.js").unlink()
    hosted.run(live, "c = 0; for (;;) console.log(c++)")  # 5: stopped by a limit
    hosted.run(live, "throw new Error(kv.get('n'))")  # 6
    folder.write(RULES, "throw 1")
    hosted.update(live)  # 7: fails
    folder.write(RULES, 'const { rate } = require("rates"); var bonus = rate;\n')
    hosted.run(live, "[c, bonus, kv.get('n'), new Date().toISOString()]")  # 8 rules, 9
    folder.profile(f'{STARTUP}[globals]\nhide = ["eval"]\n')
    hosted.run(live, "typeof eval + c")  # 10, 11 startup in a fresh realm, 12
    assert live.state.generation == 3
    folder.profile("startup = [\n")
    hosted.run(live, "c")  # 13, and a refresh that could not begin
    return live


def test_a_session_replays_the_same_on_its_own_trees(hosted: Hosted) -> None:
    live = rich(hosted)
    assert hosted.verdicts(live) == [
        (number, "skipped" if number == 5 else "same") for number in range(1, 14)
    ]
    rows = by_number(hosted.replay(live))
    assert rows[5].causes == ("it was recorded as limit",)
    assert (rows[4].kind, rows[7].kind, rows[9].kind) == ("file", "startup", "repl")
    assert {row.at for row in rows.values()} == {"recorded"}
    assert hosted.rebuild(live).first_difference is None


def test_a_closed_or_crashed_session_replays(hosted: Hosted) -> None:
    hosted.folder.write(RULES, "oops()")
    live = hosted.new()
    assert hosted.verdicts(live) == [(1, "same"), (2, "same")]
    with hosted.workspace.hosting():
        live.close("enough")
    assert hosted.verdicts(live) == [(1, "same"), (2, "same")]


def test_a_refresh_that_a_crash_cut_short_is_skipped(hosted: Hosted) -> None:
    """The next attempt runs on the same tree: its executions are other ones."""
    live = hosted.new()
    hosted.folder.write(BASE, "let started = 2; globalThis.count = (globalThis.count || 0) + 1;")
    hosted.folder.write(RULES, "console.log(count); throw 1")

    class Killed(BaseException):
        pass

    recorder = hosted.workspace.services.recorder
    run = recorder.run
    calls: list[int] = []

    def die(*arguments: object, **options: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise Killed
        return run(*arguments, **options)  # type: ignore[arg-type]

    recorder.run = die  # type: ignore[method-assign, assignment]
    with pytest.raises(Killed):
        hosted.update(live)
    recorder.run = run  # type: ignore[method-assign]
    hosted.update(live)
    assert hosted.value(live, "started") == "1"
    assert hosted.verdicts(live) == [
        (1, "same"), (2, "same"), (3, "skipped"), (4, "same"), (5, "same"), (6, "same"),
    ]  # fmt: skip


def test_an_aborted_execution_is_skipped(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.value(live, "var a = 1")
    started = live.state.executions[3].started
    again = encode(msgspec.structs.replace(started, number=4), execution=f"{live.state.id}.4")
    hosted.workspace.log.append(
        live.state.id, [again], durable=True, actor="tests", worktree="main"
    )
    assert hosted.value(live, "a") == "1"
    assert hosted.state(live).executions[4].aborted == "its host died"
    assert hosted.verdicts(live)[2:] == [(3, "same"), (4, "skipped"), (5, "same")]


# -- at other revisions ----------------------------------------------------------------------


def test_a_changed_module_differs_where_it_matters_and_is_named(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.value(live, "1 + 1")
    hosted.run(live, "console.log(twice(rate)); rate")
    hosted.value(live, "'after'")
    hosted.folder.write(RATES, "exports.rate = 4;\n")
    hosted.folder.commit("dearer")
    assert hosted.verdicts(live, "HEAD~1") == [(n, "same") for n in range(1, 6)]
    rows = by_number(hosted.replay(live, "HEAD"))
    assert {n: row.verdict for n, row in rows.items()} == {
        1: "same", 2: "same", 3: "same", 4: "different", 5: "same",
    }  # fmt: skip
    assert rows[4].causes == (RATES,)
    assert rows[4].at == "HEAD"
    assert rows[4].difference is not None
    name = f"{live.state.id}.4"
    assert rows[4].difference.diff.splitlines() == [
        f"--- {name} recorded",
        f"+++ {name} at HEAD",
        "@@ -1,3 +1,3 @@",
        "-log: 6",
        "-value: 3",
        "+log: 8",
        "+value: 4",
        " status: ok",
    ]
    assert rows[4].difference.recorded["value"]["json"] == 3
    assert rows[4].difference.replayed["value"]["json"] == 4


def test_a_file_runs_as_it_is_at_the_revision_and_what_follows_names_it(hosted: Hosted) -> None:
    hosted.folder.write("scripts/set.js", "let total = 1;\n")
    hosted.folder.commit("script")
    live = hosted.new()
    hosted.file(live, "scripts/set.js")
    hosted.value(live, "total")
    hosted.folder.write("scripts/set.js", "let total = 2;\n")
    hosted.folder.commit("changed")
    rows = by_number(hosted.replay(live, "HEAD"))
    assert (rows[3].verdict, rows[4].verdict) == ("same", "different")
    assert rows[4].causes == ("scripts/set.js",)


def test_a_file_that_is_not_there_runs_as_it_was_recorded(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.folder.git.write("scratch.js", "rate + 1;\n")
    hosted.file(live, "scratch.js")
    hosted.folder.write("scripts/set.js", "let total = 1;\n")
    hosted.folder.commit("script")
    hosted.file(live, "scripts/set.js")
    assert hosted.verdicts(live, "HEAD~1") == [(n, "same") for n in range(1, 5)]


def test_files_that_cannot_run_there_have_failed(hosted: Hosted) -> None:
    hosted.folder.write("scripts/set.js", "var total = 1;\n")
    hosted.folder.commit("script")
    live = hosted.new()
    hosted.file(live, "scripts/set.js")
    hosted.value(live, "typeof total")
    hosted.folder.write("scripts/set.js", b"\xff\xfe")
    hosted.folder.commit("binary")
    rows = by_number(hosted.replay(live, "HEAD"))
    assert rows[3].verdict == "failed"
    assert "scripts/set.js is not JavaScript source" in rows[3].causes[0]
    assert rows[4].verdict == "different"


def test_a_startup_that_throws_there_fails_what_follows(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.value(live, "1")
    hosted.folder.write(RULES, "throw 1")
    hosted.folder.commit("broken")
    rows = by_number(hosted.replay(live, "HEAD"))
    assert {n: row.verdict for n, row in rows.items()} == {1: "same", 2: "different", 3: "failed"}
    assert rows[2].causes == (RULES,)
    assert rows[3].causes == (f"{RULES} does not run to its end there",)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("profiles/default.toml", "startup = [\n"),
        ("profiles/default.toml", 'startup = ["no.js"]\n'),
    ],
)
def test_a_profile_that_is_bad_there_fails_everything(
    hosted: Hosted, path: str, content: str
) -> None:
    live = hosted.new()
    hosted.value(live, "1")
    hosted.folder.write(path, content)
    hosted.folder.commit("bad")
    rows = hosted.replay(live, "HEAD")
    assert [row.verdict for row in rows] == ["failed"] * 3
    assert all("profiles/default.toml:1" in row.causes[0] for row in rows)


def test_a_profile_that_is_not_there_fails_everything(hosted: Hosted) -> None:
    hosted.folder.profile(STARTUP, "other")
    hosted.folder.commit("other")
    live = hosted.new("other")
    hosted.value(live, "1")
    rows = hosted.replay(live, "HEAD~1")
    assert [row.verdict for row in rows] == ["failed"] * 3
    assert "profiles/other.toml" in rows[0].causes[0]


def test_entries_that_come_and_go(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.value(live, "typeof added + typeof rate")
    hosted.folder.write("startup/05-new.js", "let added = [Date.now(), Math.random()];")
    hosted.folder.profile(f'startup = ["{BASE}", "startup/05-new.js"]\n')
    hosted.folder.commit("other entries")
    rows = by_number(hosted.replay(live, "HEAD"))
    assert [rows[n].verdict for n in (1, 2, 3)] == ["same", "failed", "different"]
    assert rows[2].causes == (f"{RULES} is no startup file there",)
    again = by_number(hosted.replay(live, "HEAD"))
    assert again == rows, "a replay is deterministic, what was never recorded included"


def test_an_endless_loop_there_does_not_spoil_what_follows(hosted: Hosted) -> None:
    hosted.folder.profile(f"{STARTUP}[limits]\ncpu_ms = 20\n")
    hosted.folder.write("scripts/a.js", "var a = 1;\n")
    hosted.folder.commit("script")
    live = hosted.new()
    hosted.value(live, "var b = 5; b")
    hosted.file(live, "scripts/a.js")
    hosted.value(live, "b")
    hosted.folder.write("scripts/a.js", "b = 0; for (;;);\n")
    hosted.folder.commit("endless")
    rows = by_number(hosted.replay(live, "HEAD"))
    assert [rows[n].verdict for n in (3, 4, 5)] == ["same", "different", "same"]
    assert rows[4].difference is not None
    assert "+status: limit" in rows[4].difference.diff


class Curious:
    """A realm whose code asks the host once more than it did when it was recorded."""

    def __init__(self, realm: Realm) -> None:
        self._realm = realm
        self.engine = realm.engine

    def execute(self, job: Job, source: Source, host: Host) -> Result:
        if job.kind == "repl":
            host.call("fetch.get", {"url": "https://example.com"})
        return self._realm.execute(job, source, host)

    def fork(self) -> Realm:
        return Curious(self._realm.fork())

    def cancel(self) -> None:
        self._realm.cancel()

    def close(self) -> None:
        self._realm.close()


def test_a_question_that_the_recording_cannot_answer(hosted: Hosted) -> None:
    """No capability but kv exists yet, so the realm asks for one on the code's behalf."""
    live = hosted.new()
    hosted.value(live, "1")
    services = hosted.workspace.services
    curious = replace(services, open_realm=lambda config: Curious(services.open_realm(config)))
    with closing(Replayer(live.state, curious, AsRecorded(curious))) as replayer:
        rows = by_number(list(replayer.rows()))
    assert [rows[n].verdict for n in (1, 2, 3)] == ["same", "same", "unanswered"]
    assert rows[3].causes == ("asked for fetch.get",)


def test_refreshes_of_the_recording_read_the_revision_too(hosted: Hosted) -> None:
    """`--at REV` reads REV at every recorded refresh point, failed ones included."""
    folder = hosted.folder
    live = hosted.new()
    assert hosted.value(live, "rate") == "3"
    folder.write(RATES, "exports.rate = 4;\n")
    assert hosted.value(live, "rate") == "4"
    folder.write(RATES, "throw new Error('bad')\n")
    hosted.update(live)
    folder.write(RATES, "exports.rate = 4;\n")
    folder.commit("four")
    assert hosted.value(live, "rate") == "4"
    rows = by_number(hosted.replay(live, "HEAD"))
    verdicts = {n: row.verdict for n, row in rows.items()}
    assert verdicts == {
        1: "same", 2: "same", 3: "different", 4: "same", 5: "same", 6: "different", 7: "same",
    }  # fmt: skip
    assert rows[6].causes == (RATES,)


def test_kv_is_computed_by_the_replay(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.value(live, 'const kv = require("vmgit:kv"); kv.set("n", rate)')
    hosted.value(live, 'kv.get("n")')
    hosted.folder.write(RATES, "exports.rate = 4;\n")
    hosted.folder.commit("four")
    rows = by_number(hosted.replay(live, "HEAD"))
    assert rows[4].verdict == "different"
    assert rows[4].difference is not None
    assert "+value: 4" in rows[4].difference.diff


def test_a_pinned_session_replays_elsewhere(hosted: Hosted) -> None:
    live = hosted.new(at="HEAD")
    hosted.folder.write(RATES, "exports.rate = 4;\n")
    hosted.folder.commit("four")
    assert hosted.value(live, "rate") == "3"
    assert hosted.verdicts(live) == [(1, "same"), (2, "same"), (3, "same")]
    assert hosted.verdicts(live, "HEAD")[2] == (3, "different")


# -- missing objects -------------------------------------------------------------------------


def test_missing_objects_make_everything_unavailable_and_nothing_different(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.value(live, "var a = rate; a")
    lose(hosted.folder, RATES)
    hosted.close()
    fresh = Hosted(hosted.folder, hosted.template)
    try:
        rows = fresh.replay(live)
    finally:
        fresh.close()
    assert [row.verdict for row in rows] == ["unavailable"] * 3
    assert all("not in the repository" in row.causes[0] for row in rows)


def test_what_follows_a_missing_file_cannot_be_told(hosted: Hosted) -> None:
    """The script made `total`: without it the next execution would look different."""
    folder = hosted.folder
    live = hosted.new()
    folder.git.write("scratch.js", "var total = 1;\n")
    hosted.file(live, "scratch.js")
    hosted.value(live, "total")
    oid = live.state.executions[3].started.blob
    tree = live.state.executions[3].started.tree
    folder.git("update-ref", "-d", f"refs/vmgit/keep/{tree}")
    (folder.root / "scratch.js").unlink()
    folder.git("gc", "--quiet", "--prune=now")
    assert folder.git("cat-file", "-t", oid, check=False) == ""
    hosted.close()
    fresh = Hosted(folder, hosted.template)
    try:
        rows = by_number(fresh.replay(live))
    finally:
        fresh.close()
    assert [rows[n].verdict for n in (1, 2, 3, 4)] == ["same", "same", "unavailable", "unavailable"]
