"""`vmgit profile add-startup`."""

from __future__ import annotations

from typing import get_args

from workspaces import Folder

from vmgit.cli.profile.add_startup import MODES
from vmgit.profile import Mode


def test_the_modes_are_those_of_the_schema() -> None:
    assert get_args(Mode) == MODES


def test_a_live_session_starts_it_too(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "tea")
    folder.write("startup/05-late.mjs", "globalThis.late = typeof twice;\n")
    done = folder.fine(
        *("profile", "add-startup", "default", "05-late.mjs", "--order", "2", "--mode", "module"),
        cwd=folder.root / "startup",
    )
    assert done.out == (
        'profiles/default.toml: startup = ["startup/00-base.js", '
        '{ path = "startup/05-late.mjs", mode = "module" }, "startup/10-rules.js"]\n'
    )
    assert done.err == "hint: next: git add profiles/default.toml\n"
    assert folder.fine("run", "-s", "tea", "-e", "late").out == "'function'\n"


def test_a_file_outside_of_the_workspace(folder: Folder) -> None:
    done = folder.vmgit("profile", "add-startup", "default", "../../etc/passwd")
    assert done.status == 2
    assert "is outside the workspace" in done.err
