"""Compares what two runs of one execution did, and says it so that a person can read it.

Pure: two outcomes in, a verdict's difference out.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from vmgit.outcome import ConsoleLine, Outcome

Verdict = Literal["same", "different", "unanswered", "failed", "skipped", "unavailable"]
#: In the order in which summaries list them.
VERDICTS: tuple[Verdict, ...] = (
    "same",
    "different",
    "unanswered",
    "failed",
    "skipped",
    "unavailable",
)


class Difference(msgspec.Struct, frozen=True):
    """Both sides of a comparison; `diff` is a unified diff of their text."""

    recorded: dict[str, Any]
    replayed: dict[str, Any]
    diff: str


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """The verdict on one execution at one revision.

    `at` is `recorded` or the revision as it was typed; `causes` are sentences or changed paths.
    """

    execution: str
    kind: str
    at: str
    verdict: Verdict
    causes: tuple[str, ...] = ()
    difference: Difference | None = None


class ReplayDocument(msgspec.Struct, frozen=True):
    """A whole replay as in `vmgit replay --json`: its rows, and how many have each verdict."""

    session: str
    executions: tuple[Row, ...]
    summary: dict[str, int]


def summary(rows: Iterable[Row]) -> dict[str, int]:
    """Return how many rows have each verdict; verdicts that none has are left out."""
    counts = dict.fromkeys(VERDICTS, 0)
    for row in rows:
        counts[row.verdict] += 1
    return {verdict: count for verdict, count in counts.items() if count}


def exit_status(counts: dict[str, int]) -> int:
    """Return 8 if any is unavailable, else 1 if any is not as recorded, else 0."""
    if counts.get("unavailable"):
        return 8
    return int(any(counts.get(verdict) for verdict in ("different", "unanswered", "failed")))


def compare(recorded: Outcome, replayed: Outcome, labels: tuple[str, str]) -> Difference:
    """Return how two outcomes differ; `labels` name the recorded and the replayed side."""
    diff = difflib.unified_diff(
        outcome_lines(recorded), outcome_lines(replayed), *labels, lineterm="", n=2
    )
    return Difference(_document(recorded), _document(replayed), "\n".join(diff))


def outcome_lines(outcome: Outcome) -> list[str]:
    """Return an outcome as lines of text: what it printed, asked, gave and how it ended."""
    lines: list[str] = []
    for item in outcome.trace:
        if isinstance(item, ConsoleLine):
            lines += [f"{item.level}: {text}" for text in item.text.split("\n")]
        else:
            lines.append(f"call: {item.op} {msgspec.json.encode(item.request).decode()}")
    if outcome.value is not None and outcome.value.type != "undefined":
        lines += [f"value: {text}" for text in outcome.value.preview.split("\n")]
    if outcome.error is not None:
        text = f"{outcome.error.name}: {outcome.error.message}"
        lines += [f"error: {part}" for part in text.split("\n")]
    if outcome.limit is not None:
        lines.append(f"limit: {outcome.limit.name}")
    lines.append(f"status: {outcome.status}")
    return lines


def _document(outcome: Outcome) -> dict[str, Any]:
    document = outcome.canonical()
    del document["v"]
    return document
