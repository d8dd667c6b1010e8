"""What is written, and what becomes of it where it cannot be: colour, terminals, closed readers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from workspaces import TIMEOUT, Folder

from vmgit.cli.streams import one_line, visible

from .terminal import seen

COMMAND = [sys.executable, "-m", "vmgit"]
ESCAPE = "\x1b"


def _shell(folder: Folder, script: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of bash in which `vmgit` is the command."""
    command = " ".join(COMMAND)
    return subprocess.run(
        ["bash", "-c", f'vmgit() {{ {command} "$@"; }}\n{script}'],
        cwd=folder.root,
        env={**os.environ, **env},
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
    )


@pytest.mark.parametrize("words", [["log"], ["--help"], ["log", "--help"], ["log", "--json"]])
def test_a_closed_reader_is_no_failure(shared: Folder, words: list[str]) -> None:
    shared.fine("run", "-e", "1")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=shared.root,
            stdout=gone,
            stderr=subprocess.PIPE,
            timeout=TIMEOUT,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_head_ends_a_long_answer(shared: Folder) -> None:
    code = "for (let i = 0; i < 2000; i++) console.log(i, 'x'.repeat(100))"
    done = _shell(shared, f'set -o pipefail; vmgit run -e "{code}" | head -n 1')
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"0 xxx")


def test_a_full_disk_behind_stdout_is_told(shared: Folder) -> None:
    for option in ("", "--json"):
        done = _shell(shared, f"vmgit run {option} -e 1 > /dev/full")
        assert done.returncode == 4
        assert done.stderr == b"error: Standard output cannot be written: %s.\n" % (
            b"No space left on device"
        )


def test_a_full_disk_behind_stderr_leaves_the_status(shared: Folder) -> None:
    assert _shell(shared, "vmgit run -e 'throw 1' 2> /dev/full").returncode == 1


def test_closed_streams_are_as_good_as_null(shared: Folder) -> None:
    before = shared.fine("journal", "verify", "--json").json["events"]
    done = _shell(
        shared, "vmgit run - <&-; echo $?; vmgit status >&-; echo $?; vmgit x 2>&-; echo $?"
    )
    assert (done.stdout, done.stderr) == (b"0\n0\n2\n", b"")
    # Nothing that was meant for a closed stream went into the log's file.
    found = shared.fine("journal", "verify", "--json").json
    assert found["ok"]
    assert found["events"] > before


def test_json_is_utf_8_in_every_locale(shared: Folder) -> None:
    done = _shell(shared, "vmgit run --json -e '\"h\\u00e9\\u4f60\"'", PYTHONIOENCODING="latin-1")
    assert json.loads(done.stdout.decode("utf-8"))["value"]["json"] == "hé你"


def test_what_a_locale_cannot_show_is_escaped(shared: Folder) -> None:
    done = _shell(shared, "vmgit run -e '\"\\u00e9\\u4f60\"'", PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"'\xe9\\u4f60'\n", b"")


def test_names_that_are_not_utf_8_are_shown(shared: Folder, tmp_path: Path) -> None:
    place = os.fsencode(tmp_path) + b"/\xff"
    os.mkdir(place)
    shown = subprocess.run(
        [*COMMAND, "init", "--json"], cwd=place, capture_output=True, timeout=TIMEOUT, check=True
    )
    assert json.loads(shown.stdout)["folder"] == f"{tmp_path}/\udcff"
    told = subprocess.run(
        [*COMMAND, "init"], cwd=place, capture_output=True, timeout=TIMEOUT, check=True
    )
    assert told.stdout == f"{tmp_path}/\\udcff is a workspace already; ".encode() + (
        b"nothing was changed.\n"
    )


@pytest.mark.parametrize("words", [["session", "list"], ["frob"], ["replay", "t"]])
def test_colour_is_for_terminals_that_want_it(shared: Folder, words: list[str]) -> None:
    if not shared.fine("session", "list", "--json").json:
        shared.fine("session", "new", "--name", "t")
    assert ESCAPE + "[" in seen(words, shared.root)
    assert ESCAPE not in seen(words, shared.root, NO_COLOR="1")
    assert ESCAPE not in seen(words, shared.root, TERM="dumb")
    piped = shared.vmgit(*words, env={"NO_COLOR": "", "TERM": "xterm-256color"})
    assert ESCAPE not in piped.out + piped.err


def test_progress_is_for_terminals_only(shared: Folder) -> None:
    words = ["journal", "verify"]
    assert "chain intact" in seen(words, shared.root)
    assert ESCAPE not in seen(words, shared.root, TERM="dumb")
    assert shared.fine(*words).err == ""


def test_recorded_text_moves_no_cursor(shared: Folder) -> None:
    bad = "\x1b]0;title\x07\x9b2J\r"
    shared.fine("run", "-e", f"1 // {bad}")
    shared.vmgit("run", "-e", f"throw new Error({json.dumps(bad)})")
    shared.fine("run", "-e", f"console.log({json.dumps(bad)})")
    shared.vmgit("run", bad)
    for words in (["log"], ["exec", "list"], ["exec", "show", "@"], ["exec", "events", "@"]):
        plain = shared.fine(*words)
        assert "title" in plain.out
        assert not {"\x1b", "\x07", "\x9b", "\r"} & set(plain.out + plain.err)
        assert "\x1b]" not in seen(words, shared.root)
    done = shared.vmgit("run", bad)
    assert done.status == 2
    assert done.err.splitlines()[0] == r"error: there is no file \x1b]0;title\x07\x9b2J\r."


def test_a_console_is_as_the_program_writes_it(shared: Folder) -> None:
    bold = "\x1b[1mbold\x1b[0m"
    done = shared.fine("run", "-e", f"console.log({json.dumps(bold)})")
    assert done.out == f"{bold}\n"
    thrown = shared.vmgit("run", "-e", f"console.error('!'); throw new Error({json.dumps(bold)})")
    assert thrown.err.startswith(f"!\nUncaught Error: {bold}\n")


@pytest.mark.parametrize(
    ("text", "line", "lines"),
    [
        ("plain, häßlich 你", "plain, häßlich 你", "plain, häßlich 你"),
        ("a\nb\tc", "a\\nb\\tc", "a\nb\tc"),
        ("\x1b[0m\x9b\x00\x7f", "\\x1b[0m\\x9b\\x00\\x7f", "\\x1b[0m\\x9b\\x00\\x7f"),
        ("right\u202eleft", "right\\u202eleft", "right\\u202eleft"),
        ("\ud800", "\\ud800", "\\ud800"),
    ],
)
def test_control_characters_are_shown(text: str, line: str, lines: str) -> None:
    assert one_line(text) == line
    assert visible(text) == lines
