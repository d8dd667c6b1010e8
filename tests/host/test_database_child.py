"""The process of a database gives up everything but the folder of its file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vmgit import landlock

_TRY = """
import os, sys
from vmgit.host.database_child import confine
folder = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECTORY)
os.fchdir(folder)
print(confine(folder, writable=sys.argv[2] == "write"))
def attempt(name, action):
    try:
        action()
        print(name, "done")
    except OSError as error:
        print(name, error.__class__.__name__)
attempt("read", lambda: open("a.db").read())
attempt("change", lambda: open("a.db", "r+").write("x"))
attempt("make", lambda: open("a.db-journal", "x").close())
attempt("remove", lambda: os.unlink("a.db-journal"))
attempt("folder", lambda: os.mkdir("sub"))
attempt("outside", lambda: open("../outside").read())
attempt("absolute", lambda: open("/etc/passwd").read())
attempt("through", lambda: open("through").read())
attempt("elsewhere", lambda: open("../made", "w"))
attempt("unlink", lambda: os.unlink("../outside"))
attempt("run", lambda: os.execv("/bin/true", ["true"]))
"""


def _has_landlock() -> bool:
    try:
        return landlock.version() > 0
    except OSError:
        return False


@pytest.mark.skipif(not _has_landlock(), reason="only Landlock closes the rest of the disk")
@pytest.mark.parametrize(
    ("access", "may"), [("read", {"read"}), ("write", {"read", "change", "make", "remove"})]
)
def test_nothing_else_can_be_reached(tmp_path: Path, access: str, may: set[str]) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.db").write_text("data")
    (tmp_path / "outside").write_text("secret")
    (folder / "through").symlink_to(tmp_path / "outside")
    done = subprocess.run(
        [sys.executable, "-c", _TRY, str(folder), access],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    first, *lines = done.stdout.splitlines()
    assert first == "None"
    found = dict(line.split() for line in lines)
    assert {name for name, how in found.items() if how == "done"} == may
    failures = {how for how in found.values() if how != "done"}
    assert failures <= {"PermissionError", "FileNotFoundError"}
    assert (tmp_path / "outside").read_text() == "secret"


def test_what_the_process_loads() -> None:
    paths = str(Path(__file__).parents[2])
    code = (
        f"import sys; sys.path.insert(0, {paths!r}); import vmgit.host.database_child;"
        "print(*[name for name in sys.modules if name.startswith('vmgit')])"
    )
    paths = str(Path(__file__).parents[2])
    done = subprocess.run(
        [
            sys.executable,
            "-S",
            "-s",
            "-P",
            "-c",
            f"import sys; sys.path.insert(0, {paths!r}); {code}",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": ""},
    )
    assert set(done.stdout.split()) == {
        "vmgit", "vmgit.version", "vmgit.host", "vmgit.kernel", "vmgit.landlock",
        "vmgit.host.database_child", "vmgit.host.database_rules", "vmgit.host.database_values",
    }  # fmt: skip
