"""The worker's end of the socket: writes whole frames, reads answers, receives descriptors.

Uses the C socket module only, for a worker must start fast. Knows nothing of what the frames mean.
"""

from __future__ import annotations

import _socket
import os
import sys
from typing import NoReturn, TypeVar

from vmgit.engine import protocol
from vmgit.engine.guard import Guard, peer_is_gone

_F = TypeVar("_F", bound=protocol.ParentFrame)
_FD_SIZE = 4


class Link:
    """One worker's connection to its parent. A worker whose parent is gone ends, wherever it is:
    an exception would be swallowed on its way through the engine.
    """

    def __init__(self, descriptor: int) -> None:
        self._adopt(descriptor)
        self.guard = Guard(self._end, lambda: peer_is_gone(self._socket.fileno()))

    def _adopt(self, descriptor: int) -> None:
        # Not to be found out from the descriptor: a sandboxed process may not ask.
        self._socket = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, descriptor)
        self._frames = protocol.FrameBuffer(protocol.MAX_FROM_PARENT)
        self._descriptors: list[int] = []

    @property
    def keep(self) -> tuple[int, ...]:
        """The descriptors that the worker needs."""
        return (self._socket.fileno(), *self.guard.descriptors)

    def replace(self, descriptor: int) -> None:
        """Leave this connection for another one, in a forked child."""
        self._socket.close()
        self._adopt(descriptor)
        self.guard.forked()

    def send(self, frame: protocol.WorkerFrame) -> None:
        """Send one frame, whole, whatever limit is hit meanwhile."""
        data = protocol.encode(frame)
        self.guard.begin_write()
        try:
            self._socket.sendall(data)
        except OSError:
            os._exit(0)
        finally:
            self.guard.end_write()

    def receive(self) -> protocol.ParentFrame:
        """Return the next frame. Raises `protocol.ProtocolError`."""
        while (body := self._frames.take()) is None:
            try:
                data, ancillary, _flags, _address = self._socket.recvmsg(
                    1 << 18, _socket.CMSG_SPACE(_FD_SIZE)
                )
            except OSError:
                os._exit(0)
            for level, kind, content in ancillary:
                if level == _socket.SOL_SOCKET and kind == _socket.SCM_RIGHTS:
                    self._descriptors.append(int.from_bytes(content[:_FD_SIZE], sys.byteorder))
            if not data:
                os._exit(0)
            self._frames.feed(data)
        return protocol.decode_from_parent(body)

    def ask(self, frame: protocol.WorkerFrame, kind: type[_F]) -> _F:
        """Send a question and return its answer. Raises `protocol.ProtocolError`."""
        self.send(frame)
        return self.expect(kind)

    def expect(self, kind: type[_F]) -> _F:
        """Return the next frame, which must be of `kind`. Raises `protocol.ProtocolError`."""
        frame = self.receive()
        if not isinstance(frame, kind):
            raise protocol.ProtocolError(f"unexpected {type(frame).__name__} frame")
        return frame

    def take_descriptor(self) -> int:
        """Return the descriptor that came with the last frame."""
        if not self._descriptors:
            raise protocol.ProtocolError("a frame without its descriptor")
        return self._descriptors.pop(0)

    def crash(self, text: str) -> NoReturn:
        """Tell of an error of the worker itself, and end the process."""
        self.guard.lift_memory()
        try:
            self._socket.sendall(protocol.encode(protocol.Crash(text)))
        finally:
            os._exit(1)

    def _end(self, name: str, allowed: int, used: int) -> None:
        """Say which limit was hit, and end the process."""
        hit = protocol.Hit(name, allowed, used, self.guard.cpu_us())
        try:
            self._socket.sendall(protocol.encode(hit))
        finally:
            os._exit(0)
