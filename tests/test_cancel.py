"""Cancelling: exactly the execution that is meant, wherever it runs, at any moment."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from unittest.mock import patch

import pytest
from hosted import Hosted
from workspaces import TIMEOUT, Folder

from vmgit import cancel as cancelling
from vmgit import mailbox
from vmgit.cancel import cancel
from vmgit.code import prompt_code
from vmgit.documents import CancelledDocument
from vmgit.engine.process import WorkerRealm
from vmgit.errors import BusyError, NotFoundError, RefusedError, UsageError
from vmgit.host.kv import KvStore
from vmgit.live import LiveSession

ENDLESS = "kv.set('now', 1); for (;;);"


@pytest.fixture
def live(hosted: Hosted) -> LiveSession:
    hosted.folder.profile("[limits]\nwall_ms = 60000\ncpu_ms = 60000\nevents = 1000000\n")
    made = hosted.new(name="shop")
    hosted.run(made, "let n = 1; const kv = require('vmgit:kv')")
    return made


@contextmanager
def when_set(what: object) -> Iterator[None]:
    """Call `what` whenever JavaScript sets a key, live or in a replay."""
    put = KvStore.set

    def act(store: KvStore, key: str, value: object) -> None:
        put(store, key, value)
        what()  # type: ignore[operator]

    with patch.object(KvStore, "set", act):
        yield


def pid_of(live: LiveSession) -> int:
    assert live._heap is not None
    assert isinstance(live._heap.realm, WorkerRealm)
    return live._heap.realm.pid


# -- in the process that runs it -------------------------------------------------------------


def test_only_the_execution_that_is_meant_is_stopped(hosted: Hosted, live: LiveSession) -> None:
    number = live.state.next_number
    told: list[bool] = []

    def stop() -> None:
        told.append(live.cancel(number + 1))
        told.append(live.cancel(number - 1))
        told.append(hosted.workspace.services.recorder.cancel("nowhere1", number))
        if len(told) > 3:
            told.append(live.cancel(number))

    with when_set(stop):
        execution = hosted.run(live, "kv.set('a', 1); n = 2; kv.set('b', 1); for (;;);")
    assert execution.status == "cancelled"
    assert told == [False, False, False, False, False, False, True]
    assert hosted.value(live, "n") == "1"


def test_a_cancellation_before_the_first_step_costs_nothing(
    hosted: Hosted, live: LiveSession
) -> None:
    """Between the event that says that it runs, which others read, and its first step."""
    recorder, pid = hosted.workspace.services.recorder, pid_of(live)
    append = recorder._append

    def cancelled_at_once(state: object, events: list[object], **options: object) -> None:
        append(state, events, **options)  # type: ignore[arg-type]
        if getattr(events[0], "type", "") == "execution.started":
            assert live.cancel()

    with patch.object(recorder, "_append", cancelled_at_once):
        execution = hosted.run(live, "n = 2")
    assert execution.status == "cancelled"
    assert hosted.value(live, "n") == "1"
    assert pid_of(live) == pid
    assert hosted.rebuild(live).first_difference is None


def test_one_that_nobody_wants_when_its_turn_comes(hosted: Hosted, live: LiveSession) -> None:
    """As when a ticket is cancelled between its check and the first step."""
    code = prompt_code("n = 2", live.profile.limits)
    with hosted.workspace.hosting():
        execution = live.execute(code, hosted.workspace.snapshot(), (), lambda: True)
    assert execution.status == "cancelled"
    assert hosted.value(live, "n") == "1"


def test_a_cancellation_after_the_last_step_changes_nothing(
    hosted: Hosted, live: LiveSession
) -> None:
    recorder, pid = hosted.workspace.services.recorder, pid_of(live)
    append = recorder._append

    def cancelled_late(state: object, events: list[object], **options: object) -> None:
        if getattr(events[-1], "type", "") == "execution.finished":
            assert live.cancel()
        append(state, events, **options)  # type: ignore[arg-type]

    with patch.object(recorder, "_append", cancelled_late):
        assert hosted.value(live, "n = 2") == "2"
    assert not live.cancel()
    assert hosted.value(live, "n") == "2"
    assert pid_of(live) == pid


def test_what_runs_again_in_a_rebuild_is_not_stopped(hosted: Hosted, live: LiveSession) -> None:
    hosted.run(live, "kv.set('a', ++n)")
    live.drop_heap()
    told: list[bool] = []
    with when_set(lambda: told.append(live.cancel())), hosted.workspace.hosting():
        live.warm()
    assert told == [False]
    assert hosted.value(live, "n") == "2"


@pytest.mark.parametrize("checkpoint", [True, False])
def test_the_session_is_as_it_was_before(
    hosted: Hosted, live: LiveSession, checkpoint: bool
) -> None:
    if checkpoint:
        live.checkpoint()
    with when_set(live.cancel):
        assert hosted.run(live, f"n = 2; {ENDLESS}").status == "cancelled"
    assert hosted.value(live, "[n, kv.list('')]") == "[ 1, [] ]"


# -- from another process --------------------------------------------------------------------


def post(hosted: Hosted, line: str) -> bool:
    return mailbox.post(hosted.workspace.lock_path.with_name("mailbox"), line)


def test_a_line_in_the_mailbox_stops_it(hosted: Hosted, live: LiveSession) -> None:
    name = f"{live.state.id}.{live.state.next_number}"

    def ask() -> None:
        # What means nothing, or another one, does nothing.
        for line in ("", "cancel", "cancel x", f"cancel {live.state.id}.99", f"stop {name}"):
            assert post(hosted, line)
        assert post(hosted, f"cancel {name}")

    with when_set(ask):
        assert hosted.run(live, ENDLESS).status == "cancelled"
    assert not post(hosted, f"cancel {name}")
    assert hosted.value(live, "n") == "1"


@contextmanager
def running(folder: Folder, *arguments: str) -> Iterator[str]:
    """Run `vmgit ARGUMENTS` in the background; give the name of the execution that it runs."""
    process = folder.start(*arguments)
    try:
        with folder.open() as workspace:
            deadline = time.monotonic() + TIMEOUT
            while not (rows := workspace.views.running()):
                assert process.poll() is None, process.communicate()
                assert time.monotonic() < deadline
                time.sleep(0.01)
            yield rows[0].id
            out, err = process.communicate(timeout=TIMEOUT)
            assert "Traceback" not in err, (out, err)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def shop(folder: Folder) -> Folder:
    """A workspace with a session `shop` in which `n` is 1 and nothing is short of time."""
    folder.profile('startup = ["startup/00-base.js"]\n[limits]\nwall_ms = 60000\ncpu_ms = 60000\n')
    folder.fine("session", "new", "--name", "shop")
    folder.fine("run", "-s", "shop", "-e", "let n = 1")
    return folder


CODES = {
    "a loop": "n = 2; for (;;) { try { for (;;) {} } catch {} }",
    "a native that never looks up": "n = 2; [].indexOf.call({length: 2 ** 53 - 1}, 1)",
    "a timer": "n = 2; await new Promise((done) => setTimeout(done, 50_000))",
}


@pytest.mark.parametrize("code", CODES)
def test_another_process_stops_it_at_once(shop: Folder, code: str) -> None:
    with running(shop, "run", "-s", "shop", "-e", CODES[code]) as name, shop.open() as workspace:
        session = name.partition(".")[0]
        assert cancel(workspace) == CancelledDocument(name, session, "cancelled")
        assert workspace.views.find_execution(name).status == "cancelled"
    assert shop.fine("run", "-s", "shop", "-e", "n").out == "1\n"


def test_a_startup_that_never_ends_is_one_failed_refresh(shop: Folder) -> None:
    shop.write("startup/00-base.js", "for (;;);")
    with running(shop, "run", "-s", "shop", "-e", "n") as name, shop.open() as workspace:
        assert cancel(workspace, name).status == "cancelled"
    failed = shop.fine("log", "--type", "session.refresh_failed", "--json").json
    assert failed[-1]["payload"]["message"] == "startup/00-base.js: cancelled"
    # The old generation serves; the code that waited for it ran there.
    rows = shop.fine("exec", "list", "--json").json
    assert [(row["kind"], row["status"]) for row in rows[:2]] == [
        ("repl", "ok"),
        ("startup", "cancelled"),
    ]


def test_a_host_that_was_killed_is_told_of(shop: Folder) -> None:
    with running(shop, "run", "-s", "shop", "-e", "for (;;);") as name, shop.open() as workspace:
        os.kill(holder_pid(shop), signal.SIGKILL)
        with pytest.raises(RefusedError, match=r"because its host died: .* recorded as aborted"):
            cancel(workspace, name)
        with pytest.raises(RefusedError, match="has ended already: it is recorded as aborted"):
            cancel(workspace, name)
        with pytest.raises(NotFoundError, match="No execution is running"):
            cancel(workspace)
    assert shop.fine("run", "-s", "shop", "-e", "n").out == "1\n"


def holder_pid(folder: Folder) -> int:
    text = (folder.root / ".git" / "vmgit" / "host.lock").read_text()
    return int(text.rpartition(" ")[2])


def test_a_host_that_does_not_answer_is_told_of(shop: Folder) -> None:
    with running(shop, "run", "-s", "shop", "-e", "for (;;);") as name, shop.open() as workspace:
        pid = holder_pid(shop)
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(BusyError, match=f"vmgit run, pid {pid} does not answer") as caught:
                cancel(workspace, name, patience_s=0.3)
            assert caught.value.details["execution"] == name
        finally:
            os.kill(pid, signal.SIGCONT)
        # It was asked all the same.


def test_a_host_without_a_mailbox_is_told_of(shop: Folder) -> None:
    (shop.root / ".git" / "vmgit" / "mailbox").mkdir()
    with running(shop, "run", "-s", "shop", "-e", "for (;;);") as name, shop.open() as workspace:
        with pytest.raises(BusyError, match="cannot be asked to") as caught:
            cancel(workspace, name, patience_s=0.2)
        assert "Ctrl-C" in caught.value.hints[0]
        os.kill(holder_pid(shop), signal.SIGINT)


def test_what_came_to_its_end_first_is_told_of(hosted: Hosted, live: LiveSession) -> None:
    """The host is in this process; whoever cancels it has a log of its own."""
    workspace, errors = hosted.folder.open(), list[str]()

    def late() -> None:
        try:
            cancel(workspace)
        except RefusedError as error:
            errors.append(error.message)

    canceller = threading.Thread(target=late)
    with closing(workspace), patch.object(cancelling.mailbox, "post", lambda *_: True):
        with when_set(canceller.start):
            execution = hosted.run(live, "kv.set('now', 1); for (let i = 0; i < 3e6; i++); 1")
        canceller.join()
    assert execution.status == "ok"
    assert errors == [f"execution {execution.id} came to its end first: it is recorded as ok."]


def test_which_one_has_to_be_clear(hosted: Hosted, live: LiveSession) -> None:
    workspace = hosted.workspace
    with pytest.raises(NotFoundError, match="No execution is running"):
        cancel(workspace)
    with pytest.raises(NotFoundError, match="has no execution 99"):
        cancel(workspace, "shop.99")
    with pytest.raises(RefusedError, match="has ended already: it is recorded as ok") as caught:
        cancel(workspace, "shop")
    assert caught.value.details["status"] == "ok"


def test_several_that_run_are_named(hosted: Hosted, live: LiveSession) -> None:
    other, origin = hosted.new(), hosted.workspace.snapshot()
    text = "require('vmgit:kv').set('now', 1)"
    found: list[UsageError] = []

    def nest() -> None:
        if not other.state.executions:
            other.execute(prompt_code(text, other.profile.limits), origin)
            return
        with pytest.raises(UsageError, match="Several executions are running") as caught:
            cancel(hosted.workspace)
        found.append(caught.value)

    with when_set(nest):
        first = hosted.run(live, text)
    assert [error.details["candidates"] for error in found] == [[first.id, f"{other.state.id}.1"]]


# -- the command -----------------------------------------------------------------------------


def test_the_command(shop: Folder) -> None:
    process = shop.start("run", "-s", "shop", "-e", "n = 2; for (;;);")
    with shop.open() as workspace:
        while not workspace.views.running():
            assert process.poll() is None
            time.sleep(0.01)
    done = shop.fine("exec", "cancel")
    out, err = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 130
    assert (out, err) == ("", "error: cancelled. The session is as it was before.\n")
    name = done.out.removeprefix("cancelled ").strip()
    assert shop.fine("exec", "show", name, "--json").json["status"] == "cancelled"
    again = shop.vmgit("exec", "cancel", name, "--json")
    assert again.status == 1
    assert again.json["error"]["code"] == "not_running"
    assert shop.vmgit("exec", "cancel").status == 2
    assert shop.vmgit("exec", "cancel", "nothing").status == 2
    assert shop.fine("run", "-s", "shop", "-e", "n").out == "1\n"


def test_the_document(shop: Folder) -> None:
    with running(shop, "run", "-s", "shop", "-e", "for (;;);") as name:
        document = shop.fine("exec", "cancel", name, "--json").json
    assert document == {
        "execution": name,
        "session": name.partition(".")[0],
        "status": "cancelled",
    }
