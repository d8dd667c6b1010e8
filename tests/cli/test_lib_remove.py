"""`vmgit lib remove`."""

from __future__ import annotations

from .libraries import Shop, shop

__all__ = ["shop"]


def test_a_package_and_what_nothing_needs_then(shop: Shop) -> None:
    shop.fine("add", "a", "d")
    refused = shop.lib("remove", "c")
    assert refused.status == 2
    assert "c is there because of a." in refused.err
    shop.environment["npm_config_registry"] = "http://127.0.0.1:9/"  # nobody is asked
    done = shop.fine("remove", "a")
    assert done.out.splitlines() == ["removed a 1.0.0", "removed c 1.0.0"]
    assert done.err == "hint: next: git add vendor\n"
    shop.folder.git("add", "vendor")
    last = shop.fine("remove", "d")
    assert not (shop.folder.root / "vendor").exists()
    assert last.err == "hint: next: git add vendor\n"
    shop.folder.git("add", "vendor")
    assert shop.folder.git("status", "--porcelain") == ""
    assert shop.lib("remove", "d").status == 2


def test_edits_are_not_lost(shop: Shop) -> None:
    shop.fine("add", "c")
    (shop.folder.root / "vendor/c/new.js").write_text("mine")
    assert shop.lib("remove", "c").status == 1
    shop.fine("remove", "c", "--force")
