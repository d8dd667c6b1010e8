"""The follower between batches: heaps that are warm have their copy made ahead."""

from __future__ import annotations

from unittest.mock import patch

from hosted import Hosted

from vmgit.watch.follower import Follower


def test_a_refresh_finds_its_copy_made(hosted: Hosted) -> None:
    sessions = [hosted.new(name=name) for name in ("a", "b")]
    follower = Follower(hosted.workspace)
    assert follower.act(None) == []
    for value in (5, 6):
        follower.prepare()
        hosted.folder.write("lib/rates.js", f"exports.rate = {value};")
        heaps = [live._heap for live in sessions]
        realms = [heap.realm for heap in heaps if heap is not None]
        assert len(realms) == 2
        with (
            patch.object(realms[0], "begin_fork", side_effect=AssertionError("another fork")),
            patch.object(realms[1], "begin_fork", side_effect=AssertionError("another fork")),
        ):
            (report,) = follower.act(None)
        assert report.result == "refreshed"
        assert set(report.sessions) == {"a", "b"}
        assert [hosted.value(live, "rate") for live in sessions] == [str(value)] * 2


def test_a_session_that_ended_is_not_prepared(hosted: Hosted) -> None:
    live = hosted.new()
    follower = Follower(hosted.workspace)
    follower.act(None)
    with hosted.workspace.hosting():
        live.close()
    follower.prepare()
    assert live._heap is None
    assert follower.act(None) == []
