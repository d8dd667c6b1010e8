"""`vmgit lib verify`."""

from __future__ import annotations

import shutil

from .libraries import Shop, shop

__all__ = ["shop"]


def test_every_package_is_compared(shop: Shop) -> None:
    assert shop.fine("verify").out == "vendor/ has no libraries.\n"
    shop.fine("add", "a", "d")
    shop.environment["npm_config_registry"] = "http://127.0.0.1:9/"
    assert shop.fine("verify").out.splitlines() == [
        "a 1.0.0: fine",
        "c 1.0.0: fine",
        "d 1.0.0: fine",
        "d/node_modules/c 2.0.0: fine",
    ]
    (shop.folder.root / "vendor/d/node_modules/c/dist/c.js").write_text("mine")
    shutil.rmtree(shop.folder.root / "vendor/c")
    done = shop.lib("verify")
    assert done.status == 1
    assert done.out.splitlines() == [
        "a 1.0.0: fine",
        "c 1.0.0: missing",
        "d 1.0.0: fine",
        "d/node_modules/c 2.0.0: changed by hand",
    ]
    assert done.err.splitlines() == [
        "hint: `git diff -- vendor` and `git log -- vendor` tell what was changed.",
        "hint: `vmgit lib update` restores what is missing.",
    ]
    document = shop.lib("verify", "--json").json
    assert document["ok"] is False
    states = [row["state"] for row in document["packages"]]
    assert states == ["fine", "missing", "fine", "changed"]
