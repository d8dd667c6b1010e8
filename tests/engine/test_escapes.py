"""The doors that the engine leaves open by default are closed; determinism is installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vmgit.engine.process import WorkerRealm

from .realms import Session, session, shown


@pytest.fixture(scope="module")
def prompt() -> Iterator[Session]:
    with session() as made:
        yield made


@pytest.mark.parametrize(
    "text",
    [
        "typeof process.exit",
        "typeof process.versions",
        "typeof process.env.PATH",
        "typeof call_python",
        "typeof dukpy",
        "typeof WeakRef",
        "typeof FinalizationRegistry",
        "typeof Atomics",
        "typeof SharedArrayBuffer",
        "typeof std",
        "typeof os",
        "typeof Error.prepareStackTrace",
        "typeof globalThis.constructor.call_python",
        "Error.prepareStackTrace = () => 1; typeof Error.prepareStackTrace",
        "globalThis.call_python = 1; typeof call_python",
    ],
)
def test_absent(prompt: Session, text: str) -> None:
    assert shown(prompt.run(text)) == "'undefined'"


@pytest.mark.parametrize(
    "specifier",
    ["/etc/passwd", "../../../etc/passwd", "file:///etc/passwd", "//etc/passwd", "vmgit:os", "os"],
)
def test_no_module_from_outside(prompt: Session, specifier: str) -> None:
    imported = shown(prompt.run(f"await import({specifier!r})"))
    assert imported.startswith("ReferenceError: Cannot import ")
    assert "root:" not in imported
    required = shown(prompt.run(f"require({specifier!r})"))
    assert required.startswith("Error: Cannot require ")


def test_the_command_channel_needs_its_token(prompt: Session) -> None:
    assert shown(
        prompt.run("dukpy = {token: 'guess', op: 'open', hide: ['Map'], console: false}; 1")
    )
    assert shown(prompt.run("console.log('on'); typeof Map")) == "'function'"
    assert shown(prompt.run("Object.defineProperty(globalThis, 'dukpy', {value: 1})")).startswith(
        "TypeError"
    )
    assert shown(prompt.run("delete globalThis.dukpy")) == "false"
    assert shown(prompt.run("Object.freeze(globalThis); 5")) == "5"
    assert shown(prompt.run("5 + 5")) == "10"


def test_the_private_functions_are_not_on_any_stack(prompt: Session) -> None:
    text = "console.log(new Error('x').stack); (() => { try { null.x } catch (e) { return e } })()"
    result = prompt.run(text)
    assert "dukpy" not in result.outcome.console[0].text + shown(result)


def test_the_worker_has_no_environment_and_no_files() -> None:
    with session() as made:
        with open(f"/proc/{made.realm.pid}/cmdline", "rb") as file:
            assert b"vmgit.engine.worker" in file.read()
        assert set(made.realm.sandbox) >= {"descriptors", "rlimits", "no_new_privs"}
        assert made.realm.sandbox["rlimits"] == "on"


def test_random_and_clock_are_the_same_again() -> None:
    text = "[Math.random(), Math.random(), Date.now(), performance.now(), +new Date()]"
    with WorkerRealm.spawn() as template:
        first, second = template.fork(), template.fork()
        with first, second:
            from vmgit.engine.api import RealmConfig

            from .realms import Store, Tree

            results = []
            clock = None
            for realm in (first, second):
                realm.open(RealmConfig())
                result = Session(realm, Tree(), Store()).run(text, clock=clock)
                clock = result.clock
                results.append(result)
    assert results[0].outcome.digest() == results[1].outcome.digest()
    assert results[0].clock == results[1].clock
    assert len(results[0].clock) >= 1


def test_another_seed_is_another_random(prompt: Session) -> None:
    assert shown(prompt.run("Math.random()")) == shown(prompt.run("Math.random()"))
    assert shown(prompt.run("Math.random()")) != shown(prompt.run("Math.random()", seed="1" * 32))


def _twin(seed: str, count: int) -> list[float]:
    """The generator in Python: xoshiro128**, two outputs for each double."""
    state = [int(seed[i : i + 8], 16) for i in range(0, 32, 8)]

    def rotate(value: int, by: int) -> int:
        return ((value << by) | (value >> (32 - by))) & 0xFFFFFFFF

    def step() -> int:
        result = rotate(state[1] * 5 & 0xFFFFFFFF, 7) * 9 & 0xFFFFFFFF
        shifted = state[1] << 9 & 0xFFFFFFFF
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = rotate(state[3], 11)
        return result

    values = []
    for _ in range(count):
        high = step() >> 5
        values.append((high * 67108864 + (step() >> 6)) / 9007199254740992)
    return values


@pytest.mark.parametrize("seed", ["0123456789abcdeffedcba9876543210", "f" * 32, "0" * 31 + "1"])
def test_random_equals_its_twin_in_python(prompt: Session, seed: str) -> None:
    value = prompt.run("Array.from({length: 200}, Math.random)", seed=seed).outcome.value
    assert value is not None
    assert value.json == _twin(seed, 200)


def test_the_clock_answers_from_the_recording(prompt: Session) -> None:
    clock = [(1_000_000, 2), (5, 1), (10, 2)]
    text = "[Date.now(), Date.now(), Date.now(), +new Date(), Date.now(), Date.now(), Date.now()]"
    result = prompt.run(text, clock=clock)
    assert result.outcome.value is not None
    base = 1_000_000
    expected = [base, base, base + 5, base + 15, base + 15, base + 15, base + 15]
    assert result.outcome.value.json == expected


@pytest.mark.parametrize(
    "text",
    ["throw 1", "Promise.reject(1)", "Promise.reject(1); throw 2", "await new Promise(() => 0)"],
)
def test_the_clock_is_recorded_however_it_ends(prompt: Session, text: str) -> None:
    result = prompt.run("Date.now();" + text)
    assert result.outcome.status == "error"
    assert len(result.clock) == 1


def test_dates_are_dates(prompt: Session) -> None:
    clock = [(86_400_000, 9)]
    for text, expected in [
        ("Date()", "'Fri Jan 02 1970 00:00:00 GMT+0000 (UTC)'"),
        ("new Date().constructor === Date", "true"),
        ("new Date() instanceof Date", "true"),
        ("new (class D extends Date {})().getTime()", "86400000"),
        ("new Date(2020, 0, 1).toISOString()", "'2020-01-01T00:00:00.000Z'"),
        ("Date.length + Date.name", "'7Date'"),
        ("Date.UTC(1970, 0, 2) + Date.parse('1970-01-02')", "172800000"),
        ("Reflect.construct(Date, []).getTime()", "86400000"),
    ]:
        shown_text = shown(prompt.run(text, clock=clock))
        assert shown_text == expected or "GMT+0000" in shown_text, text
