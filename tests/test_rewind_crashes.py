"""Kill -9 around undos and redos: what was acknowledged counts, and the session is whole.

Each process goes on where the killed one before it stopped, in the same log.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from hosted import Hosted, everything_compares
from workspaces import TIMEOUT, Folder

from vmgit.engine.process import WorkerRealm
from vmgit.eventlog.verify import verify
from vmgit.history import read_session
from vmgit.state import fold

PROGRAM = Path(__file__).with_name("rewinding.py")
KILLS = 12


def killed(folder: Folder, session: str, seed: int, lines: int, delay: float) -> list[list[str]]:
    """Run until `lines` changes are acknowledged and a moment more, then kill -9."""
    arguments = [sys.executable, PROGRAM, folder.root, session, str(seed)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(lines + 1)]
        time.sleep(delay)
        process.kill()
        told += process.stdout.readlines()
        assert process.wait(TIMEOUT) == -9
    # The last line may have been cut off.
    return [line.split() for line in told[1:] if line.endswith("\n")]


def test_kill_9_around_undo_and_redo(folder: Folder, template: WorkerRealm) -> None:
    chance = random.Random(4)
    with closing(Hosted(folder, template)) as hosted:
        session = hosted.new().state.id
    acknowledged: list[list[str]] = []
    for seed in range(KILLS):
        lines = chance.randrange(3, 15)
        acknowledged += killed(folder, session, seed, lines, chance.uniform(0, 0.02))
    words = {word for word, *_ in acknowledged}
    assert words == {"run", "undo", "redo"}

    with closing(Hosted(folder, template)) as hosted:
        with hosted.workspace.hosting() as sessions:
            live = sessions.get(session)
        assert verify(hosted.workspace.log).ok
        events = hosted.events(live)
        for word, version, *numbers in acknowledged:
            state = fold(events[: int(version)])
            concerned = {int(number) for number in numbers}
            assert (word == "undo") == (concerned <= state.undone)
            assert concerned <= set(state.executions)
        assert live.state == read_session(hosted.workspace.log, session)
        everything_compares(hosted, live)
        counted = len(live.state.undoable)
        assert hosted.value(live, "globalThis.n || 0") == str(counted)
