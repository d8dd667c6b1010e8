"""What Schemathesis cannot know: the state of the server refuses some valid requests."""

from __future__ import annotations

import json
from typing import Any

import schemathesis

#: Refusals that depend on what there is by then, not on the request.
_OF_THE_STATE = {"ambiguous", "ambiguous_revision", "name_taken"}


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Keep a failure unless it is a valid request that the state of the server refuses."""
    if type(failure).__name__ != "RejectedPositiveData" or response.status_code != 400:
        return True
    error = json.loads(response.content)["error"]
    if "Expected `int`, got `float`" in error["message"]:
        # JSON Schema takes 3.0 for an integer; a strict decoder does not.
        return False
    # Which texts are paths inside the worktree is more than a pattern can say.
    return error["code"] not in _OF_THE_STATE and "path" not in error["details"]
