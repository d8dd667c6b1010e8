"""Sets keys of a profile's file, and takes keys out of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from vmgit.errors import NotFoundError
from vmgit.profile_check import nearest
from vmgit.profile_edit import ABSENT, parse_assignment, parse_key, readings

from .editor import Current, Proposal, Step


def assign(assignment: str) -> Step:
    """Return the step that sets a key, such as `limits.cpu_ms=500`. Raises `UsageError`."""
    key, text = parse_assignment(assignment)
    return lambda _: [Proposal(key, readings(text))]


def unset(text: str) -> Step:
    """Return the step that takes a key or a table out of the file, such as `limits.cpu_ms`.

    What the profile extends, or the default, holds afterwards. Raises `UsageError`; the step
    raises `NotFoundError` when the file has no such key.
    """
    key = parse_key(text)

    def step(current: Current) -> Sequence[Proposal]:
        keys = list(_keys(current.tables))
        if key not in keys:
            raise _no_key(".".join(key), current.loaded.path, [".".join(one) for one in keys])
        return [Proposal(key, [ABSENT])]

    return step


def _no_key(key: str, path: str, keys: list[str]) -> NotFoundError:
    near = nearest(key, keys)
    hints = [f"did you mean {near}?"] if near else []
    has = ", ".join(keys) if keys else "nothing"
    return NotFoundError(
        f"{path} was not changed: it does not set {key}.",
        hints=[*hints, f"it sets {has}"],
        details={"path": path, "key": key, "known": keys},
    )


def _keys(tables: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every key of a file and every table."""
    for name, value in tables.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from _keys(value, (*above, name))
