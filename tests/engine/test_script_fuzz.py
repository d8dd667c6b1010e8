"""The rewriting, fuzzed: in the realm of sessions, on invalid programs, on published sources.

The engine as it is, without any rewriting, is the judge: a valid program means the same, and an
invalid one stays invalid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fuzzing import FACTOR, fuzz
from hypothesis import given
from hypothesis import strategies as st
from published import PROMISED, contents, manifests

from vmgit.engine.rewrite import rewrite
from vmgit.limits import Limits
from vmgit.outcome import ConsoleLine, Outcome

from .realms import Session, session
from .script_grammar import programs
from .script_programs import SLOPPY
from .script_realm import ScriptRealm

LIMITS = Limits(cpu_ms=20_000, wall_ms=60_000)
AWAIT = "var ready=await 0;"
#: The `print` of the plain realm, in the words of a session's.
PRINT = """
globalThis.print = (...items) => console.log(items.map((value) =>
  typeof value === 'function' ? `[function ${value.name}]`
    : typeof value === 'bigint' ? value + 'n'
    : typeof value === 'symbol' || value === undefined || Object.is(value, -0) ? typeof value
    : value instanceof Error ? value.name + ': ' + value.message
    : value !== null && typeof value === 'object' ? 'object ' + JSON.stringify(value)
    : typeof value + ' ' + value).join(' '));
"""


@pytest.fixture(scope="module")
def fresh() -> Iterator[Session]:
    """A session in which nothing but `print` has been defined; fork it for each program."""
    with session() as made:
        assert made.run(PRINT).outcome.status == "ok"
        yield made


def _plain(text: str) -> tuple[str, list[str]]:
    realm = ScriptRealm()
    return realm.run_native(text), realm.lines


def _printed(outcome: Outcome) -> list[str]:
    lines = [line.text for line in outcome.trace if isinstance(line, ConsoleLine)]
    if outcome.error is not None and outcome.value is not None:
        # A rejection that nobody handled, in the words of the plain realm.
        lines.append(f"unhandled {outcome.error.name}: {outcome.error.message}")
    return lines


def _agrees(outcome: Outcome, native: str) -> bool:
    """Compare a session's outcome with what the plain realm shows."""
    # An error beside a value is a rejection that nobody handled, and is counted as printed.
    if outcome.error is not None and outcome.value is None:
        thrown = f"{outcome.error.name}: {outcome.error.message}"
        if native.endswith("is read-only"):
            return outcome.error.name == "TypeError"  # our words, the engine's kind of error
        if native.startswith("throws SyntaxError"):
            return outcome.error.name == "SyntaxError"
        return native in (f"throws {thrown}", f"throws {outcome.error.message}") or (
            not outcome.error.name and native.endswith(f" {outcome.error.message}")
        )
    value = outcome.value
    assert value is not None
    kind, _, rest = native.partition(" ")
    if kind == "[function":
        return value.type == "function"
    if kind == "object" and rest == "null":
        return value.preview == "null"
    if kind == "object":
        return value.type not in ("number", "string", "boolean", "undefined", "function")
    if kind == "string":
        return value.type == "string" and value.json == rest
    if kind in ("number", "boolean"):
        return value.type == kind and (value.preview == rest or native == "number")
    return value.type == "undefined" or value.preview == "-0"


@fuzz(60)
@given(st.sampled_from(["", "'use strict';"]), st.booleans(), programs)
def test_a_session_agrees_with_the_plain_engine(
    fresh: Session, directive: str, waits: bool, text: str
) -> None:
    native, printed = _plain(directive + text)
    fork = fresh.fork()
    with fork.realm:
        code = directive + (AWAIT if waits else "") + text
        outcome = fork.run(code, mode="script", limits=LIMITS).outcome
    assert _agrees(outcome, native), (code, outcome, native)
    assert _printed(outcome) == printed


TOKENS = re.compile(r"\w+|\s+|=>|\?\.|\?\?|\.\.\.|[^\w\s]")
POOL = sorted({token for text in SLOPPY for token in TOKENS.findall(text)})


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Draw a program that was valid before some of its tokens were taken, doubled or replaced."""
    tokens = TOKENS.findall(draw(programs | st.sampled_from(SLOPPY)))
    for _ in range(draw(st.integers(1, 3))):
        if not tokens:
            break
        at = draw(st.integers(0, len(tokens) - 1))
        match draw(st.sampled_from(["take", "double", "replace", "insert", "swap"])):
            case "take":
                del tokens[at]
            case "double":
                tokens.insert(at, tokens[at])
            case "replace":
                tokens[at] = draw(st.sampled_from(POOL))
            case "insert":
                tokens.insert(at, draw(st.sampled_from(POOL)))
            case "swap":
                other = draw(st.integers(0, len(tokens) - 1))
                tokens[at], tokens[other] = tokens[other], tokens[at]
    return "".join(tokens)


def _is_invalid(shown: str) -> bool:
    return shown.startswith("throws SyntaxError")


@fuzz(300)
@given(st.sampled_from(["", "'use strict';"]), damaged())
def test_an_invalid_program_stays_invalid(directive: str, text: str) -> None:
    # Nothing of it runs: whether it can be compiled is the question.
    code = f"{directive}throw 'stop';{text}"
    if re.search(r"(?<![\w$])(await|import)(?![\w$])", text):
        return  # valid to us only: top-level await, import at the prompt
    if re.search(r"class\s+(arguments|eval)\b", text):
        return  # never valid, but the engine lets some pass
    native = ScriptRealm().run_native(code)
    assert native in ("throws string stop",) or _is_invalid(native)
    for ours in (code, f"{directive}{AWAIT}throw 'stop';{text}"):
        found = ScriptRealm().run(ours)
        assert _is_invalid(found) == _is_invalid(native), (ours, found, native)


def _sources() -> list[tuple[str, str]]:
    """Return the scripts and modules of the promised packages, in the suite some of each."""
    found = []
    for name in PROMISED:
        files = contents(manifests()[name][1])
        paths = [path for path in sorted(files) if path.endswith((".js", ".cjs", ".mjs"))]
        step = max(1, len(paths) // 6) if FACTOR == 1 else 1
        found += [(f"{name}/{path}", files[path].decode()) for path in paths[::step]]
    return found


LINE_END = re.compile(r"\r\n|[\n\r\u2028\u2029]")
#: What CommonJS code finds around it; the names are as good as any to a script.
AROUND = "var exports = {}, module = { exports }, require = (name) => ({ name });\n"
AFTER = "\n;Object.keys(module.exports).length"


@pytest.mark.parametrize("around", [False, True])
def test_published_sources_keep_their_meaning(around: bool) -> None:
    seen = 0
    for place, source in _sources():
        code = AROUND + source + AFTER if around else source
        native = ScriptRealm().run_native(code)
        if _is_invalid(native) and re.search(r"(?<![\w$])(import|await)(?![\w$])", code):
            continue  # a module; what `import` means at the prompt is tested elsewhere
        found = ScriptRealm().run(code)
        assert found == native or (_is_invalid(found) and _is_invalid(native)), place
        seen += not _is_invalid(native)
    assert seen >= 25


def test_published_sources_keep_their_lines() -> None:
    """No line moves, so that stacks name the right ones."""
    changed = 0
    for place, source in _sources():
        rewritten = rewrite(source)
        if rewritten.source:
            changed += 1
            assert len(LINE_END.findall(rewritten.code)) == len(LINE_END.findall(source)), place
    assert changed >= 5
