from __future__ import annotations

import os
import select
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

from vmgit.watch.batch import Ready
from vmgit.watch.messages import Degraded, GitChanged, Message, Paths, Recovered, Rescan, Started
from vmgit.watch.source import WatchSource

from .conftest import Follow, Follower, Repo, make_repo


def test_a_written_file_is_one_batch(repo: Repo, follow: Follow) -> None:
    follower = follow()
    assert follower.during(lambda: repo.write("a.js", "2\n")) == [Ready(frozenset(["a.js"]), False)]


def test_untracked_files_and_folders_are_nobody_s_business(repo: Repo, follow: Follow) -> None:
    follower = follow()
    repo.write("build/out.js", "1\n")
    repo.write("lib/c.js~", "1\n")
    repo.write("build/more/out.js", "1\n")
    follower.sentinel()
    assert follower.batches == [Ready(frozenset(["sentinel"]), False)]


def test_reading_is_no_change(repo: Repo, follow: Follow) -> None:
    follower = follow()
    for path in sorted(repo.root.rglob("*.js")):
        path.read_text()
    repo.git("log", "--oneline")
    repo.git("diff")
    follower.sentinel()
    assert [m for m in follower.messages if isinstance(m, Paths)] == [Paths(("sentinel",))]


def test_vmgit_s_own_state_is_no_change(repo: Repo, follow: Follow) -> None:
    follower = follow()
    (repo.common_dir / "vmgit").mkdir()
    (repo.common_dir / "vmgit" / "events.db").write_text("x")
    repo.git("update-ref", "refs/vmgit/keep/x", "HEAD")
    follower.sentinel()
    assert follower.batches == [Ready(frozenset(["sentinel"]), False)]
    assert not [m for m in follower.messages if isinstance(m, GitChanged)]


def test_a_new_folder_counts_once_it_is_tracked(repo: Repo, follow: Follow) -> None:
    follower = follow()
    for n in range(5):
        repo.write(f"new/deep/{n}.js", "1\n")
    follower.sentinel()
    paths = frozenset(f"new/deep/{n}.js" for n in range(5))
    assert follower.during(lambda: repo.git("add", "new")) == [Ready(paths, True)]
    changed = follower.during(lambda: repo.write("new/deep/3.js", "2\n"))
    assert changed == [Ready(frozenset(["new/deep/3.js"]), False)]


def test_a_change_right_after_git_add_is_not_lost(repo: Repo, follow: Follow) -> None:
    follower = follow()
    for n in range(8):
        repo.write(f"fresh{n}/x.js", "1\n")

        def add_and_write(n: int = n) -> None:
            repo.git("add", f"fresh{n}")
            repo.write(f"fresh{n}/x.js", "2\n")

        batches = follower.during(add_and_write)
        assert any(f"fresh{n}/x.js" in batch.paths for batch in batches)


def test_a_deleted_folder_that_comes_back(repo: Repo, follow: Follow) -> None:
    follower = follow()
    inside = frozenset(["lib/c.js", "lib/deep/d.js"])
    assert follower.during(lambda: shutil.rmtree(repo.root / "lib")) == [Ready(inside, False)]
    back = follower.during(lambda: repo.git("checkout", "--", "lib"))
    assert [batch.paths for batch in back] == [inside]
    changed = follower.during(lambda: repo.write("lib/deep/d.js", "3\n"))
    assert changed == [Ready(frozenset(["lib/deep/d.js"]), False)]


def test_a_folder_that_is_moved_away_and_back(repo: Repo, follow: Follow) -> None:
    follower = follow()
    inside = frozenset(["lib/c.js", "lib/deep/d.js"])
    elsewhere = repo.root.parent / "elsewhere"
    gone = follower.during(lambda: (repo.root / "lib").rename(elsewhere))
    assert gone == [Ready(inside, False)]
    (elsewhere / "c.js").write_text("not ours\n")
    follower.sentinel()  # fails if the file elsewhere was reported
    back = follower.during(lambda: elsewhere.rename(repo.root / "lib"))
    assert back == [Ready(inside, False)]
    changed = follower.during(lambda: repo.write("lib/c.js", "3\n"))
    assert changed == [Ready(frozenset(["lib/c.js"]), False)]


def test_links_and_symbolic_links(repo: Repo, follow: Follow) -> None:
    follower = follow()
    target = repo.root / "a.js"

    def link() -> None:
        target.unlink()
        target.symlink_to("b.js")

    assert follower.during(link) == [Ready(frozenset(["a.js"]), False)]

    def hard_link() -> None:
        target.unlink()
        target.hardlink_to(repo.root / "b.js")

    assert follower.during(hard_link) == [Ready(frozenset(["a.js"]), False)]


def test_names_with_spaces_newlines_and_bad_bytes(repo: Repo, follow: Follow) -> None:
    names = [
        "with space.js",
        "with\nnewline.js",
        "ünïcode.js",
        os.fsdecode(b"bad\xff.js"),
        '"q".js',
    ]
    for name in names:
        repo.write(name, "1\n")
    repo.commit()
    follower = follow()
    for name in names:
        changed = follower.during(lambda name=name: repo.write(name, "2\n"))
        assert changed == [Ready(frozenset([name]), False)]


def test_three_thousand_files_at_once(repo: Repo, follow: Follow) -> None:
    names = frozenset(f"many/{n % 30}/{n}.js" for n in range(3_000))
    follower = follow()

    def create() -> None:
        for name in sorted(names):
            repo.write(name, "1\n")
        repo.git("add", "many")

    [batch] = follower.during(create)
    assert batch == Ready(names, True)

    def change() -> None:
        for name in sorted(names):
            repo.write(name, "2\n")

    assert follower.during(change) == [Ready(names, False)]


def test_a_linked_worktree(repo: Repo, follow: Follow) -> None:
    linked = Repo(repo.root.parent / "linked", repo.git_dir / "worktrees" / "linked")
    linked.common_dir = repo.git_dir
    repo.git("worktree", "add", "-q", "-b", "side", str(linked.root))
    follower = follow(linked)
    changed = follower.during(lambda: linked.write("lib/c.js", "2\n"))
    assert changed == [Ready(frozenset(["lib/c.js"]), False)]
    repo.write("lib/c.js", "in the main worktree\n")
    follower.sentinel()
    committed = follower.during(lambda: repo.git("commit", "-q", "-a", "-m", "main moves"))
    assert committed == [Ready(frozenset(), True)]
    committed = follower.during(lambda: linked.git("commit", "-q", "-a", "-m", "side moves"))
    assert committed == [Ready(frozenset(), True)]


def test_a_root_that_is_deleted_and_comes_back(repo: Repo, follow: Follow) -> None:
    follower = follow()
    copy = repo.root.parent / "copy"
    shutil.copytree(repo.root, copy)
    shutil.rmtree(repo.root)
    assert "is gone" in follower.message(Degraded).reason
    shutil.copytree(copy, repo.root)
    follower.message(Recovered)
    follower.rescanned()
    changed = follower.during(lambda: repo.write("lib/c.js", "2\n"))
    assert changed == [Ready(frozenset(["lib/c.js"]), False)]


def test_a_root_that_is_replaced_at_once(repo: Repo, follow: Follow) -> None:
    follower = follow()
    copy = repo.root.parent / "copy"
    shutil.copytree(repo.root, copy)

    def swap() -> None:
        repo.root.rename(repo.root.parent / "old")
        copy.rename(repo.root)

    follower.during(swap)
    assert any(batch.paths is None for batch in follower.batches)
    changed = follower.during(lambda: repo.write("lib/c.js", "2\n"))
    assert changed == [Ready(frozenset(["lib/c.js"]), False)]


def test_a_folder_above_the_root_is_moved(tmp_path: Path, follow: Follow) -> None:
    above = tmp_path.resolve() / "above"
    repo = make_repo(above / "repo")
    follower = follow(repo)
    above.rename(tmp_path / "moved")
    assert "is gone" in follower.message(Degraded).reason
    (tmp_path / "moved").rename(above)
    follower.message(Recovered)
    follower.rescanned()
    changed = follower.during(lambda: repo.write("a.js", "2\n"))
    assert changed == [Ready(frozenset(["a.js"]), False)]


def _state(process: Path) -> str:
    return (process / "stat").read_text().rpartition(")")[2].split()[0]


def overflow(repo: Repo, follower: Follower, change: Callable[[], object]) -> None:
    """Let the kernel's queue run over while the watcher is stopped, and change something then."""
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    assert follower.source.pid is not None
    os.kill(follower.source.pid, signal.SIGSTOP)
    tasks = list(Path(f"/proc/{follower.source.pid}/task").iterdir())
    deadline = time.monotonic() + 60
    while any(_state(task) != "T" for task in tasks):
        assert time.monotonic() < deadline
    for _ in range(limit // 2 + 100):  # two files in turn: equal neighbours would be merged
        for name in ("a.js", "b.js"):
            os.close(os.open(repo.root / name, os.O_WRONLY))
    change()
    os.kill(follower.source.pid, signal.SIGCONT)
    assert "overflow" in follower.message(Rescan).reason
    follower.rescanned()


def test_a_kernel_queue_that_overflows_is_a_rescan(repo: Repo, follow: Follow) -> None:
    follower = follow()
    overflow(repo, follower, lambda: repo.write("lib/c.js", "2\n"))
    changed = follower.during(lambda: repo.write("lib/c.js", "3\n"))
    assert changed == [Ready(frozenset(["lib/c.js"]), False)]


def test_folders_that_came_during_an_overflow_are_watched(repo: Repo, follow: Follow) -> None:
    shutil.rmtree(repo.root / "lib")
    follower = follow()
    overflow(repo, follower, lambda: repo.write("lib/c.js", "2\n"))
    changed = follower.during(lambda: repo.write("lib/c.js", "3\n"))
    assert changed == [Ready(frozenset(["lib/c.js"]), False)]


def test_files_added_during_an_overflow_are_known(repo: Repo, follow: Follow) -> None:
    follower = follow()

    def add() -> None:
        repo.write("new/x.js", "1\n")
        repo.git("add", "new")

    overflow(repo, follower, add)
    changed = follower.during(lambda: repo.write("new/x.js", "2\n"))
    assert changed == [Ready(frozenset(["new/x.js"]), False)]


def test_a_watcher_that_dies_is_started_again(repo: Repo, follow: Follow) -> None:
    follower = follow()
    number = follower.source.fileno()
    first = follower.source.pid
    os.kill(first, signal.SIGKILL)
    assert "died" in follower.message(Degraded).reason
    follower.message(Recovered)
    assert follower.source.pid != first
    assert follower.source.fileno() == number
    follower.rescanned()
    changed = follower.during(lambda: repo.write("a.js", "2\n"))
    assert changed == [Ready(frozenset(["a.js"]), False)]


def test_a_watcher_that_dies_before_it_was_ready_still_starts_once(repo: Repo) -> None:
    with WatchSource(repo.root, repo.git_dir, repo.common_dir) as source:
        assert source.pid is not None
        os.kill(source.pid, signal.SIGKILL)
        messages: list[Message] = []
        deadline = time.monotonic() + 60
        while Recovered() not in messages:
            assert time.monotonic() < deadline
            select.select([source], [], [], 1)
            messages += source.read()
    assert messages.count(Started("events")) == 1


def test_a_watcher_that_keeps_dying_is_left_alone_for_a_while(repo: Repo, follow: Follow) -> None:
    follower = follow()
    for _ in range(3):
        os.kill(follower.source.pid, signal.SIGKILL)
        follower.message(Recovered)
    os.kill(follower.source.pid, signal.SIGKILL)
    assert "times within" in follower.message(Degraded).reason
    assert follower.source.pid is None
    assert follower.source.read() == []
    assert select.select([follower.source], [], [], 0)[0] == []


def test_a_watcher_that_cannot_start_says_why(repo: Repo) -> None:
    with WatchSource(repo.root, repo.git_dir, repo.common_dir, mode="nonsense") as source:  # type: ignore[arg-type]
        select.select([source], [], [], 60)
        degraded, rescan = source.read()
    assert isinstance(degraded, Degraded)
    assert "invalid choice: 'nonsense'" in degraded.reason
    assert isinstance(rescan, Rescan)


def test_not_a_repository_is_degraded_not_dead(tmp_path: Path) -> None:
    with WatchSource(tmp_path, tmp_path / ".git", tmp_path / ".git") as source:
        select.select([source], [], [], 60)
        started, degraded = source.read()
        assert isinstance(started, Started)
        assert isinstance(degraded, Degraded)
        assert ".git is gone" in degraded.reason


def test_closing_leaves_nothing(repo: Repo) -> None:
    with WatchSource(repo.root, repo.git_dir, repo.common_dir) as source:
        pid = source.pid
        assert pid is not None
    assert not Path(f"/proc/{pid}").exists()
    source.close()


def test_polling_sees_changes_too(repo: Repo, follow: Follow) -> None:
    follower = follow(mode="polling")
    assert follower.messages == [Started("polling")]

    def seen(path: str) -> bool:
        return any(isinstance(m, Paths) and path in m.paths for m in follower.messages)

    repo.write("lib/deep/d.js", "longer than before\n")
    follower.until(lambda: seen("lib/deep/d.js"))
    repo.write("new/x.js", "1\n")
    repo.git("add", "new")
    follower.until(lambda: seen("new/x.js"))
    follower.messages.clear()
    repo.write("new/x.js", "longer than before\n")
    follower.until(lambda: seen("new/x.js"))
    (repo.root / "b.js").unlink()
    follower.until(lambda: seen("b.js"))
    repo.write("untracked.js", "1\n")
    repo.write("a.js", "longer than before\n")
    follower.until(lambda: seen("a.js"))
    assert not seen("untracked.js")


def test_polling_survives_a_root_that_is_deleted(repo: Repo, follow: Follow) -> None:
    follower = follow(mode="polling")
    copy = repo.root.parent / "copy"
    shutil.copytree(repo.root, copy)
    shutil.rmtree(repo.root)
    assert "is gone" in follower.message(Degraded).reason
    shutil.copytree(copy, repo.root)
    follower.message(Recovered)
    repo.write("lib/c.js", "longer than before\n")
    follower.until(lambda: Paths(("lib/c.js",)) in follower.messages)
