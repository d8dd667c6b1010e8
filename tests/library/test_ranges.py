"""Ranges mean what they mean to npm: compared with what npm's own semver says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmgit.library.ranges import caret, is_range, is_version, newest_first, satisfies

NPM = json.loads(Path(__file__).with_name("range_cases.json").read_text())


@pytest.mark.parametrize(("text", "wanted"), NPM["cases"], ids=[case[0] for case in NPM["cases"]])
def test_a_range_is_what_npm_says(text: str, wanted: list[str] | None) -> None:
    assert is_range(text) == (wanted is not None)
    found = [version for version in NPM["versions"] if satisfies(version, text)]
    assert found == (wanted or [])


def test_the_newest_comes_first_and_what_is_no_version_not_at_all() -> None:
    mixed = ["1.10.0", "x", "1.9.0", "2.0.0-rc.1", "", "2.0.0", "1.2", "2.0.0-rc.10", "1.9.0\n"]
    assert newest_first(mixed) == ["2.0.0", "2.0.0-rc.10", "2.0.0-rc.1", "1.10.0", "1.9.0"]
    assert not is_version("1.2")
    assert satisfies("1.9.0", caret("1.2.3"))
    assert not satisfies("nonsense", "*")


@given(st.text(alphabet="0123456789.x*^~<>=| -v+ab", max_size=40), st.text(max_size=12))
def test_any_text_is_an_answer(text: str, version: str) -> None:
    if not is_range(text):
        assert not satisfies("1.2.3", text)
    satisfies(version, text)
    newest_first([version, text, "1.0.0"])
