"""The documents do not lie: their commands run, their links lead somewhere, no command is missing.

A `console` block is typed line by line into one shell in a fresh folder; all blocks of a document
share the shell's folder. What a command shows, stdout and stderr together, must be what the
document says, where `[...]` stands for anything within a line.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _blocks(document: Path, language: str) -> list[str]:
    return [body for kind, body in BLOCK.findall(document.read_text("utf-8")) if kind == language]


def _steps(block: str) -> list[tuple[str, list[str]]]:
    """Return the commands of a console block, each with the lines that it shows."""
    steps: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], []))
        else:
            steps[-1][1].append(line)
    return steps


def _shows(line: str, expected: str) -> bool:
    """Compare with runs of blanks as one: the width of a column follows ids and times."""
    squeezed = re.sub(r" +", " ", expected.rstrip())
    pattern = ".*".join(re.escape(part) for part in squeezed.split("[...]"))
    return re.fullmatch(pattern, re.sub(r" +", " ", line.rstrip())) is not None


@pytest.mark.parametrize(
    "document", [one for one in DOCUMENTS if _blocks(one, "console")], ids=lambda one: one.name
)
def test_console_blocks_show_what_they_say(document: Path, tmp_path: Path) -> None:
    bin_folder = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
    place = tmp_path
    for command, expected in (step for b in _blocks(document, "console") for step in _steps(b)):
        mark = tmp_path / ".place"
        done = subprocess.run(
            ["bash", "-c", f'{command}\nstatus=$?; pwd > "$MARK"; exit $status'],
            cwd=place,
            env={**environment, "MARK": str(mark)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        place = Path(mark.read_text().strip())
        shown = done.stdout.splitlines()
        same = len(shown) == len(expected) and all(map(_shows, shown, expected))
        assert same, f"$ {command}\nshows\n{done.stdout}\nbut {document.name} says\n{expected}"


def test_set_up_commands_are_targets_of_make() -> None:
    (block,) = _blocks(ROOT / "README.md", "sh")
    for line in block.splitlines():
        command = line.partition("#")[0].split()
        done = subprocess.run(
            [command[0], "-n", *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_the_demo_shows_what_it_should() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "demo.py"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("The demo showed what it should.\n")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text("utf-8"))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (document.parent / target).exists()] == []


def test_the_examples_in_python_run(tmp_path: Path) -> None:
    """All blocks of docs/python.md are one program, as a reader would type them."""
    program = "\n".join(_blocks(ROOT / "docs" / "python.md", "python"))
    for command in (["git", "init", "-q"], [sys.executable, "-m", "vmgit", "init"]):
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    subprocess.run(["git", "commit", "-qm", "a workspace"], cwd=tmp_path, check=True)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
