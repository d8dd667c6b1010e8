"""Git hooks leave notes, and each becomes one event."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest
from realgit import Git
from workspaces import Folder

from vmgit.events.workspace import GitHook
from vmgit.resources import data_path
from vmgit.spool import ingest, read_notes

HOOKS = ("post-checkout", "post-commit", "post-merge", "post-rewrite")


@pytest.fixture
def hooked(folder: Folder) -> Folder:
    """A workspace with a log and with the shipped hooks, installed as their README says."""
    folder.fine("run", "-e", "1")
    for name in HOOKS:
        shutil.copy(data_path("hooks") / name, folder.root / ".git" / "hooks" / name)
    return folder


def _hooks(folder: Folder) -> list[GitHook]:
    with folder.open() as workspace, workspace.hosting():
        events = workspace.log.read(type="git.hook")
    return [msgspec.json.decode(event.payload, type=GitHook) for event in events]


def test_every_hook_is_the_same_executable_script() -> None:
    texts = {(data_path("hooks") / name).read_bytes() for name in HOOKS}
    assert len(texts) == 1
    assert all((data_path("hooks") / name).stat().st_mode & 0o111 for name in HOOKS)


def test_git_commands_become_events_in_order(hooked: Folder) -> None:
    hooked.git.write("a.js", "1\n")
    commit = hooked.commit("second")
    hooked.git("checkout", "--quiet", "-b", "side")
    hooked.git("commit", "--quiet", "--amend", "--message", "amended")

    found = _hooks(hooked)
    names = [hook.hook for hook in found]
    assert sorted(names) == ["post-checkout", "post-commit", "post-commit", "post-rewrite"]
    first = found[names.index("post-commit")]
    assert (first.head, first.worktree) == (commit, "main")
    assert found[names.index("post-checkout")].arguments == f"{commit} {commit} 1"
    assert found[names.index("post-rewrite")].arguments == "amend"
    assert list((hooked.root / ".git" / "vmgit" / "spool").iterdir()) == []
    assert _hooks(hooked) == found


def test_a_note_whose_event_exists_is_not_recorded_twice(tmp_path: Path) -> None:
    note = tmp_path / "1700000000.abc"
    note.write_text("post-commit\n\n.git\n\n")
    recorded: list[GitHook] = []

    assert ingest(tmp_path, lambda: ["1700000000.abc"], recorded.append) == 0
    assert recorded == []
    assert not note.exists()


def test_what_is_no_note_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".note.half").write_text("post-commit\n")
    (tmp_path / "1700000000.short").write_text("post-commit\n")
    (tmp_path / "notes.txt").write_text("post-commit\n\n.git\n\n")
    (tmp_path / "1700000000.link").symlink_to(tmp_path / "notes.txt")

    assert read_notes(tmp_path) == []
    assert ingest(tmp_path, list, lambda hook: pytest.fail(str(hook))) == 0
    assert len(list(tmp_path.iterdir())) == 4


def test_a_repository_without_vmgit_gets_no_spool(repo: Git) -> None:
    hook = data_path("hooks") / "post-commit"
    done = subprocess.run([hook], cwd=repo.folder, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert not (repo.folder / ".git" / "vmgit").exists()
