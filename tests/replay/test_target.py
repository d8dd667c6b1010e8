"""What a replay reads: the recording's own trees, or one revision throughout."""

from __future__ import annotations

import pytest
from hosted import Hosted

from vmgit.errors import RefusedError
from vmgit.events.session import Ready, Refreshed
from vmgit.live import LiveSession
from vmgit.replay.target import AsRecorded, AtRevision

BASE, RULES, RATES = "startup/00-base.js", "startup/10-rules.js", "lib/rates.js"


def at(hosted: Hosted, revision: str = "HEAD") -> AtRevision:
    tree = hosted.workspace.repository.resolve(revision).tree
    return AtRevision(hosted.workspace.services, revision, tree, "default")


def attempts(live: LiveSession) -> list[Ready | Refreshed]:
    return [item for item in live.state.timeline if isinstance(item, (Ready, Refreshed))]


def names(target: AtRevision | AsRecorded, live: LiveSession, number: int) -> list[tuple[str, int]]:
    """Return the entries of the generation at a place: paths, and what they compare with."""
    attempt = attempts(live)[number]
    ran = [live.state.executions[entry.execution] for entry in attempt.startup]
    if isinstance(attempt, Refreshed):
        ran = [one for one in ran if one.started.generation == attempt.generation]
    entries = target.entries(attempt, ran)
    return [(e.path, e.recorded.number if e.recorded is not None else 0) for e in entries]


def test_a_rerun_is_replayed_from_where_it_began(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.folder.write(RATES, "exports.rate = 4;\n")
    hosted.update(live)
    hosted.folder.commit("four")
    recorded = AsRecorded(hosted.workspace.services)
    assert names(recorded, live, 0) == [(BASE, 1), (RULES, 2)]
    assert names(recorded, live, 1) == [(RULES, 3)]
    assert names(at(hosted), live, 0) == [(BASE, 1), (RULES, 2)]
    assert names(at(hosted), live, 1) == [(RULES, 3)]


def test_a_refresh_that_ran_nothing_runs_nothing_elsewhere(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.folder.profile(f'startup = ["{BASE}", "{RULES}"]\n[limits]\nevents = 9\n')
    hosted.update(live)
    assert names(at(hosted), live, 1) == []


def test_entries_that_the_recording_did_not_have_compare_with_nothing(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.folder.write("startup/99.js", "1")
    hosted.folder.profile(f'startup = ["startup/99.js", "{RULES}"]\n')
    hosted.folder.commit("other")
    assert names(at(hosted), live, 0) == [("startup/99.js", 0), (RULES, 2)]


def test_each_reads_its_own_tree_and_profile(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.folder.write(RATES, "exports.rate = 4;\n")
    hosted.folder.profile(f'startup = ["{BASE}"]\n')
    hosted.folder.commit("four")
    attempt = attempts(live)[0]
    recorded, revision = AsRecorded(hosted.workspace.services), at(hosted)
    old, new = hosted.folder.git("rev-parse", f"HEAD~1:{RATES}", f"HEAD:{RATES}").split()
    assert recorded.tree(attempt.tree).lookup(RATES) == old
    assert revision.tree(attempt.tree).lookup(RATES) == new
    assert len(recorded.profile(attempt).startup) == 2
    assert len(revision.profile(attempt).startup) == 1
    assert (recorded.label, revision.label) == ("recorded", "HEAD")


def test_causes_are_the_files_read_before_that_differ(hosted: Hosted) -> None:
    hosted.folder.write("lib/other.js", "1")
    hosted.folder.commit("other")
    live = hosted.new()
    hosted.value(live, "1")
    hosted.value(live, 'require("other")')
    hosted.value(live, "2")
    hosted.folder.write("lib/other.js", "2")
    hosted.folder.write("lib/unread.js", "2")
    (hosted.folder.root / RATES).unlink()
    hosted.folder.commit("changed")
    executions = live.state.executions
    revision = at(hosted)
    causes = [revision.causes(executions[one] for one in range(1, last)) for last in range(2, 7)]
    assert causes == [
        (),
        (RATES,),
        (RATES,),
        ("lib/other.js", RATES),
        ("lib/other.js", RATES),
    ]
    assert AsRecorded(hosted.workspace.services).causes(executions.values()) == ()


def test_a_profile_that_is_bad_there_is_refused_each_time(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.folder.profile("startup = 1\n")
    hosted.folder.commit("bad")
    revision = at(hosted)
    for _ in range(2):
        with pytest.raises(RefusedError, match=r"profiles/default\.toml:1"):
            revision.profile(attempts(live)[0])
