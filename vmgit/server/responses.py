"""Answers of the server as bytes: documents, and errors in the one shape that all of them have."""

from __future__ import annotations

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
    body = {"code": "bug", "message": message, "hints": [], "details": {"report": report}}
    return 500, {"error": body}
