"""`vmgit profile tighten`: a diff that git applies, and nothing is written."""

from __future__ import annotations

from workspaces import Folder

PROFILE = "profiles/default.toml"


def test_the_diff_can_be_applied(folder: Folder) -> None:
    text = '[capabilities] # wide\nexec = ["sh", "cat"]\n\n[capabilities.fs]\nread = ["**"] # all\n'
    folder.profile(text)
    folder.write("data/a.txt", "one")
    folder.fine("trust", "add", "default")
    name = folder.fine("session", "new", "--name", "s").out.strip()
    folder.fine("run", "-s", name, "-e", "require('vmgit:fs').readFile('data/a.txt')")
    diff = folder.fine("profile", "tighten", "default", "--from", name).out
    assert (folder.root / PROFILE).read_text() == text
    folder.git("apply", "-", stdin=diff.encode())
    edited = (folder.root / PROFILE).read_text()
    assert 'read = ["data/a.txt"] # all' in edited
    assert "exec = []" in edited
    assert folder.fine("profile", "tighten", "default", "--from", name).out == ""
    assert folder.vmgit("profile", "tighten", "default", "--from", "gone").status == 2
