"""Startup files are added at a place and taken out again; only tracked ones, and each once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from workspaces import Folder

from vmgit.errors import NotFoundError, UsageError
from vmgit.profiles.editor import ProfileEditor
from vmgit.profiles.startup import add_startup, remove_startup

from .conftest import SHOP

Read = Callable[..., str]
LISTED = """\
startup = [
  "startup/00-base.js",  # first
  # before the rules
  { path = "startup/10-rules.js", mode = "script" },  # second
]
"""


def paths(editor: ProfileEditor, name: str = "shop") -> list[str]:
    loaded = editor.load(name, editor.content(name), editor.tree())
    return [entry.path for entry in loaded.effective.startup]


def test_it_comes_after_what_the_parent_starts(editor: ProfileEditor, content: Read) -> None:
    editor.change("shop", [add_startup(editor, "lib/rates.js", mode="commonjs")])
    assert paths(editor) == ["startup/00-base.js", "startup/10-rules.js", "lib/rates.js"]
    assert 'startup/10-rules.js", {path = "lib/rates.js", mode = "commonjs"}]' in content()
    assert "# tight" in content()


@pytest.mark.parametrize("order", [1, 2, 3, None])
def test_comments_stay_wherever_it_goes(
    editor: ProfileEditor, shop: Folder, content: Read, order: int | None
) -> None:
    shop.profile(LISTED, "listed")
    editor.change("listed", [add_startup(editor, "lib/rates.js", order=order)])
    place = paths(editor, "listed").index("lib/rates.js")
    assert place == (2 if order is None else order - 1)
    assert content("listed").replace('  "lib/rates.js",\n', "") == LISTED
    editor.change("listed", [remove_startup("lib/rates.js")])
    assert content("listed") == LISTED


def test_tables_of_their_own_stay_tables(
    editor: ProfileEditor, shop: Folder, content: Read
) -> None:
    text = '[[startup]]\npath = "startup/00-base.js"  # first\n\n[limits]\ncpu_ms = 100\n'
    shop.profile(text, "tables")
    editor.change("tables", [add_startup(editor, "lib/rates.js", order=1)])
    assert paths(editor, "tables") == ["lib/rates.js", "startup/00-base.js"]
    editor.change("tables", [remove_startup("lib/rates.js")])
    assert content("tables") == text


@pytest.mark.parametrize(
    ("path", "words", "hint"),
    [
        ("startup/00-base", "there is no file", "did you mean startup/00-base.js?"),
        ("new.js", "new.js is not tracked", "git add new.js"),
        ("out/x.js", "Git ignores out/x.js", "git add --force out/x.js"),
        ("../x.js", "leaves the workspace", "paths begin at the workspace root"),
        ("/etc/passwd", "is absolute", "paths begin at the workspace root"),
        (".git/config", "inside .git", "only files that Git tracks can be named"),
        ("./lib/rates.js", "has empty, . or .. parts", 'write "lib/rates.js"'),
        ("lib", "lib is a folder", ""),
        ("away.js", "a link to no tracked file", ""),
        ("startup/00-base.js", "number 1 of 2", "remove-startup shop startup/00-base.js"),
    ],
)
def test_what_cannot_be_added(
    editor: ProfileEditor, shop: Folder, content: Read, path: str, words: str, hint: str
) -> None:
    shop.write(".gitignore", "out/\n")
    (shop.root / "new.js").write_text("1\n")
    (shop.root / "out").mkdir()
    (shop.root / "out" / "x.js").write_text("1\n")
    (shop.root / "away.js").symlink_to("/etc/passwd")
    shop.git("add", "away.js")
    with pytest.raises(UsageError) as caught:
        editor.change("shop", [add_startup(editor, path)])
    assert words in caught.value.message
    assert hint in " ".join(caught.value.hints)
    assert content() == SHOP


@pytest.mark.parametrize("order", [0, 4])
def test_there_is_no_such_place(editor: ProfileEditor, order: int) -> None:
    with pytest.raises(UsageError, match="a new one takes 1 to 3"):
        editor.change("shop", [add_startup(editor, "lib/rates.js", order=order)])


def test_missing_files_can_be_taken_out_one_by_one(editor: ProfileEditor, shop: Folder) -> None:
    shop.git("rm", "--quiet", "startup/00-base.js", "startup/10-rules.js")
    editor.change("shop", [remove_startup("startup/00-base.js")])
    edited = editor.change("shop", [remove_startup("startup/10-rules.js")])
    assert edited.values == {"startup": []}


def test_what_is_no_startup_file_cannot_be_taken_out(editor: ProfileEditor, content: Read) -> None:
    with pytest.raises(NotFoundError, match="no startup file of shop") as caught:
        editor.change("shop", [remove_startup("startup/00-bas.js")])
    assert "did you mean startup/00-base.js?" in caught.value.hints
    assert content() == SHOP
