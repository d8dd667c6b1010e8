"""`vmgit watch`: one line when it is ready, one per refresh, one per failure."""

from __future__ import annotations

import os
import re
import signal

import pytest
from workspaces import Folder

from .terminal import Terminal, eventually
from .watching import Watching, alive

BASE = "startup/00-base.js"


def _rule(value: int) -> str:
    return f"function twice(x) {{ return {value}; }}\n"


@pytest.fixture
def session(folder: Folder) -> Folder:
    """A workspace with the session `s`."""
    folder.fine("session", "new", "--name", "s")
    return folder


def _generation(folder: Folder) -> int:
    number = folder.fine("session", "show", "s", "--json").json["generation"]
    assert isinstance(number, int)
    return number


def _value(folder: Folder) -> str:
    done = folder.fine("run", "-s", "s", "-e", "twice(1)")
    assert done.err == ""
    return done.out.strip()


def _refreshed(watching: Watching, generation: int) -> str:
    """Read the line of one refresh and return what changed."""
    line = watching.line()
    pattern = rf"refreshed  s \(generation {generation}\)  changed: (.*)  [0-9.]+ ms"
    match = re.fullmatch(pattern, line)
    assert match is not None, line
    return match[1]


def test_each_way_to_change_a_file_is_one_line(session: Folder) -> None:
    git = session.git
    git("checkout", "--quiet", "-b", "other")
    session.write(BASE, _rule(10))
    session.write("startup/10-rules.js", "let other = true;\n")
    session.commit("other")
    git("checkout", "--quiet", "main")
    with Watching(session) as watching:
        assert watching.line() == f"watching {session.root}: 1 session"

        # An editor: a new file takes the place of the old one.
        temporary = session.git.write(f"{BASE}.tmp", _rule(5))
        os.replace(temporary, session.root / BASE)
        assert _refreshed(watching, 2) == BASE
        assert _value(session) == "5"

        git("stash", "--quiet")
        assert _refreshed(watching, 3) == BASE
        assert _value(session) == "2"

        git("checkout", "--quiet", "other")
        assert _refreshed(watching, 4) == f"{BASE}, startup/10-rules.js"
        assert _value(session) == "10"
        assert session.fine("run", "-s", "s", "-e", "other").out == "true\n"

        # Touched and written again with the same content: nothing to do, nothing to say.
        session.git.write(BASE, _rule(10))
        session.git.write("notes.txt", "untracked\n")
        git("checkout", "--quiet", "main")
        assert _refreshed(watching, 5) == f"{BASE}, startup/10-rules.js"
        assert _value(session) == "2"

        done = watching.ctrl_c()
    assert (done.status, done.out, done.err) == (130, "", "")
    assert _generation(session) == 5
    assert session.fine("journal", "verify", "--json").json["ok"]


def test_a_failure_is_one_line_and_the_old_generation_serves(session: Folder) -> None:
    with Watching(session) as watching:
        watching.line()
        (session.root / BASE).unlink()
        line = watching.line()
        assert line.startswith("failed     s (generation 1)  changed: ")
        assert BASE in line
        assert "among the tracked files" in line
        done = session.fine("run", "-s", "s", "-e", "twice(1)")
        assert done.out == "2\n"
        assert done.err.startswith("warning: refresh failed: ")

        session.git.write(BASE, _rule(7))
        assert _refreshed(watching, 2) == BASE
        assert _value(session) == "7"

        session.git.write(BASE, "function twice(x) {\n")
        line = watching.line()
        assert line.startswith("failed     s (generation 2)  changed: startup/00-base.js  ")
        assert "SyntaxError" in line
        session.git.write(BASE, "throw new Error('\\u001b[31m two\\nlines')\n")
        line = watching.line()
        assert line.startswith("failed     s (generation 2)")
        assert r"Error: \x1b[31m two  " in line

        session.git.write(BASE, _rule(8))
        assert _refreshed(watching, 3) == BASE
        assert watching.ctrl_c().out == ""


def test_other_commands_work_meanwhile(session: Folder) -> None:
    with Watching(session) as watching:
        watching.line()
        assert "watch      vmgit watch, pid" in session.fine("status").out
        session.fine("run", "-s", "s", "-e", "let kept = 1")
        session.write(BASE, _rule(3))
        _refreshed(watching, 2)
        assert session.fine("run", "-s", "s", "-e", "kept + twice(0)").out == "4\n"

        # A session that is made while it runs is followed too; one that is closed is not.
        session.fine("session", "new", "--name", "late")
        session.fine("session", "close", "s")
        session.write(BASE, _rule(4))
        assert watching.line().startswith("refreshed  late (generation 2)")
        assert watching.ctrl_c().status == 130


def test_sessions_of_one_change_share_a_line(session: Folder) -> None:
    session.profile('refresh = "off"\nstartup = ["startup/00-base.js"]\n', "off")
    session.commit("a profile that only reports")
    session.fine("session", "new", "--name", "t")
    session.fine("session", "new", "--name", "u", "--profile", "off")
    with Watching(session) as watching:
        assert watching.line().endswith(": 3 sessions")
        session.write(BASE, _rule(3))
        lines = sorted([watching.line(), watching.line()])
        assert lines[0].startswith("refreshed  s (generation 2), t (generation 2)  changed: ")
        assert lines[1].startswith("reported   u (generation 1)  changed: startup/00-base.js  ")


def test_with_json_each_line_is_a_document(session: Folder) -> None:
    with Watching(session, "--json") as watching:
        assert watching.document() == {"watch": "ready", "mode": "events", "sessions": 1}
        session.write(BASE, _rule(3))
        document = watching.document()
        assert document.pop("duration_us") > 0
        assert document == {
            "result": "refreshed",
            "sessions": {"s": 2},
            "changed": [BASE],
            "mode": "rerun",
            "message": None,
            "actor": "watch",
        }
        session.write(BASE, "null.x\n")
        failed = watching.document()
        assert (failed["result"], failed["sessions"]) == ("failed", {"s": 2})
        assert failed["message"].startswith("startup/00-base.js:1: TypeError")
        done = watching.ctrl_c()
    assert (done.status, done.out) == (130, "")


def test_what_changed_before_it_began_is_settled_first(session: Folder) -> None:
    session.write(BASE, _rule(3))
    with Watching(session) as watching:
        assert watching.line().startswith("watching ")
        assert _refreshed(watching, 2) == BASE


def test_a_second_one_is_refused(session: Folder) -> None:
    with Watching(session) as watching:
        watching.line()
        second = session.vmgit("watch")
        assert (second.status, second.out) == (6, "")
        assert second.err.splitlines()[0] == (
            f"error: the worktree {session.root} is watched already, "
            f"by vmgit watch, pid {watching.process.pid}."
        )
        assert session.vmgit("watch", "--json").json["error"]["code"] == "busy"
        assert watching.ctrl_c().status == 130
    with Watching(session) as watching:
        assert watching.line().startswith("watching ")


def test_ctrl_c_ends_it_and_all_that_it_started(session: Folder) -> None:
    terminal = Terminal(["watch"], session.root)
    terminal.wait_for("1 session\n")
    watching = Watching.__new__(Watching)
    watching.process = terminal.process  # type: ignore[assignment]
    started = watching.descendants()
    assert started
    session.write(BASE, _rule(3))
    terminal.wait_for("refreshed")
    assert "\x1b[32mrefreshed" in terminal.shown
    terminal.press_ctrl_c()
    assert terminal.end() == 130
    assert "Traceback" not in terminal.shown
    eventually(lambda: not alive(started), "processes were left behind")


def test_kill_9_leaves_no_process_and_the_next_command_works(session: Folder) -> None:
    with Watching(session) as watching:
        watching.line()
        session.write(BASE, _rule(3))
        _refreshed(watching, 2)
        started = watching.descendants()
        assert len(started) >= 2
        watching.process.send_signal(signal.SIGKILL)
        watching.process.wait(60)
    eventually(lambda: not alive(started), "processes were left behind")
    assert "watch      not running" in session.fine("status").out
    assert _value(session) == "3"
    with Watching(session) as watching:
        assert watching.line().startswith("watching ")


def test_two_worktrees_are_watched_at_once(session: Folder) -> None:
    linked = session.root.parent / "linked"
    session.git("worktree", "add", "--quiet", "-b", "side", linked)
    session.fine("session", "new", "--name", "there", cwd=linked)
    side = Folder(session.git.at(linked))
    with Watching(session) as here, Watching(side) as there:
        assert here.line().endswith(": 1 session")
        assert there.line().endswith(": 1 session")
        side.write(BASE, _rule(3))
        assert there.line().startswith("refreshed  there (generation 2)")
        session.write(BASE, _rule(4))
        _refreshed(here, 2)
        assert here.ctrl_c().out == ""
        assert there.ctrl_c().out == ""


def test_undos_and_forks_of_other_commands_reach_its_heaps(session: Folder) -> None:
    """As many steps as before, but not the same; and a session that was not there at the start."""
    for text in ("globalThis.n = 1", "n = 2"):
        session.fine("run", "-s", "s", "-e", text)
    with Watching(session) as watching:
        watching.line()
        session.fine("session", "fork", "s", "--name", "twin")
        session.fine("session", "undo", "s")
        session.fine("run", "-s", "s", "-e", "n = 'other'")
        session.write(BASE, "console.log('n is', n);\nfunction twice(x) { return 2 * x; }\n")
        line = watching.line()
        assert line.startswith("refreshed  s (generation 2), twin (generation 2)  changed: "), line
        watching.ctrl_c()
    for name, said in (("s", "n is other"), ("twin", "n is 2")):
        startup = session.fine("session", "show", name, "--json").json["startup"][0]["execution"]
        shown = session.fine("exec", "show", f"{name}.{startup}", "--json").json
        assert shown["console"] == [{"level": "log", "text": said}]
        assert session.fine("replay", name, "--json").json["summary"].keys() == {"same"}
