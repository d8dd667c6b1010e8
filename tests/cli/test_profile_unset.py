"""`vmgit profile unset`."""

from __future__ import annotations

from workspaces import Folder


def test_what_holds_afterwards_is_said(folder: Folder) -> None:
    folder.profile('extends = "default"\n\n[limits]\ncpu_ms = 100\n', "shop")
    done = folder.fine("profile", "unset", "shop", "limits.cpu_ms", "extends")
    assert done.out == (
        "profiles/shop.toml: limits.cpu_ms is not set any more; 2000 holds\n"
        "profiles/shop.toml: extends is not set any more; nothing holds\n"
    )
    assert done.err == "hint: next: git add profiles/shop.toml\n"
    again = folder.vmgit("profile", "unset", "shop", "limits.cpu_ms", "--json")
    assert (again.status, again.json["error"]["code"]) == (2, "not_found")
