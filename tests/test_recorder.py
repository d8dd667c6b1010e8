"""Recording one execution: begun before the code runs, ended with all that it did."""

from __future__ import annotations

import hashlib
import re

import msgspec
import pytest
from hosted import Hosted

from vmgit.engine.api import WorkerDied
from vmgit.errors import BusyError
from vmgit.events import execution as ex
from vmgit.events.registry import decode
from vmgit.events.session import Closed
from vmgit.outcome import Outcome
from vmgit.recorder import Recorder, blob_oid, execution_seed
from vmgit.version import __version__


def test_each_execution_has_a_seed_of_its_own() -> None:
    seeds = [execution_seed("5e" * 16, number) for number in range(1, 100)]
    assert len(set(seeds)) == 99
    assert all(re.fullmatch(r"[0-9a-f]{32}", seed) for seed in seeds)
    assert seeds[0] == hashlib.sha256(b"5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e:1").hexdigest()[:32]


@pytest.mark.parametrize("content", [b"", b"hello\n", bytes(range(256)) * 99])
def test_blobs_have_the_ids_that_git_gives_them(hosted: Hosted, content: bytes) -> None:
    assert blob_oid(content) == hosted.folder.git("hash-object", "--stdin", stdin=content)


def test_an_execution_is_these_events(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, 'const kv = require("vmgit:kv")')
    origin = hosted.workspace.snapshot()
    text = 'console.log("a"); kv.set("k", 1); console.warn("b"); kv.get("k")'
    execution = hosted.run(live, text, "x")
    events = [event for event in hosted.events(live) if event.execution == execution.id]
    assert [event.type for event in events] == [
        "execution.started", "console", "host.call", "console", "host.call", "execution.finished",
    ]  # fmt: skip
    started = decode(events[0])
    assert isinstance(started, ex.Started)
    assert started.seed == execution_seed(live.state.created.seed, 4)
    assert (started.tree, started.commit, started.dirty) == (
        origin.tree, origin.commit, origin.dirty,
    )  # fmt: skip
    assert (started.kind, started.text, started.path) == ("repl", text, None)
    assert started.blob == hosted.folder.git("hash-object", "--stdin", stdin=text.encode())
    assert (started.args, started.generation, started.number) == (("x",), 1, 4)
    assert started.vmgit == __version__
    assert re.fullmatch(r"dukpy \d+\.\d+\.\d+ quickjs \d+\.\d+\.\d+", started.engine)
    finished = decode(events[-1])
    assert isinstance(finished, ex.Finished)
    assert finished.digest == execution.outcome().digest()
    assert finished.duration_us > 0
    assert {event.actor for event in events} == {"tests"}
    assert {event.worktree for event in events} == {"main"}


def test_files_are_named_and_not_copied(hosted: Hosted) -> None:
    hosted.folder.write("scripts/a.js", 'require("rates").rate')
    live = hosted.new()
    execution = hosted.file(live, "scripts/a.js")
    git = hosted.folder.git
    assert (execution.started.path, execution.started.text) == ("scripts/a.js", None)
    assert execution.started.blob == git("rev-parse", f"{execution.started.tree}:scripts/a.js")
    assert execution.finished is not None
    assert execution.finished.deps["lib/rates.js"] == git("rev-parse", "HEAD:lib/rates.js")
    assert git("rev-parse", f"refs/vmgit/keep/{execution.started.tree}") == execution.started.tree


def test_it_is_begun_before_the_code_runs(hosted: Hosted) -> None:
    """Another connection sees the start while JavaScript waits for its first answer."""
    live = hosted.new()
    hosted.run(live, 'const kv = require("vmgit:kv")')
    seen: list[str] = []
    heap = live._ready_heap()
    get = heap.kv.get

    def look(key: str) -> object:
        with hosted.folder.open() as other:
            seen.extend(row.id for row in other.views.running())
        return get(key)

    heap.kv.get = look  # type: ignore[method-assign]
    execution = hosted.run(live, 'kv.get("a")')
    assert seen == [execution.id]


def test_a_limit_is_recorded_with_what_was_seen_until_then(hosted: Hosted) -> None:
    hosted.folder.profile("[limits]\ncpu_ms = 30\n")
    live = hosted.new()
    execution = hosted.run(live, "console.log('before'); for (;;);")
    types = [event.type for event in hosted.events(live) if event.execution == execution.id]
    assert types == ["execution.started", "console", "limit.exceeded", "execution.finished"]
    assert (execution.status, execution.completed) == ("limit", False)


def test_a_denied_call_is_told_before_it(hosted: Hosted) -> None:
    hosted.folder.profile("[capabilities]\nkv = false\n")
    live = hosted.new()
    execution = hosted.run(live, 'require("vmgit:kv").get("a")')
    events = [event for event in hosted.events(live) if event.execution == execution.id]
    assert [event.type for event in events[1:3]] == ["capability.denied", "host.call"]
    denied = decode(events[1])
    assert isinstance(denied, ex.Denied)
    assert denied.op == "kv.get"
    assert "profile" in denied.message


def test_a_worker_that_dies_leaves_an_aborted_execution_with_its_console(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.value(live, "var a = 1")
    heap = live._ready_heap()
    execute = heap.realm.execute

    def die(*arguments: object) -> object:
        result = execute(*arguments)  # type: ignore[arg-type]
        raise WorkerDied("SIGSEGV", msgspec.structs.replace(result.outcome, status="error"))

    heap.realm.execute = die  # type: ignore[method-assign, assignment]
    execution = hosted.run(live, "console.log('last words'); a = 2")
    assert (execution.status, execution.aborted) == ("aborted", "SIGSEGV")
    assert [line.type for line in hosted.events(live)][-3:] == [
        "execution.started", "console", "execution.aborted",
    ]  # fmt: skip
    assert hosted.value(live, "a") == "1"


def test_the_state_is_that_of_the_log(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, "1")
    hosted.run(live, "throw 1")
    assert live.state == hosted.state(live)


def test_a_recorder_that_is_behind_writes_nothing(hosted: Hosted) -> None:
    live = hosted.new()
    stale = hosted.state(live)
    hosted.run(live, "1")
    count = len(hosted.events())
    recorder = Recorder(hosted.workspace.log, actor="other", worktree="main")
    with pytest.raises(BusyError, match="somebody else wrote"):
        recorder.append(stale, [Closed("late")], durable=True)
    assert len(hosted.events()) == count
    assert stale.ended is None


AWKWARD = [
    "'\\ud800'",
    "console.log('\\udc00', {'\\ud800': 1})",
    "throw new Error('\\ud800')",
    "throw '\\udfff'",
    "'\\0\\u2028\\u{10ffff}'",
    "[NaN, -0, 1e400, 2n ** 70n, 1e21, 5e-324]",
    "({a: -0, b: 12345678901234567890})",
    "let deep = []; for (let i = 0; i < 5000; i++) deep = [deep]; deep",
    "let self = {}; self.self = self; self",
    "throw undefined",
    "throw null",
    "throw {toString() { throw 1 }}",
    "new Proxy({}, {get() { throw 1 }, ownKeys() { throw 2 }})",
    "Object.defineProperty({}, 'x', {enumerable: true, get() { throw 1 }})",
    "const kv = require('vmgit:kv'); kv.set('\\ud800', '\\ud800')",
    "kv.set('a', {'\\ud800': [-0, 1e308 * 10]})",
    "let nest = []; for (let i = 0; i < 90; i++) nest = [nest]; kv.set('deep', nest)",
    "nest = []; for (let i = 0; i < 400; i++) nest = [nest]; kv.set('deep', nest)",
    "kv.set('big', 'x'.repeat(70000))",
    "kv.get('a')",
]


def test_awkward_values_are_recorded_and_rebuilt(hosted: Hosted) -> None:
    live = hosted.new()
    for text in AWKWARD:
        execution = hosted.run(live, text)
        assert execution.completed, (text, execution.status, execution.aborted)
        assert isinstance(execution.outcome(), Outcome)
        assert execution.outcome().digest() == execution.finished.digest  # type: ignore[union-attr]
    restored = hosted.rebuild(live)
    assert (restored.equal, restored.total) == (len(AWKWARD) + 2, len(AWKWARD) + 2)
    assert {verdict for _, verdict in hosted.verdicts(live)} == {"same"}
