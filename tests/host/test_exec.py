"""Programs: only granted ones, no shell, nothing of ours in them, nothing of them left."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from vmgit.host import exec as programs
from vmgit.host.kv import KvStore
from vmgit.host.registry import Registry, Surroundings
from vmgit.limits import Limits
from vmgit.outcome import Fault
from vmgit.profile import Capabilities, Profile

GRANTED = ("sh", "cat", "env", "pwd", "sleep", "planted", "printf", "py")


class Door:
    """A registry that grants programs over a folder."""

    def __init__(self, root: Path, env: tuple[str, ...] = (), **environ: str) -> None:
        path = environ.pop("PATH", os.environ["PATH"])
        profile = Profile(
            capabilities=Capabilities(exec=GRANTED, env=env), limits=Limits(wall_ms=10_000)
        )
        outside = Surroundings(root, environ={"PATH": path, **environ})
        self.registry = Registry(profile, kv=KvStore(), surroundings=outside)

    def run(self, program: Any, *args: Any, **options: Any) -> dict[str, Any]:
        request = {"program": program, "args": list(args), **options}
        answer = self.registry.call("exec.run", request)
        assert answer.error is None, answer
        result: dict[str, Any] = answer.result
        return result

    def fault(self, request: Any) -> Fault:
        answer = self.registry.call("exec.run", request)
        assert answer.error is not None, answer
        return answer.error


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path, SECRET_TOKEN="s3cret")


def test_status_and_outputs_are_told(door: Door) -> None:
    done = door.run("sh", "-c", "echo out; echo err >&2; exit 3")
    assert done == {"status": 3, "signal": None, "stdout": "out\n", "stderr": "err\n"}
    killed = door.run("sh", "-c", "kill -9 $$")
    assert (killed["status"], killed["signal"]) == (None, "SIGKILL")


def test_input_reaches_it_and_without_one_it_is_empty(door: Door) -> None:
    text = "ä" * 200_000
    assert door.run("cat", input=text)["stdout"] == text
    assert door.run("cat")["stdout"] == ""
    assert door.run("sh", "-c", "exit 0", input="x" * 500_000)["status"] == 0


def test_it_starts_in_the_workspace_with_a_scrubbed_environment(tmp_path: Path) -> None:
    door = Door(tmp_path, ("APP_*", "PATH"), APP_A="1", SECRET_TOKEN="s3cret", LD_PRELOAD="x")
    assert door.run("pwd")["stdout"] == f"{tmp_path}\n"
    names = sorted(line.partition("=")[0] for line in door.run("env")["stdout"].splitlines())
    assert names == ["APP_A", "LANG", "PATH", "TZ"]


def test_arguments_are_no_shell(door: Door, tmp_path: Path) -> None:
    odd = ["$(touch x)", "a b", "`id`", ";", "*", "", "--", "ä\n"]
    assert door.run("printf", "%s|", *odd)["stdout"] == "".join(f"{one}|" for one in odd)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "program", ["ls", "/bin/sh", "./sh", "../sh", "sh ", "SH", "", "sh\0", "*", "x" * 9999]
)
def test_other_programs_are_denied(door: Door, program: str) -> None:
    fault = door.fault({"program": program, "args": []})
    assert fault.code == "denied"
    assert len(fault.message) < 300


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"program": 1},
        {"program": ["sh"]},
        {"program": "sh", "args": "-c"},
        {"program": "sh", "args": [1]},
        {"program": "sh", "args": [["a"]]},
        {"program": "sh", "args": {"0": "a"}},
        {"program": "sh", "args": ["a\0b"]},
        {"program": "sh", "args": ["\ud800"]},
        {"program": "sh", "input": 1},
        {"program": "sh", "input": "\ud800"},
        {"program": "sh", "timeoutMs": 0},
        {"program": "sh", "timeoutMs": -1},
        {"program": "sh", "timeoutMs": "9"},
        {"program": "sh", "timeoutMs": True},
        {"program": "sh", "timeoutMs": 1.5},
        {"program": "sh", "shell": True},
        {"program": "sh", "cwd": "/"},
        {"program": "sh", "env": {}},
    ],
)
def test_hostile_requests_are_type_errors(door: Door, request_: Any) -> None:
    assert door.fault(request_).name == "TypeError"


@pytest.mark.parametrize("place", ["", ".", "bin", "{root}", "{root}/bin", "{root}/../work/bin"])
def test_a_program_of_the_workspace_is_never_taken_for_a_granted_one(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "work"
    for folder in (root, root / "bin"):
        folder.mkdir()
        (folder / "planted").write_text("#!/bin/sh\necho planted\n")
        (folder / "planted").chmod(0o755)
    monkeypatch.chdir(root)
    door = Door(root, PATH=place.format(root=root))
    assert door.fault({"program": "planted", "args": []}).code == "ENOENT"
    monkeypatch.undo()


def test_what_cannot_be_started_says_so(tmp_path: Path) -> None:
    root = tmp_path / "work"
    root.mkdir()
    (tmp_path / "planted").write_text("no program")
    (tmp_path / "planted").chmod(0o755)
    fault = Door(root, PATH=str(tmp_path)).fault({"program": "planted", "args": []})
    assert (fault.code, str(tmp_path) in fault.message) == ("EACCES", False)


def test_too_much_is_refused_or_stopped(door: Door) -> None:
    long = "x" * (programs.MOST_ARGUMENTS + 1)
    assert door.fault({"program": "sh", "args": [long]}).code == "E2BIG"
    large = "x" * (programs.MOST_INPUT + 1)
    assert door.fault({"program": "cat", "args": [], "input": large}).code == "E2BIG"
    flood = {"program": "sh", "args": ["-c", "while :; do echo xxxxxxxxxxxxxxxx; done"]}
    assert door.fault(flood).code == "EFBIG"


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def _gone(pid: int) -> bool:
    for _ in range(500):
        if not _alive(pid):
            return True
        time.sleep(0.01)
    return False


def test_a_timeout_ends_it_and_its_children(door: Door, tmp_path: Path) -> None:
    script = "trap '' TERM; sleep 100 & echo $! > pid; sleep 100"
    fault = door.fault({"program": "sh", "args": ["-c", script], "timeoutMs": 300})
    assert fault.code == "ETIMEDOUT"
    assert _gone(int((tmp_path / "pid").read_text()))


def test_a_child_that_stays_behind_is_not_waited_for(door: Door) -> None:
    done = door.run("sh", "-c", "sleep 100 & echo $!", timeoutMs=9000)
    assert done["status"] == 0
    assert _gone(int(done["stdout"]))


def test_no_descriptor_of_ours_is_in_it(tmp_path: Path) -> None:
    bin_folder = tmp_path / "bin"
    (tmp_path / "work").mkdir()
    bin_folder.mkdir()
    (bin_folder / "py").symlink_to(sys.executable)
    with open(tmp_path / "work" / "mine", "w") as mine:
        os.set_inheritable(mine.fileno(), True)
        code = "import os; print(sorted(map(int, os.listdir('/dev/fd'))))"
        door = Door(tmp_path / "work", PATH=str(bin_folder))
        # The last one is that of the listing itself.
        assert door.run("py", "-I", "-c", code)["stdout"] == "[0, 1, 2, 3]\n"


def test_a_program_ends_soon_when_its_execution_is_cancelled(door: Door) -> None:
    timer = threading.Timer(0.2, door.registry.stop)
    timer.start()
    started = time.monotonic()
    assert door.fault({"program": "sleep", "args": ["100"]}).code == "ETIMEDOUT"
    assert time.monotonic() - started < 2
    timer.join()
