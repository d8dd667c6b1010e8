"""The canonical form of an outcome: what counts as behaviour, and what does not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from vmgit.outcome import ConsoleLine, Fault, HostCall, LimitHit, Outcome, Value

CALL = HostCall("kv.set", {"key": "a", "value": 1}, result=None, duration_us=5)
BASE = Outcome(
    "error",
    trace=(ConsoleLine("log", "one"), CALL, ConsoleLine("warn", "two")),
    value=Value("number", "3", 3),
    error=Fault("TypeError", "no", stack="at a.js:1:1"),
)


@dataclass(frozen=True)
class Case:
    """A change of the outcome above."""

    name: str
    fields: dict[str, Any]


SAME = [
    Case("stack", {"error": Fault("TypeError", "no", stack="at b.js:9:9")}),
    Case("error code", {"error": Fault("TypeError", "no", code="denied")}),
    Case("limit figures", {"limit": LimitHit("cpu_ms", 10, 20)}),
    Case(
        "host result and duration",
        {
            "trace": (
                ConsoleLine("log", "one"),
                HostCall("kv.set", CALL.request, result=9, error=Fault("E", "m"), duration_us=7),
                ConsoleLine("warn", "two"),
            )
        },
    ),
]
OTHER = [
    Case("status", {"status": "ok"}),
    Case("console text", {"trace": (ConsoleLine("log", "One"), *BASE.trace[1:])}),
    Case("console level", {"trace": (ConsoleLine("info", "one"), *BASE.trace[1:])}),
    Case("console order", {"trace": (BASE.trace[2], CALL, BASE.trace[0])}),
    Case("a call less", {"trace": (BASE.trace[0], BASE.trace[2])}),
    Case("call arguments", {"trace": (*BASE.trace[::2], HostCall("kv.set", {"key": "b"}))}),
    Case("call operation", {"trace": (*BASE.trace[::2], HostCall("kv.get", CALL.request))}),
    Case("value", {"value": Value("number", "4", 4)}),
    Case("no value", {"value": None}),
    Case("value without JSON", {"value": Value("number", "3")}),
    Case("null is not undefined", {"value": Value("number", "3", None)}),
    Case("error name", {"error": Fault("RangeError", "no")}),
    Case("error message", {"error": Fault("TypeError", "yes")}),
    Case("no error", {"error": None}),
]


@pytest.mark.parametrize("case", SAME, ids=lambda case: case.name)
def test_what_may_differ_between_faithful_runs_is_left_out(case: Case) -> None:
    assert msgspec.structs.replace(BASE, **case.fields).digest() == BASE.digest()


@pytest.mark.parametrize("case", OTHER, ids=lambda case: case.name)
def test_behaviour_counts(case: Case) -> None:
    assert msgspec.structs.replace(BASE, **case.fields).digest() != BASE.digest()


def test_the_form_carries_its_version_and_is_stable() -> None:
    """A recording of today must compare equal in years: this digest may never change."""
    assert BASE.canonical() == {
        "v": 1,
        "status": "error",
        "console": [["log", "one"], ["warn", "two"]],
        "calls": [["kv.set", {"key": "a", "value": 1}]],
        "value": {"type": "number", "preview": "3", "json": 3},
        "error": ["TypeError", "no"],
    }
    empty = b'{"calls":[],"console":[],"status":"ok","v":1}'
    assert Outcome("ok").digest() == hashlib.sha256(empty).hexdigest()


def test_console_and_calls_are_found_in_the_trace_in_order() -> None:
    assert [line.text for line in BASE.console] == ["one", "two"]
    assert BASE.calls == [CALL]
