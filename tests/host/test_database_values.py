"""Statements are told apart as SQLite itself would; values are converted in test_sqlite.py."""

from __future__ import annotations

import pytest

from vmgit.host import database_values


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("", [""]),
        (" \n", [" \n"]),
        ("SELECT 1", ["SELECT 1"]),
        ("a; b;\n", ["a;", " b;"]),
        ("SELECT ';'; x", ["SELECT ';';", " x"]),
        ("/* ; */ a; -- ;\nb", ["/* ; */ a;", " -- ;\nb"]),
        ("CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; SELECT 2; END; y",
         ["CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; SELECT 2; END;", " y"]),
    ],
)  # fmt: skip
def test_statements_are_told_apart(text: str, statements: list[str]) -> None:
    assert database_values.split(text) == statements
