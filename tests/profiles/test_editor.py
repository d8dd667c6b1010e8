"""The file of a profile is changed whole or not at all, and nothing that others wrote is lost."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import msgspec
import pytest
from workspaces import Folder

from vmgit.errors import BusyError, NotFoundError, RefusedError, UsageError
from vmgit.profiles.assign import assign
from vmgit.profiles.editor import Current, ProfileEditor, Proposal

from .conftest import SHOP

Read = Callable[..., str]


def test_what_was_made_and_what_comes_next(editor: ProfileEditor, content: Read) -> None:
    edited = editor.change("shop", [assign("limits.cpu_ms=500"), assign("refresh=off")])
    assert content() == SHOP.replace("100", "500").replace(
        "# the base\n", '# the base\nrefresh = "off"\n'
    )
    assert msgspec.to_builtins(edited) == {
        "profile": "shop",
        "path": "profiles/shop.toml",
        "changed": True,
        "values": {"limits.cpu_ms": 500, "refresh": "off"},
        "effective": {"limits.cpu_ms": 500, "refresh": "off"},
        "next": ("git add profiles/shop.toml", "vmgit trust add shop"),
    }
    assert edited.effective == {"limits.cpu_ms": 500, "refresh": "off"}


def test_one_bad_step_and_nothing_is_written(editor: ProfileEditor, content: Read) -> None:
    with pytest.raises(UsageError, match="unknown key"):
        editor.change("shop", [assign("limits.cpu_ms=500"), assign("limits.cpu=1")])
    assert content() == SHOP


def test_a_file_that_is_not_tracked_yet_can_be_changed(editor: ProfileEditor, shop: Folder) -> None:
    (shop.root / "profiles" / "new.toml").write_text("# mine\n")
    edited = editor.change("new", [assign("limits.cpu_ms=500")])
    assert edited.next == ("git add profiles/new.toml",)
    again = editor.change("new", [assign("limits.cpu_ms=500")])
    assert (again.changed, again.next) == (False, ("git add profiles/new.toml",))


def test_a_parent_that_is_not_tracked_is_named(editor: ProfileEditor, shop: Folder) -> None:
    (shop.root / "profiles" / "base.toml").write_text("# mine\n")
    with pytest.raises(UsageError, match='no profile "base"') as caught:
        editor.change("shop", [assign("extends=base")])
    assert "it is there but untracked: git add profiles/base.toml" in caught.value.hints


def test_permissions_and_line_ends_stay(editor: ProfileEditor, shop: Folder) -> None:
    file = shop.root / "profiles" / "shop.toml"
    file.write_bytes(SHOP.replace("\n", "\r\n").encode())
    file.chmod(0o640)
    editor.change("shop", [assign("limits.wall_ms=300"), assign('startup=["lib/rates.js"]')])
    assert file.stat().st_mode & 0o777 == 0o640
    assert b"\n" not in file.read_bytes().replace(b"\r\n", b"")
    assert os.listdir(file.parent).count("shop.toml") == len(os.listdir(file.parent)) - 1


def test_an_editor_that_saves_meanwhile_wins(editor: ProfileEditor, shop: Folder) -> None:
    file = shop.root / "profiles" / "shop.toml"

    def saved(_: Current) -> list[Proposal]:
        file.write_text("# somebody else\n")
        return [Proposal(("refresh",), ["off"])]

    with pytest.raises(BusyError, match="changed by somebody else"):
        editor.change("shop", [saved])
    assert file.read_text() == "# somebody else\n"


def test_changes_at_the_same_time_are_all_made(shop: Folder, content: Read) -> None:
    keys = ["cpu_ms", "wall_ms", "memory_mb", "output_kb", "events", "source_kb"]
    done = [shop.start("profile", "set", "shop", f"limits.{key}=100") for key in keys]
    for process in done:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, (out, err)
    assert all(f"{key} = 100" in content() for key in keys)


def test_two_threads_take_turns(editor: ProfileEditor, content: Read) -> None:
    entered, go = threading.Event(), threading.Event()

    def slow(_: Current) -> list[Proposal]:
        entered.set()
        assert go.wait(30)
        return [Proposal(("refresh",), ["off"])]

    first = threading.Thread(target=lambda: editor.change("shop", [slow]))
    first.start()
    assert entered.wait(30)
    second = threading.Thread(target=lambda: editor.change("shop", [assign("limits.events=7")]))
    second.start()
    go.set()
    first.join(30)
    second.join(30)
    assert 'refresh = "off"' in content()
    assert "events = 7" in content()


@pytest.mark.parametrize("name", ["gone", "../vmgit", "a/b", "", "Shop", "x" * 300])
def test_no_such_profile(editor: ProfileEditor, name: str) -> None:
    with pytest.raises(NotFoundError, match="no profile"):
        editor.change(name, [assign("refresh=off")])


def test_a_bad_file_is_left_to_who_wrote_it(editor: ProfileEditor, shop: Folder) -> None:
    (shop.root / "profiles" / "shop.toml").write_text("oops\n")
    with pytest.raises(RefusedError, match=r"profiles/shop\.toml:1"):
        editor.change("shop", [assign("refresh=off")])


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_no_regular_file_is_refused(editor: ProfileEditor, shop: Folder, kind: str) -> None:
    file = shop.root / "profiles" / "shop.toml"
    file.unlink()
    match kind:
        case "link":
            file.symlink_to("default.toml")
        case "folder":
            file.mkdir()
        case "pipe":
            os.mkfifo(file)
    with pytest.raises(RefusedError, match="cannot be changed"):
        editor.change("shop", [assign("refresh=off")])


def test_a_missing_startup_file_does_not_forbid_other_changes(
    editor: ProfileEditor, shop: Folder
) -> None:
    shop.git("rm", "--quiet", "startup/10-rules.js")
    editor.change("shop", [assign("refresh=off")])
    with pytest.raises(UsageError, match=r"gone\.js"):
        editor.change("shop", [assign('startup=["gone.js"]')])
