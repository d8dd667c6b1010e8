"""Plays one recorded execution again: same engine, recorded seed, clock and host answers.

Rebuilding a session, the `replay` refresh and `vmgit replay` all run through `play`, so there is
one definition of what a replay is. Nothing outside is touched: host calls are answered from the
recording, except `kv`, which is the session's own state and is computed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from vmgit.answer import Answer
from vmgit.engine.api import Host, Job, Realm, Result, Source
from vmgit.execution import Execution
from vmgit.limits import Limits
from vmgit.outcome import Fault, HostCall
from vmgit.redact import Redactor

#: A replay may run on a slower machine, and what ended by itself once must not be stopped now.
_TIME_FACTOR = 4
_MEMORY_MB = 120


class RecordedHost:
    """Answers the host calls of one replayed execution from its recording.

    `live` answers `kv` calls. Calls are matched in order by operation and arguments; a call that
    the recording cannot answer is kept in `unanswered` and throws in JavaScript. `redactor` knows
    what was taken out of the recording; the secrets that it knows are put back into answers.
    """

    def __init__(self, calls: list[HostCall], live: Host, redactor: Redactor | None = None) -> None:
        self._calls = list(calls)
        self._live = live
        self._redactor = redactor or Redactor({}, {})
        self.unanswered: list[HostCall] = []

    def call(self, op: str, request: Any) -> Answer:
        """Answer one call; see `engine.api.Host`."""
        if op.startswith("kv."):
            return self._live.call(op, request)
        wanted = self._redactor.value(request)
        for index, recorded in enumerate(self._calls):
            if recorded.op == op and recorded.request == wanted:
                del self._calls[index]
                return Answer(self._redactor.restored(recorded.result), recorded.error)
        self.unanswered.append(HostCall(op, wanted))
        return Answer(
            error=Fault("Unanswered", f"the recording has no answer to {op}", code="unanswered")
        )

    def stop(self) -> None:
        """See `engine.api.Host`; a recording answers at once."""
        self._live.stop()


def relaxed(limits: Limits) -> Limits:
    """Return limits for a replay: the counted ones as recorded, time and memory with room."""
    return Limits(
        cpu_ms=min(limits.cpu_ms * _TIME_FACTOR, 600_000),
        wall_ms=min(limits.wall_ms * _TIME_FACTOR, 3_600_000),
        memory_mb=_MEMORY_MB,
        output_kb=limits.output_kb,
        events=limits.events,
        source_kb=limits.source_kb,
    )


def play(
    execution: Execution,
    text: str,
    realm: Realm,
    source: Source,
    live: Host,
    secrets: Mapping[str, str] | None = None,
) -> tuple[Result, RecordedHost]:
    """Run `execution` again in `realm` as `text` against `source`.

    Returns what came of it, redacted as the recording was, and the host that answered, whose
    `unanswered` tells what the recording could not answer. `secrets` (values by name) are put
    back where the recording has marks: only a session that lives on gets them. Raises `WorkerDied`.
    """
    started = execution.started
    redactor = Redactor(secrets or {}, started.redact, replays=True)
    host = RecordedHost(
        [call for call in execution.trace if isinstance(call, HostCall)],
        live,
        redactor,
    )
    job = Job(
        kind=started.kind,
        text=text,
        seed=started.seed,
        path=started.path,
        mode=started.mode,
        clock=execution.finished.clock if execution.finished is not None else (),
        args=started.args,
        limits=relaxed(started.limits),
    )
    result = realm.execute(job, source, host)
    return msgspec.structs.replace(result, outcome=redactor.outcome(result.outcome)), host
