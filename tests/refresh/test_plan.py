"""When a refresh is due, and how it is made: by blob id and by effective profile."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hosted import Hosted
from workspaces import Folder

from vmgit.live import LiveSession
from vmgit.refresh.plan import (
    Blocked,
    Decision,
    Plan,
    Reported,
    StillFailing,
    changed_files,
    decide,
)

PROFILE, BASE, RULES = "profiles/default.toml", "startup/00-base.js", "startup/10-rules.js"
STARTUP = 'startup = ["startup/00-base.js", "startup/10-rules.js"]\n'


def planned(hosted: Hosted, live: LiveSession) -> Decision | None:
    """Return what the session would do about the worktree as it is now."""
    source = hosted.workspace.source(hosted.workspace.snapshot().tree)
    return decide(hosted.state(live), source, hosted.workspace.trust.require)


def plan(hosted: Hosted, live: LiveSession) -> Plan:
    """Return the plan that must be due now."""
    decision = planned(hosted, live)
    assert isinstance(decision, Plan), decision
    return decision


@dataclass(frozen=True)
class Quiet:
    """A change of the worktree that refreshes nothing."""

    name: str
    make: Callable[[Folder], object]


def _write(path: str, content: str = "2") -> Callable[[Folder], object]:
    return lambda folder: folder.write(path, content)


def _profile(text: str, name: str = "default") -> Callable[[Folder], object]:
    return lambda folder: folder.profile(text, name)


def _touch(folder: Folder) -> None:
    os.utime(folder.root / BASE, ns=(1, 1))


def _back(folder: Folder) -> None:
    folder.write(BASE, "other\n")
    folder.commit("other")
    folder.git("checkout", "--quiet", "HEAD~1")


def _mode_bit(folder: Folder) -> None:
    (folder.root / BASE).chmod(0o755)
    folder.git("add", "--all")


QUIET = [
    Quiet("nothing", lambda folder: None),
    Quiet("touched", _touch),
    Quiet("there and back", _back),
    Quiet("mode bit", _mode_bit),
    Quiet("comment in the profile", _profile(f"# a comment\n{STARTUP}\n\n")),
    Quiet("default written out", _profile(f"{STARTUP}[limits]\nevents = 1000\n")),
    Quiet("keys in another order", _profile(f'refresh = "rerun"\n{STARTUP}')),
    Quiet("another profile", _profile("startup = []\n", "other")),
    Quiet("an unrelated module", _write("lib/unrelated.js", "1")),
    Quiet("an unrelated commit", lambda folder: folder.commit("empty")),
    Quiet("an untracked file", lambda folder: folder.git.write("lib/rates/index.js", "1")),
]


@pytest.mark.parametrize("change", QUIET, ids=lambda change: change.name)
def test_no_refresh_without_changed_content(hosted: Hosted, change: Quiet) -> None:
    live = hosted.new()
    change.make(hosted.folder)
    assert planned(hosted, live) is None
    before = hosted.types(live)
    hosted.update(live)
    assert hosted.types(live) == before


@dataclass(frozen=True)
class Due:
    """A change of the worktree, the position where a rerun begins, and what it names."""

    name: str
    make: Callable[[Folder], object]
    start: int
    changed: tuple[str, ...]


def _rename(old: str, new: str, profile: str | None = None) -> Callable[[Folder], None]:
    def make(folder: Folder) -> None:
        folder.git("mv", old, new)
        if profile is not None:
            folder.profile(profile)

    return make


def _link(folder: Folder) -> None:
    folder.write("lib/other.js", "exports.rate = 4;\n")
    (folder.root / "lib/rates.js").unlink()
    (folder.root / "lib/rates.js").symlink_to("other.js")
    folder.git("add", "--all")


DUE = [
    Due("first file", _write(BASE, "2"), 0, (BASE,)),
    Due("second file", _write(RULES, "2"), 1, (RULES,)),
    Due("imported module", _write("lib/rates.js", "exports.rate = 4"), 1, ("lib/rates.js",)),
    Due("symlink to other content", _link, 1, ("lib/rates.js",)),
    Due("module that wins now", _write("lib/rates", "exports.rate = 5"), 1, ("lib/rates",)),
    Due(
        "removed at the end",
        _profile('startup = ["startup/00-base.js"]\n'),
        1,
        (PROFILE, RULES),
    ),
    Due(
        "removed at the start",
        _profile('startup = ["startup/10-rules.js"]\n'),
        0,
        (PROFILE, BASE, RULES),
    ),
    Due(
        "swapped",
        _profile('startup = ["startup/10-rules.js", "startup/00-base.js"]\n'),
        0,
        (PROFILE, BASE, RULES),
    ),
    Due(
        "added at the end",
        _profile(STARTUP.replace('"]', '", "lib/rates.js"]')),
        2,
        (PROFILE, "lib/rates.js"),
    ),
    Due(
        "another mode",
        _profile(STARTUP.replace(f'"{RULES}"', f'{{ path = "{RULES}", mode = "commonjs" }}')),
        1,
        (PROFILE, RULES),
    ),
    Due(
        "pure rename of a startup file",
        _rename(RULES, "startup/20-rules.js", STARTUP.replace("10-", "20-")),
        1,
        (PROFILE, RULES, "startup/20-rules.js"),
    ),
    Due("a limit", _profile(f"{STARTUP}[limits]\nevents = 5\n"), 2, (PROFILE,)),
    Due("a grant", _profile(f"{STARTUP}[capabilities]\nkv = false\n"), 2, (PROFILE,)),
]


@pytest.mark.parametrize("change", DUE, ids=lambda change: change.name)
def test_a_rerun_begins_at_the_first_changed_position(hosted: Hosted, change: Due) -> None:
    live = hosted.new()
    change.make(hosted.folder)
    due = plan(hosted, live)
    assert (due.start, due.changed, due.mode, due.fresh) == (
        change.start,
        change.changed,
        "rerun",
        False,
    )


def test_a_pure_rename_of_a_module_is_a_change(hosted: Hosted) -> None:
    live = hosted.new()
    (hosted.folder.root / "lib/rates").mkdir()
    hosted.folder.git("mv", "lib/rates.js", "lib/rates/index.js")
    due = plan(hosted, live)
    assert due.start == 1
    assert "lib/rates.js" in due.changed


@pytest.mark.parametrize(
    "table", ['[globals]\nhide = ["eval"]\n', '[modules]\nroots = ["vendor", "lib"]\n']
)
@pytest.mark.parametrize(("mode", "becomes"), [("rerun", "replay"), ("rebuild", "rebuild")])
def test_what_a_realm_is_made_of_needs_a_fresh_one(
    hosted: Hosted, table: str, mode: str, becomes: str
) -> None:
    hosted.folder.profile(f'refresh = "{mode}"\n{STARTUP}')
    live = hosted.new()
    hosted.folder.profile(f'refresh = "{mode}"\n{STARTUP}{table}')
    due = plan(hosted, live)
    assert (due.mode, due.fresh, due.start) == (becomes, True, 0)


@pytest.mark.parametrize("mode", ["rebuild", "replay"])
def test_the_other_modes_begin_with_a_fresh_realm(hosted: Hosted, mode: str) -> None:
    hosted.folder.profile(f'refresh = "{mode}"\n{STARTUP}')
    live = hosted.new()
    hosted.folder.profile(f'refresh = "{mode}"\n{STARTUP}[limits]\nevents = 5\n')
    assert not plan(hosted, live).fresh
    hosted.folder.write(RULES, "2")
    due = plan(hosted, live)
    assert (due.mode, due.fresh, due.start) == (mode, True, 0)


def test_off_only_reports(hosted: Hosted) -> None:
    hosted.folder.profile(f'refresh = "off"\n{STARTUP}')
    live = hosted.new()
    assert planned(hosted, live) is None
    hosted.folder.write("lib/rates.js", "exports.rate = 4")
    assert planned(hosted, live) == Reported(("lib/rates.js",))
    assert hosted.update(live).reported == ("lib/rates.js",)
    assert hosted.value(live, "rate") == "3"
    hosted.folder.profile(STARTUP)
    assert plan(hosted, live).changed == (PROFILE, "lib/rates.js")


def test_off_only_reports_a_bad_profile_too(hosted: Hosted) -> None:
    hosted.folder.profile(f'refresh = "off"\n{STARTUP}')
    live = hosted.new()
    hosted.folder.profile("startup = 1\n")
    before = len(hosted.events())
    assert hosted.update(live).reported == (PROFILE,)
    assert len(hosted.events()) == before


def test_a_module_that_only_executions_imported_refreshes_nothing(hosted: Hosted) -> None:
    hosted.folder.write("lib/tax.js", "exports.tax = 1;")
    live = hosted.new()
    assert hosted.value(live, 'require("tax").tax') == "1"
    hosted.folder.write("lib/tax.js", "exports.tax = 2;")
    assert planned(hosted, live) is None
    assert hosted.value(live, 'require("tax").tax') == "2"
    assert live.state.generation == 1


@dataclass(frozen=True)
class Bad:
    """A change of the worktree that keeps a refresh from beginning."""

    name: str
    make: Callable[[Folder], object]
    message: str
    changed: tuple[str, ...]


def _remove(*paths: str) -> Callable[[Folder], None]:
    def make(folder: Folder) -> None:
        for path in paths:
            (folder.root / path).unlink()

    return make


def _untracked(folder: Folder) -> None:
    folder.git("rm", "--quiet", "--cached", RULES)


def _conflict(folder: Folder) -> None:
    folder.git("checkout", "--quiet", "-b", "side")
    folder.profile(f"{STARTUP}[limits]\nevents = 7\n")
    folder.commit("side")
    folder.git("checkout", "--quiet", "main")
    folder.profile(f"{STARTUP}[limits]\nevents = 8\n")
    folder.commit("main")
    folder.git("merge", "side", check=False)


BAD = [
    Bad("bad TOML", _profile("startup = [\n"), "profiles/default.toml:", (PROFILE,)),
    Bad("unknown key", _profile(f"{STARTUP}starup = 1\n"), "starup", (PROFILE,)),
    Bad("conflict markers", _conflict, "profiles/default.toml:", (PROFILE,)),
    Bad("no profile", _remove(PROFILE), "there is no profiles/default.toml", (PROFILE,)),
    Bad("deleted startup file", _remove(RULES), RULES, (RULES,)),
    Bad("untracked startup file", _untracked, RULES, (RULES,)),
    Bad("missing parent", _profile(f'extends = "base"\n{STARTUP}'), "base", (PROFILE,)),
]


@pytest.mark.parametrize("change", BAD, ids=lambda change: change.name)
def test_what_is_wrong_blocks_a_refresh_once(hosted: Hosted, change: Bad) -> None:
    live = hosted.new()
    change.make(hosted.folder)
    decision = planned(hosted, live)
    assert isinstance(decision, Blocked)
    assert change.message in decision.error.message
    assert decision.changed == change.changed

    event = hosted.update(live).event
    assert hosted.types(live)[-1] == "session.refresh_failed"
    assert event == live.state.failed
    decision = planned(hosted, live)
    assert decision == StillFailing(live.state.failed)  # type: ignore[arg-type]
    assert hosted.update(live).still_failing == live.state.failed
    assert hosted.types(live).count("session.refresh_failed") == 1
    assert hosted.value(live, "twice(rate)") == "6"
    hosted.folder.git("reset", "--quiet", "--hard")
    hosted.folder.git("checkout", "--quiet", live.state.created.commit or "")
    assert planned(hosted, live) is None


def test_changed_files_are_those_of_a_refresh_due_or_failed(hosted: Hosted) -> None:
    live = hosted.new()

    def now() -> tuple[str, ...]:
        source = hosted.workspace.source(hosted.workspace.snapshot().tree)
        return changed_files(hosted.state(live), source, hosted.workspace.trust.require)

    assert now() == ()
    hosted.folder.write("lib/rates.js", "throw 1")
    assert now() == ("lib/rates.js",)
    hosted.update(live)
    assert now() == ("lib/rates.js",)
    hosted.folder.git("reset", "--quiet", "--hard")
    assert now() == ()


def test_a_pinned_session_is_never_due(hosted: Hosted) -> None:
    live = hosted.new(at="HEAD")
    hosted.folder.write(BASE, "throw 1")
    assert planned(hosted, live) is None
