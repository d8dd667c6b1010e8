"""A process is told from a later one with the same number."""

from __future__ import annotations

import os
import subprocess
import sys

from vmgit.serving.birth import birth


def test_a_process_has_one_birth_and_others_have_others() -> None:
    own = birth(os.getpid())
    assert own
    assert birth(os.getpid()) == own
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert birth(child.pid)
        assert birth(child.pid) != own
        child.communicate(b"\n")
    assert birth(child.pid) is None
