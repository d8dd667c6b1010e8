"""A program that runs, undoes and redoes at random and says what has been acknowledged.

`python rewinding.py FOLDER SESSION SEED`: goes on until it is killed; prints `ready`, then after
each change its kind, the version of the stream, and the numbers of the executions concerned.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from vmgit.code import prompt_code
from vmgit.sessions import LiveSession
from vmgit.workspace import Workspace

CODE = "globalThis.n = (globalThis.n || 0) + 1; require('vmgit:kv').set('n', n); n"


def main() -> None:
    """Do what the arguments say."""
    folder, session, seed = sys.argv[1:]
    chance = random.Random(seed)
    with Workspace.open(Path(folder), actor="rewinding") as workspace:
        print("ready", flush=True)
        while True:
            with workspace.hosting() as sessions:
                live = sessions.get(session)
                word, numbers = _change(workspace, live, chance)
                print(word, live.state.version, *numbers, flush=True)


def _change(
    workspace: Workspace, live: LiveSession, chance: random.Random
) -> tuple[str, list[int]]:
    possible = len(live.state.undoable)
    if possible and chance.random() < 0.4:
        return "undo", [one.number for one in live.undo(chance.randint(1, min(3, possible)))]
    if live.state.redoable and chance.random() < 0.5:
        return "redo", [one.number for one in live.redo()]
    if chance.random() < 0.2:
        live.drop_heap()
    origin = workspace.origin_of(live.state)
    return "run", [live.execute(prompt_code(CODE, live.profile.limits), origin).number]


if __name__ == "__main__":
    main()
