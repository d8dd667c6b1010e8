"""Several real processes on one log, and writers that are killed."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from vmgit.eventlog.log import EventLog
from vmgit.eventlog.verify import verify

from .making import note, put

_WRITE = """
import sys
from pathlib import Path
from vmgit.eventlog.log import EventLog
from vmgit.events.envelope import NewEvent

path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with EventLog.open(path, timeout_s=60) as log:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(count):
        event = NewEvent("console", 1, '{"text":"%s %d"}' % (name, number))
        stream = ("shared", name)[number % 2]
        log.append(stream, [event], durable=number % 5 == 0, actor=name, worktree="w")
"""

#: Prints each seq only after the append returned: what is printed was acknowledged.
_WRITE_AND_TELL = """
import os, sys
from pathlib import Path
from vmgit.eventlog.log import EventLog
from vmgit.events.envelope import NewEvent

with EventLog.open(Path(sys.argv[1]), timeout_s=60) as log:
    number = 0
    while True:
        number += 1
        size = 20_000 if number % 7 == 0 else 20
        batch = [NewEvent("console", 1, '{"text":"' + "x" * size + '"}')] * (1 + number % 3)
        stored = log.append("s", batch, durable=number % 2 == 0, actor="a", worktree="w")
        os.write(1, b"%d %s\\n" % (stored[-1].seq, stored[-1].hash.encode()))
"""


def test_four_writers_lose_and_tear_nothing(path: Path) -> None:
    names = ["w1", "w2", "w3", "w4"]
    command = [sys.executable, "-c", _WRITE, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    writers = [subprocess.Popen([*command, name, "250"], **pipes) for name in names]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    with EventLog.open(path) as log:
        found = verify(log)
        assert (found.ok, found.rows) == (True, 1000)
        events = log.read()
        assert [event.seq for event in events] == list(range(1, 1001))
        for stream in ["shared", *names]:
            versions = [event.version for event in events if event.stream == stream]
            assert versions == list(range(1, len(versions) + 1))
        for name in names:
            texts = [event.payload for event in events if event.actor == name]
            assert texts == [f'{{"text":"{name} {number}"}}' for number in range(250)]


def test_a_killed_writer_loses_nothing_it_acknowledged(path: Path) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    acknowledged: list[tuple[int, str]] = []
    for _ in range(20):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITE_AND_TELL, str(path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            # From its first answer on, so that the kill always falls into its writing.
            told = writer.stdout.readline()
            time.sleep(chance.uniform(0, 0.03))
            os.kill(writer.pid, signal.SIGKILL)
            told += writer.stdout.read()
        for line in told.decode().splitlines(keepends=True):
            assert line.endswith("\n"), f"seed {seed}"
            seq, digest = line.split()
            acknowledged.append((int(seq), digest))
        with EventLog.open(path) as log:
            found = verify(log)
            assert found.ok, (seed, found)
            # At most the one append that was under way came after what was acknowledged.
            assert 0 <= found.rows - acknowledged[-1][0] <= 3, f"seed {seed}"
    with EventLog.open(path) as log:
        hashes = {event.seq: event.hash for event in log.scan()}
        assert len(acknowledged) >= 20
        assert all(hashes[seq] == digest for seq, digest in acknowledged), f"seed {seed}"
        put(log, "s", note())
        assert log.version("s") == log.last_seq()
        assert verify(log).ok


def test_readers_see_whole_appends_while_another_process_writes(path: Path) -> None:
    with EventLog.open(path) as log:
        put(log, "s", note())
        with subprocess.Popen(
            [sys.executable, "-c", _WRITE_AND_TELL, str(path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            # The first event is not the writer's; its appends have 2, 3, 1, 2, 3, 1... events.
            ends = set(itertools.accumulate((1 + n % 3 for n in range(1, 5000)), initial=1))
            cursor = 0
            for _ in range(30):
                seq = int(writer.stdout.readline().split()[0])
                new = log.tail(cursor)
                assert [event.seq for event in new] == list(
                    range(cursor + 1, cursor + 1 + len(new))
                )
                cursor = new[-1].seq if new else cursor
                assert cursor >= seq
                assert cursor in ends
            writer.kill()
            writer.stdout.read()
        assert verify(log).ok
