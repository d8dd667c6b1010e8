"""`vmgit trust`: show, add, revoke, and what commands do without it."""

from __future__ import annotations

import pytest
from workspaces import Folder

GRANT = '[capabilities]\nenv = ["HOME"]\n\n[capabilities.fs]\nread = ["data/**"]\n'


def test_a_profile_is_read_trusted_and_revoked(folder: Folder) -> None:
    shown = folder.fine("trust", "show").out
    assert shown == "default: grants nothing beyond console and kv\n"
    folder.profile(GRANT)
    for command in (["run", "-e", "1"], ["session", "new"]):
        done = folder.vmgit(*command)
        assert done.status == 7
        assert done.out == ""
        assert "vmgit trust add default" in done.err
    assert folder.vmgit("run", "--json", "-e", "1").json["error"]["code"] == "not_trusted"
    assert folder.fine("exec", "list", "--json").json == []
    shown = folder.fine("trust", "show", "default").out
    assert shown.startswith("default: not trusted; `vmgit trust add default` would trust\n")
    assert '  fs.read = ["data/**"]\n' in shown
    assert folder.fine("trust", "add", "default").out.startswith("default: trusted\n")
    assert folder.fine("trust", "add", "default").out.startswith("default: was trusted already\n")
    assert folder.fine("run", "-e", "1+1").out == "2\n"
    (row,) = folder.fine("trust", "show", "--json").json
    assert row["state"] == "trusted"
    assert row["grants"] == {"env": ["HOME"], "fs": {"read": ["data/**"]}}
    assert folder.fine("trust", "revoke", "default").out == "default: not trusted any more\n"
    assert folder.vmgit("run", "-e", "1").status == 7


def test_a_profile_that_is_gone_can_be_shown_and_revoked(folder: Folder) -> None:
    folder.profile(GRANT, "old")
    folder.fine("trust", "add", "old")
    folder.git("rm", "--quiet", "-f", "profiles/old.toml")
    assert "old: no profile" in folder.fine("trust", "show").out
    folder.fine("trust", "revoke", "old")
    assert folder.vmgit("trust", "revoke", "old").status == 2
    assert folder.vmgit("trust", "add", "nowhere").status == 2


def test_nothing_to_trust_is_said(folder: Folder) -> None:
    out = folder.fine("trust", "add", "default").out
    assert out == "default: grants nothing beyond console and kv; there is nothing to trust\n"


# A server keeps the walls that it began with, whatever vmgit.toml says since.
@pytest.mark.embedded
def test_what_the_workspace_loosens_is_trusted_and_revoked(folder: Folder) -> None:
    nothing = folder.fine("trust", "add", "--workspace").out
    assert nothing == "vmgit.toml: loosens nothing; there is nothing to trust\n"
    folder.write("vmgit.toml", 'format = 1\nsandbox = "off"\n')
    assert folder.fine("trust", "show").out == (
        "vmgit.toml: not trusted; `vmgit trust add --workspace` would trust\n"
        '  sandbox = "off"\n'
        "default: grants nothing beyond console and kv\n"
    )
    assert folder.vmgit("run", "--json", "-e", "1").json["error"]["code"] == "not_trusted"
    added = folder.fine("trust", "add", "--workspace").out
    assert added == 'vmgit.toml: trusted\n  sandbox = "off"\n'
    assert folder.fine("run", "-e", "1+1").out == "2\n"
    folder.write("vmgit.toml", "format = 1\n")
    shown = folder.fine("trust", "show", "--json").json
    assert shown[0] == {"profile": None, "state": "none", "grants": {}, "known": 1}
    folder.commit()
    folder.write("vmgit.toml", 'sandbox = "off"  # again, on another branch\n')
    assert folder.fine("run", "-e", "1+1").out == "2\n"
    assert folder.fine("trust", "revoke", "--workspace").out == "vmgit.toml: not trusted any more\n"
    assert folder.vmgit("run", "-e", "1").status == 7
    assert folder.vmgit("trust", "revoke", "--workspace").status == 2
    at_head = folder.fine("trust", "add", "--workspace", "--at", "HEAD").out
    assert "nothing to trust" in at_head


def test_a_profile_or_the_workspace_is_named(folder: Folder) -> None:
    for words in (["add"], ["revoke"], ["add", "default", "--workspace"], ["add", ""]):
        assert folder.vmgit("trust", *words).status == 2
