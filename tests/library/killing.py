"""Changes `vendor/` again and again between two states until it is killed.

Run as `python killing.py ROOT exchange|renames`; prints a line after its first change.
"""

from __future__ import annotations

import sys
from itertools import cycle
from pathlib import Path

from vmgit.library.staging import Staging


def main() -> None:
    root, how = Path(sys.argv[1]), sys.argv[2]
    for turn, name in enumerate(cycle(("one", "two"))):
        if turn == 1:
            print("ready", flush=True)
        with Staging(root, exchange=how == "exchange") as staging:
            for number in range(20):
                package = staging.folder / f"made-{number}"
                package.mkdir()
                (package / "index.js").write_text(name)
                staging.put(package, f"p{number}")
            staging.write("lock", name.encode())
            staging.swap()


if __name__ == "__main__":
    main()
