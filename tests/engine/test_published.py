"""The packages that vmgit promises to run, as they were published, each put to use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from published import PROMISED, manifests, vendor

from vmgit.limits import Limits

from .published_programs import PROGRAMS
from .realms import Session, session

#: For a machine that does much else besides; what a package needs is some tens of milliseconds.
LIMITS = Limits(cpu_ms=20_000, wall_ms=60_000)


@pytest.fixture(scope="module")
def everything() -> Iterator[Session]:
    """One session whose `vendor/` holds them all."""
    with session(vendor(*PROMISED)) as made:
        yield made


def test_every_promise_is_tested() -> None:
    assert set(PROGRAMS) == set(PROMISED)
    assert set(PROMISED) < set(manifests())


@pytest.mark.parametrize("package", PROMISED)
def test_it_works_unmodified(everything: Session, package: str) -> None:
    for program, wanted in PROGRAMS[package]:
        outcome = everything.run(program, limits=LIMITS).outcome
        assert outcome.error is None, program
        assert outcome.value is not None
        assert outcome.value.json == wanted, program


@pytest.mark.parametrize("package", PROMISED)
def test_it_loads_alone_both_ways(package: str) -> None:
    program = f"const m = require({package!r}), n = await import({package!r});\n"
    with session(vendor(package)) as made:
        outcome = made.run(program + "[typeof m, typeof n]", limits=LIMITS).outcome
        assert outcome.error is None
        assert outcome.value is not None
        assert outcome.value.json in (["function", "object"], ["object", "object"])
        # A module that is a file of the tree is never made twice.
        again = made.run(f"m === require({package!r}) && n === await import({package!r})").outcome
        assert again.value is not None
        assert again.value.json is True
