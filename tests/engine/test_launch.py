"""What the parent knows of a process from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from vmgit.engine import launch


def test_a_child_is_known_by_its_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert launch.is_child(child.pid, os.getpid())
        assert not launch.is_child(child.pid, child.pid)
        assert not launch.is_child(os.getpid(), os.getpid())


def test_a_process_that_is_gone_has_no_descriptor() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        pass
    assert launch.pidfd(child.pid) is None
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
