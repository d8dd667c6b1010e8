"""Differences that a person can read, summaries and exit statuses."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from vmgit.outcome import ConsoleLine, Fault, HostCall, LimitHit, Outcome, Value
from vmgit.replay.compare import (
    VERDICTS,
    Row,
    Verdict,
    compare,
    exit_status,
    outcome_lines,
    summary,
)

RECORDED = Outcome(
    "ok",
    trace=(ConsoleLine("log", "order 1: 10\norder 2: 20"), HostCall("kv.get", {"key": "a"})),
    value=Value("number", "30", 30),
)
REPLAYED = Outcome(
    "error",
    trace=(ConsoleLine("log", "order 1: 10\norder 2: 21"), HostCall("kv.get", {"key": "a"})),
    error=Fault("RangeError", "too much", stack="at a.js:1:1"),
)


def test_both_sides_are_labelled_and_only_what_differs_is_marked() -> None:
    difference = compare(RECORDED, REPLAYED, ("s.1 recorded", "s.1 at HEAD"))
    assert difference.diff.splitlines() == [
        "--- s.1 recorded",
        "+++ s.1 at HEAD",
        "@@ -1,5 +1,5 @@",
        " log: order 1: 10",
        "-log: order 2: 20",
        "+log: order 2: 21",
        ' call: kv.get {"key":"a"}',
        "-value: 30",
        "-status: ok",
        "+error: RangeError: too much",
        "+status: error",
    ]


def test_the_documents_are_the_canonical_outcomes() -> None:
    difference = compare(RECORDED, REPLAYED, ("a", "b"))
    assert difference.recorded == {
        "status": "ok",
        "console": [["log", "order 1: 10\norder 2: 20"]],
        "calls": [["kv.get", {"key": "a"}]],
        "value": {"type": "number", "preview": "30", "json": 30},
    }
    assert difference.replayed["error"] == ["RangeError", "too much"]


def test_a_difference_that_text_does_not_show_is_in_the_documents() -> None:
    one = Outcome("ok", value=Value("number", "1", 1))
    two = Outcome("ok", value=Value("number", "1"))
    difference = compare(one, two, ("a", "b"))
    assert difference.recorded != difference.replayed


@pytest.mark.parametrize(
    ("outcome", "lines"),
    [
        (Outcome("ok"), ["status: ok"]),
        (Outcome("ok", value=Value("undefined", "undefined")), ["status: ok"]),
        (
            Outcome("ok", value=Value("object", "{\n  a: 1\n}")),
            ["value: {", "value:   a: 1", "value: }", "status: ok"],
        ),
        (
            Outcome("error", error=Fault("E", "two\nlines")),
            ["error: E: two", "error: lines", "status: error"],
        ),
        (Outcome("limit", limit=LimitHit("cpu_ms", 1, 2)), ["limit: cpu_ms", "status: limit"]),
        (Outcome("ok", trace=(ConsoleLine("warn", ""),)), ["warn: ", "status: ok"]),
    ],
)
def test_an_outcome_is_told_line_by_line(outcome: Outcome, lines: list[str]) -> None:
    assert outcome_lines(outcome) == lines


def rows(*verdicts: Verdict) -> list[Row]:
    return [Row(f"s.{n}", "repl", "recorded", verdict) for n, verdict in enumerate(verdicts)]


def test_a_summary_counts_what_there_is_in_a_fixed_order() -> None:
    counts = summary(rows("unavailable", "same", "skipped", "same", "failed"))
    assert list(counts.items()) == [("same", 2), ("failed", 1), ("skipped", 1), ("unavailable", 1)]
    assert summary([]) == {}


STATUS: dict[Verdict, int] = {
    "same": 0, "different": 1, "unanswered": 1, "failed": 1, "skipped": 0, "unavailable": 8,
}  # fmt: skip


@pytest.mark.parametrize("verdict", VERDICTS)
def test_each_verdict_has_its_exit_status(verdict: Verdict) -> None:
    assert exit_status(summary(rows("same", verdict, "same"))) == STATUS[verdict]
    assert exit_status(summary(rows("different", "unavailable", verdict))) == 8


def test_a_row_is_one_json_object_with_what_it_has() -> None:
    row = Row(
        "s.1", "repl", "HEAD", "different", ("a.js",), compare(RECORDED, REPLAYED, ("a", "b"))
    )
    document: dict[str, Any] = msgspec.to_builtins(row)
    assert list(document) == ["execution", "kind", "at", "verdict", "causes", "difference"]
    assert set(document["difference"]) == {"recorded", "replayed", "diff"}
    assert list(msgspec.to_builtins(rows("same")[0])) == ["execution", "kind", "at", "verdict"]
