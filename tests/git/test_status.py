"""Git's own account of what differs, read without loss."""

from __future__ import annotations

from pathlib import Path

import pytest
from realgit import Git

from vmgit.errors import EnvironmentFailure
from vmgit.git.discovery import find_repository
from vmgit.git.status import Difference, Status, StatusRequest
from vmgit.git.trees import EXECUTABLE, FILE, Entry


def read_status(worktree: Path) -> Status:
    return StatusRequest(find_repository(worktree)).read()


def test_clean(repo: Git) -> None:
    status = read_status(repo.folder)
    assert status.commit == repo("rev-parse", "HEAD")
    assert status.differences == ()


def test_before_the_first_commit(git: Git) -> None:
    git.init()
    git.write("a b\n.js", "x\n")
    git("add", ".")
    status = read_status(git.folder)
    assert status.commit is None
    oid = bytes.fromhex(git("hash-object", "a b\n.js"))
    assert status.differences == (Difference(b"a b\n.js", False, 0, Entry(FILE, oid)),)


def test_who_decides(repo: Git) -> None:
    repo.write("a.js", "changed\n").chmod(0o755)
    repo("rm", "--quiet", "--cached", "lib/b.js")
    (repo.folder / "lib/deep/c.js").unlink()
    repo.write("untracked.js", "")
    found = {item.path: item for item in read_status(repo.folder).differences}
    old = {
        name: bytes.fromhex(repo("rev-parse", f"HEAD:{name}")) for name in ("a.js", "lib/deep/c.js")
    }
    assert found == {
        b"a.js": Difference(b"a.js", True, EXECUTABLE, Entry(FILE, old["a.js"])),
        b"lib/b.js": Difference(b"lib/b.js", False, 0, None),
        b"lib/deep/c.js": Difference(b"lib/deep/c.js", True, 0, Entry(FILE, old["lib/deep/c.js"])),
    }


def test_settings_of_the_user_do_not_change_the_answer(repo: Git) -> None:
    repo("mv", "a.js", "z.js")
    repo.write("untracked.js", "")
    expected = read_status(repo.folder)
    for name, value in (
        ("status.renames", "copies"),
        ("status.showUntrackedFiles", "all"),
        ("status.short", "true"),
        ("status.branch", "true"),
        ("status.relativePaths", "true"),
        ("status.showStash", "true"),
        ("core.quotePath", "true"),
        ("color.ui", "always"),
    ):
        repo("config", name, value)
    assert read_status(repo.folder) == expected
    assert {item.path for item in expected.differences} == {b"a.js", b"z.js"}


def test_git_that_cannot_tell(repo: Git) -> None:
    (repo.folder / ".git/index").write_bytes(b"no index at all, but long enough for one")
    with pytest.raises(EnvironmentFailure, match="git status"):
        read_status(repo.folder)
