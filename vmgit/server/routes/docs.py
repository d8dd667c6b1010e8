"""`/openapi.json` and `/docs`: what the server can do, for programs and for people."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from vmgit.server.docs_page import docs_page, page_policy
from vmgit.server.openapi import openapi_document
from vmgit.server.responses import json_body


@get("/openapi.json", sync_to_thread=True, include_in_schema=False)
def openapi() -> Response[bytes]:
    """Give the OpenAPI document."""
    return Response(json_body(openapi_document()), media_type="application/json")


@get("/docs", sync_to_thread=True, include_in_schema=False)
def docs() -> Response[bytes]:
    """Give the same as a page."""
    page = docs_page(openapi_document())
    headers = {"content-security-policy": page_policy()}
    return Response(page.encode(), media_type="text/html", headers=headers)


ROUTES: list[Any] = [openapi, docs]
