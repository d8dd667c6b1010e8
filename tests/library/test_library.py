"""Adding, updating and removing libraries: what `vendor/` holds then, and what is never lost."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from fakeregistry import FakeRegistry, sri, tarball

from vmgit.errors import NotFoundError, RefusedError, UsageError, VmgitError
from vmgit.library.library import Library
from vmgit.library.staging import STAGING

Open = Callable[[], Library]


@pytest.fixture
def shop(registry: FakeRegistry) -> FakeRegistry:
    """A registry where `a` needs `b` and `c`, and `d` needs another `c`."""
    registry.publish("c", "1.0.0")
    registry.publish("c", "1.1.0")
    registry.publish("c", "2.0.0")
    registry.publish("@team/b", "1.0.0", {"deep/x.js": "1"}, dependencies={"c": "^1.0.0"})
    registry.publish("a", "1.0.0", dependencies={"@team/b": "*", "c": "1.x"})
    registry.publish("d", "1.0.0", dependencies={"c": "^2"})
    return registry


def state(root: Path) -> dict[str, bytes]:
    """Return every file of a folder, links as what they say."""
    return {
        path.relative_to(root).as_posix(): (
            os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
        )
        for path in root.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def changes(report: object) -> list[str]:
    return [f"{c.path} {c.before}>{c.version}" for c in report.changes]  # type: ignore[attr-defined]


def test_a_package_with_all_that_it_needs(
    shop: FakeRegistry, open_library: Open, tmp_path: Path
) -> None:
    report = open_library().add(["a", "d@^1"])
    assert changes(report) == [
        "@team/b None>1.0.0", "a None>1.0.0", "c None>1.1.0", "d None>1.0.0",
        "d/node_modules/c None>2.0.0",
    ]  # fmt: skip
    files = state(tmp_path / "vendor")
    assert files["c/index.js"] == b"module.exports = 'c 1.1.0';\n"
    assert files["d/node_modules/c/index.js"] == b"module.exports = 'c 2.0.0';\n"
    assert files["@team/b/deep/x.js"] == b"1"
    assert b"* -text -filter" in files[".gitattributes"]
    lock = json.loads(files["vmgit-lock.json"])
    assert lock["requested"] == {"a": "^1.0.0", "d": "^1"}
    entry = lock["packages"]["c"]
    assert entry["version"] == "1.1.0"
    assert entry["integrity"] == sri(shop.raw["/c/-/1.1.0.tgz"])
    assert entry["requiredBy"] == ["@team/b", "a"]
    assert lock["packages"]["a"]["dependencies"] == {"@team/b": "*", "c": "1.x"}
    assert "127.0.0.1" not in files["vmgit-lock.json"].decode()
    assert list(tmp_path.iterdir()) == [tmp_path / "vendor"]
    assert {row.state for row in open_library().verify()} == {"fine"}


def test_the_hash_of_files_can_be_made_by_hand(
    shop: FakeRegistry, open_library: Open, tmp_path: Path
) -> None:
    library = open_library()
    library.add(["@team/b"])
    folder = tmp_path / "vendor/@team/b"
    listed = subprocess.run(
        "find . -type f | sed 's#^./##' | LC_ALL=C sort | xargs sha256sum",
        shell=True, cwd=folder, capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert library.lock.packages["@team/b"].files == sri(listed, "sha256")


def test_doing_it_twice_changes_nothing_and_asks_little(
    shop: FakeRegistry, open_library: Open, tmp_path: Path
) -> None:
    open_library().add(["a@1.0.0"])
    before = state(tmp_path), {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}
    shop.requests.clear()
    report = open_library().add(["a@1.0.0"])
    assert (report.changed, report.changes) == (False, [])
    assert shop.asked() == ["/a"]
    assert before == (state(tmp_path), {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")})


def test_what_is_asked_for_without_a_range_may_grow(shop: FakeRegistry, open_library: Open) -> None:
    open_library().add(["c@1.0.0"])
    assert open_library().lock.requested == {"c": "1.0.0"}
    assert changes(open_library().add(["c@1"])) == ["c 1.0.0>1.1.0"]
    assert changes(open_library().add(["c@latest"])) == ["c 1.1.0>2.0.0"]
    assert open_library().lock.requested == {"c": "^2.0.0"}
    shop.publish("c", "2.5.0")
    assert changes(open_library().update([])) == ["c 2.0.0>2.5.0"]
    report = open_library().add(["c@>=2"])
    assert (report.changed, report.changes) == (True, [])


def test_updates_touch_what_they_name(shop: FakeRegistry, open_library: Open) -> None:
    open_library().add(["a", "d"])
    shop.publish("@team/b", "1.2.0", dependencies={"c": "^1.0.0"})
    shop.publish("c", "1.2.0", tag=None)
    shop.publish("c", "2.3.0")
    assert changes(open_library().update(["@team/b"])) == ["@team/b 1.0.0>1.2.0"]
    assert changes(open_library().update(["c"])) == [
        "c 1.1.0>1.2.0", "d/node_modules/c 2.0.0>2.3.0",
    ]  # fmt: skip
    with pytest.raises(NotFoundError, match="has no e") as caught:
        open_library().update(["e"])
    assert caught.value.hints


def test_removing_needs_no_registry(shop: FakeRegistry, open_library: Open, tmp_path: Path) -> None:
    open_library().add(["a", "d"])
    (tmp_path / "vendor/mine").mkdir()
    (tmp_path / "vendor/mine/x.js").write_text("mine")
    shop.requests.clear()
    with pytest.raises(UsageError, match=r"@team/b is there because of a\."):
        open_library().remove(["@team/b"])
    assert changes(open_library().remove(["a"])) == [
        "@team/b 1.0.0>None", "a 1.0.0>None", "c 1.1.0>None",
    ]  # fmt: skip
    assert "d/node_modules/c/index.js" in state(tmp_path / "vendor")
    assert not (tmp_path / "vendor/@team").exists()
    with pytest.raises(NotFoundError, match="has no a"):
        open_library().remove(["a"])
    open_library().remove(["d"])
    assert state(tmp_path) == {"vendor/mine/x.js": b"mine"}
    assert shop.asked() == []
    (tmp_path / "vendor/mine/x.js").unlink()
    (tmp_path / "vendor/mine").rmdir()
    open_library().add(["d"])
    open_library().remove(["d"])
    assert list(tmp_path.iterdir()) == []


def test_an_optional_package_that_was_left_out_is_not_asked_for_again(
    shop: FakeRegistry, open_library: Open
) -> None:
    shop.publish("native", os=["linux"])
    shop.publish("e", optionalDependencies={"native": "*", "c": "^1", "gone": "*"})
    report = open_library().add(["e", "d"])
    assert len(report.warnings) == 2
    shop.requests.clear()
    open_library().remove(["d"])
    assert set(open_library().lock.packages) == {"e", "e/node_modules/c"}
    assert shop.asked() == []
    shop.publish("gone")
    assert changes(open_library().update(["e"])) == ["gone None>1.0.0"]


def test_an_alias_has_its_own_folder(
    shop: FakeRegistry, open_library: Open, tmp_path: Path
) -> None:
    open_library().add(["old@npm:c@1.0.0", "c"])
    lock = open_library().lock
    assert (lock.packages["old"].name, lock.requested["old"]) == ("c", "npm:c@1.0.0")
    assert b"c 1.0.0" in (tmp_path / "vendor/old/index.js").read_bytes()
    assert b"c 2.0.0" in (tmp_path / "vendor/c/index.js").read_bytes()


@pytest.mark.parametrize("harm", ["edit", "add", "delete", "link"])
def test_what_was_changed_by_hand_is_told_and_not_lost(
    shop: FakeRegistry, open_library: Open, tmp_path: Path, harm: str
) -> None:
    open_library().add(["c@1.0.0", "a"])
    target = tmp_path / "vendor/c/index.js"
    match harm:
        case "edit":
            target.write_text("mine")
        case "add":
            target.with_name("new.js").write_text("mine")
        case "delete":
            target.unlink()
        case "link":
            target.unlink()
            target.symlink_to("package.json")
    assert {row.path: row.state for row in open_library().verify()} == {
        "@team/b": "fine", "a": "fine", "c": "changed",
    }  # fmt: skip
    before = state(tmp_path)
    for refused in (
        lambda: open_library().add(["c@1.1.0"]),
        lambda: open_library().remove(["a", "c"]),
    ):
        with pytest.raises(RefusedError, match="vendor/c was changed by hand; nothing was done"):
            refused()
        assert state(tmp_path) == before
    # What stays stays as it is, and is still told.
    open_library().add(["d"])
    assert state(tmp_path / "vendor/c") == {
        path.removeprefix("vendor/c/"): data
        for path, data in before.items()
        if path.startswith("vendor/c/")
    }
    assert "changed" in {row.state for row in open_library().verify()}
    open_library().add(["c@1.1.0"], force=True)
    assert {row.state for row in open_library().verify()} == {"fine"}


def test_what_is_missing_comes_back(shop: FakeRegistry, open_library: Open, tmp_path: Path) -> None:
    open_library().add(["a"])
    before = state(tmp_path)
    for path in sorted((tmp_path / "vendor/c").rglob("*"), reverse=True):
        path.unlink()
    (tmp_path / "vendor/c").rmdir()
    assert {row.path: row.state for row in open_library().verify()}["c"] == "missing"
    shop.publish("c", "1.9.0", tag=None)
    assert changes(open_library().add(["a"])) == ["c 1.1.0>1.1.0"]
    assert state(tmp_path) == before
    # Not if the registry has other content under the same version.
    (tmp_path / "vendor/c").rename(tmp_path / "away")
    shop.publish("c", "1.1.0", {"index.js": "evil"}, tag=None)
    with pytest.raises(RefusedError, match=r"c 1\.1\.0 is not what was promised"):
        open_library().add(["a"])
    del shop.packages["c"]["versions"]["1.1.0"]
    with pytest.raises(RefusedError, match="is not in its registry"):
        open_library().add(["a"])


def test_a_package_that_needs_what_is_not_there(
    shop: FakeRegistry, open_library: Open, tmp_path: Path
) -> None:
    open_library().add(["a"])
    path = tmp_path / "vendor/vmgit-lock.json"
    lock = json.loads(path.read_bytes())
    del lock["packages"]["c"]
    lock["packages"]["@team/b"]["version"] = "0.1.0"
    path.write_text(json.dumps(lock))
    said = {row.path: (row.state, row.problem) for row in open_library().verify()}
    assert said["a"] == ("unmet", "needs c@1.x, which is not there")


def test_other_peoples_folders_are_respected(
    shop: FakeRegistry, open_library: Open, tmp_path: Path
) -> None:
    mine = tmp_path / "vendor/c/mine.js"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    (tmp_path / "vendor/link").symlink_to("c/mine.js")
    (tmp_path / "vendor/.gitattributes").write_text("*.js text\n")
    before = state(tmp_path)
    with pytest.raises(RefusedError, match="vendor/c is there and was not added by vmgit"):
        open_library().add(["a"])
    assert state(tmp_path) == before
    open_library().add(["@team/b", "c"], force=True)
    after = state(tmp_path)
    assert "vendor/c/mine.js" not in after
    assert after["vendor/link"] == b"c/mine.js"
    assert after["vendor/.gitattributes"] == b"*.js text\n"


@pytest.mark.parametrize(
    ("publish", "why"),
    [
        ({"archive": tarball({"index.js": "1"})}, "holds no package.json"),
        ({"archive": b"nonsense"}, "is damaged"),
        ({"dist": {"integrity": sri(b"other")}}, "is not what was promised"),
        ({"dist": {"integrity": "", "shasum": ""}}, "gives no hash"),
        ({"dist": {"tarball": "http://127.0.0.1:9/x"}}, "neither https nor"),
        ({"dependencies": {"gone": "1"}}, r"bad 1\.0\.0 asks for gone@1"),
        ({"dependencies": {"c": "github:u/r"}}, "cannot be fetched"),
        ({"archive": tarball({"../../evil": "1"})}, "leads out"),
    ],
)
def test_a_failure_changes_nothing(
    shop: FakeRegistry, open_library: Open, tmp_path: Path, publish: dict[str, object], why: str
) -> None:
    open_library().add(["a"])
    shop.publish("bad", **publish)  # type: ignore[arg-type]
    before = state(tmp_path)
    for arguments in (["bad"], ["d", "bad"]):
        with pytest.raises(VmgitError, match=why):
            open_library().add(arguments)
        assert state(tmp_path) == before
    assert not (tmp_path / STAGING).exists()


def test_sha1_where_there_is_nothing_better(shop: FakeRegistry, open_library: Open) -> None:
    shop.publish("old", dist={"integrity": None})
    open_library().add(["old"])
    digest = hashlib.sha1(shop.raw["/old/-/1.0.0.tgz"]).hexdigest()
    assert open_library().lock.packages["old"].integrity.startswith("sha1-")
    assert digest


def test_bundled_packages_come_with_their_own(
    shop: FakeRegistry, open_library: Open, tmp_path: Path
) -> None:
    files = {"node_modules/c/index.js": "bundled", "node_modules/c/package.json": "{}"}
    shop.publish("e", files=files, dependencies={"c": "^7"}, bundleDependencies=["c"])
    open_library().add(["e"])
    assert set(open_library().lock.packages) == {"e"}
    assert (tmp_path / "vendor/e/node_modules/c/index.js").read_text() == "bundled"
    # One that brings along what it does not say is in the way of what it needs.
    shop.publish("f", files=files, dependencies={"c": "^1"})
    shop.publish("g", dependencies={"c": "^2"})
    with pytest.raises(VmgitError, match="node_modules/c"):
        open_library().add(["c@2.0.0", "f"])


@pytest.mark.parametrize(
    ("link", "refused"),
    [("@team", True), ("d/node_modules", True), ("d", False), ("@team/b", False)],
)
def test_nothing_is_put_behind_a_link(
    shop: FakeRegistry, open_library: Open, tmp_path: Path, link: str, refused: bool
) -> None:
    """A repository may come with links that lead out of it, and a lock that says all is fine."""
    outside = tmp_path / "outside"
    (outside / "b").mkdir(parents=True)
    (outside / "b/secret.js").write_text("secret")
    open_library().add(["d", "@team/b", "c@1.0.0"])
    place = tmp_path / "vendor" / link
    shutil.rmtree(place)
    place.symlink_to(outside)
    before = state(outside)
    if refused:
        with pytest.raises(RefusedError, match=f"vendor/{link} is a symbolic link"):
            open_library().update([], force=True)
    else:
        open_library().update([], force=True)
    assert place.is_symlink() == refused
    assert state(outside) == before
    assert not list((tmp_path / "vendor").rglob("secret.js"))


@pytest.mark.parametrize("name", ["lodash@", "../x", "", "a b", "a@file:../x", "a@user/repo"])
def test_arguments_that_make_no_sense(
    shop: FakeRegistry, open_library: Open, tmp_path: Path, name: str
) -> None:
    with pytest.raises(UsageError):
        open_library().add([name])
    assert list(tmp_path.iterdir()) == []
