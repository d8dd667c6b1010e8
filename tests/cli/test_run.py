"""`vmgit run`: what is shown, what is recorded, and how it ends."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from workspaces import TIMEOUT, Folder, interrupt

from .conftest import make_workspace
from .terminal import Terminal, eventually

KEYS = {
    *("execution", "session", "kind", "status", "path", "blob", "args", "console", "value"),
    *("tree", "commit", "dirty", "generation", "started_us", "duration_us", "digest", "undone"),
}


def test_the_console_goes_where_node_sends_it_and_the_value_comes_last(shared: Folder) -> None:
    code = (
        "console.log('log', 1); console.warn('warn'); console.info('info'); "
        "console.error('error'); console.debug('debug'); ({ a: [1, 'x'] })"
    )
    done = shared.fine("run", "-e", code)
    assert done.out == "log 1\ninfo\ndebug\n{ a: [ 1, 'x' ] }\n"
    assert done.err == "warn\nerror\n"


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("6 * 7", "42\n"),
        ("twice(4)", "8\n"),
        ("undefined", ""),
        ("let x = 1", ""),
        ("null", "null\n"),
        ("'text'", "'text'\n"),
        ("", ""),
        ("await Promise.resolve(3)", "3\n"),
        ("require('rates').rate", "3\n"),
    ],
)
def test_the_value_of_code(shared: Folder, code: str, shown: str) -> None:
    done = shared.fine("run", "-e", code)
    assert (done.out, done.err) == (shown, "")
    assert shared.fine("run", "-", stdin=code).out == shown


def test_a_file_shows_its_console_only(shared: Folder) -> None:
    shared.write("show.js", "console.log('shown'); 42\n")
    assert shared.fine("run", "show.js").out == "shown\n"
    assert shared.fine("run", "--json", "show.js").json["value"]["json"] == 42
    assert shared.fine("run", "../show.js", cwd=shared.root / "lib").out == "shown\n"
    assert shared.fine("run", shared.root / "show.js", cwd=shared.root / "lib").out == "shown\n"


def test_arguments_reach_the_code(shared: Folder) -> None:
    shared.write("args.js", "console.log(JSON.stringify(vmgit.args))\n")
    words = ["-x", "--long=1", "häßlich", "", "--", "-"]
    assert json.loads(shared.fine("run", "args.js", *words).out) == words
    assert shared.fine("run", "-e", "vmgit.args", "a", "-b").out == "[ 'a', '-b' ]\n"
    assert shared.fine("run", "-", "a", "-b", stdin="vmgit.args").out == "[ 'a', '-b' ]\n"
    assert shared.fine("run", "-e", "vmgit.args", "--", "-b").out == "[ '-b' ]\n"


def test_stdin_may_have_a_byte_order_mark_and_many_lines(shared: Folder) -> None:
    assert shared.fine("run", "-", stdin=b"\xef\xbb\xbf1 +\n2\n").out == "3\n"


def test_an_untracked_file_joins_the_snapshot(shared: Folder) -> None:
    shared.git.write("draft.js", "console.log(require('rates').rate)\n")
    index = (shared.root / ".git" / "index").read_bytes()
    document = shared.fine("run", "--json", "draft.js").json
    (shared.root / "draft.js").unlink()
    assert document["dirty"]
    assert document["console"] == [{"level": "log", "text": "3"}]
    assert document["path"] == "draft.js"
    assert shared.git("cat-file", "-p", f"{document['tree']}:draft.js").startswith("console.log")
    assert (shared.root / ".git" / "index").read_bytes() == index


def test_the_document(folder: Folder) -> None:
    head = folder.git("rev-parse", "HEAD")
    done = folder.fine("run", "--json", "-e", "console.warn('w'); [1, 'a']", "x")
    document = done.json
    assert set(document) == KEYS
    assert done.err == ""
    assert document["execution"] == f"{document['session']}.{document['execution'][-1]}"
    assert document["kind"] == "repl"
    assert document["status"] == "ok"
    assert document["path"] is None
    assert document["args"] == ["x"]
    assert document["console"] == [{"level": "warn", "text": "w"}]
    assert document["value"] == {"type": "array", "preview": "[ 1, 'a' ]", "json": [1, "a"]}
    assert document["commit"] == head
    assert document["tree"] == folder.git("rev-parse", "HEAD^{tree}")
    assert document["dirty"] is False
    assert document["generation"] == 1
    assert document["duration_us"] > 0
    assert len(document["digest"]) == 64
    assert folder.fine("exec", "show", document["execution"], "--json").json == document


def test_the_document_of_an_error(shared: Folder) -> None:
    done = shared.vmgit("run", "--json", "-e", "console.log(1); throw new TypeError('bad')")
    assert done.status == 1
    document = done.json
    assert set(document) == {*KEYS, "error"}
    assert document["status"] == "error"
    assert document["value"] is None
    assert document["error"]["name"] == "TypeError"
    assert document["error"]["message"] == "bad"
    assert "at <repl>:1:" in document["error"]["stack"]
    assert document["console"] == [{"level": "log", "text": "1"}]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("throw new TypeError('bad')", "Uncaught TypeError: bad\n    at <repl>:1:"),
        ("throw 'text'", "Uncaught "),
        ("null.x", "Uncaught TypeError: cannot read property 'x' of null\n"),
        ("Promise.reject(new Error('late')); 1", "late"),
    ],
)
def test_what_is_thrown_ends_with_1(shared: Folder, code: str, told: str) -> None:
    done = shared.vmgit("run", "-e", code)
    assert done.status == 1
    assert told in done.err


def test_a_limit_ends_with_5_and_leaves_the_session_as_it_was(folder: Folder) -> None:
    folder.profile('startup = ["startup/00-base.js"]\n[limits]\nwall_ms = 300\ncpu_ms = 300\n')
    folder.fine("session", "new", "--name", "s")
    folder.fine("run", "-s", "s", "-e", "let kept = 1")
    done = folder.vmgit("run", "-s", "s", "-e", "kept = 2; for (;;) {}")
    assert (done.status, done.out) == (5, "")
    assert done.err.startswith("error: stopped by limits.")
    assert done.err.endswith("The session is as it was before.\n")
    assert folder.fine("run", "-s", "s", "-e", "kept").out == "1\n"
    document = folder.vmgit("run", "-s", "s", "--json", "-e", "for (;;) {}")
    assert document.status == 5
    assert document.json["status"] == "limit"
    assert document.json["limit"]["allowed"] == 300


@pytest.mark.parametrize(
    ("op", "code", "status"),
    [
        ("kv.set", "import { set } from 'vmgit:kv'; set('a', 1)", 7),
        ("kv.set", "import { set } from 'vmgit:kv'; try { set('a', 1) } catch {} 1", 0),
        ("fetch.request", "await fetch('http://example.com')", 7),
        ("fetch.request", "fetch('http://example.com'); 1", 7),
        ("fetch.request", "await fetch('http://example.com').catch(() => 1)", 0),
        ("sqlite.open", "require('vmgit:sqlite').open('a.db')", 7),
    ],
)
def test_a_denial_ends_with_7_unless_it_is_caught(
    shared: Folder, op: str, code: str, status: int
) -> None:
    shared.profile("[capabilities]\nkv = false\n", "nokv")
    done = shared.vmgit("run", "--profile", "nokv", "-e", code)
    assert done.status == status
    if status == 7:
        assert f'{op} is not granted by profile "nokv"' in done.err
    shown = shared.fine("exec", "events", "@", "--json").json
    assert "capability.denied" in [event["type"] for event in shown]


def test_a_session_keeps_its_state(shared: Folder) -> None:
    shared.fine("session", "new", "--name", "keeps")
    shared.fine("run", "-s", "keeps", "-e", "let n = 1; const f = () => n")
    assert shared.fine("run", "-s", "keeps", "-e", "n += 1").out == "2\n"
    assert shared.fine("run", "-s", "keeps", "-", stdin="f()").out == "2\n"
    assert shared.fine("run", "--session", "@", "-e", "f() + n").out == "4\n"


def test_without_a_session_it_is_a_fresh_one_that_is_closed_after(folder: Folder) -> None:
    folder.profile("", "empty")
    one = folder.fine("run", "--json", "-e", "typeof twice").json
    two = folder.fine("run", "--json", "--profile", "empty", "-e", "typeof twice").json
    assert (one["value"]["json"], two["value"]["json"]) == ("function", "undefined")
    assert one["session"] != two["session"]
    assert folder.fine("session", "list", "--json").json == []
    every = folder.fine("session", "list", "--all", "--json").json
    assert [row["status"] for row in every] == ["closed", "closed"]


@pytest.mark.embedded
def test_a_change_is_told_before_the_code_runs(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "s")
    folder.write("startup/00-base.js", "function twice(x) { return x + x + 1; }\n")
    done = folder.fine("run", "-s", "s", "-e", "twice(1)")
    assert done.out == "3\n"
    assert done.err == "note: refreshed to generation 2 (rerun): startup/00-base.js.\n"
    folder.write("startup/00-base.js", "function twice(\n")
    done = folder.fine("run", "-s", "s", "-e", "twice(1)")
    assert done.out == "3\n"
    assert done.err.startswith("warning: refresh failed: startup/00-base.js:")
    assert done.err.endswith("; generation 2 still serves.\n")


def test_a_change_that_is_only_reported_is_told(folder: Folder) -> None:
    folder.profile('refresh = "off"\nstartup = ["startup/00-base.js"]\n')
    folder.fine("session", "new", "--name", "s")
    folder.write("startup/00-base.js", "function twice(x) { return 9; }\n")
    done = folder.fine("run", "-s", "s", "-e", "twice(1)")
    assert done.out == "2\n"
    assert done.err == "note: changed, not refreshed: startup/00-base.js.\n"


def test_ctrl_c_cancels_the_execution_and_the_session_lives(folder: Folder) -> None:
    folder.profile('startup = ["startup/00-base.js"]\n[limits]\nwall_ms = 60000\ncpu_ms = 60000\n')
    folder.fine("session", "new", "--name", "s")
    folder.fine("run", "-s", "s", "-e", "let kept = 1")
    terminal = Terminal(["run", "-s", "s", "-e", "kept = 2; for (;;) {}"], folder.root)
    _wait_until_running(folder)
    terminal.press_ctrl_c()
    assert terminal.end() == 130
    assert "cancelled. The session is as it was before." in terminal.shown
    assert "Traceback" not in terminal.shown
    assert folder.fine("run", "-s", "s", "-e", "kept").out == "1\n"
    statuses = [row["status"] for row in folder.fine("exec", "list", "--json").json]
    assert statuses[:2] == ["ok", "cancelled"]


def test_ctrl_c_with_json_gives_the_execution(folder: Folder) -> None:
    folder.profile("[limits]\nwall_ms = 60000\ncpu_ms = 60000\n")
    process = folder.start("run", "--json", "-e", "for (;;) {}")
    _wait_until_running(folder)
    done = interrupt(process)
    assert done.status == 130
    assert done.json["status"] == "cancelled"


def _wait_until_running(folder: Folder) -> None:
    """Wait until the log has an execution of the prompt that has not ended."""

    def running() -> bool:
        rows = folder.fine("exec", "list", "--json").json
        return bool(rows) and (rows[0]["kind"], rows[0]["status"]) == ("repl", "running")

    eventually(running, "the code never began")


@pytest.mark.embedded
def test_a_killed_command_leaves_nothing_behind(folder: Folder) -> None:
    folder.profile("[limits]\nwall_ms = 60000\ncpu_ms = 60000\n")
    folder.fine("session", "new", "--name", "s")
    process = folder.start("run", "-s", "s", "-e", "for (;;) {}")
    _wait_until_running(folder)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=TIMEOUT)
    assert folder.fine("run", "-s", "s", "-e", "1").out == "1\n"
    rows = folder.fine("exec", "list", "--json").json
    assert [row["status"] for row in rows] == ["ok", "aborted"]
    assert folder.fine("journal", "verify", "--json").json["ok"]


@pytest.mark.embedded
def test_a_workspace_in_a_subfolder_of_its_repository(folder: Folder) -> None:
    inner = make_workspace(folder.root / "tools" / "inner")
    # One repository only: the outer one.
    shutil.rmtree(inner.root / ".git")
    folder.write("startup/00-base.js", "function twice() { return 'outer'; }\n")
    folder.commit("a workspace below")
    done = folder.fine("run", "-e", "[twice(2), require('rates').rate]", cwd=inner.root / "lib")
    assert done.out == "[ 4, 3 ]\n"
    assert folder.fine("run", "-e", "twice(2)").out == "'outer'\n"
    assert folder.vmgit("run", "../../a.js", cwd=inner.root).status == 2


@pytest.mark.embedded
def test_linked_worktrees_share_one_log(folder: Folder, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    folder.git("worktree", "add", "--quiet", "-b", "side", linked)
    (linked / "startup" / "00-base.js").write_text("function twice(x) { return 'side'; }\n")
    folder.fine("session", "new", "--name", "there", cwd=linked)
    assert folder.fine("run", "-s", "there", "-e", "twice(1)", cwd=linked).out == "'side'\n"
    assert folder.fine("run", "-e", "twice(1)").out == "2\n"
    rows = folder.fine("session", "list", "--json").json
    assert [(row["name"], row["worktree"]) for row in rows] == [("there", "linked")]
    refused = folder.vmgit("run", "-s", "there", "-e", "1")
    assert refused.status == 2
    assert "follows another worktree or folder (linked:.)" in refused.err


def test_the_installed_script_runs(shared: Folder) -> None:
    script = Path(sys.executable).parent / "vmgit"
    done = subprocess.run(
        [script, "run", "-e", "1"],
        cwd=shared.root,
        capture_output=True,
        timeout=TIMEOUT,
        check=True,
    )
    assert done.stdout == b"1\n"
