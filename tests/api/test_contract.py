"""One contract, kept by `Workspace` and by `Client`: methods, documents, errors, cancellation."""

from __future__ import annotations

import inspect
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from workspaces import Folder

from vmgit.api.executions import Executions
from vmgit.api.log import Log
from vmgit.api.profiles import Profiles
from vmgit.api.sessions import Sessions
from vmgit.api.ticket import CancelledError, Ticket
from vmgit.api.workspace import Workspace
from vmgit.client.client import Client
from vmgit.client.executions import Executions as ClientExecutions
from vmgit.client.log import Log as ClientLog
from vmgit.client.profiles import Profiles as ClientProfiles
from vmgit.client.sessions import Sessions as ClientSessions
from vmgit.errors import (
    BusyError,
    DeniedError,
    NotFoundError,
    RefusedError,
    UsageError,
    VmgitError,
)

Api = Workspace | Client
#: What only somebody with the log in its own hands can do.
LOCAL = {"Log": {"stored", "stream"}, "Workspace": {"replays", "profile_names"}}
#: What changes files of the worktree, which a server does for nobody.
LOCAL["Profiles"] = {
    *(
        "add_startup",
        "create",
        "diff",
        "edit",
        "grant",
        "remove",
        "remove_startup",
        "revoke",
        "set",
    ),
    "unset",
}
PAIRS = [
    (Workspace, Client),
    (Sessions, ClientSessions),
    (Executions, ClientExecutions),
    (Profiles, ClientProfiles),
    (Log, ClientLog),
]
#: Runs until it is stopped; the limits of the workspace are far away.
ENDLESS = "for (;;) {}"
PATIENCE = 60.0


@pytest.mark.parametrize(("local", "remote"), PAIRS, ids=[one.__name__ for one, _ in PAIRS])
def test_both_have_the_same_methods(local: type[Any], remote: type[Any]) -> None:
    def methods(kind: type[Any]) -> dict[str, str]:
        found = {}
        for name, value in inspect.getmembers(kind):
            if name.startswith("_") or name in LOCAL.get(local.__name__, ()):
                continue
            plain = inspect.isfunction(value)
            # `Sessions` of one package is another class than that of the other.
            found[name] = str(inspect.signature(value)) if plain else "attribute"
        return found

    ours = methods(remote)
    ours.pop("of", None)
    assert ours == methods(local)


@pytest.fixture
def session(opened: Api) -> str:
    return opened.sessions.create().session


def _eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# -- sessions --------------------------------------------------------------------------------


def test_a_session_lives(opened: Api) -> None:
    made = opened.sessions.create(name="lives")
    assert (made.name, made.status, made.generation, made.pinned) == ("lives", "active", 1, None)
    assert [entry.path for entry in made.startup] == ["startup/a.js"]
    assert opened.sessions.get("lives") == opened.sessions.get(made.session)
    assert opened.sessions.run("lives", "n += 5").value.preview == "5"  # type: ignore[union-attr]
    second = opened.sessions.run("lives", "console.log(n); n + 1", args=["a", "b"])
    assert second.execution == f"{made.session}.3"
    assert [line.text for line in second.console] == ["5"]
    assert second.args == ("a", "b")
    assert opened.sessions.refresh("lives").result == "none"
    listed = [one for one in opened.sessions.list() if one.session == made.session]
    assert [(one.name, one.executions) for one in listed] == [("lives", 3)]
    closed = opened.sessions.close("lives", "done with it")
    assert (closed.status, closed.reason) == ("closed", "done with it")
    assert made.session not in [one.session for one in opened.sessions.list()]
    assert made.session in [one.session for one in opened.sessions.list(everything=True)]
    assert {one.status for one in opened.sessions.list(state="closed")} == {"closed"}
    both = opened.sessions.list(state=["closed", "active"])
    assert {one.status for one in both} <= {"closed", "active"}
    assert made.session in [one.session for one in both]


def test_a_pinned_session(opened: Api, place: Folder) -> None:
    made = opened.sessions.create("plain", at="HEAD")
    assert (made.pinned, made.commit) == ("HEAD", place.git("rev-parse", "HEAD"))


def test_code_that_throws_is_a_document(opened: Api, session: str) -> None:
    done = opened.sessions.run(session, "throw new TypeError('bad')")
    assert done.status == "error"
    assert done.value is None
    assert (done.error.name, done.error.message) == ("TypeError", "bad")  # type: ignore[union-attr]


def test_text_of_all_kinds_comes_back(opened: Api, session: str) -> None:
    done = opened.sessions.run(
        session, "console.log('ü \\u0000 \\u2028 😀'); throw new Error('\\udfff')"
    )
    assert done.console[0].text == "ü \x00 \u2028 😀"
    assert opened.executions.get(done.execution).console == done.console
    assert opened.executions.get(done.execution).error == done.error


def test_a_file_and_an_untracked_one(opened: Api, place: Folder, session: str) -> None:
    done = opened.sessions.run(session, path="hello.js", args=["you"])
    assert done.console[0].text == "hello you"
    place.git.write("draft.js", "console.log('draft')\n")
    drafted = opened.executions.run(path="draft.js")
    assert (drafted.console[0].text, drafted.dirty) == ("draft", True)
    (place.root / "draft.js").unlink()


# -- errors ----------------------------------------------------------------------------------

ERRORS: list[tuple[str, Callable[[Api], object], type[VmgitError], str]] = [
    ("no session", lambda w: w.sessions.run("nobody", "1"), NotFoundError, "nobody"),
    ("no session to get", lambda w: w.sessions.get("no/body?x=1#y"), NotFoundError, "no/body"),
    ("no session to close", lambda w: w.sessions.close("nobody"), NotFoundError, "nobody"),
    ("no session to refresh", lambda w: w.sessions.refresh("nobody"), NotFoundError, "nobody"),
    ("no execution", lambda w: w.executions.get("nobody.1"), NotFoundError, "nobody"),
    ("no events", lambda w: w.executions.events("nobody.1"), NotFoundError, "nobody"),
    ("no profile", lambda w: w.sessions.create("missing"), NotFoundError, "missing"),
    ("no profile to get", lambda w: w.profiles.get("missing"), NotFoundError, "missing"),
    ("no profile to check", lambda w: w.profiles.check("missing"), NotFoundError, "missing"),
    ("no revision", lambda w: w.sessions.create(at="nope"), NotFoundError, "nope"),
    ("no file", lambda w: w.executions.run(path="helo.js"), NotFoundError, "helo.js"),
    ("no event type", lambda w: w.log.events(type="session.creatd"), UsageError, "creatd"),
    ("a bad name", lambda w: w.sessions.create(name="a.b"), UsageError, "a.b"),
    ("neither", lambda w: w.executions.run(), UsageError, "either"),
    ("both", lambda w: w.executions.run("1", path="a.js"), UsageError, "either"),
    ("not trusted", lambda w: w.sessions.create("greedy"), DeniedError, "trust"),
    ("no replay", lambda w: w.replay("nobody"), NotFoundError, "nobody"),
]


@pytest.mark.parametrize(
    ("act", "kind", "told"), [case[1:] for case in ERRORS], ids=[case[0] for case in ERRORS]
)
def test_errors(
    opened: Api, act: Callable[[Api], object], kind: type[VmgitError], told: str
) -> None:
    before = opened.log.last_seq()
    with pytest.raises(VmgitError) as raised:
        act(opened)
    assert type(raised.value) is kind
    assert told in raised.value.message
    assert raised.value.hints or kind is not DeniedError
    assert opened.log.last_seq() == before


def test_what_has_ended_is_refused(opened: Api, session: str) -> None:
    opened.sessions.close(session)
    for act in (
        lambda: opened.sessions.run(session, "1"),
        lambda: opened.sessions.close(session),
        lambda: opened.sessions.refresh(session),
    ):
        with pytest.raises(RefusedError, match="closed") as raised:
            act()
        assert raised.value.details["session"] == session


def test_a_name_is_taken_once(opened: Api) -> None:
    opened.sessions.create(name="once")
    with pytest.raises(UsageError, match="once") as raised:
        opened.sessions.create(name="once")
    assert raised.value.kind == "name_taken"


# -- executions and profiles -----------------------------------------------------------------


def test_executions(opened: Api, session: str) -> None:
    fresh = opened.executions.run("1 + 1")
    assert fresh.value.preview == "2"  # type: ignore[union-attr]
    assert opened.executions.run("typeof twice", profile="plain").value.json == "undefined"  # type: ignore[union-attr]
    ran = opened.sessions.run(session, "console.log('x'); 3")
    kept = opened.executions.get(ran.execution)
    assert (kept.console, kept.value, kept.digest) == (ran.console, ran.value, ran.digest)
    types = [event.type for event in opened.executions.events(ran.execution)]
    # A request with a key, as a client's are, leaves a note of it.
    noted = [one for one in types if one != "request.accepted"]
    assert noted == ["execution.started", "console", "execution.finished"]
    numbers = [one.execution for one in opened.executions.list(session=session)]
    assert numbers == [f"{session}.2", f"{session}.1"]
    assert len(opened.executions.list(limit=1)) == 1
    assert {one.status for one in opened.executions.list(status="ok")} == {"ok"}
    everything = opened.executions.list(limit=None)
    assert {session, fresh.session} <= {one.session for one in everything}


def test_profiles(opened: Api) -> None:
    assert [one.profile for one in opened.profiles.list()] == ["default", "greedy", "plain"]
    assert [one.profile for one in opened.profiles.list(rev="HEAD")] == [
        "default",
        "greedy",
        "plain",
    ]
    own = opened.profiles.get("default")
    assert own.path == "profiles/default.toml"
    assert list(own.settings["startup"]) == [{"path": "startup/a.js", "mode": "auto"}]
    whole = opened.profiles.get("default", rev="HEAD", effective=True)
    assert whole.digest == own.digest
    assert set(own.settings) <= set(whole.settings)
    assert [(one.profile, one.errors) for one in opened.profiles.check("plain")] == [("plain", ())]
    assert [one.profile for one in opened.profiles.check()] == ["default", "greedy", "plain"]


def test_the_workspace(opened: Api, place: Folder) -> None:
    assert opened.root == place.root
    document = opened.status()
    assert document.workspace == str(place.root)
    assert document.head == place.git("rev-parse", "HEAD")
    assert document.branch == "refs/heads/main"


def test_a_replay(opened: Api, session: str) -> None:
    opened.sessions.run(session, "n += 1")
    rows: list[object] = []
    document = opened.replay(session, on_row=rows.append)
    assert document.summary == {"same": 2}
    assert list(document.executions) == rows
    assert document.session == session
    again = opened.replay(session, at=["HEAD"])
    assert {row.at for row in again.executions} == {"HEAD"}


# -- the log ---------------------------------------------------------------------------------


def test_the_log(opened: Api, session: str) -> None:
    opened.sessions.run(session, "console.log(1)")
    events = opened.log.events(session=session)
    assert [event.version for event in events] == list(range(1, len(events) + 1))
    assert events[0].type == "session.created"
    assert events[0].payload["profile"] == "default"
    assert opened.log.last_seq() >= events[-1].seq
    newest = opened.log.events(session=session, limit=2, newest_first=True)
    assert newest == [events[-1], events[-2]]
    consoles = opened.log.events(session=session, type=["console", "session.ready"])
    assert [event.type for event in consoles] == ["session.ready", "console"]
    assert opened.log.events(session=session, type="console") == consoles[1:]
    assert opened.log.events(after=events[1].seq, session=session, limit=1) == [events[2]]
    assert opened.log.events(limit=0) == []
    found = opened.log.verify()
    assert (found.ok, found.first_broken, found.reason) == (True, None, None)
    assert found.events == opened.log.last_seq()


def test_a_long_log_comes_whole_in_both_orders(opened: Api, session: str) -> None:
    opened.sessions.run(session, "for (let i = 0; i < 900; i++) console.log(i)")
    opened.sessions.run(session, "for (let i = 0; i < 900; i++) console.log(i)")
    seqs = [event.seq for event in opened.log.events(session=session)]
    assert len(seqs) > 1800
    assert seqs == sorted(set(seqs))
    newest = [event.seq for event in opened.log.events(session=session, newest_first=True)]
    assert newest == seqs[::-1]
    assert [e.seq for e in opened.log.events(session=session, limit=1500)] == seqs[:1500]


def test_following(opened: Api, session: str) -> None:
    opened.sessions.run(session, "console.log('before')")
    stream = opened.log.follow(after=0, session=session, type="console")
    first = next(stream)
    assert first.payload["text"] == "before"
    opened.sessions.run(session, "console.log('after')")
    second = next(stream)
    assert second.payload["text"] == "after"
    assert second.seq > first.seq


def test_following_what_is_to_come(opened: Api, session: str) -> None:
    texts: list[str] = []

    def follow(stream: Iterator[Any]) -> None:
        texts.extend(next(stream).payload["text"] for _ in range(3))

    stream = opened.log.follow(session=session, type="console")
    thread = threading.Thread(target=follow, args=[stream], daemon=True)
    thread.start()
    number = 0
    deadline = time.monotonic() + PATIENCE
    while thread.is_alive():
        # It begins where the log is when the thread comes to it.
        opened.sessions.run(session, f"console.log({number})")
        number += 1
        thread.join(0.05)
        assert time.monotonic() < deadline
    begin = int(texts[0])
    assert texts == [str(begin), str(begin + 1), str(begin + 2)]


# -- waiting, cancelling, threads ------------------------------------------------------------


def test_a_running_execution_is_cancelled(opened: Api, session: str) -> None:
    ticket = Ticket()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(opened.sessions.run, session, ENDLESS, ticket=ticket)
        _eventually(lambda: opened.executions.list(session=session)[0].status == "running")
        assert ticket.cancel()
        assert running.result(PATIENCE).status == "cancelled"
    assert ticket.state == "done"
    assert not ticket.cancel()
    assert opened.sessions.run(session, "n").value.json == 0  # type: ignore[union-attr]


def test_what_was_cancelled_before_it_began_is_not_recorded(opened: Api, session: str) -> None:
    ticket = Ticket()
    ticket.cancel()
    before = opened.log.last_seq()
    with pytest.raises(CancelledError):
        opened.sessions.run(session, "1", ticket=ticket)
    assert opened.log.last_seq() == before


def test_a_busy_session_is_refused_or_waited_for(opened: Api, session: str) -> None:
    ticket = Ticket()
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(opened.sessions.run, session, ENDLESS, ticket=ticket)
        _eventually(lambda: opened.executions.list(session=session)[0].status == "running")
        if isinstance(opened, Client):
            with pytest.raises(BusyError) as raised:
                opened.sessions.run(session, "1", wait=False)
            assert raised.value.kind == "session_busy"
        waiting = pool.submit(opened.sessions.run, session, "'waited'")
        time.sleep(0.05)
        assert not waiting.done()
        ticket.cancel()
        assert running.result(PATIENCE).status == "cancelled"
        assert waiting.result(PATIENCE).value.json == "waited"  # type: ignore[union-attr]


def test_many_threads_share_it(opened: Api) -> None:
    names = [opened.sessions.create("plain").session for _ in range(3)]

    def work(number: int) -> int:
        name = names[number % 3]
        done = opened.sessions.run(name, "globalThis.c = (globalThis.c || 0) + 1")
        opened.sessions.get(name)
        opened.executions.get(done.execution)
        assert done.value is not None
        return int(done.value.preview)

    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(work, range(24)))
    assert sorted(values) == sorted(list(range(1, 9)) * 3)
    assert opened.log.verify().ok


def test_documents_are_json_alike(opened: Api, session: str) -> None:
    import msgspec

    done = opened.sessions.run(session, "({a: [1, 'x']})")
    document = json.loads(msgspec.json.encode(done))
    assert document["value"]["json"] == {"a": [1, "x"]}
    assert "error" not in document
    assert "limit" not in document
