"""What Git does to a worktree in one command arrives as one batch, when the command is done."""

from __future__ import annotations

import os
from collections.abc import Callable

import msgspec
import pytest

from vmgit.watch.batch import Ready

from .conftest import PATIENT, Follow, Follower, Repo

FILES = [f"src/{n % 20}/{n}.js" for n in range(500)]


@pytest.fixture
def branches(repo: Repo) -> Repo:
    """Two branches: `other` changes 400 of 500 files, deletes 50, adds 50 in a new folder."""
    for path in FILES:
        repo.write(path, f"main {path}\n")
    repo.commit("many")
    repo.git("checkout", "-q", "-b", "other")
    for path in FILES[:400]:
        repo.write(path, f"other {path}\n")
    for path in FILES[450:]:
        (repo.root / path).unlink()
    for n in range(50):
        repo.write(f"added/{n % 5}/{n}.js", "added\n")
    repo.commit("other")
    repo.git("checkout", "-q", "main")
    return repo


def one_batch(follower: Follower, command: Callable[[], object]) -> Ready:
    """Run a command; return its only batch, at which the worktree was as the command left it."""
    at_batch: list[dict[str, str | None]] = []
    step = follower.step

    def step_and_look() -> Ready | None:
        ready = step()
        if ready is not None:
            at_batch.append(follower.repo.content())
        return ready

    follower.step = step_and_look  # type: ignore[method-assign]
    batches = follower.during(command)
    follower.step = step  # type: ignore[method-assign]
    after = follower.repo.content()
    assert len(batches) == 1, batches
    assert {**at_batch[0], "sentinel": None} == {**after, "sentinel": None}
    return batches[0]


def test_checkout_of_500_files(branches: Repo, follow: Follow) -> None:
    follower = follow()
    changed = frozenset(FILES[:400] + FILES[450:])
    added = frozenset(f"added/{n % 5}/{n}.js" for n in range(50))
    for branch in ("other", "main", "other"):
        batch = one_batch(follower, lambda branch=branch: branches.git("checkout", "-q", branch))
        assert batch == Ready(changed | added, True)
    assert one_batch(follower, lambda: branches.write("added/1/1.js", "2\n")) == Ready(
        frozenset(["added/1/1.js"]), False
    )


def test_stash_and_stash_pop(branches: Repo, follow: Follow) -> None:
    for path in FILES[:100]:
        branches.write(path, "edited\n")
    follower = follow()
    for arguments in (["stash", "-q"], ["stash", "pop", "-q"]):
        batch = one_batch(follower, lambda arguments=arguments: branches.git(*arguments))
        assert batch == Ready(frozenset(FILES[:100]), True)


def test_reset_hard(branches: Repo, follow: Follow) -> None:
    follower = follow()
    batch = one_batch(follower, lambda: branches.git("reset", "-q", "--hard", "other"))
    assert batch.git
    assert batch.paths is not None
    assert batch.paths >= frozenset(FILES[:400] + FILES[450:])


def test_merge_and_its_abort(branches: Repo, follow: Follow) -> None:
    branches.write(FILES[0], "main again\n")
    branches.commit("conflicts with other")
    follower = follow()

    def merge() -> None:
        with pytest.raises(AssertionError, match=r"merge"):
            branches.git("merge", "-q", "other")

    assert FILES[1] in (one_batch(follower, merge).paths or ())
    assert "<<<<<<<" in (branches.root / FILES[0]).read_text()
    batch = one_batch(follower, lambda: branches.git("merge", "--abort"))
    assert FILES[0] in (batch.paths or ())


def test_rebase_of_five_commits(branches: Repo, follow: Follow) -> None:
    branches.git("checkout", "-q", "other")
    for n in range(5):
        branches.write("b.js", f"step {n}\n")
        branches.commit(f"step {n}")
    branches.git("checkout", "-q", "main")
    branches.write("a.js", "moved on\n")
    branches.commit("moved on")
    branches.git("checkout", "-q", "other")
    follower = follow()
    batch = one_batch(follower, lambda: branches.git("rebase", "-q", "main"))
    assert batch.git
    assert batch.paths is not None
    assert {"a.js", "b.js"} <= batch.paths


def test_commit_moves_only_git(branches: Repo, follow: Follow) -> None:
    branches.write("a.js", "2\n")
    follower = follow()
    batch = one_batch(follower, lambda: branches.git("commit", "-q", "-a", "-m", "x"))
    assert batch == Ready(frozenset(), True)


def test_soft_reset_and_new_branch_in_a_folder(branches: Repo, follow: Follow) -> None:
    follower = follow()
    for arguments in (
        ["reset", "-q", "--soft", "HEAD~1"],
        ["branch", "feature/deep/x"],
        ["branch", "-f", "feature/deep/x", "other"],
    ):
        batch = one_batch(follower, lambda arguments=arguments: branches.git(*arguments))
        assert batch == Ready(frozenset(), True)


def test_add_remove_and_untrack(repo: Repo, follow: Follow) -> None:
    follower = follow()
    repo.write("new.js", "1\n")
    added = one_batch(follower, lambda: repo.git("add", "new.js"))
    assert added == Ready(frozenset(["new.js"]), True)
    untracked = one_batch(follower, lambda: repo.git("rm", "-q", "--cached", "new.js"))
    assert untracked == Ready(frozenset(["new.js"]), True)
    removed = one_batch(follower, lambda: repo.git("rm", "-q", "a.js"))
    assert removed == Ready(frozenset(["a.js"]), True)
    moved = one_batch(follower, lambda: repo.git("mv", "lib/c.js", "lib/moved.js"))
    assert moved == Ready(frozenset(["lib/c.js", "lib/moved.js"]), True)


def test_a_repository_without_a_commit(repo: Repo, follow: Follow) -> None:
    (repo.root.parent / "unborn").mkdir()
    unborn = Repo(repo.root.parent / "unborn", repo.root.parent / "unborn" / ".git")
    unborn.git("init", "-q")
    follower = follow(unborn)
    unborn.write("x/y.js", "1\n")
    unborn.write("sentinel", "0\n")
    batch = one_batch(follower, lambda: unborn.git("add", "x", "sentinel"))
    assert batch == Ready(frozenset(["x/y.js", "sentinel"]), True)


def test_git_status_is_no_batch(repo: Repo, follow: Follow) -> None:
    # All of them old: a file as young as the index makes Git write the index again.
    for path in (*repo.root.rglob("*.js"), repo.root / "sentinel"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    repo.git("update-index", "--refresh")
    follower = follow()
    for _ in range(3):
        repo.git("status")  # takes the lock, has nothing to write, gives it back
    follower.sentinel()
    assert follower.batches == [Ready(frozenset(["sentinel"]), False)]


def test_a_stale_lock_delays_but_does_not_stop(repo: Repo, follow: Follow) -> None:
    follower = follow(pace=msgspec.structs.replace(PATIENT, lock_max_wait_ms=500))
    (repo.git_dir / "index.lock").write_text("")
    changed = follower.during(lambda: repo.write("a.js", "2\n"))
    assert changed == [Ready(frozenset(["a.js"]), False)]
