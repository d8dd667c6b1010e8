"""`vmgit lib list`."""

from __future__ import annotations

from .libraries import Shop, shop

__all__ = ["shop"]


def test_what_is_there_and_who_asked_for_it(shop: Shop) -> None:
    assert shop.fine("list").out.split() == ["PACKAGE", "VERSION", "ASKED", "FOR", "BY"]
    shop.fine("add", "a", "d", "mine@npm:c@1.0.0")
    assert [line.split() for line in shop.fine("list").out.splitlines()[1:]] == [
        ["a", "1.0.0", "you", "(^1.0.0)"],
        ["c", "1.0.0", "a"],
        ["d", "1.0.0", "you", "(^1.0.0)"],
        ["d/node_modules/c", "2.0.0", "d"],
        ["mine", "(c)", "1.0.0", "you", "(npm:c@1.0.0)"],
    ]
    rows = shop.fine("list", "--json").json
    assert rows[1] == {
        "path": "c", "name": "c", "version": "1.0.0", "requested": None, "required_by": ["a"],
    }  # fmt: skip
    assert (rows[4]["name"], rows[4]["requested"]) == ("c", "npm:c@1.0.0")
