"""Generated programs: rewritten in every form, they do what the engine does with them as they are.

An engine without limits runs them here, for it is fast; `test_script_fuzz.py` does the same in the
realm that sessions have.
"""

from __future__ import annotations

from fuzzing import fuzz
from hypothesis import given

from .script_grammar import programs
from .script_realm import ScriptRealm

FORMS = ["", "'use strict';"]


def _run(text: str, native: bool) -> tuple[str, list[str]]:
    realm = ScriptRealm()
    return (realm.run_native if native else realm.run)(text), realm.lines


def _same(found: str, wanted: str) -> bool:
    if found == wanted:
        return True
    if found.startswith("throws TypeError") and wanted.endswith("is read-only"):
        return True  # What an assignment to a constant says is ours, the kind of error is not.
    return found.startswith("throws SyntaxError") and wanted.startswith("throws SyntaxError")


@fuzz(100)
@given(programs)
def test_generated_programs_keep_their_meaning(text: str) -> None:
    for directive in FORMS:
        value, lines = _run(directive + text, native=True)
        found, printed = _run(directive + text, native=False)
        assert _same(found, value), (directive, found, value)
        assert printed == lines


@fuzz(100)
@given(programs)
def test_generated_programs_keep_their_meaning_when_they_await(text: str) -> None:
    for directive in FORMS:
        value, lines = _run(directive + text, native=True)
        found, printed = _run(directive + "var ready=await 0;" + text, native=False)
        assert _same(found, value), (directive, found, value)
        assert printed == lines
