"""What the server says of itself: the OpenAPI document, and the page that people read."""

from __future__ import annotations

import html.parser
import json
import re
from typing import Any

import msgspec
import pytest

import vmgit.documents
import vmgit.documents.server as server_documents
from vmgit.api import requests
from vmgit.events.registry import type_names
from vmgit.replay import recorded
from vmgit.server.docs_page import docs_page
from vmgit.server.openapi import openapi_document
from vmgit.server.resources import HANDLERS

from .served import Served

_SHAPES = [vmgit.documents, server_documents, requests, recorded]


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if "$ref" in value else set()
        return own.union(*map(_references, value.values()))
    if isinstance(value, list):
        return set().union(*map(_references, value))
    return set()


def _shape(schema: dict[str, Any]) -> Any:
    if schema.get("type") == "array":
        return list[_shape(schema["items"])]  # type: ignore[misc]
    name = schema["$ref"].rpartition("/")[2]
    return next(getattr(module, name) for module in _SHAPES if hasattr(module, name))


def test_the_document_is_served(server: Served) -> None:
    answer = server.client.get("http://vmgit/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == json.loads(msgspec.json.encode(openapi_document()))
    assert answer.json()["openapi"].startswith("3.1")


def test_every_route_is_documented_whole() -> None:
    operations = _operations(openapi_document())
    assert len(operations) == len(HANDLERS)
    assert {operation["operationId"] for *_, operation in operations} == {
        handler.handler_name for handler in HANDLERS
    }
    for method, path, operation in operations:
        assert operation["summary"], path
        assert operation["description"], path
        assert {"400", "401", "403", "503"} <= set(operation["responses"]), path
        names = {parameter["name"] for parameter in operation["parameters"]}
        assert ("Idempotency-Key" in names) == (method == "post"), path
        assert ("wait" in names) == ("202" in operation["responses"]) or method == "delete"
        for parameter in operation["parameters"]:
            assert parameter["in"] == "path" or parameter["description"], (path, parameter)


def test_references_lead_somewhere() -> None:
    document = openapi_document()
    schemas = document["components"]["schemas"]
    names = {reference.removeprefix("#/components/schemas/") for reference in _references(document)}
    assert names <= set(schemas)
    assert all(schema.get("description") for schema in schemas.values())
    # No shape is described that nobody gives or takes.
    assert set(schemas) == names


def test_examples_have_the_shapes_that_they_are_of() -> None:
    found = 0
    for _, path, operation in _operations(openapi_document()):
        contents = [response["content"] for response in operation["responses"].values()]
        if "requestBody" in operation:
            contents.append(operation["requestBody"]["content"])
        for content in contents:
            media = content["application/json"]
            if "example" in media:
                found += 1
                assert msgspec.convert(media["example"], _shape(media["schema"])), path
    assert found > 20


def test_examples_name_events_that_there_are() -> None:
    text = str(openapi_document())
    for name in re.findall(r"'type': '([a-z_]+\.?[a-z_]*)', 'schema'", text):
        assert name in type_names()


class _Page(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "img", "link", "iframe", "form", "object", "base"}
        if tag not in {"meta"}:
            self.open.append(tag)
        for name, value in attrs:
            assert name in {"id", "href", "class", "lang", "charset", "name", "content"}, name
            if name == "id":
                assert value not in self.ids
                self.ids.add(str(value))
            if name == "href":
                self.links.add(str(value))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_has_everything_and_nothing_from_elsewhere(server: Served) -> None:
    answer = server.client.get("http://vmgit/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = _Page()
    page.feed(answer.text)
    assert not page.open
    assert page.links <= {f"#{one}" for one in page.ids} | {"/openapi.json"}
    assert {handler.handler_name for handler in HANDLERS} <= page.ids
    assert set(openapi_document()["components"]["schemas"]) <= page.ids
    assert "http://" not in re.sub(r"<pre>.*?</pre>", "", answer.text, flags=re.S)


def test_the_page_allows_its_own_style_alone(server: Served) -> None:
    import base64
    import hashlib

    answer = server.client.get("http://vmgit/docs")
    policies = answer.headers.get_list("content-security-policy")
    assert len(policies) == 1
    style = re.search(r"<style>(.*?)</style>", answer.text, re.S)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policies[0]
    assert policies[0].startswith("default-src 'none'")
    assert " style=" not in answer.text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><b onclick="x">', "`<i>`"])
def test_the_page_shows_text_as_text(text: str) -> None:
    document = {
        "info": {"title": text, "version": text, "description": text},
        "tags": [{"name": text, "description": text}],
        "paths": {},
        "components": {"schemas": {}},
    }
    page = docs_page(document)
    assert "<script" not in page
    assert "<b " not in page
    assert "<i>" not in page
