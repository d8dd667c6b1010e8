from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from vmgit.watch import observer
from vmgit.watch.observer import FolderObserver
from vmgit.watch.pending import Pending


@pytest.fixture(params=["polling", "events"])
def watched(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Path, FolderObserver, Pending]]:
    """Both modes must notice the same; `events` is watchdog's own observer of this platform."""
    monkeypatch.setattr(observer, "INTERVAL", 0.05)
    root = tmp_path.resolve()
    for path in ("a.js", "lib/b.js", "build/c.js"):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text("1\n")
    pending = Pending()
    folders = FolderObserver(pending, request.param)
    folders.sync([str(root), str(root / "lib")])
    yield root, folders, pending
    folders.close()


def noted(pending: Pending, wanted: str) -> set[str]:
    """Return all paths noted until one of them is `wanted`."""
    found: set[str] = set()
    deadline = time.monotonic() + 60
    while wanted not in found:
        assert time.monotonic() < deadline, found
        seen = pending.take(1)
        if seen is not None:
            found |= seen.paths | seen.folders
    return found


Setup = tuple[Path, FolderObserver, Pending]


def test_changes_in_wanted_folders_only(watched: Setup) -> None:
    root, _, pending = watched
    (root / "build" / "c.js").write_text("longer than before\n")
    (root / "lib" / "b.js").write_text("longer than before\n")
    found = noted(pending, str(root / "lib" / "b.js"))
    assert str(root / "build" / "c.js") not in found


def test_deleting_and_renaming(watched: Setup) -> None:
    root, _, pending = watched
    (root / "a.js").rename(root / "lib" / "a.js")
    noted(pending, str(root / "lib" / "a.js"))
    (root / "lib" / "b.js").unlink()
    noted(pending, str(root / "lib" / "b.js"))


def test_a_folder_becomes_wanted(watched: Setup) -> None:
    root, folders, pending = watched
    wanted = [str(root), str(root / "lib"), str(root / "build")]
    assert folders.sync(wanted) == {str(root / "build")}
    noted_before = time.monotonic()
    while time.monotonic() < noted_before + 60:
        (root / "build" / "c.js").write_text(f"{time.monotonic()}\n")
        seen = pending.take(0.2)
        if seen is not None and str(root / "build" / "c.js") in seen.paths:
            break
    else:
        raise AssertionError("never noticed")


def test_a_root_of_its_own(watched: Setup, tmp_path_factory: pytest.TempPathFactory) -> None:
    root, folders, pending = watched
    other = tmp_path_factory.mktemp("other").resolve()
    folders.sync([str(root), str(other)])
    (other / "x.js").write_text("1\n")
    noted(pending, str(other / "x.js"))


def test_a_root_that_goes_away_ends_it(watched: Setup) -> None:
    root, folders, _ = watched
    assert folders.alive()
    assert folders.holds(str(root))
    shutil.rmtree(root)
    assert not folders.holds(str(root))
    deadline = time.monotonic() + 60
    while folders.alive():
        assert time.monotonic() < deadline
        time.sleep(0.01)
