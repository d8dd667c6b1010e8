"""Grants are added and taken away, comments between the items of a list included."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from workspaces import Folder

from vmgit.errors import NotFoundError, UsageError
from vmgit.profiles.editor import ProfileEditor
from vmgit.profiles.grants import grant, revoke

from .conftest import SHOP

Read = Callable[..., str]


def test_an_item_joins_and_leaves(editor: ProfileEditor, content: Read) -> None:
    editor.change("shop", [grant("env=EXTRA")])
    assert content() == SHOP.replace("# theirs\n", '# theirs\n  "EXTRA",\n')
    editor.change("shop", [revoke("env=EXTRA")])
    assert content() == SHOP


def test_the_comment_of_what_stays_stays(editor: ProfileEditor, content: Read) -> None:
    editor.change("shop", [revoke("env=APP_*")])
    assert content() == SHOP.replace('  "APP_*",  # ours\n', "")


def test_what_a_parent_grants_can_be_taken_away(editor: ProfileEditor, shop: Folder) -> None:
    shop.profile('[capabilities]\nexec = ["git", "make"]\n')
    edited = editor.change("shop", [revoke("exec=git")])
    assert edited.effective == {"capabilities.exec": ["make"]}
    assert edited.values == {"capabilities.exec": ["make"]}


def test_a_name_alone_takes_all_of_it(editor: ProfileEditor) -> None:
    steps = [
        grant('fs.read=["a/**", "b"]'),
        grant("fs.write=c"),
        grant("fetch.hosts=example.com"),
        grant('exec=["git"]'),
    ]
    editor.change("shop", steps)
    edited = editor.change("shop", [revoke(one) for one in ("fs", "fetch", "exec", "kv", "env")])
    assert edited.values == {
        "capabilities.fs.read": [],
        "capabilities.fs.write": [],
        "capabilities.fetch.hosts": [],
        "capabilities.exec": [],
        "capabilities.kv": False,
        "capabilities.env": [],
    }
    assert edited.next == ("git add profiles/shop.toml",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exec=git", "does not grant exec=git"),
        ("exec", "does not grant exec"),
        ("env=PATH", "does not grant env=PATH"),
        ('env=["HOME", "PATH"]', "does not grant"),
        ("env=[]", "does not grant"),
        ("nothing", "does not grant nothing"),
        ("fs.reads", "does not grant fs.reads"),
    ],
)
def test_what_is_not_granted_cannot_be_taken_away(
    editor: ProfileEditor, content: Read, text: str, words: str
) -> None:
    with pytest.raises(NotFoundError) as caught:
        editor.change("shop", [revoke(text)])
    assert words in caught.value.message
    assert caught.value.hints == ('it grants console = true, env = ["APP_*","HOME"], kv = true',)
    assert content() == SHOP


def test_kv_is_taken_without_a_value(editor: ProfileEditor) -> None:
    with pytest.raises(UsageError, match="kv is no list"):
        editor.change("shop", [revoke("kv=true")])
