"""Playing one execution again: recorded inputs in, the same outcome out, nothing outside touched.

No host call but kv exists yet, so the answers of a recording are tested on `RecordedHost` itself.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hosted import Hosted

from vmgit.answer import Answer
from vmgit.engine.api import RealmConfig
from vmgit.heap import recorded_text
from vmgit.limits import Limits
from vmgit.outcome import Fault, HostCall
from vmgit.replay.player import RecordedHost, play, relaxed


class Forbidden:
    """The outside, which a replay must not reach."""

    def stop(self) -> None:
        """Nothing that it answers takes long."""

    def call(self, op: str, request: Any) -> Answer:
        assert op.startswith("kv."), op
        return Answer(f"live {op} {request}")


def get(url: str, result: Any = None, error: Fault | None = None) -> HostCall:
    return HostCall("fetch.get", {"url": url}, result, error)


def test_calls_are_answered_by_operation_and_arguments() -> None:
    refused = Fault("DeniedError", "no", code="denied")
    host = RecordedHost([get("a", 1), get("b", error=refused), get("c")], Forbidden())
    assert host.call("fetch.get", {"url": "b"}) == Answer(None, refused)
    assert host.call("fetch.get", {"url": "a"}) == Answer(1)
    assert host.call("fetch.get", {"url": "c"}) == Answer(None)
    assert host.unanswered == []


def test_equal_calls_are_answered_in_their_order_and_each_once() -> None:
    host = RecordedHost([get("a", 1), get("a", 2)], Forbidden())
    results = [host.call("fetch.get", {"url": "a"}).result for _ in range(3)]
    assert results == [1, 2, None]
    assert host.unanswered == [HostCall("fetch.get", {"url": "a"})]


@pytest.mark.parametrize(
    ("op", "request_"),
    [("fetch.post", {"url": "a"}), ("fetch.get", {"url": "A"}), ("fetch.get", None)],
)
def test_what_was_not_asked_before_throws_in_javascript(op: str, request_: Any) -> None:
    host = RecordedHost([get("a", 1)], Forbidden())
    answer = host.call(op, request_)
    assert answer.error == Fault(
        "Unanswered", f"the recording has no answer to {op}", code="unanswered"
    )
    assert [call.op for call in host.unanswered] == [op]


def test_kv_is_state_and_never_answered_from_the_recording() -> None:
    host = RecordedHost([HostCall("kv.get", {"key": "a"}, "recorded")], Forbidden())
    assert host.call("kv.get", {"key": "a"}).result == "live kv.get {'key': 'a'}"


def test_time_and_memory_have_room_and_the_counted_limits_do_not() -> None:
    limits = Limits(10, 20, 16, 1, 2, 3)
    assert relaxed(limits) == Limits(40, 80, 120, 1, 2, 3)
    most = Limits(600_000, 3_600_000, 120, 1, 2, 3)
    assert relaxed(most) == most
    assert msgspec.convert(msgspec.to_builtins(relaxed(most)), Limits) == most


INPUTS = "[Math.random(), Date.now(), new Date().toISOString(), vmgit.args.join(), rate].join()"


def test_the_inputs_of_javascript_are_those_of_the_recording(hosted: Hosted) -> None:
    live = hosted.new()
    execution = hosted.run(live, INPUTS, "one", "zwei")
    other = hosted.run(live, INPUTS, "one", "zwei")
    source = hosted.workspace.source(execution.started.tree)
    text = recorded_text(execution, source, hosted.workspace.services)
    realm = hosted.workspace.services.open_realm(RealmConfig())
    try:
        realm.execute(_job("let rate = 3"), source, Forbidden())
        first, host = play(execution, text, realm, source, Forbidden())
        again, _ = play(execution, text, realm, source, Forbidden())
    finally:
        realm.close()
    assert first.outcome == execution.outcome()
    assert again.outcome == first.outcome
    assert first.clock == execution.finished.clock  # type: ignore[union-attr]
    assert host.unanswered == []
    assert other.outcome() != execution.outcome()


def _job(text: str) -> Any:
    from vmgit.engine.api import Job

    return Job(kind="repl", text=text, seed="0" * 32)


def test_more_clock_readings_than_recorded_do_not_read_the_real_clock(hosted: Hosted) -> None:
    live = hosted.new()
    execution = hosted.run(live, "Date.now()")
    assert execution.finished is not None
    recorded = execution.finished.clock[0][0]
    services = hosted.workspace.services
    realm = services.open_realm(RealmConfig())
    source = hosted.workspace.source(execution.started.tree)
    try:
        text = "[Date.now(), Date.now(), Date.now()]"
        result, _ = play(execution, text, realm, source, Forbidden())
    finally:
        realm.close()
    assert result.outcome.value is not None
    assert result.outcome.value.json == [recorded] * 3
