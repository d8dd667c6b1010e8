"""`vmgit profile diff`."""

from __future__ import annotations

import pytest
from workspaces import Folder


@pytest.fixture
def shop(folder: Folder) -> Folder:
    """Two profiles; `shop` is changed in the worktree after its commit."""
    folder.profile('extends = "default"\n[limits]\ncpu_ms = 100\n', "shop")
    folder.commit("shop")
    folder.profile('extends = "default"\nrefresh = "off"\nstartup = ["lib/rates.js"]\n', "shop")
    return folder


def test_one_profile_against_head(shop: Folder) -> None:
    done = shop.fine("profile", "diff", "shop")
    assert [line.split() for line in done.out.splitlines()] == [
        ["KEY", "shop", "at", "HEAD", "shop", "in", "the", "worktree"],
        ["startup", '"startup/00-base.js",', '"startup/10-rules.js"', '"lib/rates.js"'],
        ["refresh", '"rerun"', '"off"'],
        ["limits.cpu_ms", "100", "2000"],
    ]
    assert shop.vmgit("profile", "diff", "shop", "--exit-code").status == 1


def test_two_profiles_and_revisions(shop: Folder) -> None:
    at_head = shop.fine("profile", "diff", "default", "shop", "--at", "HEAD", "--json").json
    assert at_head["differences"] == [{"key": "limits.cpu_ms", "left": 2000, "right": 100}]
    assert at_head["left"]["at"] == at_head["right"]["at"] == "HEAD"
    shop.commit("off")
    both = shop.fine("profile", "diff", "shop", "--at", "HEAD~1", "--at", "HEAD", "--json").json
    assert [one["key"] for one in both["differences"]] == ["startup", "refresh", "limits.cpu_ms"]
    assert both["left"]["digest"] != both["right"]["digest"]


def test_nothing_differs(shop: Folder) -> None:
    done = shop.fine("profile", "diff", "default", "default", "--exit-code")
    assert done.out == ""
    assert "come to the same" in done.err


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["gone"], 2),
        (["a", "b", "c"], 2),
        (["shop", "--at", "HEAD", "--at", "HEAD", "--at", "HEAD"], 2),
        (["shop", "--at", "nowhere"], 2),
        ([], 2),
    ],
)
def test_what_cannot_be_compared(shop: Folder, words: list[str], status: int) -> None:
    assert shop.vmgit("profile", "diff", *words).status == status
