"""Which hosts and network addresses the grants of `fetch` reach.

A name is granted by the patterns of `hosts`; the address that it leads to must also be a public
one, or one that the grant names itself, so that no name opens the machine or the network that
vmgit runs in. The ranges stand here because Python's own list differs between its versions. Pure:
nothing is resolved.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

DEFAULT_PORTS = {"http": 80, "https": 443}

#: IPv4 addresses that are not of the public internet, by the IANA special-purpose registry:
#: this host, private, shared (CGNAT), loopback, link-local, protocol assignments, examples,
#: 6to4 relays, benchmarks, multicast, reserved and broadcast.
_CLOSED_4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
#: All that is public in IPv6, and what is not within it: protocol assignments (Teredo too),
#: examples, 6to4. Loopback, mapped IPv4, private, link-local and multicast lie outside.
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_6 = tuple(
    ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
#: An IPv4 address in its last four bytes, for networks that have no IPv4 (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class Endpoint:
    """Where a request goes: scheme, host (a name, or an address without brackets) and port."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """The host as a URL and a grant write it, with a port that is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def parse_address(host: str) -> Address | None:
    """Return the address that a host is, None for a name."""
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the public internet."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(address.packed[-4:]))
    return address in _GLOBAL_6 and not any(address in network for network in _CLOSED_6)


def grants_host(hosts: Iterable[str], place: Endpoint) -> bool:
    """Tell whether any of `hosts` (patterns of a profile) covers a place.

    A pattern without a port covers the scheme's own port only.
    """
    return any(_covers(pattern, place) for pattern in hosts)


def grants_address(hosts: Iterable[str], place: Endpoint, address: Address) -> bool:
    """Tell whether a granted place may be reached at `address`.

    It may at a public address, at one that `hosts` names, and `localhost` at the loopback.
    """
    if is_public(address) or (place.host == "localhost" and address.is_loopback):
        return True
    return grants_host(hosts, Endpoint(place.scheme, str(address), place.port))


def lacking(place: Endpoint | None, method: str | None) -> str:
    """Return the line of `[capabilities]` that grants what is missing: a place, a method or both.

    At least one of them is given.
    """
    hosts = None if place is None else f"[{json.dumps(place.authority[:300])}]"
    methods = None if method is None else f"[{json.dumps(method)}]"
    if methods is None:
        return f"fetch.hosts = {hosts}"
    if hosts is None:
        return f"fetch.methods = {methods}"
    return f"fetch = {{ hosts = {hosts}, methods = {methods} }}"


def _covers(pattern: str, place: Endpoint) -> bool:
    name, port = _split(pattern)
    if place.port != (DEFAULT_PORTS[place.scheme] if port is None else port):
        return False
    address = parse_address(place.host)
    if name.startswith("*."):
        return address is None and place.host.endswith(name[1:]) and place.host != name[1:]
    if address is not None:
        return parse_address(name) == address
    return name == place.host


def _split(pattern: str) -> tuple[str, int | None]:
    head, colon, port = pattern.rpartition(":")
    if not colon or port.endswith("]"):
        return pattern, None
    return head, int(port)
