"""Replays of sessions that went back: every execution runs on the state that it had."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest
from hosted import Hosted, everything_compares

from vmgit.engine.api import Host, Job, Realm, RealmConfig, Result, Source
from vmgit.live import LiveSession
from vmgit.replay.places import needs_heap, places
from vmgit.replay.replayer import Replayer
from vmgit.replay.target import AsRecorded

BASE, RULES, RATES = "startup/00-base.js", "startup/10-rules.js", "lib/rates.js"
N = "globalThis.n = (globalThis.n || 0) + 1; require('vmgit:kv').set('n', n); n"


def test_the_places_of_a_timeline(hosted: Hosted) -> None:
    live = hosted.new()
    hosted.folder.profile(f'startup = ["{BASE}", "{RULES}"]\n[limits]\nevents = 3\n')
    for text in (N, N, "for (;;) console.log(1)"):
        hosted.run(live, text)
    hosted.undo(live, 2)
    hosted.redo(live)
    hosted.undo(live)
    hosted.run(live, N)
    hosted.folder.write(RATES, "throw 1")
    hosted.update(live)
    hosted.folder.write(RATES, "exports.rate = 4")
    hosted.update(live)
    hosted.run(live, N)
    found = [
        (type(moment).__name__ if not isinstance(moment, int) else moment, place)
        for moment, place in zip(live.state.timeline, places(live.state), strict=True)
    ]
    assert found == [
        (1, (0, 0)),
        (2, (0, 0)),
        ("Ready", (0, 0)),
        ("Refreshed", (1, 0)),
        (3, (2, 0)),
        (4, (2, 3)),
        (5, (2, 4)),
        ("Undone", (2, 4)),
        ("Redone", (2, 0)),
        ("Undone", (2, 4)),
        (6, (2, 3)),
        (7, (2, 6)),
        ("RefreshFailed", (2, 6)),
        (8, (2, 6)),
        ("Refreshed", (2, 6)),
        (9, (3, 0)),
    ]
    needing = [moment for moment in live.state.timeline if needs_heap(moment, live.state)]
    assert [moment for moment in needing if isinstance(moment, int)] == [3, 4, 6, 9]
    assert len(needing) == 7


class Counted:
    """A realm that counts how often realms are forked; the real one does the work."""

    def __init__(self, realm: Realm, forks: list[int]) -> None:
        self._realm = realm
        self._forks = forks
        self.engine = realm.engine

    def execute(self, job: Job, source: Source, host: Host) -> Result:
        return self._realm.execute(job, source, host)

    def fork(self) -> Realm:
        self._forks.append(1)
        return Counted(self._realm.fork(), self._forks)

    def cancel(self) -> None:
        self._realm.cancel()

    def close(self) -> None:
        self._realm.close()


def forks_of_a_replay(hosted: Hosted, live: LiveSession) -> int:
    """Return how many copies a replay made besides the spare of each own execution."""
    forks: list[int] = []
    services = hosted.workspace.services

    def opened(config: RealmConfig) -> Realm:
        return Counted(services.open_realm(config), forks)

    counted = replace(services, open_realm=opened)
    with closing(Replayer(live.state, counted, AsRecorded(counted))) as replayer:
        rows = list(replayer.rows())
    assert {row.verdict for row in rows} == {"same"}
    return len(forks) - sum(row.kind != "startup" for row in rows)


def again(hosted: Hosted, live: LiveSession, count: int) -> None:
    for _ in range(count):
        hosted.run(live, N)


@pytest.mark.parametrize(
    ("life", "copies"),
    [
        # nothing else ever ran from a state that was left
        (lambda h, s: again(h, s, 3), 0),
        (lambda h, s: (again(h, s, 5), [h.undo(s) for _ in range(5)]), 0),
        (lambda h, s: (again(h, s, 2), h.undo(s, 2), h.redo(s), again(h, s, 1)), 0),
        # one state was left twice, then three times, then two states
        (lambda h, s: (again(h, s, 3), h.undo(s, 2), again(h, s, 2)), 1),
        (lambda h, s: [(again(h, s, 1), h.undo(s)) for _ in range(3)], 2),
        (lambda h, s: [(again(h, s, n), h.undo(s, m)) for n, m in ((3, 2), (1, 2), (1, 1))], 2),
    ],
)
def test_a_replay_copies_only_what_is_left_more_than_once(
    hosted: Hosted, life: Callable[[Hosted, LiveSession], object], copies: int
) -> None:
    live = hosted.new()
    life(hosted, live)
    everything_compares(hosted, live)
    assert forks_of_a_replay(hosted, live) == copies


def test_a_failed_refresh_between_undo_and_redo_has_the_state_that_it_had(hosted: Hosted) -> None:
    hosted.folder.write("startup/20-tell.js", "console.log(typeof n, globalThis.n);\n")
    hosted.folder.write("startup/30-check.js", "if (globalThis.n > 1) throw n;\n")
    startup = [BASE, RULES, "startup/20-tell.js", "startup/30-check.js"]
    hosted.folder.profile(f"startup = {startup}\n".replace("'", '"'))
    live = hosted.new()
    again(hosted, live, 3)
    hosted.undo(live)
    hosted.folder.write("startup/20-tell.js", "console.log('n is', globalThis.n);\n")
    hosted.update(live)
    hosted.redo(live)
    assert hosted.value(live, "n") == "3"
    assert live.state.failed is not None, "the refresh must have failed"
    everything_compares(hosted, live)


def test_what_an_undone_execution_read_is_no_cause(hosted: Hosted) -> None:
    hosted.folder.write("lib/other.js", "exports.other = 1;\n")
    hosted.folder.commit("other")
    live = hosted.new()
    hosted.value(live, 'require("other").other')
    hosted.undo(live)
    hosted.value(live, "rate")
    hosted.folder.write("lib/other.js", "exports.other = 2;\n")
    hosted.folder.write(RATES, "exports.rate = 4;\n")
    hosted.folder.commit("changed")
    rows = hosted.replay(live, "HEAD")
    assert [(row.verdict, row.causes) for row in rows[2:]] == [
        ("different", ("lib/other.js", RATES)),
        ("different", (RATES,)),
    ]


def test_what_is_stopped_elsewhere_and_undone_here_spoils_nothing(hosted: Hosted) -> None:
    hosted.folder.profile(f'startup = ["{BASE}", "{RULES}"]\n[limits]\ncpu_ms = 20\n')
    hosted.folder.write("scripts/a.js", "var a = 1;\n")
    hosted.folder.commit("script")
    live = hosted.new()
    hosted.value(live, "var b = 5; b")
    hosted.file(live, "scripts/a.js")
    hosted.undo(live)
    hosted.value(live, "[b, typeof a]")
    hosted.folder.write("scripts/a.js", "b = 0; for (;;);\n")
    hosted.folder.commit("endless")
    assert [row.verdict for row in hosted.replay(live, "HEAD")] == [
        "same", "same", "same", "different", "same",
    ]  # fmt: skip


def test_missing_objects_of_an_undone_execution_do_not_spoil_the_rest(hosted: Hosted) -> None:
    folder = hosted.folder
    live = hosted.new()
    hosted.value(live, "var kept = 1")
    folder.git.write("scratch.js", "var total = 1;\n")
    execution = hosted.file(live, "scratch.js")
    hosted.value(live, "total")
    hosted.undo(live, 2)
    (folder.root / "scratch.js").unlink()
    hosted.value(live, "[kept, typeof total]")
    folder.git("update-ref", "-d", f"refs/vmgit/keep/{execution.started.tree}")
    folder.git("gc", "--quiet", "--prune=now")
    hosted.close()
    with closing(Hosted(folder, hosted.template)) as fresh:
        verdicts = [row.verdict for row in fresh.replay(live)]
        assert verdicts == ["same"] * 3 + ["unavailable"] * 2 + ["same"]
        with fresh.workspace.hosting() as sessions:
            twin = sessions.get(live.state.id)
        assert fresh.value(twin, "kept") == "1", "an undone execution is not needed any more"


def test_a_replay_of_a_fork_goes_through_its_parents_undos(hosted: Hosted) -> None:
    live = hosted.new()
    again(hosted, live, 3)
    hosted.undo(live, 2)
    again(hosted, live, 1)
    fork = hosted.fork(live)
    hosted.undo(fork, 2)
    again(hosted, fork, 2)
    hosted.undo(live)
    again(hosted, live, 1)
    rows = everything_compares(hosted, fork)
    assert [row.execution for row in rows] == [
        *(f"{live.state.id}.{n}" for n in range(1, 7)),
        *(f"{fork.state.id}.{n}" for n in (7, 8)),
    ]
    everything_compares(hosted, live)
    hosted.folder.write(RATES, "exports.rate = 4;\n")
    hosted.folder.commit("dearer")
    assert {row.verdict for row in hosted.replay(fork, "HEAD")} == {"same"}
