"""`vmgit profile remove-startup`."""

from __future__ import annotations

from workspaces import Folder


def test_a_file_that_is_gone_can_be_taken_out(folder: Folder) -> None:
    folder.git("rm", "--quiet", "startup/10-rules.js")
    assert folder.vmgit("profile", "check").status == 1
    done = folder.fine("profile", "remove-startup", "default", "startup/10-rules.js")
    assert done.out == 'profiles/default.toml: startup = ["startup/00-base.js"]\n'
    folder.fine("profile", "check")
    again = folder.vmgit("profile", "remove-startup", "default", "startup/10-rules.js")
    assert again.status == 2
    assert "hint: startup files: startup/00-base.js\n" in again.err
