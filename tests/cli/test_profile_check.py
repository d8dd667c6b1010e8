"""`vmgit profile check`."""

from __future__ import annotations

from workspaces import Folder


def test_what_is_fine_is_said_and_what_is_wrong_is_placed(folder: Folder) -> None:
    assert folder.fine("profile", "check").out == "default: fine\n"
    folder.profile("startups = []\n[limits]\nwall_ms = 1\n", "bad")
    folder.profile('startup = ["startup/00-bas.js"]\n', "worse")
    done = folder.vmgit("profile", "check")
    assert (done.status, done.out) == (1, "default: fine\n")
    assert done.err.splitlines() == [
        "error: profiles/bad.toml:1: startups: unknown key",
        "hint: did you mean startup?",
        "error: profiles/bad.toml:3: limits.wall_ms: expected an integer from 10 to 3600000, "
        "found 1",
        'error: profiles/worse.toml:1: startup[0]: no file "startup/00-bas.js" among the tracked '
        "files",
        'hint: did you mean "startup/00-base.js"?',
    ]
    assert folder.fine("profile", "check", "default").out == "default: fine\n"
    assert folder.fine("profile", "check", "--at", "HEAD").out == "default: fine\n"


def test_the_document(folder: Folder) -> None:
    folder.profile("x = [\n", "bad")
    done = folder.vmgit("profile", "check", "--json")
    assert done.status == 1
    assert [(one["profile"], len(one["errors"])) for one in done.json] == [
        ("bad", 1),
        ("default", 0),
    ]
    error = done.json[0]["errors"][0]
    assert (error["file"], error["line"]) == ("profiles/bad.toml", 1)
    assert done.err.startswith("error: profiles/bad.toml:1:")
