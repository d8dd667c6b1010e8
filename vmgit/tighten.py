"""The least grants that recorded host calls needed, as changes of a profile's keys.

Nothing is ever granted that the profile does not grant already. Pure: calls in, changes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from .host.addresses import DEFAULT_PORTS, Endpoint, grants_host, is_public, parse_address
from .host.globs import matches, matches_name, may_hold
from .outcome import HostCall
from .profile import Capabilities, DatabaseGrant, FetchGrant
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
    # Who may write a database may read it, so one grant is enough.
    databases = needed.get(("sqlite", "read"), set()) - needed.get(("sqlite", "write"), set())
    needed["sqlite", "read"] = databases
    lists = [
        *(("fs", "read"), ("fs", "write"), ("fetch", "hosts"), ("fetch", "methods"), ("env",)),
        *(("sqlite", "read"), ("sqlite", "write"), ("exec",)),
    ]
    if not needed.get(("fetch", "hosts")):  # then methods grant nothing
        lists.remove(("fetch", "methods"))
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
        case "fetch.request", _:
            yield from _fetched(request, call.result, grants.fetch)
        case ((("sqlite.open" | "sqlite.query" | "sqlite.exec" | "sqlite.transaction") as op),
              {"path": str(path)}):  # fmt: skip
            yield from _used(op, _parts(path), call.result, grants.sqlite)
        case "exec.run", {"program": str(program)} if program in grants.exec:
            yield ("exec",), program


def _fetched(
    request: dict[str, Any], result: Any, grant: FetchGrant
) -> Iterable[tuple[tuple[str, ...], str]]:
    """Yield the hosts and methods of every hop, and the addresses that needed a grant."""
    hops = result["hops"] if isinstance(result, dict) else [request]
    for hop in hops:
        place, method = _place(str(hop.get("url"))), str(hop.get("method"))
        if place is None or method not in grant.methods or not grants_host(grant.hosts, place):
            continue
        yield ("fetch", "methods"), method
        yield ("fetch", "hosts"), place.authority
        address = parse_address(str(hop.get("address")))
        if address is not None and place.host != "localhost" and not is_public(address):
            reached = Endpoint(place.scheme, str(address), place.port)
            if grants_host(grant.hosts, reached):
                yield ("fetch", "hosts"), reached.authority


def _place(url: str) -> Endpoint | None:
    try:
        parts = urlsplit(url)
        port = DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
    except (ValueError, KeyError):
        return None
    return Endpoint(parts.scheme, parts.hostname or "", port)


def _used(
    op: str, parts: tuple[str, ...], result: Any, grant: DatabaseGrant
) -> Iterable[tuple[tuple[str, ...], str]]:
    """Yield the grant of a database: to write only where something was, or was made."""
    made = isinstance(result, dict) and result.get("made") is True
    writes = made or op in ("sqlite.exec", "sqlite.transaction")
    covered = matches(grant.write, parts)
    if covered or (not writes and matches(grant.read, parts)):
        yield ("sqlite", "write" if writes else "read"), "/".join(map(_literal, parts))


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part not in ("", "."))


def _literal(part: str) -> str:
    """Return a glob that matches exactly one part; a leading `!` would be a negation."""
    shown = re.sub(r"[][*?]", lambda found: "?" if found[0] in "[]" else f"[{found[0]}]", part)
    return "?" + shown[1:] if shown.startswith("!") else shown
