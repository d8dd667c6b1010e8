"""`vmgit profile new`."""

from __future__ import annotations

from workspaces import Folder


def test_a_profile_is_made_tracked_and_used(folder: Folder) -> None:
    done = folder.fine("profile", "new", "tea", "--extends", "default", "--description", "for tea")
    assert done.out == (
        "wrote profiles/tea.toml\n"
        'profiles/tea.toml: description = "for tea"\n'
        'profiles/tea.toml: extends = "default"\n'
    )
    assert done.err == "hint: next: git add profiles/tea.toml\n"
    untracked = folder.vmgit("run", "--profile", "tea", "-e", "twice(4)")
    assert untracked.status == 2
    assert "hint: if it is there but untracked: git add profiles/tea.toml\n" in untracked.err
    folder.git("add", ".")
    assert folder.fine("run", "--profile", "tea", "-e", "twice(4)").out == "8\n"


def test_a_name_that_is_taken(folder: Folder) -> None:
    done = folder.vmgit("profile", "new", "default", "--json")
    assert done.status == 2
    assert done.json["error"]["code"] == "name_taken"
