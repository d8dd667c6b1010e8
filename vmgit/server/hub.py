"""Hands new events to everybody who listens: one hub follows the log, each event is encoded once.

Listeners with the same filter share a channel, a window on the last events in the form in which
they are sent; each listener is a place in it. Events that come together go out together, and
listeners are woken a few at a time, so that many of them do not hold up the executions that they
watch. The hub lives in the event loop; it knows no HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Protocol

from vmgit.events.envelope import StoredEvent

from .frames import frame

#: Seconds from the first new event to the flush that sends it, and more for each listener.
_FLUSH_S = 0.01
_FLUSH_PER_LISTENER_S = 0.0005
#: Seconds after which the log is asked for what other processes appended.
_POLL_S = 1.0
#: Listeners that are woken at a time.
_BATCH = 8
#: Events and bytes that a channel keeps; whoever is further behind is dropped.
MOST_EVENTS = 5000
MOST_BYTES = 8 * 1024 * 1024
#: Rows that are read from the log at a time.
PAGE = 1000

#: A stream and event types; None for all.
Filter = tuple[str | None, frozenset[str] | None]


class Log(Protocol):
    """The part of the event log that the hub reads."""

    def last_seq(self) -> int:
        """Return the seq of the newest event."""

    def read(
        self, *, after: int = 0, upto: int | None = None, limit: int | None = None
    ) -> list[StoredEvent]:
        """Return events in order; see `eventlog.log.EventLog.read`."""


class LaggingError(Exception):
    """A listener is so far behind that what it needs next is no longer in its channel."""


class Channel:
    """The last events that pass one filter, as frames; `first` is the place of the oldest."""

    def __init__(self, wanted: Filter) -> None:
        self.wanted = wanted
        self.first = 0
        self.listeners = 0
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._joined: tuple[int, int, bytes] = (0, 0, b"")

    @property
    def end(self) -> int:
        """The place after the newest event."""
        return self.first + len(self._frames)

    def matches(self, event: StoredEvent) -> bool:
        """Whether an event passes the filter."""
        stream, types = self.wanted
        return (stream is None or event.stream == stream) and (types is None or event.type in types)

    def add(self, content: bytes) -> None:
        """Append a frame, and let go of the oldest where there are too many."""
        self._frames.append(content)
        self._bytes += len(content)
        while len(self._frames) > MOST_EVENTS or (
            self._bytes > MOST_BYTES and len(self._frames) > 1
        ):
            self._bytes -= len(self._frames.popleft())
            self.first += 1

    def take(self, place: int, end: int) -> bytes:
        """Return the frames from `place` to `end`, joined. Raises `LaggingError`."""
        if place < self.first:
            raise LaggingError
        # Most listeners are at the same place: they get the same bytes.
        if self._joined[:2] != (place, end):
            frames = islice(self._frames, place - self.first, end - self.first)
            self._joined = (place, end, b"".join(frames))
        return self._joined[2]


class Listener:
    """Somebody who listens: a place in a channel, with all events after seq `begin`."""

    def __init__(self, channel: Channel, begin: int) -> None:
        self.channel = channel
        self.begin = begin
        self.news = asyncio.Event()
        self._place = channel.end

    @property
    def waiting(self) -> int:
        """How many events there are for it."""
        return self.channel.end - self._place

    def take(self, most: int | None = None) -> tuple[bytes, int]:
        """Return the next frames, at most so many, and their number. Raises `LaggingError`."""
        count = self.waiting if most is None else min(self.waiting, most)
        frames = self.channel.take(self._place, self._place + count)
        self._place += count
        return frames, count


class Hub:
    """Follows one log while anybody listens. All but `tell` is for the event loop's thread."""

    def __init__(self, log: Callable[[], Log]) -> None:
        self._open_log = log
        #: Seq of the newest event that was handed to the channels.
        self.position = 0
        self._channels: dict[Filter, Channel] = {}
        self._listeners: set[Listener] = set()
        #: Those that listen, and those that are about to.
        self._users = 0
        self._task: asyncio.Task[None] | None = None
        self._found = asyncio.Event()
        self._wake = asyncio.Event()
        # What other threads tell.
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told: list[StoredEvent] = []

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def tell(self, events: Sequence[StoredEvent]) -> None:
        """Take events that were just committed, from any thread.

        Costs next to nothing while nobody listens. What is told in another order, or not at all,
        is read from the log.
        """
        with self._lock:
            loop = self._loop
            if loop is None:
                return
            first = not self._told
            self._told += events
        if first:
            # The loop may just have ended, with the server.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._wake.set)

    async def listen(self, wanted: Filter) -> Listener:
        """Begin to listen to what is appended from now on; end it with `leave`.

        The listener gets every event above its `begin`; up to there the log can be read.
        """
        self._users += 1
        try:
            if self._task is None:
                self._task = asyncio.create_task(self._follow(), name="vmgit-hub")
                self._task.add_done_callback(_report)
            await self._found.wait()
        except BaseException:
            self._leave()
            raise
        channel = self._channels.get(wanted)
        if channel is None:
            channel = self._channels[wanted] = Channel(wanted)
        channel.listeners += 1
        listener = Listener(channel, self.position)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """End listening."""
        self._listeners.remove(listener)
        listener.channel.listeners -= 1
        if listener.channel.listeners == 0:
            del self._channels[listener.channel.wanted]
        self._leave()

    def _leave(self) -> None:
        self._users -= 1
        if self._users == 0 and self._task is not None:
            self._task.cancel()
            self._task = None
            self._found.clear()
            with self._lock:
                self._loop, self._told = None, []

    async def _follow(self) -> None:
        """Hand on what is appended, until nobody listens any more."""
        log = await asyncio.to_thread(self._open_log)
        with self._lock:
            # From now on it is told; what came before counts as read.
            self._loop = asyncio.get_running_loop()
        self.position = await asyncio.to_thread(log.last_seq)
        self._found.set()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL_S):
                    await self._wake.wait()
            await asyncio.sleep(_FLUSH_S + _FLUSH_PER_LISTENER_S * len(self._listeners))
            await self._take(log)
            await self._spread()

    async def _take(self, log: Log) -> None:
        self._wake.clear()
        with self._lock:
            events, self._told = self._told, []
        if not events and await asyncio.to_thread(log.last_seq) > self.position:
            await self._catch_up(log, None)
        for event in events:
            if event.seq > self.position + 1:
                await self._catch_up(log, event.seq - 1)
            if event.seq > self.position:
                self._hand_on(event)

    async def _catch_up(self, log: Log, upto: int | None) -> None:
        """Read what nobody told: other processes append too."""
        while True:
            page = await asyncio.to_thread(log.read, after=self.position, upto=upto, limit=PAGE)
            for event in page:
                self._hand_on(event)
            if len(page) < PAGE:
                return

    def _hand_on(self, event: StoredEvent) -> None:
        self.position = event.seq
        content = None
        for channel in self._channels.values():
            if channel.matches(event):
                content = content or frame(event)
                channel.add(content)

    async def _spread(self) -> None:
        """Wake those for whom there is something."""
        behind = [one for one in self._listeners if one.waiting]
        for count, listener in enumerate(behind, start=1):
            listener.news.set()
            if count % _BATCH == 0:
                # Lets requests that came meanwhile have their turn.
                await asyncio.sleep(0)


def _report(task: asyncio.Task[None]) -> None:
    """Let a hub that failed be heard of: the exception goes to the loop's handler."""
    if not task.cancelled() and (error := task.exception()) is not None:
        context = {"message": "the hub of events failed", "exception": error, "task": task}
        task.get_loop().call_exception_handler(context)
