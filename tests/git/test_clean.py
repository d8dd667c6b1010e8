"""Blobs are the ones that the real `git add` makes, filters and line endings included."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeAlias

import pytest
from realgit import Git

from vmgit.errors import EnvironmentFailure
from vmgit.git.snapshot import Snapshotter

Opener: TypeAlias = Callable[[Git], Snapshotter]
Added: TypeAlias = Callable[[Git], str]
Fingerprint: TypeAlias = Callable[[Git], dict[str, object]]
#: Sets up a committed repository, changes it, and returns the changed paths.
Setting: TypeAlias = Callable[[Git], list[str]]

UPPER = f"{sys.executable} -c 'import sys; sys.stdout.write(sys.stdin.read().upper())'"
LOWER = f"{sys.executable} -c 'import sys; sys.stdout.write(sys.stdin.read().lower())'"


def driver(git: Git, attributes: str) -> None:
    git("config", "filter.case.clean", LOWER)
    git("config", "filter.case.smudge", UPPER)
    git.write(".gitattributes", attributes)


def autocrlf(git: Git) -> list[str]:
    git("config", "core.autocrlf", "true")
    git.write("a.js", "one\r\ntwo\r\n")
    git.write("lib/b.js", "mixed\r\nends\n")
    git.write("binary", b"\0\r\n\r\n")
    git("add", "binary")
    git.write("binary", b"\0\r\n\r\n\r\n")
    git.write("lib/deep/c.js", "text until here\r\n\0\r\n")
    return ["a.js", "lib/b.js", "binary", "lib/deep/c.js"]


def autocrlf_with_returns_in_the_index(git: Git) -> list[str]:
    git.write("a.js", "one\r\n")
    git.commit()
    git("config", "core.autocrlf", "true")
    git.write("a.js", "one\r\ntwo\r\n")
    return ["a.js"]


def autocrlf_input_and_safecrlf(git: Git) -> list[str]:
    git("config", "core.autocrlf", "input")
    git("config", "core.safecrlf", "warn")
    git.write("a.js", "one\r\ntwo\n")
    return ["a.js"]


def text_attributes(git: Git) -> list[str]:
    git.write(".gitattributes", "*.js text eol=crlf\n*.bin -text\n*.auto text=auto\n")
    for name in ("a.js", "x.bin", "x.auto"):
        git.write(name, "first\r\n")
    git.commit()
    for name in ("a.js", "x.bin", "x.auto"):
        git.write(name, "one\r\ntwo\r\n")
    return ["a.js", "x.bin", "x.auto"]


def ident(git: Git) -> list[str]:
    git.write(".gitattributes", "*.js ident\n")
    git.write("a.js", "// $Id$\n")
    git.commit()
    git.write("a.js", "// $Id: 0123456789012345678901234567890123456789 $\nmore\n")
    return ["a.js"]


def filter_driver(git: Git) -> list[str]:
    driver(git, "*.js filter=case\nlib/* filter=case\n")
    git.commit()
    git.write("a.js", "Hello World\n")
    git.write("lib/b.js", "MIXED case\n")
    git.write('lib/odd "name"\n.js', "NEW\n")
    git("add", ".")
    git.write('lib/odd "name"\n.js', "NEWER\n")
    (git.folder / "lib/deep/c.js").unlink()
    return ["a.js", "lib/b.js", 'lib/odd "name"\n.js', "lib/deep/c.js"]


def filter_driver_and_returns_in_the_index(git: Git) -> list[str]:
    git.write("a.js", "one\r\n")
    git.commit()
    git("config", "core.autocrlf", "true")
    driver(git, "*.js filter=case\n")
    git.write("a.js", "ONE\r\nTWO\r\n")
    return ["a.js", ".gitattributes"]


def filter_without_a_driver(git: Git) -> list[str]:
    git.write(".gitattributes", "*.js filter=nobody-has-this\n")
    git.commit()
    git.write("a.js", "Plain\n")
    return ["a.js"]


def filter_and_mode(git: Git) -> list[str]:
    driver(git, "*.js filter=case\n")
    git.commit()
    git.write("a.js", "RUN\n").chmod(0o755)
    return ["a.js"]


def filter_and_split_index(git: Git) -> list[str]:
    changed = filter_driver(git)
    git("update-index", "--split-index")
    return changed


def encoding(git: Git) -> list[str]:
    git.write(".gitattributes", "*.txt working-tree-encoding=UTF-16LE eol=lf\n")
    git.write("x.txt", "old\n".encode("utf-16-le"))
    git.commit()
    git.write("x.txt", "grüße\n".encode("utf-16-le"))
    return ["x.txt"]


def unset_attribute(git: Git) -> list[str]:
    driver(git, "*.js filter=case\na.js -filter\n")
    git.commit()
    git.write("a.js", "Untouched\n")
    return ["a.js"]


def attributes_of_the_repository(git: Git) -> list[str]:
    driver(git, "")
    git.write(".git/info/attributes", "*.js filter=case\n")
    git.commit()
    git.write("a.js", "Info\n")
    return ["a.js"]


def conflict_behind_a_filter(git: Git) -> list[str]:
    driver(git, "*.js filter=case\n")
    git.commit()
    git("checkout", "--quiet", "-b", "theirs")
    git.write("a.js", "theirs\n")
    git.commit()
    git("checkout", "--quiet", "main")
    git.write("a.js", "ours\n")
    git.commit()
    git("merge", "--quiet", "theirs", check=False)
    assert "<<<<<<<" in (git.folder / "a.js").read_text()
    return ["a.js"]


SETTINGS: list[Setting] = [
    autocrlf,
    autocrlf_with_returns_in_the_index,
    autocrlf_input_and_safecrlf,
    text_attributes,
    ident,
    filter_driver,
    filter_driver_and_returns_in_the_index,
    filter_without_a_driver,
    filter_and_mode,
    filter_and_split_index,
    encoding,
    unset_attribute,
    attributes_of_the_repository,
    conflict_behind_a_filter,
]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.__name__)
def test_ids_are_those_of_git_add(
    repo: Git, snapshotter: Opener, added_tree: Added, fingerprint: Fingerprint, setting: Setting
) -> None:
    taker = snapshotter(repo)
    changed = setting(repo)
    before = fingerprint(repo)
    snapshot = taker.take()
    updated = taker.update(snapshot, changed)
    assert fingerprint(repo) == before
    expected = added_tree(repo)
    assert repo("ls-tree", "-r", snapshot.tree) == repo("ls-tree", "-r", expected)
    assert updated == snapshot


def test_filtered_names_the_files_whose_bytes_differ(repo: Git, snapshotter: Opener) -> None:
    driver(repo, "*.js filter=case\n")
    repo.write("plain.txt", "Text\n")
    repo.commit()
    taker = snapshotter(repo)
    clean = taker.take()
    assert clean.filtered == ()
    repo.write("a.js", "LOUD\n")
    repo.write("lib/b.js", "quiet\n")
    repo.write("plain.txt", "Other\n")
    changed = taker.take()
    assert changed.filtered == ("a.js",)
    repo.write("lib/b.js", "LOUD TOO\n")
    changed = taker.update(changed, ["lib/b.js"])
    assert changed.filtered == ("a.js", "lib/b.js")
    repo.write("a.js", "quiet\n")
    assert taker.update(changed, ["a.js"]).filtered == ("lib/b.js",)


def test_configuration_is_followed_while_running(
    repo: Git, snapshotter: Opener, added_tree: Added
) -> None:
    taker = snapshotter(repo)
    repo.write("a.js", "one\r\n")
    before = taker.take()
    assert before.tree == added_tree(repo)
    repo("config", "core.autocrlf", "true")
    after = taker.take()
    assert after.tree == added_tree(repo) != before.tree
    repo("config", "core.autocrlf", "false")
    assert taker.update(after, ["a.js"]) == before


def test_attributes_are_followed_while_running(
    repo: Git, snapshotter: Opener, added_tree: Added
) -> None:
    taker = snapshotter(repo)
    snapshot = taker.take()
    for number, attributes in enumerate(("* -text", "* text=auto", "*.js -text", "a.js text")):
        repo.write(".gitattributes", attributes + "\n")
        repo("add", ".gitattributes")
        repo.write("a.js", f"one\r\n{number}\r\n")
        snapshot = taker.update(snapshot, ["a.js", ".gitattributes"])
        assert snapshot.tree == added_tree(repo)
        repo.write("a.js", f"two\r\n{number}\r\n")
        snapshot = taker.update(snapshot, ["a.js"])
        assert snapshot.tree == added_tree(repo)


def test_safecrlf_does_not_stop_a_snapshot(repo: Git, snapshotter: Opener) -> None:
    repo("config", "core.autocrlf", "input")
    repo("config", "core.safecrlf", "true")
    repo.write("a.js", "one\r\ntwo\n")
    tree = snapshotter(repo).take().tree
    assert repo.raw("show", f"{tree}:a.js") == b"one\ntwo\n"


def test_a_required_filter_that_fails_is_an_error(repo: Git, snapshotter: Opener) -> None:
    driver(repo, "*.js filter=case\n")
    repo.commit()
    repo("config", "filter.case.clean", "false")
    repo("config", "filter.case.required", "true")
    repo.write("a.js", "x\n")
    with pytest.raises(EnvironmentFailure, match=r"a\.js: clean filter 'case' failed"):
        snapshotter(repo).take()


def test_links_stored_as_files(repo: Git, snapshotter: Opener, added_tree: Added) -> None:
    (repo.folder / "link").symlink_to("a.js")
    repo.commit()
    repo("config", "core.symlinks", "false")
    (repo.folder / "link").unlink()
    repo.write("link", "lib/b.js")
    snapshot = snapshotter(repo).take()
    assert snapshot.tree == added_tree(repo)
    assert repo("ls-tree", snapshot.tree, "link").startswith("120000")
