"""Every row of docs/coming-from-vm-system.md is run, in order, and nothing of vm-system is missing.

Commands are run by a shell, requests are sent to the server that `vmgit serve --detach` starts.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from fakeregistry import fake_registry
from published import publish_all

from vmgit.cli.main import vmgit

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "coming-from-vm-system.md"
#: What vm-system has: cobra's commands and the routes of its HTTP server, as of commit 874d39e.
COMMANDS = [
    "serve",
    *(f"template {verb}" for verb in (
        "create", "list", "get", "delete", "add-startup", "list-startup", "add-capability",
        "list-capabilities", "add-module", "remove-module", "list-modules", "add-library",
        "remove-library", "list-libraries", "list-available-modules", "list-available-libraries",
    )),
    *(f"session {verb}" for verb in ("create", "list", "get", "close")),
    *(f"exec {verb}" for verb in ("repl", "run-file", "list", "get", "events")),
    *(f"ops {verb}" for verb in ("health", "runtime-summary")),
    *(f"libs {verb}" for verb in ("download", "list", "cache-info")),
]  # fmt: skip
_TEMPLATE = "/api/v1/templates/{template_id}"
ROUTES = [
    "GET /api/v1/health",
    "GET /api/v1/runtime/summary",
    *(f"{method} /api/v1/templates" for method in ("GET", "POST")),
    *(f"{method} {_TEMPLATE}" for method in ("GET", "DELETE")),
    *(f"{method} {_TEMPLATE}/capabilities" for method in ("GET", "POST")),
    *(f"{method} {_TEMPLATE}/modules" for method in ("GET", "POST")),
    f"DELETE {_TEMPLATE}/modules/{{module_name}}",
    *(f"{method} {_TEMPLATE}/libraries" for method in ("GET", "POST")),
    f"DELETE {_TEMPLATE}/libraries/{{library_name}}",
    *(f"{method} {_TEMPLATE}/startup-files" for method in ("GET", "POST")),
    *(f"{method} /api/v1/sessions" for method in ("GET", "POST")),
    *(f"{method} /api/v1/sessions/{{session_id}}" for method in ("GET", "DELETE")),
    "POST /api/v1/sessions/{session_id}/close",
    "GET /api/v1/executions",
    *(f"POST /api/v1/executions/{kind}" for kind in ("repl", "run-file")),
    "GET /api/v1/executions/{execution_id}",
    "GET /api/v1/executions/{execution_id}/events",
]
SETTINGS = [
    "engine",
    *(f"limits.{key}" for key in ("cpu_ms", "wall_ms", "mem_mb", "max_events", "max_output_kb")),
    *(f"resolver.{key}" for key in ("roots", "extensions", "allow_absolute_repo_imports")),
    *(f"runtime.{key}" for key in ("esm", "strict", "console")),
]


@dataclass(frozen=True)
class Row:
    """One row: what vm-system has, our example, the exit status and the line that it shows."""

    place: int
    theirs: str
    example: str
    status: int
    shows: str

    @property
    def route(self) -> bool:
        """Whether the example is a request of the server."""
        return re.match("(GET|POST|DELETE) /", self.example) is not None

    @property
    def commands(self) -> list[str]:
        """The commands of vmgit that the example names, `serve` for a route."""
        if self.route:
            return ["serve"]
        return [found for one in self.example.split("&&") if (found := _command(one))]


def _command(text: str) -> str | None:
    """Return the words of a command line that name a command of vmgit, None for another program."""
    words = re.findall(r"[^\s']+", text)
    if not words or words[0] != "vmgit":
        return None
    words = words[3:] if words[1] == "-C" else words[1:]
    groups = ("profile", "session", "exec", "trust", "journal")
    return " ".join(words[:2]) if words[0] in groups else words[0]


def _rows() -> list[Row]:
    rows = []
    for line in DOCUMENT.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) != 4 or not cells[2].startswith("`"):
            continue
        match = re.fullmatch(r"(?:exit (\d+): )?(?:`(.*)`)?", cells[3])
        assert match is not None, f"{line}: the last column is `text` or exit N: `text`"
        example = cells[2].strip("`").replace("\\|", "|")
        rows.append(Row(len(rows), cells[0], example, int(match[1] or 0), match[2] or ""))
    return rows


ROWS = _rows()


def _exists(command: str) -> bool:
    group: click.Command | None = vmgit
    for word in command.split():
        assert isinstance(group, click.Group)
        with click.Context(group) as context:
            group = group.get_command(context, word)
        if group is None:
            return False
    return True


class Examples:
    """Runs the rows, in the order of the document, in one workspace; a server only when asked."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self.results: dict[int, tuple[int, str]] = {}

    def run(self, command: str) -> tuple[int, str]:
        """Run a command line and return its exit status and all that it shows."""
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout

    def ask(self, request: str) -> tuple[int, str]:
        """Send a request to the server; the status is 0 for success, else that of HTTP."""
        method, target, *body = request.split(" ", 2)
        connection = http.client.HTTPConnection("localhost", timeout=60)
        connection.sock = socket.socket(socket.AF_UNIX)
        try:
            connection.sock.connect(str(self.folder / ".git" / "vmgit" / "server.sock"))
            headers = {"Content-Type": "application/json"} if body else {}
            connection.request(method, target, body[0] if body else None, headers)
            answer = connection.getresponse()
            text = json.dumps(json.loads(answer.read()), separators=(",", ":"))
        finally:
            connection.close()
        return (0 if answer.status < 400 else answer.status), text


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, tuple[int, str]]]:
    """What every row came to."""
    place = tmp_path_factory.mktemp("coming")
    bin_folder = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
    with fake_registry() as registry, ExitStack() as stack:
        publish_all(registry)
        environment["npm_config_registry"] = registry.url
        examples = Examples(place, environment)
        block = re.search(r"^```console\n(.*?)^```$", DOCUMENT.read_text("utf-8"), re.M | re.S)
        assert block is not None
        made = examples.run(" && ".join(line[2:] for line in block[1].splitlines()))
        assert made == (0, "")
        examples.folder = place / "shop"
        # Whatever fails between, no server is left behind; where none runs, it says so.
        stack.callback(examples.run, "vmgit serve stop")
        found: dict[int, tuple[int, str]] = {}
        first = next(row for row in ROWS if row.route)
        for row in ROWS:
            if row is first:
                assert examples.run("vmgit serve --detach")[0] == 0
            found[row.place] = examples.ask(row.example) if row.route else examples.run(row.example)
        yield found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.place}-{row.example[:40]}")
def test_the_example_shows_what_it_says(row: Row, results: dict[int, tuple[int, str]]) -> None:
    status, shown = results[row.place]
    assert status == row.status, shown
    pattern = ".*".join(map(re.escape, re.sub(" +", " ", row.shows).split("[...]")))
    lines = [re.sub(" +", " ", line.rstrip()) for line in shown.splitlines()]
    assert not row.shows or any(re.fullmatch(pattern, line) for line in lines), shown
    assert row.shows or not lines, f"it shows what the document does not say:\n{shown}"


def test_every_row_names_commands_that_are_there() -> None:
    named = {command for row in ROWS for command in row.commands}
    assert sorted(command for command in named if not _exists(command)) == []


@pytest.mark.parametrize("theirs", [*COMMANDS, *ROUTES, *SETTINGS])
def test_nothing_of_vm_system_is_missing(theirs: str) -> None:
    assert f"`{theirs}`" in [row.theirs for row in ROWS]
