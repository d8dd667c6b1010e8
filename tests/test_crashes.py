"""kill -9 of a command: what was acknowledged is there, and the rest is closed as aborted.

Twenty points of a run of 200 executions: each run goes on where the killed one before it stopped,
in the same log, so that every kill also meets what earlier ones left.
"""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from hosted import Hosted
from workspaces import TIMEOUT, Folder, killed

from vmgit.engine.process import WorkerRealm
from vmgit.eventlog.verify import verify

PROGRAM = Path(__file__).with_name("acknowledging.py")
KILLS, EXECUTIONS = 20, 200
#: State, console, kv, randomness and time: whatever a torn execution could disturb. A rebuild does
#: not wait for the timer, which holds the door open for a kill.
CODE = (
    "var n = (globalThis.n || 0) + 1; const kv = require('vmgit:kv'); kv.set('n', n);"
    " for (let i = 0; i < 5; i++) console.log(n, Math.random(), Date.now());"
    " setTimeout(() => kv.set('late', n), 5); n"
)


def program(folder: Folder, session: str, count: int) -> tuple[str | Path, ...]:
    return (PROGRAM, folder.root, session, str(count), CODE, "0")


def test_kill_9_at_twenty_points_of_two_hundred_executions(
    folder: Folder, template: WorkerRealm
) -> None:
    chance = random.Random(9)
    with closing(Hosted(folder, template)) as hosted:
        live = hosted.new()
    acknowledged: list[str] = []
    for _ in range(KILLS):
        # About a tenth is left for the last run, which nobody kills.
        lines = chance.randrange(1, 17)
        arguments = program(folder, live.state.id, EXECUTIONS)
        acknowledged += killed(arguments, lines, chance.uniform(0, 0.03))
    left = EXECUTIONS - len(acknowledged)
    if left > 0:
        done = subprocess.run(
            [sys.executable, *program(folder, live.state.id, left)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=True,
        )
        acknowledged += done.stdout.splitlines()[1:]

    with closing(Hosted(folder, template)) as hosted:
        with hosted.workspace.hosting() as sessions:
            live = sessions.get(live.state.id)
        state = live.state
        report = verify(hosted.workspace.log)
        assert report.ok, report
        numbers = [int(line.split()[0]) for line in acknowledged]
        assert len(set(numbers)) == len(numbers) >= EXECUTIONS
        for line in acknowledged:
            number, digest = line.split()
            execution = state.executions[int(number)]
            assert execution.status == "ok"
            assert execution.outcome().digest() == digest
        # A kill between the last fsync and the answer leaves a finished one that nobody heard of.
        unheard = [n for n, one in state.executions.items() if n > 2 and n not in set(numbers)]
        statuses = {state.executions[number].status for number in unheard}
        assert statuses <= {"ok", "aborted"}
        assert "aborted" in statuses, "no kill met a running execution"
        assert len(unheard) <= KILLS
        assert [one.number for one in state.executions.values()] == list(
            range(1, len(state.executions) + 1)
        )
        restored = hosted.rebuild(live)
        assert restored.first_difference is None
        assert restored.equal == restored.total == len(state.steps)
        counted = [one for one in state.executions.values() if one.completed and one.number > 2]
        assert hosted.value(live, "n") == str(len(counted))
