"""Each execution reports its own value, whatever earlier ones left waiting."""

from __future__ import annotations

from .realms import session, shown


def test_a_script_left_waiting_does_not_report_for_the_next() -> None:
    with session() as prompt:
        waiting = prompt.run("let go; await new Promise(f => { go = f }); 'OLD'")
        assert waiting.outcome.error is not None
        assert waiting.outcome.error.name == "Pending"
        waits = "await null; " * 5
        assert shown(prompt.run(f"go(); {waits}'MINE'")) == "'MINE'"


def test_a_request_without_end_throws_in_javascript() -> None:
    nest = "let deep = 1; for (let i = 0; i < 5000; i++) deep = [deep];"
    with session() as prompt:
        caught = prompt.run(
            f"{nest} const kv = require('vmgit:kv');"
            "try { kv.set('a', deep); 'set' } catch (e) { e.name }"
        )
        assert shown(caught) == "'RangeError'"
        assert shown(prompt.run("40 + 2")) == "42"
