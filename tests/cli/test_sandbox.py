"""`sandbox` in `vmgit.toml`, where the kernel has all walls and where it refuses them."""

from __future__ import annotations

import json
import subprocess
import sys
from errno import EINVAL, EOPNOTSUPP
from pathlib import Path
from typing import Any

import pytest
from workspaces import TIMEOUT, Done, Folder

from .conftest import make_workspace

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
ROOT = str(Path(__file__).resolve().parents[2])
NOTHING = {"landlock": EOPNOTSUPP, "seccomp": EINVAL}
CODE = """
import sys
sys.path.append({root!r})
from tests.engine.refusing import refuse
refuse({refused!r})
from vmgit.cli.main import main
sys.argv[0] = "vmgit"
main()
"""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return make_workspace(tmp_path_factory.mktemp("walls") / "work")


def policy(folder: Folder, name: str) -> None:
    folder.write("vmgit.toml", f'format = 1\nsandbox = "{name}"\n')


def without(folder: Folder, refused: dict[str, int], *arguments: str) -> Done:
    """Run `vmgit ARGUMENTS` where the kernel refuses the walls in `refused`."""
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(root=ROOT, refused=refused), *arguments],
        cwd=folder.root,
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def events(folder: Folder) -> int:
    return len(folder.fine("log", "--json").json)


@pytest.mark.parametrize(
    "words", [("run", "-e", "1"), ("session", "new"), ("watch",), ("replay", "@")]
)
def test_require_refuses_to_run_without_walls(work: Folder, words: tuple[str, ...]) -> None:
    policy(work, "auto")
    work.fine("session", "new")
    policy(work, "require")
    before = events(work)
    done = without(work, NOTHING, *words)
    assert (done.status, done.out) == (4, "")
    assert done.err.startswith(
        "error: vmgit.toml requires a sandbox, and this machine gives none: "
        "landlock is off: Operation not supported, seccomp is off: Invalid argument.\n"
    )
    assert "hint: `vmgit doctor` shows every layer" in done.err
    assert events(work) == before


@pytest.mark.parametrize("refused", [{}, {"landlock": EOPNOTSUPP}, {"seccomp": EINVAL}])
def test_require_is_content_with_one_wall(work: Folder, refused: dict[str, int]) -> None:
    policy(work, "require")
    done = without(work, refused, "run", "-e", "40 + 2")
    assert (done.status, done.out, done.err) == (0, "42\n", "")


def test_what_runs_nothing_needs_no_walls(work: Folder) -> None:
    policy(work, "auto")
    work.fine("session", "new", "--name", "ends")
    policy(work, "require")
    assert without(work, NOTHING, "session", "close", "ends").status == 0
    assert without(work, NOTHING, "log").status == 0


@pytest.mark.parametrize(
    "words", [("run", "-e", "1"), ("session", "new"), ("watch",), ("replay", "@")]
)
def test_off_needs_trust(work: Folder, words: tuple[str, ...]) -> None:
    policy(work, "auto")
    work.fine("session", "new")
    policy(work, "off")
    before = events(work)
    done = work.vmgit(*words)
    assert (done.status, done.out) == (7, "")
    assert done.err == (
        'error: vmgit.toml says sandbox = "off", which is not trusted on this machine: run '
        "`vmgit trust add --workspace` if sessions may run without walls here.\n"
        'hint: With `sandbox = "auto"` they run with the layers that there are.\n'
    )
    assert events(work) == before


def test_off_without_trust_is_a_problem_for_doctor(work: Folder) -> None:
    policy(work, "off")
    done = work.vmgit("doctor", "--json")
    assert done.status == 1
    (problem,) = done.json["problems"]
    assert (problem["part"], problem["code"]) == ("sandbox", "not_trusted")
    assert done.json["sandbox"]["policy"] == "auto"


@pytest.mark.parametrize("name", ["auto", "off"])
def test_others_run_with_what_there_is(work: Folder, name: str) -> None:
    policy(work, name)
    work.fine("trust", "add", "--workspace")
    assert without(work, NOTHING, "run", "-e", "40 + 2").out == "42\n"
    assert work.fine("run", "-e", "40 + 2").out == "42\n"


def test_doctor_tells_which_walls_are_missing(work: Folder) -> None:
    def examined(status: int) -> Any:
        done = without(work, NOTHING, "doctor", "--json")
        assert done.status == status
        return json.loads(done.out)

    policy(work, "auto")
    document = examined(1)
    assert document["sandbox"]["layers"]["landlock"] == "off: Operation not supported"
    assert document["sandbox"]["layers"]["seccomp"] == "off: Invalid argument"
    assert [problem["part"] for problem in document["problems"]] == ["sandbox"]
    policy(work, "off")
    document = examined(0)
    assert document["sandbox"]["policy"] == "off"
    assert document["sandbox"]["layers"]["seccomp"] == "off: switched off"
