"""`vmgit profile list`."""

from __future__ import annotations

from workspaces import Folder


def test_every_profile_and_what_is_wrong_with_it(folder: Folder) -> None:
    folder.profile('description = "the shop"\nrefresh = "off"\n', "shop")
    folder.profile("startups = []\n", "broken")
    folder.git.write("profiles/untracked.toml", "")
    folder.git.write("profiles/notes.txt", "")
    lines = folder.fine("profile", "list").out.splitlines()
    assert lines[0].split() == ["PROFILE", "REFRESH", "STARTUP", "DESCRIPTION"]
    assert lines[1].split()[:3] == ["broken", "-", "-"]
    assert "startups: unknown key" in lines[1]
    assert lines[2].split() == ["default", "rerun", "2"]
    assert lines[3].split() == ["shop", "off", "0", "the", "shop"]
    assert len(lines) == 4
    rows = folder.fine("profile", "list", "--json").json
    assert rows[1]["startup"] == ["startup/00-base.js", "startup/10-rules.js"]
    assert "error" in rows[0]


def test_at_a_revision(folder: Folder) -> None:
    folder.profile("", "later")
    rows = folder.fine("profile", "list", "--at", "HEAD", "--json").json
    assert [row["profile"] for row in rows] == ["default"]
