"""What the host answers to a call of JavaScript.

It stands below both the engine, which carries answers into the realm, and the host, which gives
them, because those two must not import each other.
"""

from __future__ import annotations

from typing import Any

import msgspec

from .outcome import Fault


class Answer(msgspec.Struct, frozen=True):
    """What the host answers to a call: a JSON value or an error to throw."""

    result: Any = None
    error: Fault | None = None
