"""The least grants that recorded host calls needed, as changes of a profile's keys.

Nothing is ever granted that the profile does not grant already. Pure: calls in, changes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from .host.globs import matches, matches_name, may_hold
from .outcome import HostCall
from .profile import Capabilities
from .profile_edit import Change


def tightened(capabilities: Capabilities, calls: Iterable[HostCall]) -> list[Change]:
    """Return the keys below `capabilities` that could grant less, with what `calls` needed.

    Calls that were denied needed nothing that is granted; those that failed otherwise did.
    """
    needed: dict[tuple[str, ...], set[str]] = {}
    kv = False
    for call in calls:
        if call.error is None or call.error.code != "denied":
            kv = kv or call.op.startswith("kv.")
            for key, item in _needs(call, capabilities):
                needed.setdefault(key, set()).add(item)
    granted: dict[str, Any] = msgspec.to_builtins(capabilities)
    changes: list[Change] = []
    lists = [("fs", "read"), ("fs", "write"), ("fetch", "hosts"), ("env",), ("sqlite",), ("exec",)]
    for key in lists:
        before = granted[key[0]] if len(key) == 1 else granted[key[0]][key[1]]
        after = sorted(needed.get(key, ()))
        if sorted(before) != after:
            changes.append((("capabilities", *key), after))
    if capabilities.kv and not kv:
        changes.append((("capabilities", "kv"), False))
    return changes


def _needs(call: HostCall, grants: Capabilities) -> Iterable[tuple[tuple[str, ...], str]]:
    """Yield the grants that a call used, as far as `grants` covers them."""
    request = call.request if isinstance(call.request, dict) else {}
    match call.op, request:
        case "fs.list", {"path": str(path)}:
            parts = _parts(path)
            if may_hold(grants.fs.read, parts):
                yield ("fs", "read"), "/".join([*map(_literal, parts), "*"])
        case (("fs.readFile" | "fs.stat" | "fs.exists"), {"path": str(path)}):
            if matches(grants.fs.read, _parts(path)):
                yield ("fs", "read"), "/".join(map(_literal, _parts(path)))
        case (("fs.writeFile" | "fs.remove"), {"path": str(path)}):
            if matches(grants.fs.write, _parts(path)):
                yield ("fs", "write"), "/".join(map(_literal, _parts(path)))
        case "env.get", {"name": str(name)} if matches_name(grants.env, name):
            yield ("env",), name
        case "env.list", _:
            yield from ((("env",), str(name)) for name in call.result or ())
        case "exec.run", {"program": str(program)} if program in grants.exec:
            yield ("exec",), program


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part not in ("", "."))


def _literal(part: str) -> str:
    """Return a glob that matches exactly one part; a leading `!` would be a negation."""
    shown = re.sub(r"[][*?]", lambda found: "?" if found[0] in "[]" else f"[{found[0]}]", part)
    return "?" + shown[1:] if shown.startswith("!") else shown
