"""Runs every benchmark, prints the table and writes it to `RESULTS.md` beside this file.

`python -m benchmarks [NAME...]` runs those whose file name contains a NAME, and then only prints.
Exits 1 when a figure is not met.
"""

from __future__ import annotations

import datetime
import importlib
import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from benchmarks.harness import Row

_HERE = Path(__file__).parent
_HEAD = ("what", "ours ms", "peer ms", "peer", "ratio", "limit", "met")


def main(names: list[str]) -> int:
    """Measure, print and write; return the exit status."""
    rows: list[Row] = []
    for path in sorted(_HERE.glob("bench_*.py")):
        if names and not any(name in path.stem for name in names):
            continue
        print(f"{path.stem} ...", file=sys.stderr, flush=True)
        rows.extend(importlib.import_module(f"benchmarks.{path.stem}").measure())
    table = "\n".join(_table(rows))
    print(table)
    if not names:
        (_HERE / "RESULTS.md").write_text(_page(table), "utf-8")
    return 0 if all(row.met for row in rows) else 1


def _table(rows: Iterable[Row]) -> list[str]:
    lines = [_line(_HEAD), _line(["---"] * len(_HEAD))]
    for row in rows:
        limit = f"{row.limit:g}"
        if row.missing:
            lines.append(_line([row.name, "", "", row.peer_name, "", limit, row.missing]))
            continue
        unit = "" if row.unit == "ms" else f" {row.unit}"
        amounts = [f"{amount:.3f}{unit}" for amount in (row.ours_ms, row.peer_ms)]
        met = "yes" if row.met else "**no**"
        lines.append(_line([row.name, *amounts, row.peer_name, f"{row.ratio:.3f}", limit, met]))
    return lines


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _page(table: str) -> str:
    return (
        "# Results\n\n"
        "Written by `make bench`. Each row is the ratio of two medians whose samples were taken in "
        "turns in one run; milliseconds say on what machine, ratios are what counts.\n\n"
        f"{datetime.date.today().isoformat()}, {_machine()}\n\n{table}\n"
    )


def _machine() -> str:
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True)
    libraries = ", ".join(f"{name} {metadata.version(name)}" for name in ("dukpy", "pygit2"))
    return (
        f"{os.cpu_count()} processors ({platform.machine()}), "
        f"{platform.system()} {platform.release().split('-')[0]}, "
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"{git.stdout.strip()}, SQLite {sqlite3.sqlite_version}, {libraries}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
