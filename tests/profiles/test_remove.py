"""A profile that is needed stays, and so does one whose content only this file has."""

from __future__ import annotations

import msgspec
import pytest
from realgit import Git
from workspaces import Folder

from vmgit.errors import NotFoundError, RefusedError
from vmgit.profiles.editor import ProfileEditor, Tree
from vmgit.profiles.remove import remove_profile


@pytest.fixture
def head(shop: Folder, editor: ProfileEditor) -> Tree:
    """The files of HEAD."""
    return editor.tree()


def test_a_committed_profile_that_nobody_needs_goes(
    editor: ProfileEditor, shop: Folder, head: Tree
) -> None:
    removed = remove_profile(editor, "shop", sessions=[], committed=head)
    assert msgspec.to_builtins(removed) == {
        "profile": "shop",
        "path": "profiles/shop.toml",
        "overridden": (),
        "next": ("git add profiles/shop.toml",),
    }
    assert not (shop.root / "profiles" / "shop.toml").exists()
    shop.git("add", "profiles/shop.toml")
    assert shop.git("status", "--porcelain") == "D  profiles/shop.toml"


def test_who_needs_it_is_named(editor: ProfileEditor, shop: Folder, head: Tree) -> None:
    (shop.root / "profiles" / "draft.toml").write_text('extends = "default"\nnonsense = 1\n')
    with pytest.raises(RefusedError) as caught:
        remove_profile(editor, "default", sessions=["tea"], committed=head)
    assert caught.value.details["because"] == [
        "profile draft extends it",
        "profile shop extends it",
        "session tea uses it",
    ]
    assert (shop.root / "profiles" / "default.toml").exists()
    removed = remove_profile(editor, "default", sessions=["tea"], committed=head, force=True)
    assert len(removed.overridden) == 3
    assert not (shop.root / "profiles" / "default.toml").exists()


@pytest.mark.parametrize("staged", [False, True])
def test_what_is_not_committed_is_kept(
    editor: ProfileEditor, shop: Folder, head: Tree, staged: bool
) -> None:
    (shop.root / "profiles" / "shop.toml").write_text("# better\n")
    if staged:
        shop.git("add", ".")
    with pytest.raises(RefusedError, match="changes that are not committed"):
        remove_profile(editor, "shop", sessions=[], committed=head)
    assert (shop.root / "profiles" / "shop.toml").read_text() == "# better\n"


def test_what_is_not_tracked_is_kept(editor: ProfileEditor, shop: Folder, head: Tree) -> None:
    (shop.root / "profiles" / "mine.toml").write_text("# mine\n")
    with pytest.raises(RefusedError, match="Git does not track it"):
        remove_profile(editor, "mine", sessions=[], committed=head)
    assert remove_profile(editor, "mine", sessions=[], committed=head, force=True).next == ()


def test_before_the_first_commit(git: Git) -> None:
    git.init()
    made = Folder(git)
    made.write("vmgit.toml", "format = 1\n")
    made.profile()
    with made.open() as workspace, pytest.raises(RefusedError, match="not committed"):
        remove_profile(workspace.profile_editor, "default", sessions=[], committed=None)


@pytest.mark.parametrize("name", ["shp", "../vmgit", "", "a/b"])
def test_no_such_profile(editor: ProfileEditor, shop: Folder, head: Tree, name: str) -> None:
    with pytest.raises(NotFoundError):
        remove_profile(editor, name, sessions=[], committed=head, force=True)
    assert (shop.root / "vmgit.toml").exists()
