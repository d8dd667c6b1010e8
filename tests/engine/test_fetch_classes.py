"""`Headers`, `Request` and `Response` without a request: what the fetch standard says of them."""

from __future__ import annotations

import pytest

from .realms import Session, session


@pytest.fixture(scope="module")
def realm() -> Session:
    """One realm for all."""
    with session() as made:
        yield made
