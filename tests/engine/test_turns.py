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
