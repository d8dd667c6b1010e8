"""`docs/rest.md` does not lie: its examples are answered so, and its table has every route."""

from __future__ import annotations

import re
from pathlib import Path

from vmgit.server.openapi import openapi_document

from .served import Served

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "rest.md").read_text("utf-8")


def test_examples_are_answered_as_they_say(own_server: Served) -> None:
    examples = re.findall(r"^```http\n(.*?)^```$", TEXT, re.M | re.S)
    assert len(examples) >= 6
    for example in examples:
        asked, _, expected = example.strip().rpartition("\n\n")
        line, _, body = asked.partition("\n")
        method, _, path = line.partition(" ")
        headers = {"content-type": "application/json"} if body else {}
        answer = own_server.client.request(
            method, f"http://vmgit{path}", content=body.encode(), headers=headers
        )
        status, _, document = expected.partition(" ")
        assert answer.status_code == int(status), (line, answer.text)
        pattern = ".*".join(re.escape(part) for part in document.split("[...]"))
        assert re.fullmatch(pattern, answer.text), (line, document, answer.text)


def test_the_table_has_every_route() -> None:
    told = set(re.findall(r"^\| `([A-Z]+ /[^`]*)` \|", TEXT, re.M))
    there = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, item in openapi_document()["paths"].items()
        for method in item
    }
    assert told == there
