"""Answers of the routes: documents as JSON, what was submitted, and what runs apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from litestar import Response

from .responses import json_body
from .service import Service
from .submitting import location_of, settled, ticket_document
from .tickets import Given

T = TypeVar("T")


class JsonResponse(Response[Any]):
    """A document as JSON; bytes are JSON already."""

    def render(self, content: Any, media_type: str, enc_hook: Any = None) -> bytes:
        """Return the body."""
        return content if isinstance(content, bytes) else json_body(content)


def answer(document: Any, status: int = 200, location: str | None = None) -> Response[Any]:
    """Return the answer that carries a document."""
    headers = {"location": location} if location is not None else {}
    return JsonResponse(document, status_code=status, headers=headers)


async def reply(
    service: Service,
    given: Given,
    *,
    wait: bool,
    status: int = 200,
    location: Callable[[Any], str] | None = None,
) -> Response[Any]:
    """Return the answer to a POST: what came of it, or its ticket when nobody wants to wait.

    `location` gives the address of what was made. Raises what the work raised.
    """
    if not wait:
        return answer(ticket_document(service, given), 202, location_of(given.ticket))
    document = await settled(given)
    return answer(document, status, location(document) if location is not None else None)
