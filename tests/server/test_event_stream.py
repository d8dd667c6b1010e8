"""The stream of events: nothing missing, nothing twice, whatever happens to either side."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import closing

import httpx

from vmgit.events.workspace import WatchRecovered

from .served import Served, failure
from .streaming import Follower, async_client, events, frames


def test_it_goes_on_where_the_log_ends(server: Served, session: str) -> None:
    async def follow() -> None:
        async with async_client(server) as client:
            stream = frames(client, after=0)
            found = []
            async for _, event in stream:
                found += [event["seq"]] if event is not None else []
                if len(found) == len(before):
                    break
            await asyncio.to_thread(server.run, session, "console.log(1)")
            async for _, event in stream:
                found += [event["seq"]] if event is not None else []
                if len(found) == len(before) + 3:
                    break
            await stream.aclose()
            assert found == [event["seq"] for event in server.events()]

    before = server.events()
    asyncio.run(asyncio.wait_for(follow(), 60))


def test_its_events_are_those_of_the_log(server: Served, session: str) -> None:
    server.run(session, "console.log('\\ud800 and ü')")
    known = server.events()

    async def read() -> list[object]:
        async with async_client(server) as client:
            return await events(client, len(known), after=0)

    assert asyncio.run(read()) == known


def test_without_a_place_it_has_what_is_to_come(server: Served, session: str) -> None:
    async def follow() -> None:
        async with async_client(server) as client:
            stream = frames(client)
            first = await anext(stream)
            assert first == (len(server.events()), None), "a client that is cut off knows where"
            await asyncio.to_thread(server.run, session, "1")
            assert (await anext(stream))[0] == first[0] + 1
            await stream.aclose()

    asyncio.run(asyncio.wait_for(follow(), 60))


def test_it_is_narrowed_by_session_and_type(server: Served, session: str) -> None:
    other = server.session()

    async def follow() -> None:
        asked = {"session": session, "type": ["console", "execution.finished"]}
        async with async_client(server) as client:
            last = len(server.events())
            task = asyncio.create_task(events(client, 4, after=last, **asked))
            for text in ("console.log(1)", "console.log(2)"):
                await asyncio.to_thread(server.run, other, text)
                await asyncio.to_thread(server.run, session, text)
            found = await task
        assert {event["stream"] for event in found} == {session}
        assert [event["type"] for event in found] == ["console", "execution.finished"] * 2

    asyncio.run(asyncio.wait_for(follow(), 60))


def test_it_ends_after_so_many(server: Served, session: str) -> None:
    async def read() -> list[int]:
        async with async_client(server) as client:
            return [seq async for seq, event in frames(client, after=1, limit=2) if event]

    assert asyncio.run(asyncio.wait_for(read(), 60)) == [2, 3]


def test_what_the_client_had_last_counts(server: Served, session: str) -> None:
    async def read() -> list[int]:
        async with async_client(server) as client:
            return [seq async for seq, event in frames(client, 3, after=0, limit=1) if event]

    assert asyncio.run(asyncio.wait_for(read(), 60)) == [4]


def test_bad_places_are_refused(server: Served) -> None:
    stream = {"accept": "text/event-stream"}
    ahead = {**stream, "last-event-id": "1000000"}
    failure(server.client.get("/events", headers=ahead), 422, "ahead_of_log")
    for bad in ("x", "-1", "1.5", "9" * 30):
        headers = {**stream, "last-event-id": bad}
        failure(server.client.get("/events", headers=headers), 400, "query")
    failure(server.client.get("/events?newest_first=true", headers=stream), 400, "query")
    failure(server.client.get("/events?type=consol", headers=stream), 400, "usage")
    failure(server.client.get("/events?session=nonesuch", headers=stream), 404, "not_found")


def test_what_another_process_appends_comes_too(server: Served) -> None:
    async def follow() -> None:
        async with async_client(server) as client:
            last = len(server.events())
            task = asyncio.create_task(events(client, 1, after=last))
            await asyncio.sleep(0.3)
            with closing(server.folder.open(actor="another")) as other:
                other.record(WatchRecovered())
            assert [event["actor"] for event in await task] == ["another"]

    asyncio.run(asyncio.wait_for(follow(), 60))


def test_a_hundred_streams_survive_the_death_of_the_server(own_server: Served) -> None:
    session = own_server.session(name="s")

    async def run(client: httpx.AsyncClient) -> None:
        followers = [Follower(client, after=0) for _ in range(90)]
        followers += [Follower(client, after=0, session=session) for _ in range(10)]
        tasks = [asyncio.create_task(one.follow()) for one in followers]
        for _ in range(3):
            for _ in range(5):
                await asyncio.to_thread(own_server.run, "s", "console.log(n += 1)")
            running = {"source": "const t = Date.now() + 5000; while (Date.now() < t);"}
            await asyncio.to_thread(own_server.post, "/sessions/s/executions?wait=false", running)
            await asyncio.sleep(0.2)
            await asyncio.to_thread(own_server.restart)
        log = await asyncio.to_thread(own_server.events)
        own = [event["seq"] for event in log if event["stream"] == session]
        every = [event["seq"] for event in log]
        assert every == list(range(1, len(log) + 1))
        async with asyncio.timeout(60):
            for follower, expected in zip(followers, [every] * 90 + [own] * 10, strict=True):
                while len(follower.seqs) < len(expected):
                    await asyncio.sleep(0.05)
                assert follower.seqs == expected
        assert sum(event["type"] == "execution.aborted" for event in log) == 3
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def connected() -> None:
        async with async_client(own_server) as client:
            await run(client)

    asyncio.run(connected())


def test_a_client_that_does_not_read_is_let_go(own_server: Served) -> None:
    own_server.restart("event_stream.STALL_S=0.5", "hub.MOST_EVENTS=200")
    session = own_server.session()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(own_server.socket))
        client.sendall(
            b"GET /api/v1/events?after=0 HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n"
        )
        _until_streams(own_server, 1)
        text = "for (let i = 0; i < 200; i++) console.log('x'.repeat(1000))"
        deadline = time.monotonic() + 60
        while own_server.client.get("/workspace").json()["server"]["streams"]:
            assert time.monotonic() < deadline
            own_server.run(session, text)
    ran = own_server.run(session, "1 + 1")
    assert ran["value"]["json"] == 2


def test_silence_is_broken_by_signs_of_life(own_server: Served) -> None:
    own_server.restart("event_stream.KEEP_ALIVE_S=0.1")
    session = own_server.session()

    async def follow() -> None:
        async with async_client(own_server) as client:
            stream = frames(client, session=session)
            begin = (await anext(stream))[0]
            assert await anext(stream) == (begin, None)
            with closing(own_server.folder.open(actor="another")) as other:
                other.record(WatchRecovered())
            # The place moves on though the stream has nothing of it to show.
            async with asyncio.timeout(30):
                while (seen := await anext(stream)) == (begin, None):
                    pass
            assert seen == (begin + 1, None)
            await stream.aclose()

    asyncio.run(asyncio.wait_for(follow(), 60))


def test_streams_end_in_order_when_the_server_does(own_server: Served) -> None:
    async def follow() -> int:
        async with async_client(own_server) as client:
            stream = frames(client)
            await anext(stream)
            ended = asyncio.create_task(asyncio.to_thread(own_server.stop))
            assert [frame async for frame in stream if frame[1] is not None] == []
            return await ended

    assert asyncio.run(asyncio.wait_for(follow(), 30)) in (0, -15)


def test_streams_that_are_closed_are_forgotten(server: Served) -> None:
    async def open_and_close() -> None:
        async with async_client(server) as client:
            streams = [frames(client) for _ in range(20)]
            await asyncio.gather(*(anext(stream) for stream in streams))
            assert _streams(server) == 20
            for stream in streams:
                await stream.aclose()

    asyncio.run(asyncio.wait_for(open_and_close(), 60))
    _until_streams(server, 0)


def _streams(server: Served) -> int:
    count: int = server.client.get("/workspace").json()["server"]["streams"]
    return count


def _until_streams(server: Served, count: int) -> None:
    deadline = time.monotonic() + 30
    while _streams(server) != count:
        assert time.monotonic() < deadline
        time.sleep(0.05)
