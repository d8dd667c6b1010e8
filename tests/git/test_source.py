"""A tree as the source of code: the files of one folder, and nothing else of the repository."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest
from realgit import Git

from vmgit.errors import RefusedError, UnavailableError
from vmgit.git.repository import Repository
from vmgit.git.source import TreeSource

Opened: TypeAlias = Callable[[Git], Repository]


def source_of(git: Git, opened: Opened, prefix: str = "") -> TreeSource:
    git.commit()
    return TreeSource(opened(git), git("rev-parse", "HEAD^{tree}"), prefix)


def test_files_and_only_files(repo: Git, opened: Opened) -> None:
    repo.write("run.js", "#!").chmod(0o755)
    source = source_of(repo, opened)
    assert source.lookup("lib/deep/c.js") == repo("rev-parse", "HEAD:lib/deep/c.js")
    assert source.read("lib/deep/c.js") == b"3\n"
    assert source.read("run.js") == b"#!"
    for path in ("lib", "missing", "lib/missing/x", "a.js/x", "A.js"):
        assert source.lookup(path) is None
        assert source.read(path) is None


@pytest.mark.parametrize(
    "path",
    ["", "/a.js", "./a.js", "lib/../a.js", "lib//b.js", "a.js/", "..", "../x", "a.js\0", "\ud800"],
)
def test_paths_not_in_normal_form_name_nothing(repo: Git, opened: Opened, path: str) -> None:
    assert source_of(repo, opened).lookup(path) is None


def test_disk_is_never_read(repo: Git, opened: Opened) -> None:
    source = source_of(repo, opened)
    repo.write("a.js", "half-saved")
    repo.write("untracked.js", "x")
    assert source.read("a.js") == b"1\n"
    assert source.lookup("untracked.js") is None


def test_a_subfolder_is_the_root(repo: Git, opened: Opened) -> None:
    source = source_of(repo, opened, "lib")
    assert source.read("b.js") == b"2\n"
    assert source.read("deep/c.js") == b"3\n"
    assert source.lookup("a.js") is None
    assert source.lookup("lib/b.js") is None
    assert source.list() == ["b.js", "deep/"]


@pytest.mark.parametrize("prefix", ["gone", "a.js", "lib/gone"])
def test_a_root_that_the_tree_does_not_have(repo: Git, opened: Opened, prefix: str) -> None:
    source = source_of(repo, opened, prefix)
    assert source.lookup("b.js") is None
    assert source.list() == []


LINKS = {
    "file": ("a.js", b"1\n"),
    "lib/up": ("../a.js", b"1\n"),
    "folder": ("lib/deep", None),
    "chain": ("file", b"1\n"),
    "roundabout": ("lib/./deep/../b.js", b"2\n"),
    "lib/out-and-in": ("../lib/b.js", b"2\n"),
    "absolute": ("/etc/passwd", None),
    "escape": ("../a.js", None),
    "lib/escape-twice": ("../../lib/b.js", None),
    "self": ("self", None),
    "ping": ("pong", None),
    "pong": ("ping", None),
    "broken": ("nowhere.js", None),
    "through-file": ("a.js/../a.js", None),
    "into-git": (".git/config", None),
    "slash": ("a.js/", None),
}


def test_links_stay_inside(repo: Git, opened: Opened) -> None:
    for name, (target, _) in LINKS.items():
        (repo.folder / name).symlink_to(target)
    source = source_of(repo, opened)
    assert {name: source.read(name) for name in LINKS} == {
        name: content for name, (_, content) in LINKS.items()
    }
    assert source.read("folder/c.js") == b"3\n"


def test_links_stay_inside_the_workspace_folder(repo: Git, opened: Opened) -> None:
    (repo.folder / "lib/out").symlink_to("../a.js")
    (repo.folder / "lib/fine").symlink_to("deep/c.js")
    source = source_of(repo, opened, "lib")
    assert source.lookup("out") is None
    assert source.read("fine") == b"3\n"


def test_forty_links_are_enough_and_more_are_a_loop(repo: Git, opened: Opened) -> None:
    (repo.folder / "link0").symlink_to("a.js")
    for number in range(1, 41):
        (repo.folder / f"link{number}").symlink_to(f"link{number - 1}")
    source = source_of(repo, opened)
    assert source.read("link39") == b"1\n"
    assert source.lookup("link40") is None


def test_only_blobs_that_were_looked_up_are_handed_out(repo: Git, opened: Opened) -> None:
    repo.write("secret.env", "KEY")
    source = source_of(repo, opened)
    secret = repo("rev-parse", "HEAD:secret.env")
    for oid in (secret, repo("rev-parse", "HEAD"), "0" * 40, "", "HEAD:a.js"):
        with pytest.raises(RefusedError, match="was not looked up"):
            source.blob(oid)
    found = source.lookup("secret.env")
    assert found == secret
    assert source.blob(found) == b"KEY"


def test_a_submodule_is_a_boundary(repo: Git, opened: Opened) -> None:
    other = repo.init(repo.folder.parent / "other")
    other.write("x.js", "1")
    other.commit()
    repo("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../other", "sub")
    source = source_of(repo, opened)
    assert source.lookup("sub/x.js") is None
    assert source.lookup("sub") is None
    assert source.list() == [".gitmodules", "a.js", "lib/"]


def test_list(repo: Git, opened: Opened) -> None:
    (repo.folder / "lib/good").symlink_to("b.js")
    (repo.folder / "lib/dir").symlink_to("deep")
    (repo.folder / "lib/bad").symlink_to("nowhere")
    source = source_of(repo, opened)
    assert source.list() == ["a.js", "lib/"]
    assert source.list("lib") == ["b.js", "deep/", "dir/", "good"]
    assert source.list("lib/dir") == ["c.js"]
    assert source.list("a.js") == source.list("nowhere") == source.list("..") == []


def test_names_that_are_not_utf8(repo: Git, opened: Opened) -> None:
    repo.write("bytes-\udcff.js", "odd")
    repo.write("ünï.js", "fine")
    source = source_of(repo, opened)
    assert source.read("bytes-\udcff.js") == b"odd"
    assert source.read("ünï.js") == b"fine"
    assert "bytes-\udcff.js" in source.list()


def test_missing_objects_are_unavailable(repo: Git, opened: Opened) -> None:
    repository = opened(repo)
    with pytest.raises(UnavailableError, match="tree"):
        TreeSource(repository, "1" * 40)
    source = TreeSource(repository, repo("rev-parse", "HEAD^{tree}"))
    for name in ("HEAD:lib/deep", "HEAD:a.js"):
        oid = repo("rev-parse", name)
        (repo.folder / ".git/objects" / oid[:2] / oid[2:]).unlink()
    with pytest.raises(UnavailableError, match="tree"):
        source.lookup("lib/deep/c.js")
    oid_of_a = source.lookup("a.js")
    assert oid_of_a is not None
    with pytest.raises(UnavailableError, match="blob"):
        source.blob(oid_of_a)
