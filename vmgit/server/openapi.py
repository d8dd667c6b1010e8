"""The OpenAPI document of the server.

Litestar tells the routes and their parameters; msgspec, which checks the bodies, tells their
shapes; what both leave out is added here: errors, headers, how to authenticate, examples.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig

from vmgit.documents.server import ErrorBody, TicketDocument
from vmgit.events.registry import type_names
from vmgit.version import __version__

from .component_schemas import component_schemas
from .examples import ERRORS, EXAMPLES, STREAM, TICKET
from .parameters import LAST
from .resources import HANDLERS, PREFIX, RESOURCES

_INTRODUCTION = """\
The sessions of one workspace, over HTTP: the same documents as `--json` on the command line and
the Python API.

On the unix socket beside the event log the permissions of the file decide who may come in; over
TCP every request needs `Authorization: Bearer TOKEN` (`vmgit serve token`). Times are microseconds
since the epoch, durations microseconds. Unknown fields and query parameters are refused. Every
answer carries `X-Request-Id`, the one of the request if it had one.
"""

_ERRORS = {
    "400": "The request itself is wrong: a field, a parameter, an ambiguous id.",
    "401": "The token is missing or wrong (TCP only).",
    "403": "The request was made for another server or by a page of another one (TCP only).",
    "404": "What is named does not exist.",
    "408": "The request took too long to arrive.",
    "409": "Somebody else has what is needed: `session_busy`, `not_running`, `cancelled`.",
    "413": "The body, or the source text in it, is too large.",
    "415": "The body is not `application/json`.",
    "422": "The answer is no: a bad profile, an ended session, a grant that is not trusted, or an"
    " idempotency key of another request (`idempotency_mismatch`).",
    "503": "The surroundings do not allow it now, or the server is stopping.",
}
_SUCCESS = {
    "200": "What was asked for.",
    "201": "What was made.",
    "202": "It was taken; the ticket tells what becomes of it.",
}
_ALWAYS = ("400", "401", "403", "503")
_WITH_BODY = ("408", "409", "413", "415", "422")
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A retried request with the same key runs nothing again and gets the same"
    " answer. 1 to 255 printable ASCII characters.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x20-\x7e]+$"},
}
_LAST_EVENT_ID = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "Where a stream that was cut off goes on; it counts more than `after`.",
    "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"},
}


@cache
def openapi_document() -> dict[str, Any]:
    """Return the document, OpenAPI 3.1."""
    document = _described()
    document["components"] = {
        # Litestar's reading of the shapes knows less of them than what decodes and encodes them.
        "schemas": component_schemas(HANDLERS),
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    }
    # Over the unix socket it takes no token.
    document["security"] = [{"token": []}, {}]
    document["tags"] = [
        {"name": name, "description": (inspect.getdoc(module) or "").partition(": ")[2]}
        for name, module in RESOURCES.items()
    ]
    tags = {
        route.handler_name: name for name, module in RESOURCES.items() for route in module.ROUTES
    }
    for item in document["paths"].values():
        for method, operation in item.items():
            operation["tags"] = [tags[operation["operationId"]]]
            _complete(method, operation, document["components"]["schemas"])
    return document


def _described() -> dict[str, Any]:
    """Return what Litestar says of the routes."""
    described = Litestar(
        [Router(PREFIX, route_handlers=HANDLERS)],
        dependencies={"service": Provide(lambda: None, sync_to_thread=False)},
        openapi_config=OpenAPIConfig(
            title="vmgit",
            version=__version__,
            description=_INTRODUCTION,
            use_handler_docstrings=True,
            operation_id_creator=lambda handler, *_: handler.handler_name,
        ),
        logging_config=None,
    )
    return described.openapi_schema.to_schema()


def _complete(method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Add what Litestar does not know of a route."""
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        _plain(parameter)
    del operation["deprecated"]
    names = {parameter["name"] for parameter in parameters}
    example = EXAMPLES.get(operation["operationId"])
    success = next(code for code in operation["responses"] if code.startswith("2"))
    answer = operation["responses"][success]
    responses = {success: {"description": _SUCCESS[success], "content": answer["content"]}}
    if example is not None:
        answer["content"]["application/json"]["example"] = example.answer
    if success == "201":
        responses[success]["headers"] = {"Location": _header("The address of what was made.")}
    if "wait" in names:
        responses["202"] = _ticket()
    codes = [*_ALWAYS, *(_WITH_BODY if method == "post" else ())]
    if method == "delete":
        codes.append("409")
    if parameters or "requestBody" in operation:
        codes += ["404", "422"]
    for code in sorted(set(codes)):
        responses[code] = _failure(code)
    operation["responses"] = responses
    if method == "post":
        parameters.append(_KEY)
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]["application/json"]
        # A body that is left out has the defaults, where that is enough.
        shape = schemas[content["schema"]["$ref"].rpartition("/")[2]]
        operation["requestBody"]["required"] = bool(shape["required"] or "oneOf" in shape)
        if example is not None and example.request is not None:
            content["example"] = example.request
    if operation["operationId"] == "events":
        types = next(parameter for parameter in parameters if parameter["name"] == "type")
        types["schema"]["items"]["enum"] = type_names()
        parameters.append(_LAST_EVENT_ID)
        answer["content"]["text/event-stream"] = {"schema": {"type": "string"}, "example": STREAM}


def _plain(parameter: dict[str, Any]) -> None:
    """Take out of a parameter what says nothing, and null, which no query can hold."""
    for key in ("deprecated", "allowEmptyValue", "allowReserved"):
        parameter.pop(key, None)
    schema = parameter["schema"]
    schema.pop("description", None)
    choices = schema.pop("oneOf", [schema])
    given = [choice for choice in choices if choice.get("type") != "null"]
    schema = {**given[0], **schema} if given[0] is not schema else schema
    if schema.get("type") == "integer":
        # Litestar leaves out a limit of zero.
        schema["minimum"] = int(schema.get("minimum", 0))
        schema["maximum"] = int(schema.get("maximum", LAST))
    parameter["schema"] = schema


def _ticket() -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{TicketDocument.__name__}"}
    return {
        "description": "With `wait=false`: the ticket of the request.",
        "headers": {"Location": _header("The address of the ticket.")},
        "content": {"application/json": {"schema": reference, "example": TICKET}},
    }


def _failure(code: str) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{ErrorBody.__name__}"}
    content: dict[str, Any] = {"schema": reference}
    if code in ERRORS:
        content["example"] = ERRORS[code]
    failure: dict[str, Any] = {
        "description": _ERRORS[code],
        "content": {"application/json": content},
    }
    if code == "401":
        failure["headers"] = {"WWW-Authenticate": _header("`Bearer`.")}
    return failure


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}
