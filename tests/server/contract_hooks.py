"""What Schemathesis cannot know: the state of the server refuses some valid requests."""

from __future__ import annotations

import json
from typing import Any

import schemathesis

#: Refusals that depend on what other requests did before, not on the request.
_OF_THE_STATE = {"ambiguous", "name_taken"}


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Keep a failure unless it is a valid request that the state of the server refuses."""
    if type(failure).__name__ != "RejectedPositiveData" or response.status_code != 400:
        return True
    return json.loads(response.content)["error"]["code"] not in _OF_THE_STATE
