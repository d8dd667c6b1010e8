"""Answers of the server as bytes: documents, and errors in the one shape that all of them have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from vmgit.errors import VmgitError

_encoder = msgspec.json.Encoder()


def json_body(document: Any) -> bytes:
    """Return a document as JSON; a lone surrogate, which UTF-8 cannot hold, as its escape."""
    try:
        body: bytes = _encoder.encode(document)
        return body
    except UnicodeEncodeError:
        import json

        return json.dumps(msgspec.to_builtins(document)).encode("ascii")


def error_answer(error: BaseException, report: str | None = None) -> tuple[int, dict[str, Any]]:
    """Return the status and the body of a failure; `report` names the file about a bug."""
    if isinstance(error, VmgitError):
        return error.http_status, {"error": error.to_dict()}
    message = f"a bug in vmgit: {type(error).__name__}; the server's log tells more."
    return 500, error_body("bug", message, details={"report": report})


def error_body(
    code: str, message: str, *, hints: Sequence[str] = (), details: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return the body of a failure that is no exception of vmgit."""
    error = {"code": code, "message": message, "hints": list(hints), "details": details or {}}
    return {"error": error}
