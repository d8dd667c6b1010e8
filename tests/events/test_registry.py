"""The table of event types: stable names, round trips, and what is not known."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from vmgit.errors import RefusedError
from vmgit.events import execution as ex
from vmgit.events import session as se
from vmgit.events import workspace as ws
from vmgit.events.envelope import StoredEvent
from vmgit.events.registry import Opaque, decode, encode, type_names
from vmgit.events.request import Accepted
from vmgit.limits import Limits
from vmgit.outcome import Fault, Value

OID = "ab" * 20
GENERATION: dict[str, Any] = {
    "tree": OID,
    "generation": 2,
    "effective": {"refresh": "rerun"},
    "files": {"profiles/default.toml": OID, "profiles/base.toml": None},
    "startup": (se.StartupFile("startup/a.js", "auto", 1),),
    "duration_us": 7,
}
#: One payload of each type, with every field set: the wire names are stored for ever.
PAYLOADS: dict[str, msgspec.Struct] = {
    "session.created": se.Created(
        tree=OID, commit=OID, dirty=True, profile="p", seed="5e" * 16, name="n", prefix="sub",
        pinned="HEAD~1", ephemeral=True, vmgit="1",
    ),
    "session.forked": se.Forked(parent="p", version=7, seed="5e" * 16, name="n", vmgit="1"),
    "session.undone": se.Undone((3, 5), back_to=2),
    "session.redone": se.Redone((3, 5)),
    "session.ready": se.Ready(**GENERATION),
    "session.refreshed": se.Refreshed(
        **GENERATION, mode="replay", fresh=True, changed=("a.js",), replayed=(se.Replayed(3, "d"),)
    ),
    "session.refresh_failed": se.RefreshFailed(
        tree=OID, generation=2, changed=("a.js",), message="m", files={}, deps={"a.js": None},
        mode="rerun", fresh=True, effective={}, path="a.js", line=3, execution=4, duration_us=5,
    ),
    "session.restored": se.Restored(1, 2, se.Difference("s.1", "a", "b")),
    "session.lost": se.Lost("gone"),
    "session.closed": se.Closed("done"),
    "execution.started": ex.Started(
        tree=OID, number=1, kind="file", blob=OID, generation=1, seed="5e" * 16, limits=Limits(),
        vmgit="1", engine="e", path="a.js", mode="module", text="1", args=("é",),
    ),
    "execution.finished": ex.Finished(
        status="error", digest="d", duration_us=1, cpu_us=2, value=Value("object", "{}", {"a": 1}),
        error=Fault("E", "m", "s", "denied"), clock=((1, 2),), deps={"a.js": OID, "b.js": None},
    ),
    "execution.aborted": ex.Aborted("died"),
    "console": ex.Console("warn", "line\n\u2028\0"),
    "host.call": ex.Call("kv.get", {"key": "a"}, [1], Fault("E", "m"), 3),
    "limit.exceeded": ex.LimitExceeded("wall_ms", 1, 2),
    "capability.denied": ex.Denied("fs.read", "no"),
    "request.accepted": Accepted("key", "0" * 64),
    "git.hook": ws.GitHook("post-commit", OID, "main", 1, "1.a", "x"),
    "replay.started": ws.ReplayStarted("s", ("HEAD",)),
    "replay.finished": ws.ReplayFinished(
        replay=1, duration_us=2, executions=({"execution": "s.1"},), summary={"same": 1},
    ),
    "replay.diverged": ws.ReplayDiverged(
        replay=1, duration_us=2, executions=(), summary={"different": 1}, omitted=1,
    ),
    "replay.aborted": ws.ReplayAborted(1, "died"),
    "watch.degraded": ws.WatchDegraded("slow"),
    "watch.recovered": ws.WatchRecovered(),
}  # fmt: skip


def stored(type: str, payload: str, schema: int = 1) -> StoredEvent:
    return StoredEvent(7, "s", 1, type, schema, 0, None, "tests", "main", payload, "0", "0")


def test_every_type_has_a_case_here() -> None:
    assert type_names() == sorted(PAYLOADS)


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_payload_survives_the_log(name: str) -> None:
    new = encode(PAYLOADS[name], execution="s.1")
    assert (new.type, new.schema, new.execution) == (name, 1, "s.1")
    assert new.payload.isascii()
    assert decode(stored(name, new.payload)) == PAYLOADS[name]


@pytest.mark.parametrize("name", PAYLOADS)
def test_fields_that_a_later_version_adds_are_ignored(name: str) -> None:
    fields = msgspec.json.decode(encode(PAYLOADS[name]).payload)
    later = msgspec.json.encode({**fields, "added_later": 1}).decode()
    assert decode(stored(name, later)) == PAYLOADS[name]


@pytest.mark.parametrize(("name", "schema"), [("session.hibernated", 1), ("console", 2)])
def test_what_is_not_known_stays_opaque(name: str, schema: int) -> None:
    opaque = decode(stored(name, '{"level":"log","x":[1]}', schema))
    assert opaque == Opaque(name, schema, {"level": "log", "x": [1]})


@pytest.mark.parametrize(
    "payload", ["{}", '{"level":"loud","text":""}', '{"level":"log"', "[]", '"\\ud800"', ""]
)
def test_a_bad_payload_is_refused_by_its_row(payload: str) -> None:
    with pytest.raises(RefusedError, match=r"event 7 \(console\) does not have the shape"):
        decode(stored("console", payload))


@pytest.mark.parametrize("payload", ["[]", "1", "not json"])
def test_an_unknown_payload_that_is_no_object_is_refused(payload: str) -> None:
    with pytest.raises(RefusedError, match=r"event 7 \(new\.type\)"):
        decode(stored("new.type", payload))


def test_only_payloads_can_be_encoded() -> None:
    with pytest.raises(TypeError, match="Limits is not an event payload"):
        encode(Limits())
