"""Who acts in the current thread, and which request is being answered.

Both end up in events, far below where they are known: the recorder asks here when it appends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

#: What the event is that answers a request: an execution, a session's first one, another change.
Answer = Literal["execution", "session", "change"]


@dataclass(frozen=True)
class Asked:
    """A request with an idempotency key; `digest` is that of its content, 64 hex digits."""

    key: str
    digest: str
    answer: Answer


_actor: ContextVar[str | None] = ContextVar("vmgit_actor", default=None)
_asked: ContextVar[Asked | None] = ContextVar("vmgit_asked", default=None)


@contextmanager
def acting(actor: str | None = None, asked: Asked | None = None) -> Iterator[None]:
    """Let events in the block be appended by `actor`, and the first fitting one answer `asked`."""
    actor_before = _actor.set(actor if actor is not None else _actor.get())
    asked_before = _asked.set(asked)
    try:
        yield
    finally:
        _asked.reset(asked_before)
        _actor.reset(actor_before)


def actor() -> str | None:
    """Return who acts, where that is not who opened the workspace."""
    return _actor.get()


def take(answer: Answer) -> Asked | None:
    """Return the request that an event of this kind answers, once."""
    asked = _asked.get()
    if asked is None or asked.answer != answer:
        return None
    _asked.set(None)
    return asked
