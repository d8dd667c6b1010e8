"""Making a generation: atomic, recorded, and true to the mode of the profile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hosted import Hosted, console
from workspaces import Folder

from vmgit.events.session import Ready, Refreshed, RefreshFailed
from vmgit.live import LiveSession
from vmgit.outcome import Fault
from vmgit.refresh.perform import fault_location

BASE, RULES, RATES = "startup/00-base.js", "startup/10-rules.js", "lib/rates.js"
GOOD = {RULES: 'const { rate } = require("rates");\n', RATES: "exports.rate = 3;\n"}
STARTUP = f'startup = ["{BASE}", "{RULES}"]\n'
COUNTING = 'globalThis.runs = (globalThis.runs || "") + "{name}";\n'


def counted(hosted: Hosted, mode: str = "rerun") -> LiveSession:
    """Make a session whose startup files a, b and c note in `runs` that they ran."""
    folder = hosted.folder
    for name in "abc":
        folder.write(f"startup/{name}.js", COUNTING.format(name=name))
    folder.profile(
        f'refresh = "{mode}"\nstartup = ["startup/a.js", "startup/b.js", "startup/c.js"]\n'
    )
    return hosted.new()


def refreshed(hosted: Hosted, live: LiveSession) -> Refreshed:
    """Bring a session up to date, which must make a generation."""
    event = hosted.update(live).event
    assert isinstance(event, Refreshed), event
    return event


def failed(hosted: Hosted, live: LiveSession) -> RefreshFailed:
    """Bring a session up to date, which must fail."""
    event = hosted.update(live).event
    assert isinstance(event, RefreshFailed), event
    return event


# -- rerun -----------------------------------------------------------------------------------


def test_a_rerun_runs_from_the_changed_file_on_in_the_live_heap(hosted: Hosted) -> None:
    live = counted(hosted)
    hosted.run(live, "let mine = 7")
    hosted.folder.write("startup/b.js", COUNTING.format(name="B"))
    event = refreshed(hosted, live)
    assert (event.mode, event.fresh, event.generation) == ("rerun", False, 2)
    assert event.changed == ("startup/b.js",)
    assert [entry.execution for entry in event.startup] == [1, 5, 6]
    assert hosted.value(live, "runs + mine") == "'abcBc7'"
    assert hosted.rebuild(live).first_difference is None


def test_a_removed_entry_runs_nothing_that_stood_before_it(hosted: Hosted) -> None:
    live = counted(hosted)
    hosted.folder.profile('startup = ["startup/a.js", "startup/c.js"]\n')
    refreshed(hosted, live)
    assert hosted.value(live, "runs") == "'abcc'"
    hosted.folder.profile('startup = ["startup/a.js"]\n')
    assert [entry.execution for entry in refreshed(hosted, live).startup] == [1]
    assert hosted.value(live, "runs") == "'abcc'"
    assert hosted.rebuild(live).first_difference is None


def test_modules_keep_their_instance_unless_their_closure_changed(hosted: Hosted) -> None:
    folder = hosted.folder
    folder.write("lib/kept.js", "exports.made = (globalThis.kept = (globalThis.kept || 0) + 1);")
    folder.write("lib/deep.js", "exports.value = 1;")
    folder.write("lib/over.js", 'exports.made = (globalThis.over = (globalThis.over || 0) + 1);'
                 'require("deep");')  # fmt: skip
    folder.write(RULES, 'require("kept"); require("over");\n')
    live = hosted.new()
    assert hosted.value(live, "[kept, over]") == "[ 1, 1 ]"
    folder.write("lib/deep.js", "exports.value = 2;")
    event = refreshed(hosted, live)
    assert event.changed == ("lib/deep.js",)
    assert hosted.value(live, "[kept, over]") == "[ 1, 2 ]"
    assert hosted.rebuild(live).first_difference is None


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
def test_a_throw_in_the_second_file_leaves_everything_as_it_was(hosted: Hosted, warm: bool) -> None:
    live = hosted.new()
    hosted.run(live, 'const kv = require("vmgit:kv"); kv.set("a", 1); let list = [1]')
    if not warm:
        live.drop_heap()
    hosted.folder.write(BASE, 'list.push(2); kv.set("a", 2); globalThis.leak = 1; let started = 2;')
    hosted.folder.write(RULES, "started++;\nthrow new RangeError('no')\n")
    event = failed(hosted, live)
    assert (event.path, event.line, event.generation) == (RULES, 2, 2)
    assert event.message == f"{RULES}:2: RangeError: no"
    assert event.changed == (BASE, RULES)
    assert event.execution == 5
    state = "[list.length, kv.get('a'), typeof leak, started, twice(rate)]"
    assert hosted.value(live, state) == "[ 1, 1, 'undefined', 1, 6 ]"
    assert live.state.generation == 1
    kinds = [execution.started.generation for execution in live.state.executions.values()]
    assert kinds == [1, 1, 1, 2, 2, 1]
    assert hosted.rebuild(live).first_difference is None


def test_kv_that_a_refresh_writes_serves_with_it(hosted: Hosted) -> None:
    hosted.folder.write(BASE, 'require("vmgit:kv").set("a", 1);')
    live = hosted.new()
    hosted.folder.write(BASE, 'require("vmgit:kv").set("a", 2);')
    refreshed(hosted, live)
    assert hosted.value(live, 'require("vmgit:kv").get("a")') == "2"


def test_a_changed_limit_applies_from_the_next_execution_without_running(hosted: Hosted) -> None:
    live = counted(hosted)
    assert hosted.run(live, "for (let i = 0; i < 5; i++) console.log(i)").status == "ok"
    text = (hosted.folder.root / "profiles/default.toml").read_text()
    hosted.folder.profile(f"{text}[limits]\nevents = 3\n")
    before = live.state.next_number
    execution = hosted.run(live, "for (let i = 0; i < 5; i++) console.log(i)")
    assert execution.number == before
    assert execution.status == "limit"
    assert execution.limit is not None
    assert (execution.limit.name, execution.limit.allowed) == ("events", 3)
    assert console(execution) == ["0", "1", "2"]
    assert hosted.value(live, "runs") == "'abc'"
    assert live.state.generation == 2


def test_a_withdrawn_grant_applies_from_the_next_execution(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.run(live, 'const kv = require("vmgit:kv"); kv.set("a", 1)')
    hosted.folder.profile(f"{STARTUP}[capabilities]\nkv = false\n")
    execution = hosted.run(live, 'kv.get("a")')
    assert execution.finished is not None
    assert execution.finished.error is not None
    assert execution.finished.error.code == "denied"
    assert "capability.denied" in hosted.types(live)
    assert hosted.rebuild(live).first_difference is None


def test_hidden_globals_are_gone_and_own_executions_ran_again(hosted: Hosted) -> None:
    live = counted(hosted)
    hosted.run(live, "let mine = runs + '!'")
    hosted.run(live, "mine += '?'")
    text = (hosted.folder.root / "profiles/default.toml").read_text()
    hosted.folder.profile(f'{text}[globals]\nhide = ["eval"]\n')
    event = refreshed(hosted, live)
    assert (event.mode, event.fresh) == ("replay", True)
    assert [again.execution for again in event.replayed] == [4, 5]
    assert hosted.value(live, "typeof eval + mine + runs") == "'undefinedabc!?abc'"
    assert hosted.rebuild(live).first_difference is None


# -- rebuild, replay -------------------------------------------------------------------------


def test_rebuild_drops_state(hosted: Hosted) -> None:
    live = counted(hosted, "rebuild")
    hosted.run(live, 'var mine = 7; require("vmgit:kv").set("a", 1)')
    hosted.folder.write("startup/c.js", COUNTING.format(name="C"))
    event = refreshed(hosted, live)
    assert (event.mode, event.fresh, event.replayed) == ("rebuild", True, ())
    assert hosted.value(live, "runs + typeof mine") == "'abCundefined'"
    assert hosted.value(live, 'require("vmgit:kv").get("a")') == "undefined"
    assert hosted.rebuild(live).first_difference is None


def test_replay_gives_the_state_that_the_new_code_would_have_had(hosted: Hosted) -> None:
    folder = hosted.folder
    folder.profile(f'refresh = "replay"\n{STARTUP}')
    folder.write("scripts/add.js", "total += rate;\n")
    live = hosted.new()
    hosted.run(live, "let total = 0, seen = [Math.random(), Date.now()]; "
               'const kv = require("vmgit:kv"); kv.set("n", rate)')  # fmt: skip
    before = hosted.value(live, "seen.join()")
    hosted.file(live, "scripts/add.js")
    assert hosted.run(live, "throw total").status == "error"
    assert hosted.value(live, "total") == "3"
    folder.write("lib/rates.js", "exports.rate = 5;\n")
    event = refreshed(hosted, live)
    assert (event.mode, event.fresh) == ("replay", True)
    assert [again.execution for again in event.replayed] == [3, 4, 5, 6, 7]
    assert hosted.value(live, "total") == "5"
    assert hosted.value(live, 'kv.get("n")') == "5"
    assert hosted.value(live, "seen.join()") == before
    live.drop_heap()
    assert hosted.value(live, "total") == "5"
    assert hosted.rebuild(live).first_difference is None


def test_replay_leaves_out_what_a_limit_stopped(hosted: Hosted) -> None:
    hosted.folder.profile(f'refresh = "replay"\n{STARTUP}[limits]\nevents = 2\n')
    live = hosted.new()
    hosted.run(live, "var mine = 1")
    assert hosted.run(live, "mine = 2; for (;;) console.log(1)").status == "limit"
    hosted.folder.write("lib/rates.js", "exports.rate = 5;\n")
    assert [again.execution for again in refreshed(hosted, live).replayed] == [3]
    assert hosted.value(live, "mine") == "1"


def test_a_replay_that_does_not_end_is_a_failed_refresh_until_its_module_is_mended(
    hosted: Hosted,
) -> None:
    """The module is none of the startup's: what the replay read counts too."""
    folder = hosted.folder
    folder.profile(f'refresh = "replay"\n{STARTUP}[limits]\ncpu_ms = 100\nwall_ms = 2000\n')
    folder.write("lib/own.js", "exports.own = 1;")
    live = hosted.new()
    hosted.run(live, 'require("own").own')
    folder.write("lib/own.js", "for (;;);")
    folder.write("lib/rates.js", "exports.rate = 5;\n")
    event = failed(hosted, live)
    assert event.message == f"execution {live.state.id}.3 did not end again"
    assert hosted.update(live).still_failing == event
    folder.write("lib/own.js", "exports.own = 2;")
    refreshed(hosted, live)
    assert hosted.value(live, "rate") == "5"


# -- failures --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bad:
    """Content of the second startup file or its module that stops a generation."""

    name: str
    path: str
    content: str | bytes
    message: str
    line: int | None = None


CONFLICT = "<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> side\n"
NOISY = "for (;;) console.log('x'.repeat(99))"
BAD = [
    Bad("throw", RULES, "\n\nnull.x", f"{RULES}:3: TypeError:", 3),
    Bad("throw in a module", RATES, "\nthrow new Error('x')", f"{RATES}:2: Error: x", 2),
    Bad("thrown text", RULES, "throw 'word'", "word"),
    Bad("syntax error", RULES, "let a = ;", f"{RULES}:1: SyntaxError:", 1),
    Bad("conflict markers", RULES, CONFLICT, f"{RULES}:1: SyntaxError:", 1),
    Bad("no such module", RULES, 'require("nowhere")', "nowhere", 1),
    Bad("not text", RULES, b"\xff\xfe", f"{RULES} is not JavaScript source: byte 0 is not UTF-8."),
    Bad("too large", RULES, "/" * 2049, f"{RULES} has 2,049 bytes; the profile allows 2,048"),
    Bad("endless", RULES, "for (;;);", f"{RULES}: stopped by limits.cpu_ms (allowed 50)"),
    Bad("noisy", RULES, NOISY, f"{RULES}: stopped by limits.output_kb (allowed 1)"),
    Bad("rejection", RULES, "Promise.reject(new Error('late'))", f"{RULES}:1: Error: late", 1),
    Bad("never settles", RULES, "await new Promise(() => {})", "Pending"),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_what_goes_wrong_is_one_failed_refresh_and_heals(hosted: Hosted, bad: Bad) -> None:
    folder = hosted.folder
    folder.profile(f"{STARTUP}[limits]\nsource_kb = 2\noutput_kb = 1\ncpu_ms = 50\n")
    live = hosted.new()
    folder.write(bad.path, bad.content)
    event = failed(hosted, live)
    assert bad.message in event.message
    assert event.line == bad.line
    count = len(hosted.events(live))
    folder.write("lib/unrelated.js", "1")
    assert hosted.update(live).still_failing == event
    assert len(hosted.events(live)) == count
    assert hosted.value(live, "twice(rate)") == "6"
    folder.write(bad.path, GOOD[bad.path] + "// mended\n")
    refreshed(hosted, live)
    assert live.state.failed is None
    assert hosted.rebuild(live).first_difference is None


def test_a_missing_module_that_appears_is_tried(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.folder.write(RULES, 'const { rate } = require("later");\n')
    failed(hosted, live)
    hosted.folder.write("lib/later.js", "exports.rate = 9;")
    refreshed(hosted, live)
    assert hosted.value(live, "rate") == "9"


def test_two_bad_sources_in_turn_are_each_tried(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.folder.write(RULES, "throw 1")
    failed(hosted, live)
    hosted.folder.write(RULES, "throw 2")
    failed(hosted, live)
    assert hosted.types(live).count("session.refresh_failed") == 2


def test_a_profile_that_allows_more_is_tried(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.folder.profile(f"{STARTUP}[limits]\nevents = 1\n")
    hosted.folder.write(RULES, "console.log(1); console.log(2); let noisy = 1")
    assert "limits.events" in failed(hosted, live).message
    hosted.folder.profile(f"{STARTUP}[limits]\nevents = 2\n")
    refreshed(hosted, live)
    assert hosted.value(live, "noisy") == "1"


def test_a_profile_that_is_bad_in_another_way_is_told(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.folder.profile("startup = [\n")
    first = failed(hosted, live)
    hosted.folder.profile("startup = 1\n")
    assert failed(hosted, live).message != first.message


def test_switching_back_to_the_good_source_needs_no_refresh(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.folder.write(RULES, "throw 1")
    failed(hosted, live)
    hosted.folder.git("checkout", "--quiet", "HEAD", "--", RULES)
    assert hosted.update(live).event is None
    assert hosted.value(live, "twice(rate)") == "6"
    assert live.state.generation == 1


def test_a_crashed_session_heals_at_the_next_good_source(hosted: Hosted) -> None:
    hosted.folder.write(RULES, "oops()")
    live = hosted.new()
    assert (live.state.status, live.state.generation) == ("crashed", 0)
    assert live.state.failed is not None
    assert live.state.failed.line == 1
    assert hosted.update(live).still_failing == live.state.failed
    hosted.folder.write(RULES, "let healed = 1")
    event = hosted.update(live).event
    assert isinstance(event, Ready)
    assert hosted.value(live, "[started, healed]") == "[ 1, 1 ]"
    assert (live.state.status, live.state.generation) == ("active", 1)
    assert hosted.rebuild(live).first_difference is None


def test_a_session_without_startup_files_refreshes_its_profile(hosted: Hosted) -> None:
    hosted.folder.profile("startup = []\n")
    live = hosted.new()
    assert hosted.value(live, "var a = 1; a") == "1"
    hosted.folder.profile(f'startup = ["{BASE}"]\n')
    refreshed(hosted, live)
    assert hosted.value(live, "a + started") == "2"
    hosted.folder.profile("startup = []\n")
    refreshed(hosted, live)
    assert hosted.value(live, "a + started") == "2"


@dataclass(frozen=True)
class Switch:
    """What the worktree does between two refreshes."""

    name: str
    make: Callable[[Folder], object]


SWITCHES = [
    Switch("checkout", lambda folder: folder.git("checkout", "--quiet", "side")),
    Switch("merge", lambda folder: folder.git("merge", "--quiet", "side")),
    Switch("reset", lambda folder: folder.git("reset", "--quiet", "--hard", "side")),
]


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.name)
def test_git_brings_the_content_of_a_branch(hosted: Hosted, switch: Switch) -> None:
    git = hosted.folder.git
    git("checkout", "--quiet", "-b", "side")
    hosted.folder.write("lib/rates.js", "exports.rate = 10;\n")
    side = hosted.folder.commit("side")
    git("checkout", "--quiet", "main")
    live = hosted.new()
    switch.make(hosted.folder)
    event = refreshed(hosted, live)
    assert (event.commit, event.dirty) == (side, False)
    assert event.tree == git("rev-parse", "side^{tree}")
    assert hosted.value(live, "twice(rate)") == "20"


# -- faults ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stack", "where"),
    [
        ("    at f (lib/a b.js:3:5)\n    at startup/a.js:1:1", ("lib/a b.js", 3)),
        ("    at startup/a.js:12:1", ("startup/a.js", 12)),
        ("    at <repl>:1:1\n    at lib/x.mjs:7:2", ("lib/x.mjs", 7)),
        ("    at native\n", (None, None)),
        ("", (None, None)),
    ],
)
def test_a_fault_is_placed_at_its_topmost_frame_in_a_file(
    stack: str, where: tuple[str | None, int | None]
) -> None:
    assert fault_location(Fault("E", "m", stack)) == where
