"""Keeps secrets out of the log: puts `[redacted:NAME]` wherever one occurs in an outcome.

Secrets are the values of granted environment variables and what the patterns of `vmgit.toml`
match. It happens before an outcome is digested and appended, and to a replay's outcome likewise,
so the two still compare: what is redacted already stays as it is. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote, quote_plus

import msgspec

from .outcome import ConsoleLine, Fault, HostCall, Outcome, Value

#: Shorter values are words that occur by chance.
LEAST_SECRET = 6
_MARK = re.compile(r"(\[redacted:[A-Za-z0-9_]+\])")
#: A mark that code put into a URL, as code in a replay does.
_MARK_IN_URL = re.compile(r"%5Bredacted(?::|%3A)([A-Za-z0-9_]+)%5D")

_UNRESERVED = "-_.*"


class Redactor:
    """Redacts texts, JSON values and outcomes."""

    def __init__(
        self, secrets: Mapping[str, str], patterns: Mapping[str, str], *, replays: bool = False
    ) -> None:
        """`secrets` maps names to values; `patterns` names to regular expressions.

        `replays` says that code sees marks where it had secrets, and may have encoded them.
        """
        self.patterns = dict(patterns)
        self._replays = replays
        self._secrets = {
            name: value for name, value in sorted(secrets.items()) if len(value) >= LEAST_SECRET
        }

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        for replace in self._steps:
            parts = _MARK.split(text)
            # Every second part is a mark that stands there already.
            parts[::2] = map(replace, parts[::2])
            text = "".join(parts)
        return text

    def value(self, value: Any) -> Any:
        """Return a JSON value whose strings and keys hold no secrets."""
        return _mapped(value, self.text) if self._steps else value

    def restored(self, value: Any) -> Any:
        """Return a JSON value with the marks of known secrets replaced by what they stand for."""
        if not self._secrets:
            return value
        known = {f"[redacted:{name}]": secret for name, secret in self._secrets.items()}
        return _mapped(value, lambda text: _MARK.sub(lambda m: known.get(m[0], m[0]), text))

    def outcome(self, outcome: Outcome) -> Outcome:
        """Return an outcome without secrets."""
        if not self._steps:
            return outcome
        return msgspec.structs.replace(
            outcome,
            trace=tuple(self._item(item) for item in outcome.trace),
            value=self._described(outcome.value),
            error=self.fault(outcome.error),
        )

    def fault(self, fault: Fault | None) -> Fault | None:
        """Return an error without secrets."""
        if fault is None or not self._steps:
            return fault
        name, message, stack = map(self.text, (fault.name, fault.message, fault.stack))
        return Fault(name, message, stack, fault.code)

    def _item(self, item: ConsoleLine | HostCall) -> ConsoleLine | HostCall:
        if isinstance(item, ConsoleLine):
            return ConsoleLine(item.level, self.text(item.text))
        request, result = self.value(item.request), self.value(item.result)
        return HostCall(item.op, request, result, self.fault(item.error), item.duration_us)

    def _described(self, value: Value | None) -> Value | None:
        if value is None:
            return None
        return Value(value.type, self.text(value.preview), self.value(value.json))

    @cached_property
    def _steps(self) -> list[Callable[[str], str]]:
        steps: list[Callable[[str], str]] = []
        if self._replays:
            steps.append(lambda text: _MARK_IN_URL.sub(r"[redacted:\1]", text))
        marks: dict[str, str] = {}
        for name, secret in self._secrets.items():
            for form in _forms(secret):
                marks.setdefault(form, f"[redacted:{name}]")
        if marks:
            # The longest first: one secret may be the beginning of another.
            longest = sorted(marks, key=len, reverse=True)
            found = re.compile("|".join(map(re.escape, longest)))
            steps.append(lambda text: found.sub(lambda match: marks[match[0]], text))
        for name, pattern in sorted(self.patterns.items()):
            steps.append(_replacing(re.compile(pattern), f"[redacted:{name}]"))
        return steps


def _replacing(pattern: re.Pattern[str], mark: str) -> Callable[[str], str]:
    return lambda text: pattern.sub(lambda match: mark if match[0] else "", text)


def _forms(secret: str) -> set[str]:
    """Return how a secret is written: as it is, and escaped in JSON, a shown string or a URL."""
    escaped = json.dumps(secret, ensure_ascii=False)[1:-1]
    single = escaped.replace('\\"', '"')
    # As encodeURIComponent, URLSearchParams and URL itself write it.
    safe = (_UNRESERVED + "!~'()", _UNRESERVED, _UNRESERVED + "!~()$&+,/:;=?@[]^|`{}\\%")
    encoded = {quote(secret, safe=one, errors="replace") for one in safe}
    encoded.add(quote_plus(secret, safe=_UNRESERVED, errors="replace").replace("~", "%7E"))
    shown = {secret, escaped, json.dumps(secret)[1:-1], single, single.replace("'", "\\'")}
    return shown | encoded


def _mapped(value: Any, text: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list | tuple):
        return [_mapped(item, text) for item in value]
    if isinstance(value, dict):
        return {text(key): _mapped(item, text) for key, item in value.items()}
    return value
