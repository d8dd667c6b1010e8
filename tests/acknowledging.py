"""A program that hosts a session and says on stdout, line by line, what has been acknowledged.

`python acknowledging.py FOLDER SESSION COUNT CODE PAUSE`: waits for a line on stdin, runs CODE that
many times in the session, taking the host lock for each execution and pausing (seconds) between
them, and prints `NUMBER DIGEST` after each.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from vmgit.code import prompt_code
from vmgit.workspace import Workspace


def main() -> None:
    """Do what the arguments say."""
    folder, session, count, code, pause = sys.argv[1:]
    with Workspace.open(Path(folder), actor="acknowledging") as workspace:
        print("ready", flush=True)
        sys.stdin.readline()
        for _ in range(int(count)):
            with workspace.hosting() as sessions:
                live = sessions.get(session)
                origin = workspace.origin_of(live.state)
                live.update(origin)
                execution = live.execute(prompt_code(code, live.profile.limits), origin)
            assert execution.finished is not None, execution
            print(execution.number, execution.finished.digest, flush=True)
            # A lock that is given back and taken at once would starve those who wait for it.
            time.sleep(float(pause))


if __name__ == "__main__":
    main()
