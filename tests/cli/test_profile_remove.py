"""`vmgit profile remove`."""

from __future__ import annotations

from workspaces import Folder


def test_a_profile_in_use_stays(folder: Folder) -> None:
    folder.profile("", "tea")
    folder.commit("tea")
    folder.fine("session", "new", "--name", "cup", "--profile", "tea")
    folder.fine("session", "new", "--name", "pinned", "--profile", "tea", "--at", "HEAD")
    done = folder.vmgit("profile", "remove", "tea")
    assert (done.status, done.out) == (1, "")
    assert done.err == (
        "error: profile tea was not removed: session cup uses it.\n"
        "hint: `vmgit profile remove tea --force` removes it anyway.\n"
    )
    folder.fine("session", "close", "cup")
    done = folder.fine("profile", "remove", "tea")
    assert (done.out, done.err) == (
        "removed profiles/tea.toml\n",
        "hint: next: git add profiles/tea.toml\n",
    )
    assert folder.fine("run", "-s", "pinned", "-e", "1").out == "1\n"


def test_force_says_what_it_overrode(folder: Folder) -> None:
    folder.fine("profile", "new", "mine", "--extends", "default")
    done = folder.vmgit("profile", "remove", "default")
    assert "profile mine extends it" in done.err
    done = folder.fine("profile", "remove", "mine", "--force", "--json")
    assert done.json == {
        "profile": "mine",
        "path": "profiles/mine.toml",
        "overridden": ["Git does not track it"],
        "next": [],
    }
    assert not folder.log_path.exists()
