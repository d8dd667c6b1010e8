"""The hub hands on every event once, in order, whatever order it is told of them in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from vmgit.documents import EventDocument, event_document
from vmgit.eventlog.log import EventLog
from vmgit.events.envelope import NewEvent, StoredEvent
from vmgit.server import hub as module
from vmgit.server.frames import event_json, events_json, frame
from vmgit.server.hub import Hub, LaggingError, Listener

Body = Callable[[Hub, EventLog], Awaitable[None]]


def _append(log: EventLog, count: int, stream: str = "s", type: str = "t") -> list[StoredEvent]:
    events = [NewEvent(type, 1, f'{{"n":{number}}}') for number in range(count)]
    return log.append(stream, events, durable=False, actor="tests", worktree="main")


def _run(tmp_path: Path, body: Body, *, told: bool = True) -> None:
    async def run(log: EventLog) -> None:
        hub = Hub(lambda: log)
        if told:
            log.on_append(hub.tell)
        await asyncio.wait_for(body(hub, log), 30)
        assert hub.listeners == 0

    with EventLog.open(tmp_path / "events.db") as log:
        _append(log, 3)
        asyncio.run(run(log))


async def _take(listener: Listener, count: int) -> list[int]:
    frames = b""
    while count > 0:
        await listener.news.wait()
        listener.news.clear()
        content, taken = listener.take()
        frames += content
        count -= taken
    return [int(line[4:]) for line in frames.splitlines() if line.startswith(b"id: ")]


def test_a_listener_gets_what_comes_after_its_beginning(tmp_path: Path) -> None:
    async def body(hub: Hub, log: EventLog) -> None:
        listener = await hub.listen((None, None))
        assert listener.begin == 3
        _append(log, 2)
        _append(log, 1)
        assert await _take(listener, 3) == [4, 5, 6]
        hub.leave(listener)

    _run(tmp_path, body)


def test_what_it_is_not_told_it_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_POLL_S", 0.05)
    monkeypatch.setattr(module, "PAGE", 2)

    async def body(hub: Hub, log: EventLog) -> None:
        listener = await hub.listen((None, None))
        _append(log, 5)
        assert await _take(listener, 5) == [4, 5, 6, 7, 8]
        hub.leave(listener)

    _run(tmp_path, body, told=False)


def test_the_order_in_which_it_is_told_does_not_matter(tmp_path: Path) -> None:
    async def body(hub: Hub, log: EventLog) -> None:
        listener = await hub.listen((None, None))
        events = _append(log, 6)
        for part in (events[4:], events[:1], events[2:5], events[:6]):
            hub.tell(part)
        assert await _take(listener, 6) == [4, 5, 6, 7, 8, 9]
        hub.tell(events)
        await asyncio.sleep(0.1)
        assert listener.waiting == 0
        hub.leave(listener)

    _run(tmp_path, body, told=False)


def test_listeners_with_one_filter_share_their_frames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[int] = []

    def counted(event: StoredEvent) -> bytes:
        encoded.append(event.seq)
        return frame(event)

    monkeypatch.setattr(module, "frame", counted)

    async def body(hub: Hub, log: EventLog) -> None:
        listeners = [await hub.listen((None, None)) for _ in range(50)]
        listeners += [await hub.listen(("s", frozenset({"t"}))) for _ in range(50)]
        other = await hub.listen(("other", None))
        _append(log, 2)
        _append(log, 1, type="u")
        _append(log, 1, "other")
        for listener in listeners[:50]:
            assert await _take(listener, 4) == [4, 5, 6, 7]
        for listener in listeners[50:]:
            assert await _take(listener, 2) == [4, 5]
        assert await _take(other, 1) == [7]
        assert encoded == [4, 5, 6, 7]
        assert len({id(listener.channel) for listener in listeners}) == 2
        for listener in [*listeners, other]:
            hub.leave(listener)

    _run(tmp_path, body)


def test_who_lags_too_far_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_EVENTS", 5)

    async def body(hub: Hub, log: EventLog) -> None:
        slow, quick = await hub.listen((None, None)), await hub.listen((None, None))
        _append(log, 4)
        assert await _take(quick, 4) == [4, 5, 6, 7]
        assert slow.waiting == 4
        _append(log, 4)
        assert await _take(quick, 4) == [8, 9, 10, 11]
        with pytest.raises(LaggingError):
            slow.take()
        hub.leave(slow)
        hub.leave(quick)

    _run(tmp_path, body)


def test_frames_are_kept_up_to_so_many_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1)

    async def body(hub: Hub, log: EventLog) -> None:
        listener = await hub.listen((None, None))
        _append(log, 1)
        # The newest one stays, however large it is.
        assert await _take(listener, 1) == [4]
        _append(log, 3)
        await listener.news.wait()
        with pytest.raises(LaggingError):
            listener.take()
        hub.leave(listener)

    _run(tmp_path, body)


def test_it_rests_while_nobody_listens(tmp_path: Path) -> None:
    async def body(hub: Hub, log: EventLog) -> None:
        for _ in range(3):
            listener = await hub.listen((None, None))
            begin = listener.begin
            hub.leave(listener)
            assert len(asyncio.all_tasks()) <= 3
            _append(log, 2)
            listener = await hub.listen((None, None))
            assert listener.begin == begin + 2
            _append(log, 1)
            assert await _take(listener, 1) == [begin + 3]
            hub.leave(listener)

    _run(tmp_path, body)


def test_who_gives_up_before_it_begins_leaves_nothing(tmp_path: Path) -> None:
    async def body(hub: Hub, log: EventLog) -> None:
        task = asyncio.create_task(hub.listen((None, None)))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        listener = await hub.listen((None, None))
        _append(log, 1)
        assert await _take(listener, 1) == [4]
        hub.leave(listener)

    _run(tmp_path, body)


def test_events_told_from_many_threads_arrive_once(tmp_path: Path) -> None:
    async def body(hub: Hub, log: EventLog) -> None:
        listener = await hub.listen((None, None))
        writers = [asyncio.to_thread(_append, log, 1, f"s{n % 7}") for n in range(60)]
        taken: Any = asyncio.create_task(_take(listener, 60))
        await asyncio.gather(*writers)
        assert await taken == list(range(4, 64))
        hub.leave(listener)

    _run(tmp_path, body)


def test_an_event_is_encoded_as_its_document(tmp_path: Path) -> None:
    with EventLog.open(tmp_path / "events.db") as log:
        payload = '{"text":"\\ud800 \\u00fc \\u0000"}'
        new = NewEvent("console", 1, payload, "s.1")
        events = log.append("s", [new] * 2, durable=False, actor="ä", worktree="main")
    decoded = msgspec.json.decode(b"[%b]" % event_json(events[0]).replace(b"\\ud800", b""))
    assert list(decoded[0]) == list(EventDocument.__struct_fields__)
    assert events_json(events) == b"[%b,%b]" % (event_json(events[0]), event_json(events[1]))
    assert events_json([]) == b"[]"
    plain = events[0]._replace(payload='{"a":[1,null,"x"]}')
    assert msgspec.json.decode(event_json(plain), type=EventDocument) == event_document(plain)
