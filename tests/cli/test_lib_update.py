"""`vmgit lib update`."""

from __future__ import annotations

import shutil

from .libraries import Shop, shop

__all__ = ["shop"]


def test_newer_versions_within_what_is_allowed(shop: Shop) -> None:
    shop.fine("add", "a", "d")
    assert shop.fine("update").out == "vendor/ is as it should be; nothing was changed.\n"
    shop.registry.publish("c", "1.5.0", tag=None)
    shop.registry.publish("a", "1.1.0", dependencies={})
    assert shop.fine("update", "c").out == "updated c 1.0.0 -> 1.5.0\n"
    done = shop.fine("update", "a")
    assert done.out.splitlines() == ["updated a 1.0.0 -> 1.1.0", "removed c 1.5.0"]
    assert done.err == "hint: next: git add vendor\n"
    unknown = shop.lib("update", "dd")
    assert unknown.status == 2
    assert "vendor/vmgit-lock.json has no dd." in unknown.err
    assert "Did you mean d?" in unknown.err


def test_what_is_missing_is_restored(shop: Shop) -> None:
    shop.fine("add", "c")
    shutil.rmtree(shop.folder.root / "vendor/c")
    assert shop.fine("update").out == "restored c 2.0.0\n"


def test_edits_are_not_lost(shop: Shop) -> None:
    shop.fine("add", "c@1")
    file = shop.folder.root / "vendor/c/dist/c.js"
    file.write_text("mine")
    shop.registry.publish("c", "1.5.0", tag=None)
    done = shop.lib("update")
    assert done.status == 1
    assert done.err.splitlines() == [
        "error: vendor/c was changed by hand; nothing was done.",
        "hint: --force replaces or removes it all the same.",
    ]
    assert file.read_text() == "mine"
    assert shop.fine("update", "--force").out == "updated c 1.0.0 -> 1.5.0\n"
