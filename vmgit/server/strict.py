"""Takes requests at their word: what a route does not know is refused, not ignored.

Litestar converts what it can ("5" to 5 in a body, too) and leaves out what it does not know. Here
bodies are decoded as the strict shapes that they are, and query parameters must be known ones.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.params import ParameterKwarg
from litestar.typing import FieldDefinition

from vmgit.errors import UsageError

from .bodies import decoded, require_json

Connection = ASGIConnection[Any, Any, Any, Any]

#: Arguments of handlers that come from no query.
_INJECTED = frozenset({"data", "request", "service"})


class StrictRequest(Request[Any, Any, Any]):
    """A request whose body has exactly the shape that its route asks for."""

    async def body(self) -> bytes:
        """Return the body; one that was left out asks for the defaults."""
        return await super().body() or b"{}"

    async def json(self) -> Any:
        """Return the body as what the route's `data` is. Raises `UsageError` naming the field."""
        content = await super().body()
        if content:
            require_json(self.scope["headers"])
        field = self.route_handler.parsed_data_field
        shape = field.annotation if field is not None else Any
        return decoded(await self.body(), msgspec.json.Decoder(shape))


def refuse_unknown(connection: Connection, handler: BaseRouteHandler) -> None:
    """Raise `UsageError` for query parameters, or a body, that the route does not have."""
    parameters = handler.parsed_fn_signature.parameters
    if "data" not in parameters and _has_body(connection.scope["headers"]):
        raise UsageError("this route takes no body.", code="body")
    if not connection.scope["query_string"]:
        return
    path = connection.scope["path_params"]
    known = {
        query_name(field): field
        for name, field in parameters.items()
        if name not in _INJECTED and name not in path
    }
    given = connection.query_params
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known) or 'none'}."
            raise UsageError(
                f"there is no query parameter {name!r} here.", hints=[hint], code="query"
            )
        values = given.getall(name)
        if len(values) > 1 and not _is_list(known[name]):
            raise UsageError(f"the query parameter {name!r} is given twice.", code="query")
        if "null" in values and str not in _choices(known[name]):
            # It would be converted to "not given".
            raise UsageError(f"the query parameter {name!r} cannot be null.", code="query")


def query_name(field: FieldDefinition) -> str:
    """Return what a parameter of a handler is called in a query."""
    kwarg = field.kwarg_definition
    return (kwarg.name if isinstance(kwarg, ParameterKwarg) else None) or field.name


def _is_list(field: FieldDefinition) -> bool:
    inner = [field, *field.inner_types] if field.is_union else [field]
    return any(one.is_non_string_sequence for one in inner)


def _choices(field: FieldDefinition) -> set[Any]:
    """Return the types that a parameter may have."""
    inner = field.inner_types if field.is_union else (field,)
    return {one.annotation for one in inner}


def _has_body(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip(b"0 ") != b"")
        for name, value in headers
    )
