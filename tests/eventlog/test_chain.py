"""The formula of a row's hash, against a vector that never changes and against look-alikes."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from vmgit.eventlog.chain import GENESIS, chain_hash
from vmgit.eventlog.log import EventLog

from .making import note, put

ROW = (7, "s", 3, "console", 1, 1_700_000_000_000_000, "s.2", "Ada é", "/w", '{"a":1}', "ab" * 32)


def test_the_formula_is_the_documented_one() -> None:
    text = (
        "abababababababababababababababababababababababababababababababab\n"
        "7 3 1 1700000000000000 1 7 3 5 2 7\n"
        'sconsoles.2Ada é/w{"a":1}'
    )
    assert chain_hash(*ROW) == sha256(text.encode()).hexdigest()


def test_the_hash_of_stored_rows_never_changes() -> None:
    # Written down once: another value here means that no log in the world verifies any more.
    assert chain_hash(*ROW) == "6777777d1940b13c8ce03a1dc5706c8c08b80fb10350dd6c308cbf7c7e649a59"


def test_the_documented_example_is_right() -> None:
    page = Path(__file__).parents[2] / "docs" / "event-log.md"
    assert chain_hash(*ROW) in page.read_text(encoding="utf-8")


def test_no_execution_differs_from_an_empty_one() -> None:
    without = (*ROW[:6], None, *ROW[7:])
    empty = (*ROW[:6], "", *ROW[7:])
    assert chain_hash(*without) != chain_hash(*empty)


def test_the_first_row_follows_zeros_and_each_other_the_one_before(log: EventLog) -> None:
    put(log, "s", note("a"), note("b"))
    put(log, "t", note("c"))
    hashes = [GENESIS, *(event.hash for event in log.read())]
    assert [event.prev_hash for event in log.read()] == hashes[:-1]
    assert GENESIS == "0" * 64


_texts = st.text(alphabet="ab 1\n-é", max_size=4)
_numbers = st.integers(min_value=0, max_value=12)
_rows = st.tuples(
    *(_numbers, _texts, _numbers, _texts, _numbers, _numbers),
    *(st.none() | _texts, _texts, _texts, _texts, st.just(GENESIS)),
)


@given(_rows, _rows)
def test_different_rows_have_different_hashes(one: tuple, other: tuple) -> None:
    assert (chain_hash(*one) == chain_hash(*other)) == (one == other)


@given(_rows, st.integers(min_value=0, max_value=3))
def test_text_moved_to_the_next_column_is_another_row(row: tuple, place: int) -> None:
    texts = [1, 3, 7, 8]
    left, right = texts[place], [3, 7, 8, 9][place]
    if not row[left]:
        return
    moved = list(row)
    moved[left], moved[right] = row[left][:-1], row[left][-1] + row[right]
    assert chain_hash(*moved) != chain_hash(*row)
