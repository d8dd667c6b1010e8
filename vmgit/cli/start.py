"""The console script: sets Python up for a short life, then loads the command line."""

from __future__ import annotations

import gc


def main() -> None:
    """Run `vmgit` and exit with its status."""
    # What a command loads at its start is no garbage, and looking for some takes 7 % of a short
    # command. What lives long (`vmgit watch`) still gets there.
    gc.set_threshold(100_000, 20, 20)
    from .main import main as run

    run()
