"""`vmgit init`: makes a folder a workspace, once."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from realgit import Git
from workspaces import Done, Folder

WRITTEN = ["vmgit.toml", "profiles/default.toml", "startup/00-hello.js"]


def _init(*words: str | Path, cwd: Path) -> Done:
    return Folder(Git(cwd)).vmgit("init", *words)


def test_it_makes_a_repository_and_says_what_comes_next(tmp_path: Path) -> None:
    done = _init(cwd=tmp_path)
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [
        f"made a Git repository in {tmp_path}",
        *(f"wrote {name}" for name in WRITTEN),
        f"Next: git add {' '.join(WRITTEN)}",
        "Then: vmgit run -e 'hello()'",
    ]
    # What it tells to type works as it stands.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for line in done.out.splitlines()[-2:]:
        command = shlex.split(line.partition(": ")[2])
        ran = subprocess.run(
            command, cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, check=True
        )
    assert ran.stdout == b"'Hello, world!'\n"


def test_twice_changes_nothing(repo: Git, fingerprint: Callable[[Git], dict[str, object]]) -> None:
    first = _init(cwd=repo.folder)
    assert "made a Git repository" not in first.out
    before = fingerprint(repo)
    again = _init(cwd=repo.folder)
    assert again.status == 0
    assert again.out == f"{repo.folder} is a workspace already; nothing was changed.\n"
    assert fingerprint(repo) == before


def test_what_is_there_stays(repo: Git) -> None:
    repo.write("profiles/default.toml", "# mine\n")
    done = _init("--json", cwd=repo.folder)
    assert done.json == {
        "folder": str(repo.folder),
        "repository": False,
        "written": ["vmgit.toml", "startup/00-hello.js"],
    }
    assert (repo.folder / "profiles" / "default.toml").read_text() == "# mine\n"


def test_another_folder_is_named_in_what_comes_next(tmp_path: Path) -> None:
    done = _init("new place", cwd=tmp_path)
    place = tmp_path / "new place"
    assert (place / "vmgit.toml").is_file()
    assert f"Next: cd {shlex.quote(str(place))} && git add vmgit.toml" in done.out


def test_a_folder_below_becomes_a_workspace_of_the_same_repository(repo: Git) -> None:
    done = _init("lib", "--json", cwd=repo.folder)
    assert done.json["repository"] is False
    assert not (repo.folder / "lib" / ".git").exists()


def test_a_file_in_the_way_is_an_error(repo: Git) -> None:
    repo.write("startup", "a file\n")
    done = _init(cwd=repo.folder)
    assert done.status == 4
    assert done.err.startswith(f"error: {repo.folder}/startup/00-hello.js cannot be written: ")
