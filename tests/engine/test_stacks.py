"""Names and positions in text that leaves the realm."""

from __future__ import annotations

import json

from vmgit.engine.stacks import Stacks


def _clean(stacks: Stacks, text: str) -> str:
    return json.loads(stacks.clean(json.dumps(text)))


def test_virtual_lines_become_files() -> None:
    stacks = Stacks()
    first = stacks.place("a.js", "1\n2\n3")
    second = stacks.place("b.js", "1")
    prompt = stacks.place(None, "x\ny")
    text = f"at f (<input>:{first + 3}:7)\n at <eval> (<input>:{second + 1}:1)"
    assert _clean(stacks, text) == "at f (a.js:3:7)\n at b.js:1:1"
    assert _clean(stacks, f"<input>:{prompt + 2}:4") == "<repl>:2:4"
    assert _clean(stacks, f"<input>:{prompt + 2}") == "<repl>:2"


def test_a_file_keeps_its_lines_while_it_fits() -> None:
    stacks = Stacks()
    first = stacks.place("a.js", "1\n" * 10)
    assert stacks.place("a.js", "1\n" * 20) == first
    larger = stacks.place("a.js", "1\n" * 500)
    assert larger > first
    assert (
        _clean(stacks, f"<input>:{first + 1}:1 <input>:{larger + 400}:1") == "a.js:1:1 a.js:400:1"
    )


def test_lines_do_not_grow_without_end() -> None:
    stacks = Stacks()
    starts = [stacks.place(None, "one line") for _ in range(60_000)]
    assert max(starts) < 110_000
    assert _clean(stacks, f"<input>:{starts[-1] + 1}:3") == "<repl>:1:3"


def test_columns_are_those_of_the_text_as_written() -> None:
    stacks = Stacks()
    start = stacks.place(None, "text", lambda line, column: column - 10 * line)
    assert _clean(stacks, f"<input>:{start + 1}:25") == "<repl>:1:15"


def test_text_evaluated_by_the_program_is_told_apart() -> None:
    stacks = Stacks()
    stacks.place("a.js", "1")
    assert _clean(stacks, "at f (<input>:3:4)") == "at f (<eval>:3:4)"


def test_unplaced_positions_are_in_what_runs() -> None:
    stacks = Stacks()
    stacks.enter("startup/x.js")
    assert _clean(stacks, "    at <eval> (<input>:1:1)") == "    at startup/x.js:1:1"


def test_our_frames_are_dropped() -> None:
    stacks = Stacks()
    part = stacks.reserve("script", "a\nb")
    line = stacks.place("a.js", "x") + 1
    frames = (
        f"E: m\n    at f (<input>:{line}:25)\n    at eval (native)\n"
        f"    at runPlain (<input>:{part + 1}:1)\n    at apply (native)\n"
        "    at run (<dukpy>:1:2)\n    at <eval> (<dukpy>)\n"
    )
    assert _clean(stacks, frames) == "E: m\n    at f (a.js:1:25)\n"
    assert _clean(stacks, f"    at eval (native)\n    at user (<input>:{line}:1)").startswith(
        "    at eval (native)"
    )
    assert stacks.script_of(frames) == "a.js"
    assert stacks.script_of(f"    at load (<input>:{part + 1}:1)") is None


def test_inputs_of_the_prompt_share_their_lines() -> None:
    stacks = Stacks()
    first = stacks.place(None, "1\n+\n1")
    assert stacks.place(None, "null.x") == first
    assert _clean(stacks, f"at f (<input>:{first + 3}:7)") == "at f (<repl>:3:7)"
    moved = stacks.place(None, "let a = null.x", lambda line, column: column - 4)
    assert moved != first
    assert stacks.place(None, "\n" * 2000) not in (first, moved)
    assert _clean(stacks, f"at f (<input>:{moved + 1}:14)") == "at f (<repl>:1:10)"
    assert _clean(stacks, f"at f (<input>:{first + 1}:14)") == "at f (<repl>:1:14)"


def test_reserved_lines_outlast_a_restart() -> None:
    stacks = Stacks()
    part = stacks.reserve("script", "a")
    starts = {stacks.place(f"f{number}.js", "\n" * 900) for number in range(200)}
    assert part not in starts
    assert stacks.script_of(f"(<input>:{part + 1}:1)") is None
    assert _clean(stacks, f"E\n    at load (<input>:{part + 1}:1)\n") == "E\n"


def test_versions_and_stand_ins_are_dropped() -> None:
    stacks = Stacks()
    stacks.wrappers.add("lib/c.cjs?v=00ff000000000000")
    text = "at f (lib/x.mjs?v=0123456789abcdef:1:2)\n    at g (lib/c.cjs?v=00ff000000000000:1:47)"
    assert _clean(stacks, text) == "at f (lib/x.mjs:1:2)"


def test_a_missing_module_has_its_message_back() -> None:
    stacks = Stacks()
    name = stacks.missing('Cannot import "x"\n')
    assert stacks.missing('Cannot import "x"\n') == name
    assert _clean(stacks, f"cannot find module: {name}") == 'Cannot import "x"\n'
    assert _clean(stacks, "cannot find module: vmgit:missing/77") != ""


def test_the_caller_of_require_is_found_in_frames() -> None:
    stacks = Stacks()
    start = stacks.place("lib/a.js", "x")
    prompt = stacks.place(None, "x")
    assert (
        stacks.script_of(f"    at require (<dukpy>:1:1)\n at f (<input>:{start + 1}:2)")
        == "lib/a.js"
    )
    assert stacks.script_of(f" at f (<input>:{prompt + 1}:2)") == ""
    assert stacks.script_of(" at f (<input>:2:2)") is None
    assert stacks.script_of("") is None


def test_text_that_only_looks_like_a_version_or_a_position_stays() -> None:
    stacks = Stacks()
    for text in (
        "https://example.com/style.css?v=3",
        "https://example.com/?v=abc&x=1",
        "page?v=deadbeef",
        "<input>:" + "9" * 5000,
        "cannot find module: vmgit:missing/" + "9" * 5000,
    ):
        assert _clean(stacks, text).startswith(text[:30])
    assert _clean(stacks, "a.css?v=3") == "a.css?v=3"


def test_frames_of_the_globals_are_dropped() -> None:
    stacks = Stacks()
    start = stacks.place("vmgit:globals/url", "x")
    prompt = stacks.place(None, "x")
    frames = f"    at parse (<input>:{start + 1}:3)\n    at <eval> (<input>:{prompt + 1}:1)"
    assert _clean(stacks, frames) == "\n    at <repl>:1:1"


def test_long_texts_take_time_in_proportion() -> None:
    """Each of these took minutes when a pattern could start anywhere in a run of spaces."""
    stacks = Stacks()
    stacks.place(None, "x")
    for text in (
        " " * 400_000 + "at <dukpy>",
        "    at " * 60_000 + "<dukpy>:1",
        "    at (" * 60_000 + "<input>:1000:1 ?v=ab <eval> (",
        "\n    at a (" * 40_000 + "vmgit:require/ vmgit:globals/ <input>:1 ?v=",
    ):
        assert len(_clean(stacks, text)) > 1000
