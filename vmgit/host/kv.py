"""`kv`: a small store of JSON values that is a part of a session's state.

It is copied with the heap at every checkpoint and fork, and computed again by a replay, so it
must answer the same to the same calls: no clock, no order but that of the keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from vmgit.profile import Capabilities

from .capability import Arguments, CallError, bad_arguments

#: Sizes in bytes: of a key in UTF-8, of a value as JSON in UTF-8, of all keys and values.
MOST_KEY = 512
MOST_VALUE = 64 * 1024
MOST_TOTAL = 1024 * 1024
#: Arrays and objects inside one another.
MOST_DEPTH = 100

_KEY = "a key, a string"
_KEY_VALUE = "a key, a string, and a JSON value"


class KvStore:
    """The store of one session. Values are kept as JSON text, so nothing is ever shared."""

    def __init__(self) -> None:
        self._entries: dict[str, bytes] = {}
        self._total = 0

    def copy(self) -> KvStore:
        """Return an independent store with the same content."""
        twin = KvStore()
        twin._entries = dict(self._entries)
        twin._total = self._total
        return twin

    def get(self, key: str) -> Any:
        """Return the value of `key`, None when there is none."""
        text = self._entries.get(key)
        return None if text is None else json.loads(text)

    def set(self, key: str, value: Any) -> None:
        """Keep a JSON value. Raises `CallError` when it cannot be kept; nothing changes then."""
        name = _utf8("kv.set: the key", key)
        if len(name) > MOST_KEY:
            raise _too_large("kv.set: the key is", len(name), MOST_KEY)
        text = _encode(value)
        if len(text) > MOST_VALUE:
            raise _too_large("kv.set: the value is", len(text), MOST_VALUE)
        old = self._entries.get(key)
        total = self._total + len(text) + (len(name) if old is None else -len(old))
        if total > MOST_TOTAL:
            raise _too_large("kv.set: the store would hold", total, MOST_TOTAL)
        self._entries[key] = text
        self._total = total

    def delete(self, key: str) -> bool:
        """Forget a key; return whether it was there."""
        text = self._entries.pop(key, None)
        if text is None:
            return False
        self._total -= len(text) + len(key.encode())
        return True

    def list(self, prefix: str = "") -> list[str]:
        """Return the keys that begin with `prefix`, in the order of their code points."""
        return sorted(key for key in self._entries if key.startswith(prefix))


class Kv:
    """The capability `kv`: `get {key}`, `set {key, value}`, `delete {key}`, `list {prefix?}`."""

    def __init__(self, store: KvStore) -> None:
        self._store = store

    @property
    def operations(self) -> Mapping[str, Callable[[Arguments], Any]]:
        """See `capability.Capability`."""
        return {"get": self._get, "set": self._set, "delete": self._delete, "list": self._list}

    def lacks(self, grants: Capabilities, operation: str, arguments: Arguments) -> str | None:
        """See `capability.Capability`; the grant covers every operation."""
        return None if grants.kv else "kv = true"

    def _get(self, arguments: Arguments) -> Any:
        match arguments:
            case {"key": str(key), **others} if not others:
                return self._store.get(key)
        raise bad_arguments("kv.get", _KEY)

    def _set(self, arguments: Arguments) -> None:
        match arguments:
            case {"key": str(key), "value": value, **others} if not others:
                return self._store.set(key, value)
        raise bad_arguments("kv.set", _KEY_VALUE)

    def _delete(self, arguments: Arguments) -> bool:
        match arguments:
            case {"key": str(key), **others} if not others:
                return self._store.delete(key)
        raise bad_arguments("kv.delete", _KEY)

    def _list(self, arguments: Arguments) -> list[str]:
        match arguments:
            case {"prefix": str(prefix), **others} if not others:
                return self._store.list(prefix)
            case {**others} if not others:
                return self._store.list()
        raise bad_arguments("kv.list", "nothing or a prefix, a string")


def _encode(value: Any) -> bytes:
    # Not canonical JSON: the order of an object's keys is JavaScript's to keep.
    if _deeper(value, MOST_DEPTH):
        message = f"kv.set: the value is nested deeper than {MOST_DEPTH}"
        raise CallError(message, name="RangeError", code="limit")
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError):
        raise bad_arguments("kv.set", _KEY_VALUE) from None
    return _utf8("kv.set: the value", text)


def _deeper(value: Any, most: int) -> bool:
    # Python's own recursion limit would depend on who calls, and so differ in a replay.
    level = [value]
    for _ in range(most + 1):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list | tuple):
                below.extend(item)
        if not below:
            return False
        level = below
    return True


def _utf8(what: str, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise CallError(f"{what} holds half a surrogate pair", name="TypeError") from None


def _too_large(what: str, size: int, most: int) -> CallError:
    return CallError(f"{what} {size} bytes, more than {most}", name="RangeError", code="limit")
