"""What a server watches, and `vmgit watch` beside it."""

from __future__ import annotations

import re
import time

from served import served, state_dir
from workspaces import Folder

from .terminal import until
from .watching import Watching


def test_its_watch_refreshes_and_vmgit_watch_shows_it(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "s")
    with served(folder) as server:
        until(lambda: "watching" in server.log)
        with Watching(folder) as watching:
            assert watching.line() == (
                f"watching {folder.root} (by vmgit serve, pid {server.pid}): 1 session"
            )
            folder.git.write("startup/00-base.js", "function twice(x) { return 7; }\n")
            line = watching.line()
            pattern = r"refreshed  s \(generation 2\)  changed: startup/00-base.js  [0-9.]+ ms"
            assert re.fullmatch(pattern, line), line
            assert folder.fine("run", "-s", "s", "-e", "twice(1)").out == "7\n"
            until(lambda: "refreshed s (generation 2): startup/00-base.js" in server.log)
            folder.git.write("startup/00-base.js", "function twice(x { return 7; }\n")
            assert watching.line().startswith("failed     s (generation 2)")
            done = watching.ctrl_c()
            assert (done.status, done.out, done.err) == (130, "", "")


def test_vmgit_watch_gives_way_to_a_server_and_takes_over_again(folder: Folder) -> None:
    folder.fine("session", "new", "--name", "s")
    with Watching(folder) as watching:
        assert watching.line() == f"watching {folder.root}: 1 session"
        with served(folder) as server:
            assert watching.line().endswith(f"(by vmgit serve, pid {server.pid}): 1 session")
            until(lambda: "watching" in server.log)
        assert watching.line() == f"the server (pid {server.pid}) ended"
        assert watching.line() == f"watching {folder.root}: 1 session"
        folder.git.write("startup/00-base.js", "function twice(x) { return 7; }\n")
        assert watching.line().startswith("refreshed  s (generation 2)")


def test_sessions_that_nobody_uses_stay_asleep(folder: Folder) -> None:
    folder.profile("startup = []\n", name="plain")
    for name in ("a", "b"):
        folder.fine("session", "new", "--name", name, "--profile", "plain")
        folder.fine("run", "-s", name, "-e", "let kept = 1")
    with served(folder) as server:
        until(lambda: "watching" in server.log)
        folder.fine("run", "-s", "a", "-e", "kept")
        folder.git.write("startup/00-base.js", "let changed = 1;\n")
        time.sleep(0.5)
        events = folder.fine("log", "--type", "session.restored", "--json").json
        (stream,) = {event["stream"] for event in events}
        assert stream == folder.fine("session", "show", "a", "--json").json["session"]


def test_notes_of_hooks_are_recorded(folder: Folder) -> None:
    with served(folder) as server:
        until(lambda: "watching" in server.log)
        spool = state_dir(folder) / "spool"
        spool.mkdir(exist_ok=True)
        head = folder.git("rev-parse", "HEAD")
        (spool / "1700000000.abc").write_text(f"post-commit\n{head}\n.git\n\n")
        folder.write("lib/rates.js", "exports.rate = 9;\n")
        folder.commit("changed")
        until(
            lambda: len(folder.fine("log", "--type", "git.hook", "--json").json) == 1,
        )
        assert list(spool.iterdir()) == []
