"""Commands are listed without being imported, and what the lists say is what the commands say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from vmgit.cli.lazy import LazyGroup
from vmgit.cli.main import vmgit

HEAVY = {"pygit2", "dukpy", "_dukpy", "watchdog", "tree_sitter", "rich", "msgspec", "sqlite3"}


def _walk(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command, str]]:
    """Yield every command below a group: its words, itself, and the help that its list gives."""
    assert isinstance(group, LazyGroup)
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield (*path, name), command, group.table[name][1]
            if isinstance(command, click.Group):
                yield from _walk(command, *path, name)


EVERY = list(_walk(vmgit))
LEAVES = [one for one in EVERY if not isinstance(one[1], click.Group)]


def _named(cases: list[tuple[tuple[str, ...], click.Command, str]]) -> list[str]:
    return [" ".join(words) for words, _, _ in cases]


def test_there_are_commands() -> None:
    assert _named(EVERY)[:3] == ["init", "status", "run"]
    assert {"session new", "journal verify", "profile check", "exec show"} <= set(_named(LEAVES))


@pytest.mark.parametrize(("words", "command", "listed"), EVERY, ids=_named(EVERY))
def test_the_list_says_what_the_command_says(
    words: tuple[str, ...], command: click.Command, listed: str
) -> None:
    assert command.name == words[-1]
    assert command.get_short_help_str(limit=1000) == listed
    assert listed[0].isupper()
    assert listed.endswith(".")


@pytest.mark.parametrize(("words", "command", "listed"), LEAVES, ids=_named(LEAVES))
def test_every_command_documents_all_that_it_takes(
    words: tuple[str, ...], command: click.Command, listed: str
) -> None:
    assert command.help
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert [one.name for one in options if not one.help] == []
    assert any("--json" in one.opts for one in options)
    with click.Context(command, info_name=" ".join(("vmgit", *words))) as context:
        lines = command.get_help(context).splitlines()
    assert lines[0].startswith(f"Usage: vmgit {' '.join(words)} [OPTIONS]")
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("words", [words for words, _, _ in LEAVES], ids=_named(LEAVES))
def test_every_command_is_in_the_document(words: tuple[str, ...]) -> None:
    document = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")
    lines = [line for line in document.splitlines() if f"`vmgit {words[0]}" in line]
    assert any(word == words[-1] for line in lines for word in _words(line))


def _words(line: str) -> list[str]:
    return line.replace("`", " ").replace("\\|", " ").split()


def _complete(typed: str) -> tuple[list[str], set[str]]:
    """Return what bash is offered after `typed`, and the modules that were loaded for it."""
    script = (
        "import sys\n"
        "from vmgit.cli.main import main\n"
        "try:\n    main()\n"
        "finally:\n    print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={
            **os.environ,
            "_VMGIT_COMPLETE": "bash_complete",
            "COMP_WORDS": typed,
            "COMP_CWORD": str(len(typed.split(" ")) - 1),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    offered = [line.partition(",")[2] for line in done.stdout.splitlines()]
    return offered, set(done.stderr.split())


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("vmgit se", ["session", "serve"]),
        ("vmgit session ", ["new", "list", "show", "refresh", "fork", "undo", "redo", "close"]),
        ("vmgit journal v", ["verify"]),
        ("vmgit run --pro", ["--profile"]),
        ("vmgit session new --a", ["--at"]),
    ],
)
def test_completion_in_bash_loads_nothing_heavy(typed: str, offered: list[str]) -> None:
    found, loaded = _complete(typed)
    assert found == offered
    assert not loaded & HEAVY


def test_completion_of_names_imports_no_command() -> None:
    _, loaded = _complete("vmgit ")
    assert not {name for name in loaded if name.startswith("vmgit.cli.session")}


def test_the_completion_script_can_be_sourced() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vmgit"],
        env={**os.environ, "_VMGIT_COMPLETE": "zsh_source"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0
    assert "compdef" in done.stdout
    assert "_VMGIT_COMPLETE=zsh_complete vmgit" in done.stdout
