"""Hostile programs, each a file of `attacks/`: stopped in time, nothing leaks, the session lives.

The first line of a file says what it attacks and, in brackets, how it must end and under which
limits: `[limit cpu_ms | limit memory_mb; cpu_ms=200 wall_ms=20000]`; `ok`, `error` and
`error NAME` are the other ends, `defaults` says that no limit is of interest. A program
that looks for leaks by itself throws what it finds, so that `ok` means that there was none.
"""

from __future__ import annotations

import gc
import os
import re
import resource
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from vmgit.engine.api import Job, RealmConfig, Result
from vmgit.engine.process import WorkerRealm
from vmgit.heap import Heap
from vmgit.host.registry import Surroundings
from vmgit.limits import Limits
from vmgit.profile import Profile

from .realms import SEED, Tree, shown

#: A folder with nothing in it that a program could reach.
OUTSIDE = Surroundings(Path("/nonexistent"))
ATTACKS = sorted(Path(__file__).with_name("attacks").glob("*.js"))
#: What the programs may import.
FILES = {"bad.mjs": "throw '\\ud800'\n"}

_HEADER = re.compile(r"// \S.*\. \[(?P<ends>[^;\]]+); (?P<limits>[\w= ]+)\]")
#: How long past its limit an execution may last, ms; the engine's promise is 1 s.
_LATE_MS = 1200
_GROWTH = 8 << 20
_CANARY = "VMGIT_CANARY_7f3a"

#: What only the host knows. The programs' own texts are taken out before the search.
_HOST_TEXT = re.compile(
    r"Traceback|\.py\b|site-packages|python|msgspec|<dukpy>|vmgit[./]engine|/proc/|/usr/|/home/|/root",
    re.IGNORECASE,
)


class Attack(NamedTuple):
    """What a file's first line says: the ends that are right, and the limits to run under."""

    ends: tuple[str, ...]
    limits: Limits


def read(text: str) -> Attack:
    header = _HEADER.fullmatch(text.partition("\n")[0])
    assert header is not None, "the first line is not `// What it attacks. [ends; limits]`"
    # A limit that the attack is not about must not stop it on a slow machine.
    fields = {"cpu_ms": 5000, "wall_ms": 60_000}
    if header["limits"] != "defaults":
        for field in header["limits"].split():
            name, _, value = field.partition("=")
            fields[name] = int(value)
    ends = tuple(end.strip() for end in header["ends"].split("|"))
    return Attack(ends, msgspec.convert(fields, Limits))


@pytest.fixture(scope="module")
def booted() -> Iterator[WorkerRealm]:
    """A worker started from a process with a secret in its environment."""
    os.environ["VMGIT_CANARY"] = _CANARY
    try:
        with WorkerRealm.spawn() as worker:
            assert worker.engine
            yield worker
    finally:
        del os.environ["VMGIT_CANARY"]


@pytest.fixture
def victim(booted: WorkerRealm) -> Iterator[Heap]:
    realm = booted.fork()
    realm.open(RealmConfig())
    with closing(Heap(realm, 1, "default", OUTSIDE)) as heap:
        yield heap


def run(heap: Heap, text: str, limits: Limits | None = None) -> Result:
    job = Job("repl", text, SEED, limits=limits or Limits())
    return heap.realm.execute(job, Tree(FILES), heap.host(Profile()))


def end_of(result: Result) -> set[str]:
    """Return the names of how a result ended, the plain status among them."""
    outcome = result.outcome
    ends = {outcome.status}
    if outcome.limit is not None:
        ends.add(f"limit {outcome.limit.name}")
    if outcome.error is not None:
        ends.add(f"error {outcome.error.name}")
    return ends


def resident() -> int:
    """Return the bytes of this process that are in memory (Linux), or their peak elsewhere."""
    gc.collect()
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return pages * resource.getpagesize()


def late_ms(result: Result, limits: Limits) -> int:
    """Return how far past its limits an execution went, each on the clock that it counts."""
    return max(
        result.duration_us // 1000 - limits.wall_ms,
        result.cpu_us // 1000 - limits.cpu_ms,
    )


@pytest.mark.parametrize("path", ATTACKS, ids=[path.stem for path in ATTACKS])
def test_attack(path: Path, victim: Heap) -> None:
    text = path.read_text()
    attack = read(text)
    assert shown(run(victim, "const kept = { count: 40 }; kept.count")) == "40"
    # As a host does between an answer and the next execution.
    victim.checkpoint(lambda _: 0)
    before = resident()
    result = run(victim, text, limits=attack.limits)
    told = msgspec.json.encode(result.outcome).decode()
    grown = resident() - before
    assert end_of(result) & set(attack.ends), shown(result)[:500]
    assert late_ms(result, attack.limits) <= _LATE_MS
    # Who goes on as if nothing had been must show it; who came to its end did as it liked.
    survivor = victim if result.intact else victim.fall_back()
    assert survivor is not None
    with closing(survivor):
        assert shown(run(survivor, "40+2" if result.intact else "kept.count+2")) == "42"
        assert survivor.kv.list("") == [] or result.intact
    leaks = set(_HOST_TEXT.findall(told)) - set(_HOST_TEXT.findall(text))
    assert not leaks, told[:2000]
    for secret in (_CANARY, os.getcwd(), sys.prefix):
        assert secret not in told
    assert grown < _GROWTH


def test_every_attack_is_described() -> None:
    assert len(ATTACKS) >= 120
    for path in ATTACKS:
        assert read(path.read_text()).ends, path.name


def test_a_session_survives_all_of_them_one_after_another(booted: WorkerRealm) -> None:
    """The checkpoint becomes the session, as the host does it, and keeps its state throughout."""
    realm = booted.fork()
    realm.open(RealmConfig())
    current = Heap(realm, 1, "default", OUTSIDE)
    try:
        assert shown(run(current, "let kept = { count: 7 }; kept.count")) == "7"
        for path in [p for p in ATTACKS if p.stem.startswith(("loop_", "native_", "memory_"))][::9]:
            current.checkpoint(lambda _: 1_000_000_000)
            text = path.read_text()
            # What an attack did to the realm goes with the realm, whichever way it ended.
            run(current, text, limits=read(text).limits)
            following = current.fall_back()
            assert following is not None
            current = following
        assert shown(run(current, "kept.count")) == "7"
    finally:
        current.close()
