"""`vmgit log`: the events, and new ones as they come."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from workspaces import Folder, interrupt


@pytest.fixture
def following(folder: Folder) -> Iterator[list[subprocess.Popen[str]]]:
    """The followers that a test starts; those that it leaves are ended."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_the_last_events_oldest_first(folder: Folder, mode: str) -> None:
    folder.fine("session", "new", "--name", "a")
    folder.fine("run", "-e", "console.log('x')")
    every = folder.fine("log", "--json").json
    assert [event["seq"] for event in every] == list(range(1, len(every) + 1))
    assert every[0]["type"] == "session.created"
    assert every[0]["payload"]["name"] == "a"
    assert every[0]["actor"] == ("serve" if mode == "server" else "session new")
    assert {"prev_hash", "hash", "time_us", "stream", "version"} <= set(every[0])
    lines = folder.fine("log").out.splitlines()
    assert len(lines) == len(every)
    assert lines[0].split()[0] == "1"
    assert lines[0].endswith("session.created         name=a profile=default")
    assert [e["seq"] for e in folder.fine("log", "-n", "2", "--json").json] == [
        len(every) - 1,
        len(every),
    ]
    assert folder.fine("log", "-n", "0").out == ""
    assert folder.fine("log", "-n", "0", "--json").json == []


def test_only_some_of_them(folder: Folder) -> None:
    session = folder.fine("session", "new", "--name", "a", "--json").json["session"]
    folder.fine("run", "-e", "console.log('x')")
    of_a = folder.fine("log", "-s", "a", "--json").json
    assert {event["stream"] for event in of_a} == {session}
    two = folder.fine("log", "--type", "console", "--type", "session.closed", "--json").json
    assert [event["type"] for event in two] == ["console", "session.closed"]
    assert folder.fine("log", "-s", "a", "--type", "console").out == ""
    near = folder.vmgit("log", "--type", "session.redy")
    assert "hint: Did you mean session.ready?\n" in near.err


@pytest.mark.parametrize("as_json", [False, True])
def test_following_shows_each_event_once_as_it_comes(
    folder: Folder, following: list[subprocess.Popen[str]], as_json: bool
) -> None:
    folder.fine("run", "-e", "1")
    before = len(folder.fine("log", "--json").json)
    process = folder.start(
        "log", "-f", "-n", "1", "--type", "execution.finished", *(["--json"] if as_json else [])
    )
    following.append(process)
    assert process.stdout is not None
    assert "execution.finished" in process.stdout.readline()
    folder.fine("run", "-e", "'new'")
    lines = [process.stdout.readline() for _ in range(3)]
    assert all("execution.finished" in line for line in lines)
    if as_json:
        events = [json.loads(line) for line in lines]
        assert [event["seq"] for event in events] == sorted({event["seq"] for event in events})
        assert events[0]["seq"] > before
        assert events[-1]["payload"]["value"]["preview"] == "'new'"
    else:
        assert "value='new'" in lines[-1]
    done = interrupt(process)
    assert (done.status, done.out, done.err) == (130, "", "")


def test_a_follower_whose_reader_has_gone_ends(
    folder: Folder, following: list[subprocess.Popen[str]]
) -> None:
    folder.fine("run", "-e", "1")
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "vmgit", "log", "-f"],
            cwd=folder.root,
            text=True,
            stdout=sink,
            stderr=subprocess.PIPE,
        )
        following.append(process)
    with os.fdopen(reader) as source:
        assert "session.created" in source.readline()
    folder.fine("run", "-e", "2")
    assert process.wait(60) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""
