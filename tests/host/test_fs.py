"""Files: what the globs grant, and that no path, link, pipe or race leads anywhere else."""

from __future__ import annotations

import base64
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from vmgit.answer import Answer
from vmgit.host import fs
from vmgit.host.beneath import TEMPORARY, Beneath
from vmgit.host.kv import KvStore
from vmgit.host.registry import Registry, Surroundings
from vmgit.profile import Capabilities, FileGrant, Profile

SECRET = "outside"


class Door:
    """A registry with grants over a folder, asked in short words."""

    def __init__(self, root: Path, read: tuple[str, ...], write: tuple[str, ...]) -> None:
        self.root = root
        profile = Profile(capabilities=Capabilities(fs=FileGrant(read=read, write=write)))
        outside = Surroundings(root, private=("gitdir",))
        self.registry = Registry(profile, kv=KvStore(), surroundings=outside)

    def ask(self, operation: str, path: Any, **arguments: Any) -> Answer:
        if operation == "readFile":
            arguments.setdefault("as", "text")
        return self.registry.call(f"fs.{operation}", {"path": path, **arguments})

    def result(self, operation: str, path: str, **arguments: Any) -> Any:
        answer = self.ask(operation, path, **arguments)
        assert answer.error is None, answer
        return answer.result

    def code(self, operation: str, path: Any, **arguments: Any) -> str | None:
        answer = self.ask(operation, path, **arguments)
        assert answer.error is not None, answer
        assert str(self.root) not in answer.error.message
        assert SECRET not in str(answer.result)
        return answer.error.code or answer.error.name


@pytest.fixture(params=[True, False], ids=["openat2", "walk"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to grant files of, beside one to escape to; with and without openat2."""
    if not request.param:
        monkeypatch.setattr("vmgit.host.beneath._has_openat2", lambda: False)
    root = tmp_path / "root"
    (root / "data" / "deep").mkdir(parents=True)
    (root / "data" / "a.txt").write_text("äh")
    (root / "data" / "deep" / "b.bin").write_bytes(b"\xff\x00\xfe")
    (root / "private.txt").write_text(SECRET)
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text(SECRET)
    (root / "gitdir").mkdir()
    (root / "gitdir" / "config").write_text(SECRET)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "secret.txt").write_text(SECRET)
    return root


@pytest.fixture
def door(root: Path) -> Door:
    return Door(root, ("data/**",), ("data/**", "made/**"))


@pytest.fixture
def wide(root: Path) -> Door:
    return Door(root, ("**",), ("**",))


def test_text_and_bytes_are_read(door: Door) -> None:
    assert door.result("readFile", "data/a.txt") == {"text": "äh"}
    assert door.result("readFile", "./data//a.txt") == {"text": "äh"}
    read = door.result("readFile", "data/deep/b.bin", **{"as": "bytes"})
    assert base64.b64decode(read["base64"]) == b"\xff\x00\xfe"
    assert door.code("readFile", "data/deep/b.bin") == "EILSEQ"


def test_files_and_their_folders_are_written_whole(door: Door, root: Path) -> None:
    door.result("writeFile", "made/x/y.txt", text="né")
    assert (root / "made/x/y.txt").read_bytes() == "né".encode()
    door.result("writeFile", "made/x/y.txt", base64="AP8=")
    assert (root / "made/x/y.txt").read_bytes() == b"\x00\xff"
    assert os.listdir(root / "made/x") == ["y.txt"]


def test_a_replaced_file_keeps_its_permissions_and_its_readers(door: Door, root: Path) -> None:
    path = root / "data/a.txt"
    path.chmod(0o741)
    with open(path, encoding="utf-8") as reader:
        door.result("writeFile", "data/a.txt", text="new")
        assert reader.read() == "äh"
    assert path.stat().st_mode & 0o7777 == 0o741
    assert path.read_text() == "new"


def test_what_is_there_is_told(door: Door) -> None:
    about = door.result("stat", "data/a.txt")
    assert (about["type"], about["size"]) == ("file", 3)
    assert isinstance(about["mtimeMs"], int)
    assert door.result("stat", "data")["type"] == "folder"
    assert door.result("exists", "data/a.txt") is True
    assert door.result("exists", "data/none") is False
    assert door.result("exists", "data/a.txt/none") is False
    assert door.code("stat", "data/none") == "ENOENT"


def test_a_list_shows_what_is_granted_and_the_way_to_it(root: Path, wide: Door) -> None:
    (root / "data" / os.fsdecode(b"\xff")).touch()
    (root / "data" / f"{TEMPORARY}1").touch()
    (root / "data" / "link").symlink_to("a.txt")
    os.mkfifo(root / "data" / "pipe")
    assert wide.result("list", "data") == [
        {"name": "a.txt", "type": "file"},
        {"name": "deep", "type": "folder"},
        {"name": "link", "type": "link"},
        {"name": "pipe", "type": "other"},
    ]
    names = [entry["name"] for entry in wide.result("list", "")]
    assert names == ["data", "private.txt"]
    narrow = Door(root, ("data/deep/*.bin",), ())
    assert narrow.result("list", "") == [{"name": "data", "type": "folder"}]
    assert narrow.result("list", "data") == [{"name": "deep", "type": "folder"}]
    assert narrow.code("list", "data/deep/b.bin") == "ENOTDIR"
    assert narrow.code("list", "data/a.txt") == "denied"
    assert Door(root, (), ("**",)).code("list", "") == "denied"


def test_files_and_empty_folders_are_removed(door: Door, root: Path) -> None:
    door.result("remove", "data/deep/b.bin")
    door.result("remove", "data/deep")
    assert not (root / "data/deep").exists()
    assert door.code("remove", "data/deep") == "ENOENT"
    (root / "data/full").mkdir()
    (root / "data/full/x").touch()
    assert door.code("remove", "data/full") == "ENOTEMPTY"


def test_a_link_is_removed_and_not_what_it_leads_to(door: Door, root: Path) -> None:
    (root / "data/link").symlink_to("../../out/secret.txt")
    door.result("remove", "data/link")
    assert (root.parent / "out/secret.txt").read_text() == SECRET


@pytest.mark.parametrize("operation", ["readFile", "stat", "exists", "list", "writeFile", "remove"])
def test_what_is_not_granted_names_the_grant(root: Path, operation: str) -> None:
    door = Door(root, ("data/*",), ("out/*",))
    extra = {"text": "x"} if operation == "writeFile" else {}
    answer = door.ask(operation, "private.txt", **extra)
    assert answer.error is not None
    assert answer.error.code == "denied"
    key = "write" if operation in ("writeFile", "remove") else "read"
    assert f"[capabilities] fs.{key} = [" in answer.error.message
    assert (root / "private.txt").read_text() == SECRET


def test_reading_and_writing_are_granted_apart(root: Path) -> None:
    assert Door(root, (), ("**",)).code("readFile", "data/a.txt") == "denied"
    assert Door(root, ("**",), ()).code("writeFile", "data/a.txt", text="") == "denied"
    assert Door(root, ("**",), ()).code("remove", "data/a.txt") == "denied"


BAD_PATHS: list[tuple[Any, str]] = [
    ("..", "EINVAL"),
    ("../out/secret.txt", "EINVAL"),
    ("data/../private.txt", "EINVAL"),
    ("data/../../out/secret.txt", "EINVAL"),
    ("/etc/passwd", "EINVAL"),
    ("//etc/passwd", "EINVAL"),
    ("data\\a.txt", "EINVAL"),
    ("data/a.txt\0.png", "EINVAL"),
    ("data/\ud800", "EINVAL"),
    ("x" * 256, "ENAMETOOLONG"),
    ("ä" * 128, "ENAMETOOLONG"),
    ("d/" * 3000, "ENAMETOOLONG"),
    (".git/config", "EACCES"),
    ("data/.git/config", "EACCES"),
    (".GIT/config", "EACCES"),
    (".g\u200cit/config", "EACCES"),
    (".git./config", "EACCES"),
    ("gitdir/config", "EACCES"),
    ("./gitdir//config", "EACCES"),
    (None, "TypeError"),
    (1, "TypeError"),
    (["data/a.txt"], "TypeError"),
    ({"toString": "data/a.txt"}, "TypeError"),
    (True, "TypeError"),
]


@pytest.mark.parametrize("operation", ["readFile", "stat", "exists", "list", "writeFile", "remove"])
@pytest.mark.parametrize(("path", "code"), BAD_PATHS)
def test_bad_paths_are_refused(wide: Door, operation: str, path: Any, code: str) -> None:
    extra = {"text": "x"} if operation == "writeFile" else {}
    assert wide.code(operation, path, **extra) == code


@pytest.mark.parametrize("path", ["", ".", "./."])
def test_the_workspace_folder_itself_is_only_looked_at(wide: Door, path: str) -> None:
    assert wide.result("stat", path)["type"] == "folder"
    assert wide.code("readFile", path) == "EISDIR"
    assert wide.code("writeFile", path, text="") == "EISDIR"
    assert wide.code("remove", path) == "EISDIR"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("readFile", {"as": "utf-16"}),
        ("readFile", {"as": None}),
        ("readFile", {"as": "text", "more": 1}),
        ("writeFile", {}),
        ("writeFile", {"text": 1}),
        ("writeFile", {"text": "a", "base64": "YQ=="}),
        ("writeFile", {"base64": "a"}),
        ("writeFile", {"base64": "ä==="}),
        ("writeFile", {"base64": "YQ\n=="}),
        ("writeFile", {"text": "\ud800"}),
        ("stat", {"follow": True}),
        ("list", {"deep": True}),
        ("remove", {"recursive": True}),
        ("exists", {"x": 1}),
    ],
)
def test_hostile_arguments_are_type_errors(
    door: Door, root: Path, operation: str, arguments: dict[str, Any]
) -> None:
    assert door.code(operation, "data/a.txt", **arguments) == "TypeError"
    assert (root / "data/a.txt").read_text() == "äh"


# -- links -----------------------------------------------------------------------------------


LINKS = ["../../out/secret.txt", "/etc/passwd", "a.txt", "../.git/config", "../private.txt", "link"]


@pytest.mark.parametrize("target", LINKS)
def test_a_link_is_not_followed(wide: Door, root: Path, target: str) -> None:
    link = root / "data/link"
    link.symlink_to(target)
    assert wide.code("readFile", "data/link") == "ELOOP"
    assert wide.code("writeFile", "data/link", text="x") == "ELOOP"
    assert wide.result("stat", "data/link")["type"] == "link"
    assert link.is_symlink()
    assert (root.parent / "out/secret.txt").read_text() == SECRET


@pytest.mark.parametrize("target", ["../../out", "/etc", "deep", "../.git", "..", "."])
def test_a_link_on_the_way_is_not_followed(wide: Door, root: Path, target: str) -> None:
    (root / "data/link").symlink_to(target)
    for operation in ("readFile", "list", "stat", "exists", "remove"):
        assert wide.code(operation, "data/link/secret.txt") == "ELOOP"
    assert wide.code("list", "data/link") == "ELOOP"
    assert wide.code("writeFile", "data/link/new.txt", text="x") == "ELOOP"
    assert wide.code("writeFile", "data/link/new/er.txt", text="x") == "ELOOP"
    assert sorted(os.listdir(root.parent / "out")) == ["secret.txt"]


@pytest.fixture
def swapping(root: Path) -> Iterator[Path]:
    """`data/spin`: a folder that becomes a link to the outside and back, as fast as it can."""
    inside, link = root / "data" / "inside", root / "data" / "link"
    spin = root / "data" / "spin"
    inside.mkdir()
    (inside / "secret.txt").write_text("inside")
    link.symlink_to("../../out")
    ended = threading.Event()

    def swap() -> None:
        here, there = inside, link
        while not ended.is_set():
            # A write may make the folder anew in between.
            with suppress(OSError):
                here.rename(spin)
            with suppress(OSError):
                spin.rename(here)
            here, there = there, here

    thread = threading.Thread(target=swap)
    thread.start()
    yield spin
    ended.set()
    thread.join()


def test_a_folder_that_is_swapped_for_a_link_never_leads_out(
    wide: Door, root: Path, swapping: Path
) -> None:
    seen = set()
    for _ in range(400):
        answer = wide.ask("readFile", "data/spin/secret.txt")
        seen.add(str(answer.result))
        wide.ask("writeFile", "data/spin/secret.txt", text="inside")
        wide.ask("remove", "data/spin/none")
    assert seen <= {"None", "{'text': 'inside'}"}
    assert (root.parent / "out/secret.txt").read_text() == SECRET
    assert os.listdir(root.parent / "out") == ["secret.txt"]


# -- files that are none ---------------------------------------------------------------------


def test_pipes_and_sockets_are_not_opened(door: Door, root: Path) -> None:
    os.mkfifo(root / "data/pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.fspath(root / "data/socket"))
    for name in ("pipe", "socket"):
        assert door.code("readFile", f"data/{name}") == "EINVAL"
        assert door.code("writeFile", f"data/{name}", text="x") == "EINVAL"
    assert door.result("stat", "data/pipe") | {"mtimeMs": 0} == {
        "type": "other", "size": 0, "mtimeMs": 0,
    }  # fmt: skip
    assert door.code("readFile", "data/deep") == "EISDIR"
    assert door.code("writeFile", "data/deep", text="x") == "EISDIR"


def test_devices_and_endless_files_are_refused() -> None:
    dev = Door(Path("/dev"), ("**",), ())
    assert dev.code("readFile", "zero") == "EINVAL"
    proc = Door(Path("/proc/self"), ("**",), ())
    assert proc.code("readFile", "cwd/pyproject.toml") == "ELOOP"
    assert proc.code("readFile", "exe") == "ELOOP"


def test_sizes_are_limited(wide: Door, root: Path) -> None:
    with open(root / "data/large", "wb") as file:
        file.truncate(fs.MOST_BYTES + 1)
    assert wide.code("readFile", "data/large") == "EFBIG"
    assert wide.code("writeFile", "made/l", text="x" * (fs.MOST_BYTES + 1)) == "EFBIG"
    assert not (root / "made").exists()
    wide.result("writeFile", "made/l", text="x" * fs.MOST_BYTES)
    assert len(wide.result("readFile", "made/l")["text"]) == fs.MOST_BYTES
    with pytest.raises(OSError, match="too many"):
        Beneath(root).list(("data",), 2)


def test_a_failed_write_leaves_nothing(
    door: Door, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vmgit.host.beneath.os.fsync", fail)
    assert door.code("writeFile", "data/a.txt", text="new") == "ENOSPC"
    assert sorted(os.listdir(root / "data")) == ["a.txt", "deep"]
    assert (root / "data/a.txt").read_text() == "äh"


def test_no_descriptor_is_left_open(wide: Door, root: Path) -> None:
    (root / "data/link").symlink_to("deep")
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for operation in ("readFile", "list", "stat", "remove"):
        for path in ("data/a.txt/x", "data/link/x", "data/none/x", "data/link", "none/x"):
            if (operation, path) != ("remove", "data/link"):
                wide.ask(operation, path)
    wide.ask("writeFile", "data/a.txt/x/y", text="")
    wide.ask("writeFile", "data/link/x/y", text="")
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    assert after == before


def test_a_workspace_folder_that_is_gone_is_an_answer(tmp_path: Path) -> None:
    assert Door(tmp_path / "gone", ("**",), ("**",)).code("readFile", "a") == "ENOENT"


def test_what_all_calls_carry_is_limited(
    wide: Door, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vmgit.host.registry.MOST_CARRIED", 3000)
    (root / "large").write_text("x" * 1000)
    codes = [wide.ask("readFile", "large").error for _ in range(4)]
    assert [error and error.code for error in codes] == [None, None, "limit", "limit"]
    assert wide.code("writeFile", "data/never", text="x") == "limit"
    assert not (root / "data/never").exists()
    assert wide.registry.call("kv.set", {"key": "a", "value": "x" * 5000}) == Answer()
