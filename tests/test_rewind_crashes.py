"""Kill -9 around undos and redos: what was acknowledged counts, and the session is whole.

Each process goes on where the killed one before it stopped, in the same log.
"""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

from hosted import Hosted, everything_compares
from workspaces import Folder, killed

from vmgit.engine.process import WorkerRealm
from vmgit.eventlog.verify import verify
from vmgit.history import read_session
from vmgit.state import fold

PROGRAM = Path(__file__).with_name("rewinding.py")
KILLS = 12


def test_kill_9_around_undo_and_redo(folder: Folder, template: WorkerRealm) -> None:
    chance = random.Random(4)
    with closing(Hosted(folder, template)) as hosted:
        session = hosted.new().state.id
    acknowledged: list[list[str]] = []
    for seed in range(KILLS):
        lines = chance.randrange(3, 15)
        arguments = (PROGRAM, folder.root, session, str(seed))
        told = killed(arguments, lines, chance.uniform(0, 0.02))
        acknowledged += [line.split() for line in told]
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
