"""The JSON Schemas of all documents that routes take and give, for the OpenAPI document."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, get_args, get_origin

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from vmgit.api.requests import SESSION_NAME
from vmgit.documents.server import ErrorBody, TicketDocument

_TEMPLATE = "#/components/schemas/{name}"

_STRING, _NULL = {"type": "string"}, {"type": "null"}
#: What requests must have beyond the types of their fields.
_EITHER = {
    "oneOf": [
        {"required": ["source"], "properties": {"source": _STRING, "path": _NULL}},
        {"required": ["path"], "properties": {"path": _STRING, "source": _NULL}},
    ]
}
_NAME = {"pattern": f"^{SESSION_NAME.pattern}$"}


def component_schemas(handlers: Sequence[HTTPRouteHandler]) -> dict[str, Any]:
    """Return the schema of each document, by its name."""
    shapes: list[Any] = [ErrorBody, TicketDocument]
    for handler in handlers:
        signature = handler.parsed_fn_signature
        shapes.append(_document(signature.return_type.annotation))
        if "data" in signature.parameters:
            shapes.append(signature.parameters["data"].annotation)
    _, schemas = msgspec.json.schema_components(shapes, ref_template=_TEMPLATE)
    for schema in schemas.values():
        if "description" in schema:
            schema["description"] = inspect.cleandoc(schema["description"])
    for name in ("RunRequest", "FreshRunRequest"):
        schemas[name] |= _EITHER
    schemas["UndoRequest"]["properties"]["count"]["minimum"] = 1
    for name, schema in schemas.items():
        field = schema.get("properties", {}).get("name")
        if name.endswith("Request") and field is not None:
            field["anyOf"] = [{**_STRING, **_NAME}, _NULL]
    return schemas


def _document(annotation: Any) -> Any:
    """Return what a handler answers with, of its return type."""
    if get_origin(annotation) is not None and issubclass(get_origin(annotation), Response):
        return get_args(annotation)[0]
    return annotation
