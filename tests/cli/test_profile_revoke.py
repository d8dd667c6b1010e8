"""`vmgit profile revoke`."""

from __future__ import annotations

from workspaces import Folder


def test_what_is_left_needs_trust_of_its_own(folder: Folder) -> None:
    folder.profile('[capabilities]\nexec = ["git", "make"]\n', "shop")
    folder.fine("trust", "add", "shop")
    done = folder.fine("profile", "revoke", "shop", "exec=git")
    assert done.out == 'profiles/shop.toml: capabilities.exec = ["make"]\n'
    assert "hint: next: vmgit trust add shop\n" in done.err
    done = folder.fine("profile", "revoke", "shop", "exec", "kv", "--json")
    assert done.json["values"] == {"capabilities.exec": [], "capabilities.kv": False}
    assert done.json["next"] == ["git add profiles/shop.toml"]
    denied = folder.vmgit(
        "run", "--profile", "shop", "-e", 'import { get } from "vmgit:kv"; get("x")'
    )
    assert denied.status == 7
