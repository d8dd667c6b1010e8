"""Two processes on one session at once: they take turns, and nothing is lost or torn."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from hosted import Hosted
from workspaces import TIMEOUT, Done, Folder

from vmgit.engine.process import WorkerRealm
from vmgit.eventlog.verify import verify

PROGRAM = Path(__file__).with_name("acknowledging.py")
CODE = "globalThis.n = (globalThis.n || 0) + 1; console.log(n, Math.random()); n"


def settled(hosted: Hosted, session: str) -> int:
    """Hold that log and session are whole; return how many executions of its own it has."""
    log = hosted.workspace.log
    report = verify(log)
    assert report.ok, report
    events = log.read(stream=session)
    assert [event.version for event in events] == list(range(1, len(events) + 1))
    assert [event.seq for event in log.read()] == list(range(1, log.last_seq() + 1))
    with hosted.workspace.hosting() as sessions:
        live = sessions.get(session)
    numbers = list(live.state.executions)
    assert numbers == list(range(1, len(numbers) + 1))
    for number, execution in live.state.executions.items():
        own = [event for event in events if event.execution == execution.id]
        assert own[0].type == "execution.started"
        assert own[-1].type == "execution.finished"
        # The events of one execution are not mixed with those of another.
        assert [event.seq for event in own[1:]] == list(
            range(own[1].seq, own[1].seq + len(own) - 1)
        )
        assert execution.number == number
    restored = hosted.rebuild(live)
    assert restored.first_difference is None
    own_ones = [one for one in live.state.executions.values() if one.started.kind != "startup"]
    assert [one.outcome().value.preview for one in own_ones] == [  # type: ignore[union-attr]
        str(count) for count in range(1, len(own_ones) + 1)
    ]
    return len(own_ones)


def _finish(process: subprocess.Popen[str]) -> list[str]:
    return process.communicate("go\n", timeout=TIMEOUT)[0].splitlines()


def test_long_lived_processes_take_turns(folder: Folder, template: WorkerRealm) -> None:
    """Each keeps its heap warm and catches up with what the other did."""
    count = 40
    with closing(Hosted(folder, template)) as hosted:
        session = hosted.new().state.id
        arguments = [sys.executable, PROGRAM, folder.root, session, str(count), CODE, "0.002"]
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        processes = [subprocess.Popen(arguments, **options) for _ in range(2)]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        with ThreadPoolExecutor(2) as pool:
            told = list(pool.map(_finish, processes))
        assert [process.returncode for process in processes] == [0, 0]

        assert settled(hosted, session) == 2 * count
        state = hosted.workspace.sessions.get(session).state
        for line in [line for lines in told for line in lines]:
            number, digest = line.split()
            assert state.executions[int(number)].outcome().digest() == digest
        actors = [event.actor for event in hosted.events(type="execution.started")]
        assert Counter(actors) == {"tests": 2, "acknowledging": 2 * count}
        first = [int(line.split()[0]) for line in told[0]]
        assert first != list(range(first[0], first[0] + count)), "they did not take turns"


def test_commands_at_the_same_time_wait_for_one_another(
    folder: Folder, template: WorkerRealm
) -> None:
    with closing(Hosted(folder, template)) as hosted:
        hosted.new(name="shop")
    command = ("run", "-s", "shop", "-e", CODE)

    def run(_: int) -> Done:
        return folder.fine(*command)

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, range(8)))
    values = [int(done.out.splitlines()[-1]) for done in results]
    assert sorted(values) == list(range(1, 9))
    assert all(re.fullmatch(r"\d+ 0\.\d+\n\d+\n", done.out) for done in results)
    with closing(Hosted(folder, template)) as hosted:
        session = hosted.workspace.views.find_session("shop").id
        assert settled(hosted, session) == 8


def test_a_command_and_a_long_lived_process_share_a_refresh(
    folder: Folder, template: WorkerRealm
) -> None:
    with closing(Hosted(folder, template)) as hosted:
        live = hosted.new(name="shop")
        hosted.value(live, "var mine = 1")
        folder.write("lib/rates.js", "exports.rate = 4;\n")
        done = folder.fine("run", "-s", "shop", "-e", "mine += rate")
        assert done.out == "5\n"
        assert live.state.generation == 1
        assert hosted.value(live, "[mine, twice(rate)]") == "[ 5, 8 ]"
        assert live.state.generation == 2
        assert hosted.types(live).count("session.refreshed") == 1
