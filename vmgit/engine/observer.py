"""What the parent sees of one execution while it runs: the trace, the reads, the counted limits.

It answers the worker's questions from the source and the host, and counts console text and
events here, outside the worker, so that the counts hold whatever the worker claims. It knows no
process and no socket.
"""

from __future__ import annotations

from vmgit.clock import monotonic_us
from vmgit.engine import protocol
from vmgit.engine.api import Host, Source
from vmgit.limits import Limits
from vmgit.outcome import ConsoleLine, HostCall, LimitHit, Outcome, Status


class Observer:
    """Collects what one execution does, in order of arrival."""

    def __init__(self, limits: Limits, source: Source, host: Host) -> None:
        self.limits = limits
        self.deps: dict[str, str | None] = {}
        self._source = source
        self._host = host
        self._trace: list[ConsoleLine | HostCall] = []
        self._printed = 0
        # A worker may read only what its own lookups named.
        self._named: set[str | None] = set()

    def check_source(self, size: int) -> LimitHit | None:
        """Return the hit of `source_kb` by a text of `size` bytes, or None."""
        if size <= self.limits.source_kb * 1024:
            return None
        return LimitHit("source_kb", self.limits.source_kb, -(-size // 1024))

    def serve(
        self, frame: protocol.WorkerFrame
    ) -> tuple[protocol.ParentFrame | None, LimitHit | None]:
        """Take one frame of the running worker; return the answer to send, or the limit it hit.

        Raises `protocol.ProtocolError` for a frame that has no place in an execution.
        """
        match frame:
            case protocol.Line():
                return None, self._line(frame)
            case protocol.Lookup(path=path):
                oid = self._source.lookup(path)
                self.deps[path] = oid
                self._named.add(oid)
                return protocol.Found(oid), None
            case protocol.Read(oid=oid):
                if oid not in self._named:
                    return protocol.Content(None), None
                data = self._source.blob(oid)
                return protocol.Content(data), self.check_source(len(data))
            case protocol.Call():
                return self._call(frame)
        raise protocol.ProtocolError(f"unexpected {type(frame).__name__} frame")

    def outcome(self, done: protocol.Done) -> Outcome:
        """Return the outcome of an execution that came to its own end."""
        return Outcome(
            status="ok" if done.error is None else "error",
            trace=tuple(self._trace),
            value=done.value,
            error=done.error,
        )

    def partial(self, status: Status, hit: LimitHit | None = None) -> Outcome:
        """Return what had been observed when the execution was stopped."""
        return Outcome(status=status, trace=tuple(self._trace), limit=hit)

    def _line(self, frame: protocol.Line) -> LimitHit | None:
        hit = self._count_event()
        if hit is not None:
            return hit
        allowed = self.limits.output_kb * 1024
        data = frame.text.encode()
        left = allowed - self._printed
        # The newline that a terminal adds counts too, so that empty lines are not free.
        self._printed += len(data) + 1
        if self._printed <= allowed:
            self._trace.append(ConsoleLine(frame.level, frame.text))
            return None
        if left > 0:
            start = data[:left].decode(errors="ignore")
            self._trace.append(ConsoleLine(frame.level, start))
        return LimitHit("output_kb", self.limits.output_kb, -(-self._printed // 1024))

    def _call(self, frame: protocol.Call) -> tuple[protocol.ParentFrame | None, LimitHit | None]:
        hit = self._count_event()
        if hit is not None:
            return None, hit
        start = monotonic_us()
        answer = self._host.call(frame.op, frame.request)
        took = monotonic_us() - start
        self._trace.append(HostCall(frame.op, frame.request, answer.result, answer.error, took))
        try:
            protocol.encode(protocol.Reply(answer.result, answer.error))
        except (TypeError, UnicodeError) as error:
            raise TypeError(f"{frame.op} answered what JSON cannot hold: {error}") from error
        return protocol.Reply(answer.result, answer.error), None

    def _count_event(self) -> LimitHit | None:
        if len(self._trace) < self.limits.events:
            return None
        return LimitHit("events", self.limits.events, len(self._trace) + 1)
