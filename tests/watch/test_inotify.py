from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from vmgit.watch.inotify import FolderEvents
from vmgit.watch.pending import Pending


class Watched:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.pending = Pending()
        self.events = FolderEvents(self.pending)

    def path(self, name: str) -> str:
        return str(self.root / name) if name else str(self.root)

    def sync(self, *names: str) -> set[str]:
        changed = self.events.sync([self.path(name) for name in names])
        return {os.path.relpath(path, self.root) for path in changed}

    def seen(self, last: str) -> tuple[set[str], set[str]]:
        """Return the names of files and folders noted until a last file, which is removed."""
        (self.root / last).write_text("last\n")
        files: set[str] = set()
        folders: set[str] = set()
        deadline = time.monotonic() + 60
        while self.path(last) not in files:
            assert time.monotonic() < deadline
            seen = self.pending.take(1)
            if seen is not None:
                files |= seen.paths
                folders |= seen.folders
        return tuple(  # type: ignore[return-value]
            {os.path.relpath(path, self.root) for path in found} - {last}
            for found in (files, folders)
        )


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    root = tmp_path.resolve()
    (root / "lib").mkdir()
    (root / "a.js").write_text("1\n")
    (root / "lib" / "b.js").write_text("1\n")
    found = Watched(root)
    yield found
    found.events.close()


def test_only_wanted_folders_that_exist_are_watched(watched: Watched) -> None:
    assert watched.sync("", "nowhere", "a.js") == {"."}
    assert watched.events.holds(watched.path(""))
    assert not watched.events.holds(watched.path("nowhere"))
    (watched.root / "lib" / "b.js").write_text("2\n")
    assert watched.seen("last") == (set(), set())


def test_a_second_sync_changes_nothing(watched: Watched) -> None:
    assert watched.sync("", "lib") == {".", "lib"}
    assert watched.sync("", "lib") == set()


def test_writing_counts_when_closed_reading_never(watched: Watched) -> None:
    watched.sync("", "lib")
    with (watched.root / "a.js").open("w") as file:
        file.write("half")
        file.flush()
        (watched.root / "lib" / "b.js").read_text()
        assert watched.seen("last") == (set(), set())
    assert watched.seen("last") == ({"a.js"}, set())


def test_a_file_being_created_counts_when_closed(watched: Watched) -> None:
    watched.sync("")
    with (watched.root / "new.js").open("w") as file:
        file.write("half")
        file.flush()
        assert watched.seen("last") == (set(), set())
    assert watched.seen("last") == ({"new.js"}, set())


def test_of_the_lock_only_its_end_is_news(watched: Watched) -> None:
    watched.sync("")
    (watched.root / "index.lock").write_text("new index\n")
    assert watched.seen("last") == (set(), set())
    (watched.root / "index.lock").rename(watched.root / "index")
    assert watched.seen("last") == ({"index.lock", "index"}, set())
    (watched.root / "index.lock").write_text("given up\n")
    (watched.root / "index.lock").unlink()
    assert watched.seen("last") == ({"index.lock"}, set())


def test_a_folder_no_longer_wanted_is_silent(watched: Watched) -> None:
    watched.sync("", "lib")
    assert watched.sync("") == set()
    (watched.root / "lib" / "b.js").write_text("2\n")
    assert watched.seen("last") == (set(), set())


def test_a_deleted_folder_is_lost_and_found_even_with_the_same_number(watched: Watched) -> None:
    watched.sync("", "lib")
    for _ in range(20):  # ext4 gives the number of the deleted folder to the next one
        shutil.rmtree(watched.root / "lib")
        (watched.root / "lib").mkdir()
        files, folders = watched.seen("last")
        assert "lib" in folders
        assert watched.sync("", "lib") == {"lib"}
        (watched.root / "lib" / "b.js").write_text("2\n")
        files, folders = watched.seen("last")
        assert "lib/b.js" in files


def test_a_moved_folder_does_not_report_under_its_old_name(watched: Watched) -> None:
    watched.sync("", "lib")
    (watched.root / "lib").rename(watched.root / "moved")
    watched.seen("last")
    assert watched.sync("", "lib") == {"lib"}
    assert not watched.events.holds(watched.path("lib"))
    (watched.root / "moved" / "b.js").write_text("2\n")
    assert watched.seen("last") == (set(), set())
    (watched.root / "moved").rename(watched.root / "lib")
    watched.seen("last")
    assert watched.sync("", "lib") == {"lib"}
    (watched.root / "lib" / "b.js").write_text("3\n")
    assert watched.seen("last") == ({"lib/b.js"}, set())


def test_a_symbolic_link_is_not_followed(watched: Watched) -> None:
    (watched.root / "link").symlink_to("lib")
    assert watched.sync("", "link") == {"."}


def test_two_folders_that_change_places(watched: Watched) -> None:
    (watched.root / "other").mkdir()
    watched.sync("", "lib", "other")
    (watched.root / "lib").rename(watched.root / "t")
    (watched.root / "other").rename(watched.root / "lib")
    (watched.root / "t").rename(watched.root / "other")
    watched.seen("last")
    assert watched.sync("", "lib", "other") == {"lib", "other"}
    (watched.root / "other" / "b.js").write_text("2\n")
    assert watched.seen("last") == ({"other/b.js"}, set())


def test_closing_ends_the_thread(tmp_path: Path) -> None:
    events = FolderEvents(Pending())
    events.sync([str(tmp_path)])
    assert events.alive()
    events.close()
    assert not events.alive()
