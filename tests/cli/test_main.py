"""How commands end: exit statuses, how failures are told, and reports of bugs."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from workspaces import TIMEOUT, Folder

from vmgit.version import __version__

from .terminal import Terminal

COMMAND = [sys.executable, "-m", "vmgit"]


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(shared: Folder, option: str) -> None:
    assert shared.fine(option).out == f"vmgit, version {__version__}\n"


@pytest.mark.parametrize("words", [(), ("session",), ("profile",), ("exec",), ("journal",)])
def test_a_group_alone_shows_its_help_and_is_a_usage_error(
    shared: Folder, words: tuple[str, ...]
) -> None:
    alone = shared.vmgit(*words)
    assert (alone.status, alone.out) == (2, "")
    assert alone.err == shared.fine(*words, "--help").out == shared.fine(*words, "-h").out


def test_a_failure_is_told_in_one_line_with_hints(shared: Folder) -> None:
    done = shared.vmgit("session", "show", "nobody")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "error: There is no session 'nobody'.\n"
        "hint: `vmgit session list --all` shows every session.\n"
    )


def test_a_failure_is_one_json_document(shared: Folder) -> None:
    done = shared.vmgit("session", "show", "nobody", "--json")
    assert done.status == 2
    assert done.json == {
        "error": {
            "code": "not_found",
            "message": "There is no session 'nobody'.",
            "hints": ["`vmgit session list --all` shows every session."],
            "details": {"nearest": []},
        }
    }


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["stauts"], "No such command 'stauts'. Did you mean 'status'?", "vmgit --help"),
        (["exec", "lst"], "No such command 'lst'. Did you mean 'list'?", "vmgit exec --help"),
        (["frob"], "No such command 'frob'.", "vmgit --help"),
        (["log", "--json", "--typ", "x"], "No such option '--typ'.", "vmgit log --help"),
        (["log", "--typ", "x", "--json"], "No such option '--typ'.", "vmgit log --help"),
        (["session", "close", "--json"], "Missing argument 'SESSION...'.", "vmgit session close"),
        (["-C", "nowhere", "status", "--json"], "Invalid value for '-C'", "vmgit --help"),
        (["--json", "status"], "No such option '--json'.", "vmgit --help"),
    ],
)
def test_usage_errors_look_like_all_others(
    shared: Folder, words: list[str], message: str, hint: str
) -> None:
    done = shared.vmgit(*words)
    assert done.status == 2
    first, second = done.err.splitlines()
    assert first.startswith(f"error: {message}")
    assert second.startswith(f"hint: `{hint}")
    if "--json" in words:
        assert done.json["error"]["code"] == "usage"
    else:
        assert done.out == ""


def test_arguments_of_a_script_do_not_ask_for_json(shared: Folder) -> None:
    done = shared.vmgit("run", "--frob", "--", "--json")
    assert (done.status, done.out) == (2, "")
    shared.write("args.js", "console.log(vmgit.args)\n")
    assert shared.fine("run", "args.js", "--json").out == "[ '--json' ]\n"


def test_every_folder_below_and_c_find_the_workspace(shared: Folder, tmp_path: Path) -> None:
    below = shared.root / "lib"
    assert shared.fine("status", "--json", cwd=below).json["workspace"] == str(shared.root)
    there = shared.fine("-C", shared.root, "status", "--json", cwd=tmp_path)
    assert there.json["workspace"] == str(shared.root)
    relative = os.path.relpath(below, tmp_path)
    assert shared.fine("-C", relative, "status", "--json", cwd=tmp_path).json == there.json


def _with_bug(folder: Folder, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the real entry point with one more command, which is broken."""
    code = folder.root.parent / "bug"
    code.mkdir(exist_ok=True)
    (code / "broken.py").write_text(
        "from vmgit.cli.app import json_option\n"
        "import click\n"
        "@click.command()\n"
        "@json_option\n"
        "def broken():\n"
        "    raise RuntimeError('two\\nlines \\x1b[31m')\n"
    )
    script = (
        "from vmgit.cli import main\n"
        "main.COMMANDS['broken'] = ('broken:broken', 'Break.')\n"
        "main.main()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", script, "broken", *arguments],
        cwd=folder.root,
        env={**os.environ, "PYTHONPATH": str(code), **env},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def test_a_bug_is_reported_in_a_file(shared: Folder, tmp_path: Path) -> None:
    done = _with_bug(shared, TMPDIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (3, "")
    (report,) = tmp_path.iterdir()
    assert done.stderr == (
        "error: a bug in vmgit: RuntimeError: two\\nlines \\x1b[31m\n"
        f"hint: Please report it with {report}\n"
    )
    text = report.read_text("utf-8")
    assert text.startswith(f"vmgit {__version__}\npython 3.")
    assert "command: ['broken']" in text
    assert "Traceback" in text
    assert "broken.py" in text


def test_a_bug_is_one_json_document(shared: Folder, tmp_path: Path) -> None:
    done = _with_bug(shared, "--json", TMPDIR=str(tmp_path))
    assert done.returncode == 3
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "bug"
    assert Path(error["details"]["report"]).parent == tmp_path


def test_without_a_place_for_the_report_the_bug_is_told_all_the_same(shared: Folder) -> None:
    # The last resort of tempfile is the current folder; a missing one is no folder at all.
    code = "import tempfile, sys; tempfile.tempdir = '/nowhere'; "
    script = code + (
        "from vmgit.cli import main; from vmgit.cli.app import App; from vmgit.cli import failures;"
        "sys.exit(failures.unexpected(KeyError('x'), App()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
    assert done.returncode == 3
    assert done.stderr == (
        "error: a bug in vmgit: KeyError: 'x'\nhint: No report could be written.\n"
    )


def _hold_host_lock(folder: Folder) -> int:
    """Hold the host lock as another command would; close what is returned to let it go."""
    folder.fine("run", "-e", "1")
    descriptor = os.open(folder.root / ".git" / "vmgit" / "host.lock", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, b"vmgit test, pid 1\n", 0)
    return descriptor


@pytest.mark.parametrize("as_json", [False, True])
def test_ctrl_c_while_waiting_ends_with_130(shared: Folder, as_json: bool) -> None:
    lock = _hold_host_lock(shared)
    process = subprocess.Popen(
        [*COMMAND, "run", *(["--json"] if as_json else []), "-e", "1"],
        cwd=shared.root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        assert process.stderr.readline() == "waiting for vmgit test, pid 1 ...\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=TIMEOUT)
    finally:
        os.close(lock)
    assert process.returncode == 130
    assert err == "error: interrupted.\n"
    assert json.loads(out)["error"]["code"] == "interrupted" if as_json else out == ""


def test_ctrl_c_on_a_terminal(shared: Folder) -> None:
    lock = _hold_host_lock(shared)
    try:
        terminal = Terminal(["run", "-e", "1"], shared.root)
        terminal.wait_for("waiting for")
        terminal.press_ctrl_c()
        assert terminal.end() == 130
    finally:
        os.close(lock)
    assert "interrupted" in terminal.shown
    assert "Traceback" not in terminal.shown


def test_a_holder_is_waited_for_and_then_the_command_runs(shared: Folder) -> None:
    lock = _hold_host_lock(shared)
    process = subprocess.Popen(
        [*COMMAND, "run", "-e", "6 * 7"],
        cwd=shared.root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        assert process.stderr.readline() == "waiting for vmgit test, pid 1 ...\n"
    finally:
        os.close(lock)
    out, _ = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, out) == (0, "42\n")


def test_no_wait_refuses_with_6(shared: Folder) -> None:
    lock = _hold_host_lock(shared)
    try:
        done = shared.vmgit("run", "--no-wait", "-e", "1")
        made = shared.vmgit("session", "new", "--no-wait", "--json")
    finally:
        os.close(lock)
    assert (done.status, done.out) == (6, "")
    assert done.err.splitlines()[0] == (
        "error: the sessions of this repository are in use, by vmgit test, pid 1."
    )
    assert made.status == 6
    assert made.json["error"]["details"] == {"holder": "vmgit test, pid 1"}
