"""What goes wrong inside Litestar, in the one shape that all errors have."""

from __future__ import annotations

import logging
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from .responses import error_answer, error_body, json_body
from .strict import query_name

logger = logging.getLogger("vmgit.server")


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer for an exception that a handler raised; one that is a bug is logged."""
    status, document = error_answer(error)
    if status == 500:
        logger.error("%s %r failed", request.method, request.scope["path"], exc_info=error)
    return Response(json_body(document), status_code=status, media_type="application/json")


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Answer for what Litestar itself refuses."""
    code, message, details = _told(request, error)
    headers = {
        name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"
    }
    return Response(
        json_body(error_body(code, message, details=details)),
        status_code=error.status_code,
        media_type="application/json",
        headers=headers,
    )


def _told(request: Request[Any, Any, Any], error: HTTPException) -> tuple[str, str, dict[str, Any]]:
    place = f"{request.scope['method']} {request.scope['path']!r}"
    match error.status_code:
        case 404:
            return "not_found", f"there is no route {place}.", {}
        case 405:
            return "method_not_allowed", f"there is no {place}; see Allow.", {}
        case 413:
            return "body_too_large", "the body is larger than this route takes.", {}
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        names = request.route_handler.parsed_fn_signature.parameters
        errors = [
            {**one, "key": query_name(names[one["key"]]) if one.get("key") in names else "?"}
            for one in error.extra
        ]
        parts = [f"{one['key']}: {one['message']}" for one in errors]
        return (
            "usage",
            f"the request is not what was expected: {'; '.join(parts)}.",
            {"errors": errors},
        )
    return "bad_request", f"{error.detail or 'the request cannot be understood'}.", {}
