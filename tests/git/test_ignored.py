"""What `git add` would pass over is known beforehand."""

from __future__ import annotations

from realgit import Git

from vmgit.git.ignored import has_tracked, ignored


def test_ignored_files_are_told_and_tracked_ones_are_not(repo: Git) -> None:
    repo.write(".gitignore", "dist/\n*.log\n")
    for path in ("dist/a.js", "x/dist/ü b\n.js", "kept.log", "c.js"):
        repo.write(path, "1")
    repo("add", "--force", "kept.log")
    paths = ["dist/a.js", "x/dist/ü b\n.js", "kept.log", "c.js", "absent.log", "a.js"]
    assert ignored(repo.folder, paths) == ["dist/a.js", "x/dist/ü b\n.js", "absent.log"]
    assert ignored(repo.folder / "x", ["dist/y.js", "y.js"]) == ["dist/y.js"]
    assert ignored(repo.folder, []) == []


def test_whether_anything_is_tracked(repo: Git) -> None:
    repo.write("new/a.js", "1")
    assert has_tracked(repo.folder, "lib")
    assert not has_tracked(repo.folder, "new")
    assert not has_tracked(repo.folder, "absent")
