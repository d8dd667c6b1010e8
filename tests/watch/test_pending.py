from __future__ import annotations

import threading

from vmgit.watch.pending import MOST_PATHS, Pending


def test_nothing_is_none() -> None:
    assert Pending().take(0) is None


def test_what_was_seen_is_taken_once() -> None:
    pending = Pending()
    for path in ("/a", "/b", "/a"):
        pending.path(path)
    pending.folder("/lib")
    pending.lost("overflow")
    seen = pending.take(0)
    assert seen is not None
    assert (seen.paths, seen.folders, seen.rescan) == ({"/a", "/b"}, {"/lib"}, "overflow")
    assert pending.take(0) is None


def test_a_taker_that_waits_is_woken() -> None:
    pending = Pending()
    thread = threading.Timer(0.05, pending.path, ["/a"])
    thread.start()
    seen = pending.take(60)
    thread.join()
    assert seen is not None
    assert seen.paths == {"/a"}


def test_too_many_paths_become_a_rescan_and_memory_stays_bounded() -> None:
    pending = Pending()
    for n in range(MOST_PATHS + 10):
        pending.path(f"/{n}")
    seen = pending.take(0)
    assert seen is not None
    assert seen.rescan is not None
    assert len(seen.paths) < 10
