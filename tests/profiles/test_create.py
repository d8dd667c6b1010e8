"""A new profile is a small file; a name that is taken keeps its file."""

from __future__ import annotations

import pytest
from workspaces import Folder

from vmgit.errors import UsageError
from vmgit.profiles.create import create_profile
from vmgit.profiles.editor import ProfileEditor


def test_it_says_what_it_was_told(editor: ProfileEditor, shop: Folder) -> None:
    made = create_profile(editor, "tea", extends="shop", description='of "tea"')
    assert made.next == ("git add profiles/tea.toml", "vmgit trust add tea")
    text = (shop.root / "profiles" / "tea.toml").read_text()
    assert text.partition("\n")[2] == 'description = "of \\"tea\\""\nextends = "shop"\n'
    shop.git("add", ".")
    shop.fine("profile", "check", "tea")


def test_nothing_more_is_needed(editor: ProfileEditor, shop: Folder) -> None:
    made = create_profile(editor, "plain")
    assert (made.values, made.next) == ({}, ("git add profiles/plain.toml",))
    shop.git("add", ".")
    shop.fine("run", "--profile", "plain", "-e", "1 + 1")


def test_the_folder_is_made(editor: ProfileEditor, shop: Folder) -> None:
    shop.git("rm", "-r", "--quiet", "profiles")
    create_profile(editor, "first")
    assert (shop.root / "profiles" / "first.toml").is_file()


@pytest.mark.parametrize(
    ("name", "extends", "words"),
    [
        ("shop", None, "there is a profile shop already"),
        ("draft", None, "there is a profile draft already"),
        ("Shop", None, "no profile name"),
        ("../shop", None, "no profile name"),
        ("", None, "no profile name"),
        ("tea", "nowhere", 'no profile "nowhere"'),
        ("tea", "tea", "cannot extend itself"),
        ("tea", "Shop", "not a profile name"),
    ],
)
def test_what_is_refused_writes_nothing(
    editor: ProfileEditor, shop: Folder, name: str, extends: str | None, words: str
) -> None:
    folder = shop.root / "profiles"
    (folder / "draft.toml").write_text("# not tracked, and not to be lost\n")
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(UsageError, match=words):
        create_profile(editor, name, extends=extends)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
