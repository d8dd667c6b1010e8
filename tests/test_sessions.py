"""Live sessions: made, brought up to date, executed in, closed."""

from __future__ import annotations

import re
from contextlib import closing

import pytest
from hosted import Hosted, console

from vmgit.engine.process import WorkerRealm
from vmgit.errors import (
    NotFoundError,
    RefusedError,
    UnavailableError,
    UsageError,
    VmgitError,
)
from vmgit.events.session import Created, Ready
from vmgit.live import Update
from vmgit.sessions import new_session_id

BASE, RATES = "startup/00-base.js", "lib/rates.js"


def test_ids_are_easy_to_tell_and_to_type() -> None:
    ids = {new_session_id() for _ in range(200)}
    assert len(ids) == 200
    assert all(re.fullmatch(r"[a-z][a-z2-9]{7}", name) for name in ids)
    assert not set("".join(ids)) & set("l01")


# -- making ----------------------------------------------------------------------------------


def test_a_session_is_these_events(hosted: Hosted) -> None:
    live = hosted.new(name="shop")
    assert hosted.types(live) == [
        "session.created",
        *["execution.started", "execution.finished"] * 2,
        "session.ready",
    ]
    created = hosted.payloads(live, "session.created")[0]
    assert isinstance(created, Created)
    assert (created.profile, created.name, created.pinned) == ("default", "shop", None)
    assert (created.commit, created.dirty) == (hosted.folder.git("rev-parse", "HEAD"), False)
    assert re.fullmatch("[0-9a-f]{32}", created.seed)
    ready = hosted.payloads(live, "session.ready")[0]
    assert isinstance(ready, Ready)
    assert [(entry.path, entry.execution) for entry in ready.startup] == [
        (BASE, 1),
        ("startup/10-rules.js", 2),
    ]
    oid = hosted.folder.git("rev-parse", "HEAD:profiles/default.toml")
    assert ready.files == {"profiles/default.toml": oid}
    assert (live.state.status, live.state.label) == ("active", "shop")


def test_two_sessions_share_nothing(hosted: Hosted) -> None:
    one, two = hosted.new(), hosted.new()
    hosted.run(one, "var a = 1; require('vmgit:kv').set('a', 1)")
    assert hosted.value(two, "typeof a + require('vmgit:kv').get('a')") == "'undefinedundefined'"
    assert one.state.created.seed != two.state.created.seed
    assert hosted.value(one, "Math.random()") != hosted.value(two, "Math.random()")


def test_a_name_is_taken_for_good(hosted: Hosted) -> None:
    live = hosted.new(name="shop")
    with hosted.workspace.hosting():
        live.close()
    before = hosted.events()
    with pytest.raises(UsageError, match="has the name 'shop' already"):
        hosted.new(name="shop")
    assert hosted.events() == before


@pytest.mark.parametrize("name", ["nowhere", "Default", "../default", ""])
def test_a_profile_that_is_not_there_makes_no_session(hosted: Hosted, name: str) -> None:
    with pytest.raises(NotFoundError, match="no profile"):
        hosted.new(name)
    assert hosted.events() == []


def test_a_bad_profile_or_a_missing_startup_file_makes_no_session(hosted: Hosted) -> None:
    for text in ("startup = 1\n", 'startup = ["startup/no.js"]\n'):
        hosted.folder.profile(text)
        with pytest.raises(RefusedError, match=r"profiles/default\.toml:1"):
            hosted.new()
    assert hosted.events() == []


def test_a_session_whose_startup_throws_is_kept_and_says_why(hosted: Hosted) -> None:
    hosted.folder.write(BASE, "\nboom()")
    live = hosted.new(name="shop")
    assert live.state.status == "crashed"
    with pytest.raises(RefusedError, match=rf"session shop has crashed: {BASE}:2: ReferenceError"):
        hosted.run(live, "1")
    assert hosted.types(live)[-1] == "session.refresh_failed"


def test_an_interrupted_start_is_begun_again(hosted: Hosted) -> None:
    """As when the power went between `session.created` and the first generation."""
    recorder = hosted.workspace.services.recorder
    run = recorder.run

    def die(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    recorder.run = die  # type: ignore[method-assign, assignment]
    with pytest.raises(KeyboardInterrupt):
        hosted.new(name="shop")
    recorder.run = run  # type: ignore[method-assign]
    session = hosted.workspace.views.find_session("shop").id
    with hosted.workspace.hosting() as sessions:
        live = sessions.get(session)
    assert live.state.status == "starting"
    assert hosted.value(live, "rate") == "3"
    assert live.state.generation == 1


# -- pinned, ephemeral -----------------------------------------------------------------------


def test_a_pinned_session_stays_where_it_is(hosted: Hosted) -> None:
    live = hosted.new(at="HEAD", name="old")
    hosted.folder.write(RATES, "exports.rate = 9;")
    hosted.folder.write("scripts/new.js", "rate\n")
    hosted.folder.profile("startup = []\n")
    hosted.folder.commit("new")
    assert hosted.value(live, "twice(rate)") == "6"
    assert live.state.generation == 1
    assert live.state.created.pinned == "HEAD"
    commits = {one.started.commit for one in live.state.executions.values()}
    assert commits == {hosted.folder.git("rev-parse", "HEAD~1")}
    with pytest.raises(NotFoundError, match=r"scripts/new\.js"):
        hosted.file(live, "scripts/new.js")
    assert hosted.rebuild(live).first_difference is None


def test_a_pinned_session_survives_its_commit(hosted: Hosted) -> None:
    live = hosted.new(at="HEAD")
    git = hosted.folder.git
    hosted.folder.write(RATES, "exports.rate = 9;")
    git("commit", "--quiet", "--amend", "--all", "--message", "amended")
    git("reflog", "expire", "--expire=now", "--all")
    git("gc", "--quiet", "--prune=now")
    hosted.close()
    with closing(Hosted(hosted.folder, hosted.template)) as again:
        with again.workspace.hosting() as sessions:
            live = sessions.get(live.state.id)
        assert again.value(live, "twice(rate)") == "6"


def test_ephemeral_sessions_of_a_dead_host_are_closed(hosted: Hosted) -> None:
    live = hosted.new(ephemeral=True)
    assert live.state.status == "active"
    with closing(Hosted(hosted.folder, hosted.template)) as other:
        other.new()
        state = other.state(live)
    assert (state.status, state.ended_reason) == ("closed", "its host died")


# -- executing -------------------------------------------------------------------------------


def test_arguments_reach_javascript_and_only_this_execution(hosted: Hosted) -> None:
    live = hosted.new()
    assert console(hosted.run(live, "console.log(vmgit.args)", "a b", "", "é")) == [
        "[ 'a b', '', 'é' ]"
    ]
    assert hosted.value(live, "vmgit.args") == "[]"
    hosted.folder.write("scripts/args.js", "console.log(vmgit.args.length, ...vmgit.args)\n")
    assert console(hosted.file(live, "scripts/args.js", "-x", "--", "1")) == ["3 -x -- 1"]


def test_a_changed_startup_file_refreshes_before_the_code_runs(hosted: Hosted) -> None:
    live = hosted.new()
    assert hosted.value(live, "twice(rate)") == "6"
    hosted.folder.write(RATES, "exports.rate = 4;")
    assert hosted.value(live, "twice(rate)") == "8"
    assert live.state.generation == 2
    assert live.state.executions[5].started.generation == 2


def test_an_untracked_file_runs_and_its_blob_is_kept(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.folder.git.write("scratch.js", "console.log(twice(rate))\n")
    execution = hosted.file(live, "scratch.js")
    assert console(execution) == ["6"]
    assert execution.started.dirty
    tree = hosted.folder.git("ls-tree", "-r", execution.started.tree)
    assert execution.started.blob in tree
    assert "scratch.js" not in hosted.folder.git("ls-files")
    assert hosted.value(live, "1") == "1"
    last = live.state.executions[live.state.next_number - 1]
    assert (last.started.dirty, live.state.generation) == (False, 1)


def test_an_import_of_an_untracked_file_fails(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.folder.git.write("lib/draft.js", "exports.a = 1")
    execution = hosted.run(live, 'require("draft")')
    assert execution.finished is not None
    assert execution.finished.error is not None
    assert "draft" in execution.finished.error.message


def test_an_unhandled_rejection_is_an_error_after_its_value(hosted: Hosted) -> None:
    live = hosted.new()
    execution = hosted.run(live, "Promise.reject(new Error('late')); 5")
    assert execution.status == "error"
    assert execution.finished is not None
    assert execution.finished.value is not None
    assert execution.finished.value.preview == "5"
    assert execution.finished.error is not None
    assert execution.finished.error.message == "late"
    assert hosted.rebuild(live).first_difference is None


def test_an_execution_that_is_cancelled_leaves_no_trace(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, 'const kv = require("vmgit:kv"); let a = 1')
    heap = live._ready_heap()
    put = heap.kv.set

    def cancel(key: str, value: object) -> None:
        put(key, value)
        live.cancel()

    heap.kv.set = cancel  # type: ignore[method-assign]
    execution = hosted.run(live, "a = 2; kv.set('a', 1); for (;;);")
    assert execution.status == "cancelled"
    assert hosted.value(live, "[a, kv.get('a')]") == "[ 1, undefined ]"
    assert dict(hosted.verdicts(live))[execution.number] == "skipped"


def test_nothing_is_cancelled_when_nothing_runs(hosted: Hosted) -> None:
    live = hosted.new()
    live.cancel()
    live.drop_heap()
    live.cancel()
    assert hosted.value(live, "rate") == "3"


def test_an_error_of_ours_while_code_runs_costs_the_heap_and_not_the_session(
    hosted: Hosted,
) -> None:
    """What ran is not recorded, so it must not be in the heap either."""
    live = hosted.new()
    hosted.value(live, "var a = 1")
    log = hosted.workspace.log
    append = log.append
    calls: list[int] = []

    def full(*arguments: object, **options: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return append(*arguments, **options)  # type: ignore[arg-type]

    log.append = full  # type: ignore[method-assign, assignment]
    with pytest.raises(OSError, match="No space left"):
        hosted.run(live, "a = 2; console.log('unrecorded')")
    log.append = append  # type: ignore[method-assign]
    assert hosted.value(live, "a") == "1"
    assert hosted.state(live).executions[4].aborted == "its host died"


# -- rebuilds that differ --------------------------------------------------------------------


def test_a_rebuild_that_differs_is_recorded_and_kept(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.value(live, "1")
    live.drop_heap()
    step = live.state.steps[2]
    live.state.steps[2] = type(step)(step.number, step.tree, step.effective, "f" * 64)
    hosted.value(live, "2")
    restored = hosted.payloads(live, "session.restored")
    assert restored == [live.restored]
    assert (restored[0].equal, restored[0].total) == (2, 3)
    hosted.value(live, "3")
    assert len(hosted.payloads(live, "session.restored")) == 1


def test_a_session_whose_objects_are_gone_is_unavailable(hosted: Hosted) -> None:
    folder = hosted.folder
    live = hosted.new()
    folder.git.write("scratch.js", "var total = 1;\n")
    execution = hosted.file(live, "scratch.js")
    folder.git("update-ref", "-d", f"refs/vmgit/keep/{execution.started.tree}")
    (folder.root / "scratch.js").unlink()
    folder.git("gc", "--quiet", "--prune=now")
    hosted.close()
    with closing(Hosted(folder, hosted.template)) as again:
        with again.workspace.hosting() as sessions:
            live = sessions.get(live.state.id)
        for _ in range(2):
            with pytest.raises(UnavailableError):
                again.run(live, "total")
        assert live.state == again.state(live)


# -- ending ----------------------------------------------------------------------------------


def test_a_closed_session_takes_nothing_more(hosted: Hosted) -> None:
    live = hosted.new(name="shop")
    with hosted.workspace.hosting():
        live.close("done")
    count = len(hosted.events())
    hosted.folder.write(RATES, "exports.rate = 4;")
    uses = [
        lambda: hosted.run(live, "1"),
        lambda: hosted.update(live),
        lambda: live.close(),
        lambda: live.require_open(),
    ]
    for use in uses:
        with pytest.raises(RefusedError, match="session shop is closed: done"):
            use()
    assert len(hosted.events()) == count
    live.warm()


# -- finding ---------------------------------------------------------------------------------


def test_a_session_that_is_not_there(hosted: Hosted) -> None:
    with hosted.workspace.hosting() as sessions, pytest.raises(NotFoundError, match="nowhere1"):
        sessions.get("nowhere1")


def test_what_another_host_did_is_taken_over(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.value(live, "var a = 1")
    with closing(Hosted(hosted.folder, hosted.template, actor="other")) as other:
        with other.workspace.hosting() as sessions:
            theirs = sessions.get(live.state.id)
        other.value(theirs, "a += 1; const kv = require('vmgit:kv'); kv.set('x', a)")
        hosted.folder.write(RATES, "exports.rate = 4;")
        other.update(theirs)
        other.run(theirs, "for (;;) console.log(1)")
        assert hosted.value(live, "[a, rate, kv.get('x')]") == "[ 2, 4, 2 ]"
        assert hosted.value(live, "a += 1; kv.set('x', a); a") == "3"
        assert other.value(theirs, "[a, kv.get('x')]") == "[ 3, 3 ]"
    assert live.restored is not None
    assert live.restored.first_difference is None
    assert hosted.payloads(live, "session.restored") == []
    assert hosted.rebuild(live).first_difference is None


def test_a_fresh_realm_of_another_host_replaces_the_heap(hosted: Hosted) -> None:
    hosted.folder.profile(f'refresh = "rebuild"\nstartup = ["{BASE}"]\n')
    live = hosted.new()
    hosted.value(live, "var a = 1")
    with closing(Hosted(hosted.folder, hosted.template)) as other:
        with other.workspace.hosting() as sessions:
            theirs = sessions.get(live.state.id)
        hosted.folder.write(BASE, "let started = 2;")
        other.update(theirs)
    assert hosted.value(live, "started + typeof a") == "'2undefined'"


def test_warm_heaps_belong_to_active_sessions(hosted: Hosted, template: WorkerRealm) -> None:
    hosted.folder.write("startup/00-base.js", "boom()")
    crashed = hosted.new()
    crashed.warm()
    assert crashed._heap is None
    with pytest.raises(VmgitError, match="has crashed"):
        _ = crashed.profile
    assert hosted.update(crashed) == Update(still_failing=crashed.state.failed)


def test_ended_sessions_are_forgotten_and_hold_no_worker(hosted: Hosted) -> None:
    kept, closed, elsewhere = hosted.new(), hosted.new(), hosted.new(name="elsewhere")
    hosted.value(elsewhere, "1")
    with hosted.workspace.hosting():
        closed.close()
    hosted.folder.fine("session", "close", "elsewhere")
    with hosted.workspace.hosting() as sessions:
        assert sessions.get(elsewhere.state.id).state.ended is not None
        assert elsewhere._heap is None
        sessions.create("default", hosted.workspace.snapshot())
        assert sessions.get(kept.state.id) is kept
        # The others are read from the log again for whoever still asks.
        assert sessions.get(closed.state.id) is not closed
        assert sessions.get(elsewhere.state.id) is not elsewhere
