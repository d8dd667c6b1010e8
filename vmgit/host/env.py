"""`env`: environment variables of whoever runs vmgit, as far as the grant names them.

It never tells whether a variable that is not granted is there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from vmgit.profile import Capabilities

from .capability import Arguments, CallError, bad_arguments
from .globs import matches_name

#: Characters of a name; no system has longer ones.
MOST_NAME = 255


class Environment:
    """The capability `env`: `get {name}`, `list`."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._granted: tuple[str, ...] = ()

    @property
    def operations(self) -> Mapping[str, Callable[[Arguments], Any]]:
        """See `capability.Capability`."""
        return {"get": self._get, "list": self._list}

    def lacks(self, grants: Capabilities, operation: str, arguments: Arguments) -> str | None:
        """See `capability.Capability`; `list` needs any grant and shows what it covers."""
        # What `list` may show is decided by the same grants that this call is checked against.
        self._granted = grants.env
        if operation == "list":
            return None if grants.env else 'env = ["NAME"]'
        name = _name(arguments)
        return None if matches_name(grants.env, name) else f"env = [{json.dumps(name)}]"

    def _get(self, arguments: Arguments) -> str | None:
        name = _name(arguments)
        value = self._environ.get(name)
        if value is None:
            return None
        try:
            value.encode()
        except UnicodeEncodeError:
            raise CallError(f"env.get: EILSEQ: {name} is not UTF-8", code="EILSEQ") from None
        return value

    def _list(self, arguments: Arguments) -> list[str]:
        if arguments:
            raise bad_arguments("env.list", "nothing")
        return granted_names(self._granted, self._environ)


def granted_names(patterns: tuple[str, ...], environ: Mapping[str, str]) -> list[str]:
    """Return the names of the variables that are there and granted, sorted."""
    return sorted(name for name in environ if name.isascii() and matches_name(patterns, name))


def _name(arguments: Arguments) -> str:
    match arguments:
        case {"name": str(name), **others} if not others:
            if name and len(name) <= MOST_NAME and name.isascii() and name.isprintable():
                return name
    raise bad_arguments("env.get", "the name of a variable")
