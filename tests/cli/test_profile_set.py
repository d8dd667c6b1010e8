"""`vmgit profile set` and `grant`: one file changes, and what comes next is said."""

from __future__ import annotations

import os
import tomllib

import pytest
from workspaces import Folder

PROFILE = "profiles/shop.toml"
TEXT = 'extends = "default"  # the base\n\n[limits]\ncpu_ms = 100  # tight\n'


@pytest.fixture
def shop(folder: Folder) -> Folder:
    """A workspace with a profile `shop` that extends the default one."""
    folder.profile(TEXT, "shop")
    return folder


def content(folder: Folder) -> str:
    return (folder.root / PROFILE).read_text()


def test_a_limit_is_set_and_the_comment_stays(shop: Folder) -> None:
    done = shop.fine("profile", "set", "shop", "limits.cpu_ms=500", "refresh=off")
    assert done.out == (f'{PROFILE}: limits.cpu_ms = 500\n{PROFILE}: refresh = "off"\n')
    assert done.err == f"hint: next: git add {PROFILE}\n"
    assert "cpu_ms = 500  # tight" in content(shop)
    assert 'extends = "default"  # the base' in content(shop)
    again = shop.fine("profile", "set", "shop", "limits.cpu_ms=500")
    assert again.out == f"{PROFILE}: limits.cpu_ms = 500 (as it was)\n"
    assert again.err == ""


def test_text_needs_no_quotes_and_numbers_can_be_text(shop: Folder) -> None:
    shop.fine("profile", "set", "shop", "description=42")
    shop.fine("profile", "set", "shop", 'startup=["startup/00-base.js"]')
    effective = shop.fine("profile", "show", "shop", "--json").json["settings"]
    assert effective["description"] == "42"
    assert effective["startup"] == [{"path": "startup/00-base.js", "mode": "auto"}]


def test_grants_add_up(shop: Folder) -> None:
    done = shop.fine("profile", "grant", "shop", "fs.read=data/**", "exec=git", "env=APP_*")
    assert "hint: next: vmgit trust add shop\n" in done.err
    assert "hint: next: git add profiles/shop.toml\n" in done.err
    shop.fine("profile", "grant", "shop", 'fs.read=["data/**", "lib/*"]', "kv=false")
    shop.fine("trust", "add", "shop")
    capabilities = shop.fine("profile", "show", "shop", "--json").json["settings"]["capabilities"]
    assert capabilities["fs"] == {"read": ["data/**", "lib/*"], "write": []}
    assert (capabilities["exec"], capabilities["env"]) == (["git"], ["APP_*"])
    assert capabilities["kv"] is False
    again = shop.fine("profile", "grant", "shop", "exec=git", "--json").json
    assert again["changed"] is False
    assert again["next"] == []


def test_databases_are_granted_to_read_and_to_write(shop: Folder) -> None:
    for one in ("sqlite=a.db", "sqlite.write=b.db", "sqlite=c.db", "fetch.hosts=a.com"):
        shop.fine("profile", "grant", "shop", one)
    granted = tomllib.loads((shop.root / "profiles/shop.toml").read_text())["capabilities"]
    assert granted["sqlite"] == {"read": ["a.db", "c.db"], "write": ["b.db"]}
    assert granted["fetch"] == {"hosts": ["a.com"]}


def test_what_a_parent_grants_stays_granted(shop: Folder) -> None:
    shop.profile('[capabilities]\nexec = ["git"]\n')
    shop.fine("profile", "grant", "shop", "exec=make")
    assert 'exec = ["git", "make"]' in content(shop)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("set", "shop", "limits.cpu_msx=5"), "limits.cpu_msx: unknown key"),
        (("set", "shop", "limits.cpu_ms=fast"), "expected an integer"),
        (("set", "shop", "extends=nowhere"), "no profile"),
        (("set", "shop", "extends=shop"), "extend itself"),
        (("set", "shop", 'startup=["gone.js"]'), "gone.js"),
        (("set", "shop", "limits"), "no assignment"),
        (("set", "gone", "limits.cpu_ms=5"), "no profile"),
        (("set", "../shop", "limits.cpu_ms=5"), "no profile"),
        (("grant", "shop", "fs=data"), "expected a table"),
        (("grant", "shop", "fs.reads=data"), "fs.reads: unknown key"),
        (("grant", "shop", "fs.read=/etc/**"), "absolute"),
        (("grant", "shop", "exec=/bin/sh"), "program name"),
        (("grant", "shop", "exec=git", "exec=a/b"), "program name"),
    ],
)
def test_what_would_be_refused_changes_nothing(
    shop: Folder, arguments: tuple[str, ...], words: str
) -> None:
    done = shop.vmgit("profile", *arguments)
    assert done.status == 2, done
    assert words in done.err
    assert content(shop) == TEXT


def test_a_profile_that_is_a_link_is_not_written_through(shop: Folder) -> None:
    (shop.root / "other.toml").write_text(TEXT)
    (shop.root / PROFILE).unlink()
    (shop.root / PROFILE).symlink_to("../other.toml")
    shop.git("add", "-A")
    assert shop.vmgit("profile", "set", "shop", "refresh=off").status != 0
    assert (shop.root / "other.toml").read_text() == TEXT
    assert os.readlink(shop.root / PROFILE) == "../other.toml"
