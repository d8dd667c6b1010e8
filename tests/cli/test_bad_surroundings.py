"""Surroundings in which vmgit cannot work: each gives one clear error and exit status 4.

What is there already (log, index, HEAD, refs, files) stays as it is, byte for byte.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from realgit import Git
from workspaces import Folder

from .conftest import make_workspace

#: Commands that run code, and commands that only read the log.
RUN = ["run", "-e", "1"]
LOG = ["log"]


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a session in its log, to be copied."""
    root = tmp_path_factory.mktemp("used") / "work"
    make_workspace(root).fine("session", "new", "--name", "s")
    return root


@pytest.fixture
def copied(used: Path, tmp_path: Path) -> Folder:
    """A copy of it that a test may break."""
    shutil.copytree(used, tmp_path / "work", symlinks=True)
    return Folder(Git(tmp_path / "work"))


def _contents(root: Path) -> dict[str, bytes | None]:
    """Return every file below a folder with its content; SQLite's companions come and go."""
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
        if not path.name.endswith(("-wal", "-shm"))
    }


def _refused(folder: Folder, words: list[str], message: str, *, cwd: Path | None = None) -> None:
    """Run a command plainly and with `--json`: both fail with 4, clearly, and write nothing."""
    place = cwd or folder.root
    before = _contents(place)
    done = folder.vmgit(*words, cwd=place)
    assert (done.status, done.out) == (4, "")
    first, *rest = done.err.splitlines()
    assert first.startswith("error: ")
    assert message in first
    assert all(line.startswith("hint: ") for line in rest)
    again = folder.vmgit(words[0], "--json", *words[1:], cwd=place)
    assert again.status == 4
    assert again.json["error"]["message"] == first.removeprefix("error: ")
    assert _contents(place) == before


@pytest.mark.parametrize("words", [RUN, LOG, ["status"], ["watch"]])
def test_not_a_repository(copied: Folder, tmp_path: Path, words: list[str]) -> None:
    place = tmp_path / "elsewhere"
    place.mkdir()
    _refused(copied, words, f"{place} is not in a Git repository", cwd=place)


@pytest.mark.parametrize("words", [RUN, LOG, ["watch"]])
def test_no_workspace(copied: Folder, words: list[str]) -> None:
    (copied.root / "vmgit.toml").unlink()
    _refused(copied, words, "No vmgit.toml between")


@pytest.mark.parametrize("words", [RUN, LOG, ["init"]])
def test_a_bare_repository(copied: Folder, tmp_path: Path, words: list[str]) -> None:
    bare = tmp_path / "bare"
    copied.git("clone", "--quiet", "--bare", ".", bare)
    _refused(copied, words, "is in a bare repository or a Git directory", cwd=bare)


def test_inside_the_git_directory(copied: Folder) -> None:
    _refused(copied, RUN, "is in a bare repository or a Git directory", cwd=copied.root / ".git")


def _sha256(folder: Folder) -> None:
    shutil.rmtree(folder.root / ".git")
    folder.git("init", "--quiet", "--object-format=sha256")
    folder.git("add", "--all")
    folder.git("commit", "--quiet", "--message", "first")
    (folder.root / ".git" / "vmgit").mkdir()


def _reftable(folder: Folder) -> None:
    # What `git init --ref-format=reftable` (2.45 and newer) writes; older ones cannot make one.
    folder.git("config", "core.repositoryFormatVersion", "1")
    folder.git("config", "extensions.refStorage", "reftable")


def _garbage_head(folder: Folder) -> None:
    (folder.root / ".git" / "HEAD").write_text("garbage\n")


def _garbage_index(folder: Folder) -> None:
    (folder.root / ".git" / "index").write_text("garbage\n")


def _garbage_config(folder: Folder) -> None:
    (folder.root / ".git" / "config").write_text("[garbage\n")


def _no_objects(folder: Folder) -> None:
    for path in (folder.root / ".git" / "objects").glob("??"):
        shutil.rmtree(path)


def _foreign(folder: Folder) -> None:
    if os.getuid() == 0:
        for path in [folder.root, *folder.root.rglob("*")]:
            os.chown(path, 12345, 12345)
    else:
        # Who is not root cannot give files away; Git asks the same question for this switch.
        folder.git("config", "core.repositoryFormatVersion", "1")
        folder.git("config", "extensions.foreign", "true")


@pytest.mark.parametrize("words", [RUN, ["status"], ["session", "new"], ["watch"]])
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_sha256, "uses extensions.objectFormat = sha256"),
        (_reftable, "uses extensions.refstorage"),
        (_garbage_head, "HEAD"),
        (_garbage_index, "index file"),
        (_garbage_config, "cannot be opened"),
        (_no_objects, "HEAD"),
        (_foreign, "belongs to another user" if os.getuid() == 0 else "extensions.foreign"),
    ],
)
def test_a_repository_that_cannot_be_used(
    copied: Folder, damage: Callable[[Folder], None], message: str, words: list[str]
) -> None:
    damage(copied)
    done = copied.vmgit(*words)
    assert (done.status, done.out) == (4, "")
    assert done.err.startswith("error: ")
    if damage is not _garbage_head and damage is not _no_objects:
        assert message in done.err.splitlines()[0]
    assert "Traceback" not in done.err
    assert "a bug in vmgit" not in done.err


def _file_for_folder(state: Path) -> None:
    shutil.rmtree(state)
    state.write_text("no folder\n")


def _folder_for_log(state: Path) -> None:
    (state / "events.db").unlink()
    (state / "events.db").mkdir()


def _garbage_log(state: Path) -> None:
    (state / "events.db").write_bytes(os.urandom(8192))


def _foreign_log(state: Path) -> None:
    (state / "events.db").unlink()
    with closing(sqlite3.connect(state / "events.db")) as connection:
        connection.execute("CREATE TABLE mine (x)")


def _newer_log(state: Path) -> None:
    with closing(sqlite3.connect(state / "events.db")) as connection:
        connection.execute("PRAGMA user_version = 999")


@pytest.mark.parametrize("words", [RUN, ["session", "new"], ["journal", "verify"]])
def test_a_newer_log_is_not_written(copied: Folder, words: list[str]) -> None:
    state = copied.root / ".git" / "vmgit"
    _newer_log(state)
    before = (state / "events.db").read_bytes()
    done = copied.vmgit(*words)
    assert (done.status, done.out) == (4, "")
    assert "has schema version 999; this vmgit" in done.err
    assert (state / "events.db").read_bytes() == before


@pytest.mark.parametrize("words", [LOG, ["exec", "show", "@"], ["exec", "events", "@"]])
def test_a_newer_log_is_read_with_a_warning(copied: Folder, words: list[str]) -> None:
    expected = copied.fine(*words).out
    _newer_log(copied.root / ".git" / "vmgit")
    done = copied.fine(*words)
    assert done.out == expected
    assert done.err.startswith("warning: ")
    assert "has schema version 999; this vmgit" in done.err


@pytest.mark.parametrize("words", [RUN, LOG, ["session", "list"], ["journal", "verify"]])
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_file_for_folder, "cannot be opened"),
        (_folder_for_log, "events.db cannot be opened"),
        (_garbage_log, "events.db cannot be read: file is not a database"),
        (_foreign_log, "is a SQLite database, but not one of vmgit"),
    ],
)
def test_a_log_that_cannot_be_used(
    copied: Folder, damage: Callable[[Path], None], message: str, words: list[str]
) -> None:
    state = copied.root / ".git" / "vmgit"
    for companion in state.glob("events.db-*"):
        companion.unlink()
    damage(state)
    before = _contents(state.parent)
    done = copied.vmgit(*words)
    assert (done.status, done.out) == (4, "")
    assert done.err.startswith("error: ")
    assert message in done.err.splitlines()[0]
    place = 2 if words[0] in ("session", "journal") else 1
    again = copied.vmgit(*words[:place], "--json", *words[place:])
    assert again.json["error"]["message"] == done.err.splitlines()[0].removeprefix("error: ")
    after = _contents(state.parent)
    if damage is not _file_for_folder:
        assert after.pop("vmgit/events.db") == before.pop("vmgit/events.db")
    assert {name for name in after if name.startswith("vmgit")} == {
        name for name in before if name.startswith("vmgit")
    }


@pytest.fixture
def read_only(copied: Folder) -> Iterator[Folder]:
    """A workspace whose state folder cannot be written, for root too where the system can."""
    state = copied.root / ".git" / "vmgit"
    for companion in state.glob("events.db-*"):
        companion.unlink()
    undo: list[list[str]] = []
    if os.getuid() != 0:
        for path in [*state.iterdir(), state]:
            path.chmod(0o500 if path.is_dir() else 0o400)
        undo = [["chmod", "-R", "u+w", str(state)]]
    else:
        # Root is not stopped by modes: the kernel has an attribute for that, or a mount.
        paths = [str(path) for path in [*state.iterdir(), state]]
        if subprocess.run(["chattr", "+i", *paths], capture_output=True, check=False).returncode:
            pytest.fail("root without chattr on this filesystem: run the tests as a user")
        undo = [["chattr", "-i", *paths]]
    yield copied
    for command in undo:
        subprocess.run(command, check=True)


@pytest.mark.parametrize("words", [RUN, ["session", "new"], ["journal", "rebuild"]])
def test_a_state_folder_that_cannot_be_written(read_only: Folder, words: list[str]) -> None:
    before = _contents(read_only.root)
    done = read_only.vmgit(*words)
    assert (done.status, done.out) == (4, "")
    assert done.err.startswith("error: ")
    assert "cannot be" in done.err
    assert _contents(read_only.root) == before


@pytest.mark.parametrize(
    ("content", "status", "message"),
    [
        (b"format = 2\n", 4, "vmgit.toml has format 2; this version of vmgit knows 1"),
        (b"formt = 1\n", 1, "vmgit.toml: Object contains unknown field `formt`"),
        (b"format =\n", 1, "vmgit.toml: Invalid value"),
        (b"\xff\xfe", 1, "vmgit.toml: 'utf-8' codec can't decode"),
    ],
)
def test_a_bad_vmgit_toml_stops_all_but_reading_the_log(
    copied: Folder, content: bytes, status: int, message: str
) -> None:
    (copied.root / "vmgit.toml").write_bytes(content)
    before = _contents(copied.root)
    for words in (RUN, ["status"], ["session", "new"], ["replay", "s"], ["profile", "list"]):
        done = copied.vmgit(*words)
        assert (done.status, done.out) == (status, "")
        assert message in done.err.splitlines()[0]
    assert _contents(copied.root) == before
    for words in (LOG, ["session", "list"], ["exec", "show", "s"]):
        assert copied.fine(*words).out


def test_objects_that_are_gone_make_a_replay_unavailable(copied: Folder) -> None:
    _no_objects(copied)
    done = copied.vmgit("replay", "s")
    assert done.status == 8
    assert done.out.startswith("unavailable  ")
    assert copied.vmgit("replay", "s", "--json").json["summary"] == {"unavailable": 1}
