"""`vmgit replay`: what a person and a program are told of a replay."""

from __future__ import annotations

import pytest
from workspaces import Folder

from .conftest import log_state, make_workspace
from .terminal import seen


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A session `s` that was recorded at the tag `old`, and a HEAD whose startup is another."""
    folder = make_workspace(tmp_path_factory.mktemp("recorded") / "work")
    folder.git("tag", "old")
    folder.fine("session", "new", "--name", "s")
    folder.fine("run", "-s", "s", "-e", "twice(2)")
    folder.fine("run", "-s", "s", "-e", "1 + 1")
    folder.write("startup/00-base.js", "function twice(x) { return 22; }\n")
    folder.commit("another rule")
    return folder


def test_as_recorded_everything_is_the_same(recorded: Folder) -> None:
    session = recorded.fine("session", "show", "s", "--json").json["session"]
    done = recorded.fine("replay", "s")
    assert done.err == ""
    assert done.out == (
        f"same         {session}.1  startup  as recorded\n"
        f"same         {session}.2  repl     as recorded\n"
        f"same         {session}.3  repl     as recorded\n"
        "s: 3 same\n"
    )


def test_at_a_revision_what_differs_is_shown(recorded: Folder) -> None:
    done = recorded.vmgit("replay", "s", "--at", "HEAD")
    assert done.status == 1
    lines = done.out.splitlines()
    assert lines[1].startswith("different    ")
    assert "  repl     at HEAD" in lines[1]
    assert {"    -value: 4", "    +value: 22"} <= set(lines)
    assert lines[-1] == "s: 2 same, 1 different"


def test_several_revisions(recorded: Folder) -> None:
    done = recorded.vmgit("replay", "s", "--at", "old", "--at", "HEAD", "--json")
    assert done.status == 1
    document = done.json
    assert set(document) == {"session", "executions", "summary"}
    rows = [(row["execution"][-1], row["at"], row["verdict"]) for row in document["executions"]]
    assert rows == [
        ("1", "old", "same"),
        ("2", "old", "same"),
        ("3", "old", "same"),
        ("1", "HEAD", "same"),
        ("2", "HEAD", "different"),
        ("3", "HEAD", "same"),
    ]
    assert document["summary"] == {"same": 5, "different": 1}
    assert document["executions"][4]["causes"] == ["startup/00-base.js"]
    assert "value: 22" in document["executions"][4]["difference"]["diff"]


def test_the_recording_is_not_written_to(recorded: Folder) -> None:
    before = log_state(recorded.log_path.parent)
    recorded.fine("replay", "@")
    recorded.vmgit("replay", "s", "--at", "HEAD")
    assert log_state(recorded.log_path.parent) == before


def test_on_a_terminal_verdicts_have_colours(recorded: Folder) -> None:
    shown = seen(["replay", "s", "--at", "HEAD"], recorded.root, columns=200)
    assert "\x1b[32msame" in shown
    assert "\x1b[31mdifferent" in shown
    assert "\x1b[32m+value: 22" in shown


def test_a_long_replay_shows_its_progress_on_a_terminal(recorded: Folder) -> None:
    with recorded.open(actor="test") as workspace, workspace.hosting() as sessions:
        from vmgit.code import prompt_code

        live = sessions.create("default", workspace.at("old"), name="long", pinned="old")
        for number in range(25):
            live.execute(
                prompt_code(str(number), live.profile.limits), workspace.origin_of(live.state)
            )
    shown = seen(["replay", "long"], recorded.root)
    assert "replaying" in shown
    assert "long: 26 same" in shown
    assert "replaying" not in recorded.fine("replay", "long").out
