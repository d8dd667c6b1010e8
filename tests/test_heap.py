"""The heap: a cache of the log that rebuilds itself and proves it."""

from __future__ import annotations

import msgspec
import pytest
from hosted import Hosted

from vmgit.engine.api import Job
from vmgit.errors import UnavailableError
from vmgit.events.session import Restored
from vmgit.heap import catch_up, new_heap, profile_of, realm_config
from vmgit.live import LiveSession
from vmgit.profile import Capabilities, Globals, Modules, Profile

#: Executions that leave traces of every kind, and one that reads them all.
STATEFUL = [
    "let counter = 0; const step = () => ++counter; class Point { x = counter }",
    "const map = new Map([[{}, 1], ['k', new Set([1, 2])]]); step(); step()",
    "var points = [new Point(), new Point()]; Symbol.for('s'); step()",
    "const draws = [Math.random(), Math.random()], times = [Date.now(), new Date().getTime()]",
    "const kv = require('vmgit:kv'); kv.set('n', draws[0]); kv.set('o', {b: 1, a: [times[0]]})",
    "console.log(draws, times, kv.list()); const saved = Math.random",
    "let counter = counter + 10; let points = points.length",
    "globalThis.late = new Promise(done => setTimeout(() => done(Math.random()), 5)); 0",
    "let awaited = await late",
    "throw new TypeError(String(counter))",
    "let args = vmgit.args.concat([rate, twice(rate)])",
    "Promise.reject(new Error('nobody listens')); counter = 77",
]
READ = (
    "JSON.stringify([counter, step(), points, draws, times, kv.get('n'), kv.get('o'), kv.list(),"
    " [...map.get('k')], awaited, args, typeof Point, Math.random(), Date.now()])"
)


def stateful(hosted: Hosted) -> LiveSession:
    live = hosted.new()
    for text in STATEFUL:
        hosted.run(live, text, "one", "two")
    return live


def test_a_rebuilt_heap_is_the_one_that_was(hosted: Hosted) -> None:
    live = stateful(hosted)
    statuses = [execution.status for execution in live.state.executions.values()]
    assert [n for n, status in enumerate(statuses, start=1) if status != "ok"] == [12, 14]
    restored = hosted.rebuild(live)
    assert restored == Restored(len(STATEFUL) + 2, len(STATEFUL) + 2)

    kept, _ = catch_up(None, hosted.state(live), hosted.workspace.services)
    twin = kept.fork()
    live.drop_heap()
    texts = []
    try:
        source = hosted.workspace.source(live.state.serving.tree)  # type: ignore[union-attr]
        for heap in (kept, twin):
            job = Job(kind="repl", text=READ, seed="1" * 32, clock=((5, 1),))
            result = heap.realm.execute(job, source, heap.host(live.profile))
            assert result.outcome.value is not None, result
            texts.append(result.outcome.value.json)
    finally:
        kept.close()
        twin.close()
    assert texts[0] == texts[1]
    assert texts[0].startswith("[77,")


def test_both_halves_of_a_session_see_the_same_whoever_runs_them(hosted: Hosted) -> None:
    """The heap is dropped after every execution; nothing of what is read may change."""
    warm = stateful(hosted)
    cold = hosted.new()
    for text in STATEFUL:
        cold.drop_heap()
        hosted.run(cold, text, "one", "two")
    for number in (3, 4, 5, 9, 10, 12, 13, 14):
        one, two = warm.state.executions[number], cold.state.executions[number]
        assert one.outcome() == two.outcome()
    assert hosted.rebuild(cold).first_difference is None


def test_what_a_limit_stopped_leaves_no_trace(hosted: Hosted) -> None:
    hosted.folder.profile('startup = ["startup/00-base.js"]\n[limits]\nevents = 5\n')
    live = hosted.new()
    hosted.run(live, "let a = [1]; const kv = require('vmgit:kv'); kv.set('k', 1)")
    stopped = hosted.run(live, "a.push(2); kv.set('k', 2); for (;;) console.log(a)")
    assert stopped.status == "limit"
    assert hosted.value(live, "[a.length, kv.get('k')]") == "[ 1, 1 ]"
    assert hosted.rebuild(live) == Restored(3, 3)


def test_only_what_is_new_runs_when_a_heap_catches_up(hosted: Hosted) -> None:
    live = hosted.new()
    services = hosted.workspace.services
    heap, restored = catch_up(None, hosted.state(live), services)
    assert restored == Restored(2, 2)
    hosted.value(live, "var a = 1")
    hosted.value(live, "a += 1")
    same, restored = catch_up(heap, hosted.state(live), services)
    assert same is heap
    assert restored == Restored(2, 2)
    assert catch_up(heap, hosted.state(live), services)[1] == Restored(0, 0)
    heap.close()


def test_a_heap_of_an_older_realm_is_replaced(hosted: Hosted) -> None:
    hosted.folder.profile('refresh = "rebuild"\nstartup = ["startup/00-base.js"]\n')
    live = hosted.new()
    services = hosted.workspace.services
    heap, _ = catch_up(None, hosted.state(live), services)
    hosted.folder.write("startup/00-base.js", "let started = 2;")
    hosted.update(live)
    new, restored = catch_up(heap, hosted.state(live), services)
    assert new is not heap
    assert restored == Restored(1, 1)
    new.close()


def test_a_step_that_does_something_else_now_is_told_once(hosted: Hosted) -> None:
    """A log whose digest is not what the code does: as after a change of the engine."""
    live = hosted.new()
    hosted.value(live, "var a = 1; a")
    hosted.value(live, "a + 1")
    state = hosted.state(live)
    step = state.steps[2]
    state.steps[2] = type(step)(step.number, step.tree, step.effective, "0" * 64)
    heap, restored = catch_up(None, state, hosted.workspace.services)
    heap.close()
    assert (restored.equal, restored.total) == (3, 4)
    assert restored.first_difference is not None
    assert restored.first_difference.execution == f"{live.state.id}.3"
    assert restored.first_difference.recorded == "0" * 64
    assert restored.first_difference.replayed == step.digest


def test_a_step_that_is_stopped_now_makes_the_session_unavailable(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.value(live, "1")
    state = hosted.state(live)
    finished = state.executions[3]
    endless = msgspec.structs.replace(finished.started, text="for (;;) console.log(1)")
    finished.started = endless
    with pytest.raises(
        UnavailableError, match=rf"{live.state.id}\.3 ended by itself.*limit events"
    ):
        catch_up(None, state, hosted.workspace.services)


def test_a_fork_shares_nothing(hosted: Hosted) -> None:
    live = hosted.new()
    heap, _ = catch_up(None, hosted.state(live), hosted.workspace.services)
    twin = heap.fork()
    heap.kv.set("a", 1)
    assert twin.kv.get("a") is None
    heap.close()
    assert twin.fork().close() is None
    twin.close()


def test_a_session_without_a_generation_has_no_heap(hosted: Hosted) -> None:
    hosted.folder.write("startup/00-base.js", "throw 1")
    live = hosted.new()
    with pytest.raises(ValueError, match="has no generation"):
        catch_up(None, live.state, hosted.workspace.services)


def test_a_new_heap_is_empty(hosted: Hosted) -> None:
    live = hosted.new()
    heap = new_heap(live.state, live.profile, hosted.workspace.services)
    assert (heap.applied, heap.epoch, heap.profile_name) == (0, 1, "default")
    assert heap.kv.list() == []
    heap.close()


def test_what_a_realm_is_made_of_comes_from_the_profile() -> None:
    profile = Profile(
        modules=Modules(roots=("src",), extensions=(".js",)),
        globals=Globals(hide=("eval",)),
        capabilities=Capabilities(console=False),
    )
    config = realm_config(profile)
    assert (config.roots, config.extensions, config.hide, config.console) == (
        ("src",), (".js",), ("eval",), False,
    )  # fmt: skip
    assert profile_of(msgspec.to_builtins(profile)) == profile


def test_a_profile_of_a_later_version_is_unavailable() -> None:
    with pytest.raises(UnavailableError, match="cannot be understood by this version"):
        profile_of({"refresh": "telepathy"})
