"""Keys are set and taken out; setting is also tested with `edit` and `vmgit profile set`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from vmgit.errors import NotFoundError, UsageError
from vmgit.profiles.assign import assign, unset
from vmgit.profiles.editor import ProfileEditor

from .conftest import SHOP

Read = Callable[..., str]


def test_set_and_unset_is_as_before(editor: ProfileEditor, content: Read) -> None:
    editor.change("shop", [assign("limits.wall_ms=900"), assign("description=rules")])
    assert content() != SHOP
    edited = editor.change("shop", [unset("limits.wall_ms"), unset("description")])
    assert content() == SHOP
    assert edited.values == {"limits.wall_ms": None, "description": None}
    assert edited.next == ("git add profiles/shop.toml", "vmgit trust add shop")


def test_a_whole_table_goes(editor: ProfileEditor, content: Read) -> None:
    edited = editor.change("shop", [unset("limits")])
    assert "cpu_ms" not in content()
    assert edited.effective["limits"]["cpu_ms"] == 2000


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("limits.cpu", "does not set limits.cpu"),
        ("refresh", "does not set refresh"),
        ("startup", "does not set startup"),
        ("limits.cpu_ms.x", "does not set"),
    ],
)
def test_a_key_that_is_not_there(
    editor: ProfileEditor, content: Read, key: str, words: str
) -> None:
    with pytest.raises(NotFoundError, match=words) as caught:
        editor.change("shop", [unset(key)])
    assert any(hint.startswith("it sets extends, limits") for hint in caught.value.hints)
    assert content() == SHOP


@pytest.mark.parametrize("key", ["", ".", "limits.", ".cpu_ms"])
def test_no_key(key: str) -> None:
    with pytest.raises(UsageError, match="no key"):
        unset(key)
