"""The parent's end of a worker's socket: whole frames out, checked frames in.

What a worker sends is capped and decoded strictly, because foreign code may have taken it over.
This module knows how a frame travels, and nothing of what frames are about.
"""

from __future__ import annotations

import select
import socket

from vmgit.engine import protocol
from vmgit.outcome import LimitHit


class Stopped(Exception):
    """What was going on must end now: the worker is gone, or is to be killed, for `hit`.

    `cpu_us` is the processor time that it took, where the worker said so.
    """

    def __init__(self, reason: str, hit: LimitHit | None = None, cpu_us: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hit = hit
        self.cpu_us = cpu_us


class Connection:
    """One connected socket, used by one thread at a time."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._frames = protocol.FrameBuffer(protocol.MAX_FROM_WORKER)
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)

    @property
    def is_closed(self) -> bool:
        """True after `close`."""
        return self._sock.fileno() < 0

    def send(self, frame: protocol.ParentFrame, descriptor: int | None = None) -> None:
        """Send one frame, and a descriptor with it. Raises `Stopped` when nobody is there."""
        data = protocol.encode(frame)
        try:
            if descriptor is not None:
                data = data[socket.send_fds(self._sock, [data], [descriptor]) :]
            self._sock.sendall(data)
        except OSError as error:
            # A worker that hit a limit meanwhile has said so before it went.
            if self.is_closed or not self.is_readable():
                raise Stopped("closed") from error

    def is_readable(self) -> bool:
        """Return whether something has come: bytes, or the end."""
        return bool(self._poll.poll(0))

    def receive(self, timeout_ms: int) -> protocol.WorkerFrame | None:
        """Return the next frame, or None after `timeout_ms`.

        Raises `Stopped`: "closed" when the worker is gone, else what no honest one sends.
        """
        try:
            body = self._frames.take()
            if body is None:
                if self.is_closed:
                    raise Stopped("closed")
                if not self._poll.poll(max(timeout_ms, 1)):
                    return None
                try:
                    data = self._sock.recv(1 << 18)
                except ConnectionResetError:
                    data = b""
                if not data:
                    raise Stopped("closed")
                self._frames.feed(data)
                body = self._frames.take()
            return None if body is None else protocol.decode_from_worker(body)
        except protocol.ProtocolError as error:
            raise Stopped(f"protocol violation: {error}") from error

    def close(self) -> None:
        """Close the socket; an idle worker ends when it sees that."""
        self._sock.close()
