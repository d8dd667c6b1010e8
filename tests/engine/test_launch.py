"""What the parent knows of a process from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from vmgit.engine import launch


def test_a_family_is_known_by_its_session() -> None:
    """Its members are, too, when the one that forked them is gone."""
    code = (
        "import os, time\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    if os.fork() == 0:\n"
        "        os.write(1, b'%d\\n' % os.getpid())\n"
        "        time.sleep(60)\n"
        "    os._exit(0)\n"
        "os.waitpid(child, 0)\n"
        "input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as leader:
        assert leader.stdout is not None
        orphan = int(leader.stdout.readline())
        try:
            assert launch.descends(leader.pid, leader.pid)
            assert launch.descends(orphan, leader.pid)
            assert not launch.descends(os.getpid(), leader.pid)
        finally:
            os.kill(orphan, signal.SIGKILL)
            leader.kill()


def test_a_process_that_is_gone_has_no_descriptor() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        pass
    with pytest.raises(ProcessLookupError):
        launch.pidfd(child.pid)
    assert not launch.descends(child.pid, child.pid)
    assert launch.cpu_ms(child.pid) is None


def test_processor_time_of_another_process() -> None:
    code = "import time\nwhile time.process_time() < 0.2: pass\nprint(flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = launch.cpu_ms(child.pid)
        assert found is not None
        assert found >= 200
        assert found <= time.monotonic() * 1000
