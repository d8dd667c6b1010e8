"""`vmgit profile show`."""

from __future__ import annotations

import tomllib

from workspaces import Folder


def test_the_file_as_it_is_written(folder: Folder) -> None:
    text = '# why\nextends = "default"\n\n[limits]\nwall_ms = 100 # short\n'
    folder.profile(text, "quick")
    assert folder.fine("profile", "show", "quick").out == text


def test_effective_is_what_a_session_runs_with(folder: Folder) -> None:
    folder.profile('extends = "default"\n[limits]\nwall_ms = 100\n', "quick")
    shown = folder.fine("profile", "show", "quick", "--effective").out
    assert shown.startswith("# profiles/quick.toml extends profiles/default.toml; digest ")
    settings = tomllib.loads(shown)
    assert settings["limits"]["wall_ms"] == 100
    assert settings["limits"]["memory_mb"] == 64
    paths = [entry["path"] for entry in settings["startup"]]
    assert paths == ["startup/00-base.js", "startup/10-rules.js"]
    document = folder.fine("profile", "show", "quick", "--effective", "--json").json
    assert document["path"] == "profiles/quick.toml"
    assert document["chain"] == ["profiles/quick.toml", "profiles/default.toml"]
    assert document["settings"]["limits"] == settings["limits"]


def test_at_a_revision(folder: Folder) -> None:
    before = folder.fine("profile", "show", "default").out
    folder.profile("# changed\n")
    assert folder.fine("profile", "show", "default").out == "# changed\n"
    assert folder.fine("profile", "show", "default", "--at", "HEAD").out == before
