"""The workspace object: opens parts when they are needed, and keeps to its own folder."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing

import pytest
from hosted import Hosted
from realgit import Git
from workspaces import Folder

from vmgit.engine.process import WorkerRealm
from vmgit.errors import BusyError, EnvironmentFailure, NotFoundError, RefusedError, UsageError
from vmgit.events.workspace import WatchRecovered
from vmgit.workspace import Workspace


def test_reading_the_log_loads_no_heavy_library(folder: Folder) -> None:
    program = (
        "import sys; from pathlib import Path; from vmgit.workspace import Workspace\n"
        "with Workspace.open(Path('.')) as workspace:\n"
        "    workspace.views.sessions(); workspace.log.last_seq()\n"
        "print(sorted({'pygit2', 'dukpy', '_dukpy', 'tree_sitter', 'watchdog'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder.root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_it_is_found_from_any_folder_below(folder: Folder) -> None:
    with Workspace.open(folder.root / "lib") as workspace:
        assert workspace.paths.root == folder.root
        assert workspace.log_path == folder.log_path
    with pytest.raises(EnvironmentFailure):
        Workspace.open(folder.root.parent)


def test_closing_twice_is_fine_and_opens_nothing(folder: Folder) -> None:
    workspace = folder.open(worker=WorkerRealm.spawn())
    workspace.close()
    workspace.close()
    assert not folder.log_path.exists()


def test_a_snapshot_is_kept(hosted: Hosted) -> None:
    git = hosted.folder.git
    clean = hosted.workspace.snapshot()
    assert (clean.tree, clean.dirty) == (git("rev-parse", "HEAD^{tree}"), False)
    hosted.folder.write("a.js", "1")
    dirty = hosted.workspace.snapshot()
    assert (dirty.commit, dirty.dirty) == (clean.commit, True)
    pins = git("for-each-ref", "--format=%(refname:lstrip=3)", "refs/vmgit/keep").split()
    assert sorted(pins) == sorted([clean.tree, dirty.tree])


def test_a_snapshot_after_known_changes_is_the_same_as_a_new_one(hosted: Hosted) -> None:
    workspace = hosted.workspace
    first = workspace.snapshot_after(None)
    assert first == workspace.snapshot()
    hosted.folder.git.write("lib/rates.js", "exports.rate = 8;")
    assert workspace.snapshot_after([]) == first
    changed = workspace.snapshot_after(["lib/rates.js"])
    assert changed == workspace.snapshot() != first
    hosted.folder.commit("eight")
    assert workspace.snapshot_after(["lib/rates.js"]) == workspace.snapshot()
    assert not workspace.snapshot().dirty


def test_a_file_joins_one_origin_only(hosted: Hosted) -> None:
    workspace = hosted.workspace
    hosted.folder.git.write("scratch.js", "1")
    hosted.folder.git.write("no.log", "1")
    hosted.folder.write(".gitignore", "*.log\n")
    origin = workspace.snapshot()
    joined = workspace.with_file(origin, "scratch.js")
    assert joined.dirty
    assert workspace.source(joined.tree).lookup("scratch.js") is not None
    assert workspace.source(origin.tree).lookup("scratch.js") is None
    assert workspace.with_file(joined, "scratch.js") is joined
    with pytest.raises(NotFoundError, match=r"there is no file nowhere\.js"):
        workspace.with_file(origin, "nowhere.js")
    with pytest.raises(RefusedError, match="ignored by Git"):
        workspace.with_file(origin, "no.log")
    for path in ("../outside.js", "lib/../../x.js", ".git/config", "/etc/passwd"):
        with pytest.raises(UsageError):
            workspace.with_file(origin, path)
    (hosted.folder.root / "lib/rates.js").unlink()
    with pytest.raises(NotFoundError):
        workspace.with_file(workspace.snapshot(), "lib/rates.js")


def test_a_revision_is_pinned(hosted: Hosted) -> None:
    origin = hosted.workspace.at("HEAD")
    assert (origin.commit, origin.dirty) == (hosted.folder.git("rev-parse", "HEAD"), False)
    assert hosted.folder.git("rev-parse", f"refs/vmgit/keep/{origin.tree}") == origin.tree
    with pytest.raises(NotFoundError, match="nowhere"):
        hosted.workspace.at("nowhere")


def test_sources_of_trees_are_kept_within_bounds(hosted: Hosted) -> None:
    trees = []
    for number in range(20):
        hosted.folder.write("a.js", str(number))
        trees.append(hosted.workspace.snapshot().tree)
    sources = [hosted.workspace.source(tree) for tree in trees]
    assert hosted.workspace.source(trees[-1]) is sources[-1]
    assert hosted.workspace.source(trees[0]) is not sources[0]
    assert len(hosted.workspace._sources) == 16


# -- whose session it is ---------------------------------------------------------------------


def test_a_session_of_another_worktree_is_refused_and_pinned_ones_are_not(
    hosted: Hosted, template: WorkerRealm
) -> None:
    git = hosted.folder.git
    live, pinned = hosted.new(name="here"), hosted.new(name="pinned", at="HEAD")
    other = git.folder.parent / "linked"
    git("worktree", "add", "--quiet", "-b", "side", other)
    with closing(Hosted(Folder(Git(other)), template)) as linked:
        assert linked.workspace.log_path == hosted.workspace.log_path
        with linked.workspace.hosting() as sessions:
            here, there = sessions.get(live.state.id), sessions.get(pinned.state.id)
        with pytest.raises(UsageError, match="session here follows another worktree"):
            linked.run(here, "1")
        assert linked.value(there, "twice(rate)") == "6"
        own = linked.new(name="there")
        assert linked.workspace.followers() == [own.state.id]
        assert own.state.worktree == "linked"
    assert hosted.workspace.followers() == [live.state.id]
    assert hosted.value(live, "rate") == "3"


def test_a_removed_worktree_closes_its_sessions_and_says_so(
    hosted: Hosted, template: WorkerRealm
) -> None:
    git = hosted.folder.git
    here = hosted.new(name="here")
    other = git.folder.parent / "linked"
    git("worktree", "add", "--quiet", "-b", "side", other)
    with closing(Hosted(Folder(Git(other)), template)) as linked:
        gone = linked.new(name="gone").state.id
        pinned = linked.new(name="pinned", at="HEAD").state.id
    away = other.rename(other.with_name("unmounted"))
    with hosted.workspace.hosting() as sessions:
        assert sessions.get(gone).state.status == "active"
    away.rename(other)
    git("worktree", "remove", "--force", other)
    with hosted.workspace.hosting() as sessions:
        assert sessions.get(gone).state.ended_reason == "its worktree linked was removed"
        assert sessions.get(pinned).state.status == "active"
        assert sessions.get(here.state.id).state.status == "active"
    assert hosted.workspace.views.followed_worktrees() == ["main"]


def test_a_session_of_another_folder_of_the_repository_is_refused(
    git: Git, template: WorkerRealm
) -> None:
    """Also a pinned one: its paths begin at its own folder."""
    git.init()
    for name, rate in (("one", 1), ("two", 2)):
        git.write(f"{name}/vmgit.toml", "format = 1\n")
        git.write(f"{name}/profiles/default.toml", 'startup = ["a.js"]\n')
        git.write(f"{name}/a.js", f"let rate = {rate};\n")
    git.commit("two workspaces")
    with (
        closing(Hosted(Folder(git.at(git.folder / "one")), template)) as one,
        closing(Hosted(Folder(git.at(git.folder / "two")), template)) as two,
    ):
        live, pinned = one.new(), one.new(at="HEAD")
        assert (one.value(live, "rate"), one.value(pinned, "rate")) == ("1", "1")
        assert live.state.created.prefix == "one"
        for session in (live, pinned):
            with two.workspace.hosting() as sessions:
                theirs = sessions.get(session.state.id)
            with pytest.raises(UsageError, match=r"another worktree or folder \(main:one\)"):
                two.run(theirs, "rate")
            # A recording replays from anywhere.
            assert two.verdicts(theirs) == [(1, "same"), (2, "same")]
            assert two.verdicts(theirs, "HEAD") == [(1, "same"), (2, "same")]
        assert two.workspace.followers() == []
        own = two.new()
        assert two.value(own, "rate") == "2"


# -- hosting ---------------------------------------------------------------------------------


def test_one_host_at_a_time(hosted: Hosted, template: WorkerRealm) -> None:
    with (
        closing(Hosted(hosted.folder, template, actor="run")) as other,
        hosted.workspace.hosting(),
        pytest.raises(BusyError, match=r"in use, by vmgit tests, pid \d+"),
        other.workspace.hosting(wait=False),
    ):
        pytest.fail("two hosts at once")


def test_events_of_the_workspace_are_read_back(hosted: Hosted) -> None:
    workspace = hosted.workspace
    assert workspace.log.last_seq() == 0
    workspace.record(WatchRecovered())
    assert workspace.log.last_seq() == 1
    live = hosted.new()
    found = workspace.log.read(after=1, type=["session.ready", "watch.recovered"])
    assert [(event.stream, event.type) for event in found] == [(live.state.id, "session.ready")]


def test_settings_are_read_strictly(folder: Folder) -> None:
    with folder.open() as workspace:
        assert workspace.settings.format == 1
    folder.write("vmgit.toml", "formt = 1\n")
    with folder.open() as workspace, pytest.raises(RefusedError, match=r"vmgit\.toml: .*formt"):
        _ = workspace.settings
