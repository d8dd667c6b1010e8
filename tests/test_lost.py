"""A session that cannot be rebuilt: lost for good, or only not to be had for now."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from hosted import Hosted
from workspaces import Folder

from vmgit.engine import launch
from vmgit.errors import EnvironmentFailure, RefusedError, UnavailableError
from vmgit.events.session import Lost
from vmgit.live import LiveSession

#: A real worker that does something else with the text of one prompt, unless the file `cured` was
#: there when it booted.
BOOT = """
import os, sys, time
sys.path[:0] = sys.argv[2:]
from vmgit.engine import runner, worker
import msgspec, signal
real = runner.Runner.run
cured = os.path.exists({cured!r})
def run(self, job):
    if job.text == "'the step'" and not cured:
        {does}
    return real(self, job)
runner.Runner.run = run
worker.main(int(sys.argv[1]))
"""
DIES = "os._exit(7)"
SPINS = "job = msgspec.structs.replace(job, text='for (;;) {}')"
WAITS = "time.sleep(600)"
IS_KILLED = "os.kill(os.getpid(), signal.SIGKILL)"


@contextmanager
def rebuilt(
    folder: Folder, session: str, does: str, cured: Path
) -> Iterator[tuple[Hosted, LiveSession]]:
    """Open the workspace again with workers of the kind above."""
    with patch.object(launch, "_BOOT", BOOT.format(does=does, cured=str(cured))):
        workspace = folder.open(actor="tests", template=True)
        hosted = Hosted.__new__(Hosted)
        hosted.folder, hosted.workspace = folder, workspace
        with closing(hosted):
            with workspace.hosting() as sessions:
                live = sessions.get(session)
            yield hosted, live


@pytest.fixture
def session(hosted: Hosted, request: pytest.FixtureRequest) -> str:
    """A session whose second execution will be the step; the parameter is its `wall_ms`."""
    wall_ms = getattr(request, "param", 60_000)
    hosted.folder.write("vmgit.toml", 'format = 1\nsandbox = "off"\n')
    hosted.folder.fine("trust", "add", "--workspace")
    hosted.folder.profile(f"[limits]\ncpu_ms = 100\nwall_ms = {wall_ms}\n")
    live = hosted.new(name="shop")
    hosted.value(live, "var n = 1")
    hosted.value(live, "'the step'")
    hosted.close()
    return live.state.id


@pytest.mark.parametrize(
    ("does", "why"),
    [
        (DIES, "the worker died in execution {}.2 (exit status 7)"),
        (
            SPINS,
            "execution {}.2 ended by itself when it was recorded and is stopped now (limit cpu_ms)",
        ),
    ],
)
def test_a_step_that_fails_twice_loses_the_session(
    folder: Folder, session: str, tmp_path: Path, does: str, why: str
) -> None:
    reason = why.format(session)
    uses: list[Callable[[Hosted, LiveSession], object]] = [
        lambda hosted, live: hosted.run(live, "n"),
        lambda hosted, live: hosted.run(live, "n"),
        lambda _, live: live.close(),
    ]
    with rebuilt(folder, session, does, tmp_path / "cured") as (hosted, live):
        for use in uses:
            with pytest.raises(RefusedError) as caught:
                use(hosted, live)
            assert caught.value.message == f"session shop is lost: {reason}."
            assert "`vmgit replay shop` shows it" in caught.value.hints[0]
        assert hosted.payloads(live, "session.lost") == [Lost(reason)]
        assert (live.state.status, live.state.ended_reason) == ("lost", reason)
        assert live.state == hosted.state(live)
        assert hosted.types(live)[-1] == "session.lost"
        assert live._heap is None
    # For everybody, and with workers that have nothing wrong with them.
    done = folder.vmgit("run", "-s", "shop", "-e", "n")
    assert done.status == 1
    assert "session shop is lost: " in done.err
    assert folder.fine("session", "show", "shop", "--json").json["reason"] == reason
    assert folder.fine("replay", "shop", "--json").json["summary"] == {"same": 2}
    assert folder.fine("journal", "verify", "--json").json["ok"]


def test_it_is_tried_again_in_a_process_of_its_own(
    folder: Folder, session: str, tmp_path: Path
) -> None:
    """What was wrong with one process, the template's for instance, costs no session."""
    cured = tmp_path / "cured"
    with rebuilt(folder, session, DIES, cured) as (hosted, live):
        hosted.workspace.realms.describe()
        cured.touch()
        assert hosted.value(live, "n") == "1"
        assert hosted.payloads(live, "session.lost") == []
        assert live.restored is not None
        assert live.restored.first_difference is None


@pytest.mark.parametrize(
    ("does", "why", "session"),
    [
        (IS_KILLED, r"\(SIGKILL\)", 60_000),
        # A replay has four times as long, and the parent then waits another second.
        (WAITS, r"\(limit wall_ms\)", 1_000),
    ],
    indirect=["session"],
)
def test_what_the_machine_is_to_blame_for_loses_nothing(
    folder: Folder, session: str, tmp_path: Path, does: str, why: str
) -> None:
    """Short of memory, or so busy that a step hardly ran: another time it may work."""
    with rebuilt(folder, session, does, tmp_path / "cured") as (hosted, live):
        count = len(hosted.events())
        with pytest.raises(UnavailableError, match=why):
            hosted.run(live, "n")
        assert len(hosted.events()) == count
    assert folder.fine("run", "-s", "shop", "-e", "n").out == "1\n"


def test_objects_that_come_back_bring_the_session_back(hosted: Hosted, tmp_path: Path) -> None:
    folder = hosted.folder
    live = hosted.new(name="shop")
    folder.git.write("scratch.js", "var total = 1;\n")
    execution = hosted.file(live, "scratch.js")
    hosted.close()
    folder.git("update-ref", "-d", f"refs/vmgit/keep/{execution.started.tree}")
    (folder.root / "scratch.js").unlink()
    objects = folder.root / ".git" / "objects"
    shutil.copytree(objects, tmp_path / "elsewhere")
    folder.git("gc", "--quiet", "--prune=now")
    for _ in range(2):
        assert folder.vmgit("run", "-s", "shop", "-e", "total").status == 8
    # As `git fetch` would.
    shutil.copytree(tmp_path / "elsewhere", objects, dirs_exist_ok=True)
    assert folder.fine("run", "-s", "shop", "-e", "total").out == "1\n"


def test_a_machine_that_starts_no_worker_loses_nothing(
    folder: Folder, session: str, tmp_path: Path
) -> None:
    with rebuilt(folder, session, DIES, tmp_path / "cured") as (hosted, live):
        count = len(hosted.events())
        with (
            patch.object(launch, "_BOOT", "raise SystemExit(3)"),
            pytest.raises(EnvironmentFailure, match="no worker can be started: exit status 3"),
        ):
            hosted.run(live, "n")
        assert len(hosted.events()) == count
