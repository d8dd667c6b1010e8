"""The ways in which editors save: each is one batch, and the file is whole when it comes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from vmgit.watch.batch import Ready

from .conftest import Follow, Repo

TEXT = "console.log('saved')\n" * 200
STEP = 0.05  # seconds between two steps of an editor: longer than the default debounce


def plain(path: Path) -> None:
    path.write_text(TEXT)


def append(path: Path) -> None:
    path.write_text("")
    with path.open("a") as file:
        file.write(TEXT)


def atomic_rename(path: Path) -> None:
    """VS Code with atomic saves, many formatters, `sed -i`: another file takes the name."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(TEXT)
    time.sleep(STEP)
    os.replace(temporary, path)


def rename_from_another_folder(path: Path) -> None:
    """A temporary folder outside the worktree, as JetBrains' safe write may use."""
    temporary = path.parent.parent / "outside.tmp"
    temporary.write_text(TEXT)
    os.replace(temporary, path)


def backup_rename(path: Path) -> None:
    """Vim with `backupcopy=no`: the old file becomes the backup, a new one is written."""
    (path.parent / "4913").write_text("")
    (path.parent / "4913").unlink()
    backup = path.with_name(path.name + "~")
    path.rename(backup)
    time.sleep(STEP)
    path.write_text(TEXT)
    time.sleep(STEP)
    backup.unlink()


def backup_copy(path: Path) -> None:
    """Vim with `backupcopy=yes`, nano: a copy is put aside, the file is written in place."""
    backup = path.with_name(path.name + "~")
    backup.write_text(path.read_text())
    plain(path)
    backup.unlink()


def hard_link_backup(path: Path) -> None:
    """Emacs with `backup-by-copying-when-linked`, ed-like tools: link, unlink, write anew."""
    backup = path.with_name(path.name + "~")
    backup.hardlink_to(path)
    path.unlink()
    time.sleep(STEP)
    path.write_text(TEXT)


def truncate_then_write(path: Path) -> None:
    """Truncated and closed, then opened again and written."""
    path.write_text("")
    time.sleep(STEP)
    path.write_text(TEXT)


def slow_write(path: Path) -> None:
    """One descriptor, written in pieces: the file counts when it is closed."""
    with path.open("w") as file:
        for start in range(0, len(TEXT), 1000):
            file.write(TEXT[start : start + 1000])
            file.flush()
            time.sleep(STEP)


def delete_then_write(path: Path) -> None:
    path.unlink()
    time.sleep(STEP)
    path.write_text(TEXT)


def save_three_times(path: Path) -> None:
    """A formatter and a linter that fix the file right after the editor wrote it."""
    path.write_text("one\n")
    path.write_text("two\n")
    path.write_text(TEXT)


@pytest.mark.parametrize(
    "save",
    [
        plain,
        append,
        atomic_rename,
        rename_from_another_folder,
        backup_rename,
        backup_copy,
        hard_link_backup,
        truncate_then_write,
        slow_write,
        delete_then_write,
        save_three_times,
    ],
    ids=lambda save: save.__name__,
)
@pytest.mark.parametrize("name", ["a.js", "lib/deep/d.js"])
def test_one_batch_with_the_final_content(
    repo: Repo, follow: Follow, save: Callable[[Path], None], name: str
) -> None:
    path = repo.root / name
    follower = follow()
    at_batch = []
    step = follower.step

    def step_and_look() -> Ready | None:
        ready = step()
        if ready is not None:
            at_batch.append(path.read_text())
        return ready

    follower.step = step_and_look  # type: ignore[method-assign]
    batches = follower.during(lambda: save(path))
    assert batches == [Ready(frozenset([name]), False)]
    assert at_batch[0] == TEXT


def test_deleting_a_file(repo: Repo, follow: Follow) -> None:
    follower = follow()
    batches = follower.during((repo.root / "a.js").unlink)
    assert batches == [Ready(frozenset(["a.js"]), False)]


def test_emptying_a_file(repo: Repo, follow: Follow) -> None:
    follower = follow()
    batches = follower.during(lambda: repo.write("a.js", ""))
    assert batches == [Ready(frozenset(["a.js"]), False)]


def test_renaming_a_tracked_file(repo: Repo, follow: Follow) -> None:
    follower = follow()
    batches = follower.during(lambda: (repo.root / "a.js").rename(repo.root / "renamed.js"))
    assert batches == [Ready(frozenset(["a.js"]), False)]


def test_swapping_two_tracked_files(repo: Repo, follow: Follow) -> None:
    follower = follow()

    def swap() -> None:
        (repo.root / "a.js").rename(repo.root / "t")
        (repo.root / "b.js").rename(repo.root / "a.js")
        (repo.root / "t").rename(repo.root / "b.js")

    assert follower.during(swap) == [Ready(frozenset(["a.js", "b.js"]), False)]


def test_a_file_that_becomes_a_folder(repo: Repo, follow: Follow) -> None:
    follower = follow()

    def replace() -> None:
        (repo.root / "a.js").unlink()
        (repo.root / "a.js").mkdir()

    assert follower.during(replace) == [Ready(frozenset(["a.js"]), False)]


def test_save_all(repo: Repo, follow: Follow) -> None:
    names = ["a.js", "b.js", "lib/c.js", "lib/deep/d.js"]
    follower = follow()

    def save_all() -> None:
        for name in names:
            atomic_rename(repo.root / name)

    assert follower.during(save_all) == [Ready(frozenset(names), False)]
