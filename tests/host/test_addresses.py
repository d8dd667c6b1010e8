"""Which hosts a grant covers and which addresses are public: no spelling opens a private one."""

from __future__ import annotations

import ipaddress

import pytest

from vmgit.host.addresses import (
    Endpoint,
    grants_address,
    grants_host,
    is_public,
    lacking,
    parse_address,
)

PRIVATE = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.9.9.9"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1"),
    *("192.168.1.1", "198.18.0.1", "198.51.100.9", "203.0.113.9", "224.0.0.1", "239.255.255.250"),
    *("240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8"),
    *("::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1"),
    *("2001:db8::1", "2002:7f00:1::", "3fff::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1"),
    *("ff02::1", "ff0e::1", "5f00::1"),
]
PUBLIC = [
    *("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1"),
    *("172.15.0.1", "172.32.0.1", "192.0.1.1", "223.255.255.255", "2606:4700::1111"),
    *("2a00:1450:4001::1", "2001:4860:4860::8888", "64:ff9b::808:808"),
]


@pytest.mark.parametrize("text", PRIVATE)
def test_what_is_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_what_is_public(text: str) -> None:
    address = ipaddress.ip_address(text)
    assert is_public(address)
    # Python's own list, where it has one.
    assert address.is_global


@pytest.mark.parametrize(
    ("pattern", "scheme", "host", "port", "covered"),
    [
        ("example.com", "http", "example.com", 80, True),
        ("example.com", "https", "example.com", 443, True),
        ("example.com", "http", "example.com", 443, False),
        ("example.com", "http", "example.com", 8080, False),
        ("example.com:8080", "https", "example.com", 8080, True),
        ("example.com:80", "https", "example.com", 443, False),
        ("example.com", "http", "a.example.com", 80, False),
        ("example.com", "http", "example.com.", 80, False),
        ("*.example.com", "http", "a.b.example.com", 80, True),
        ("*.example.com", "http", "example.com", 80, False),
        ("*.example.com", "http", ".example.com", 80, False),
        ("*.example.com:81", "http", "a.example.com", 81, True),
        ("*.1", "http", "10.0.0.1", 80, False),
        ("10.0.0.1", "http", "10.0.0.1", 80, True),
        ("[::1]", "http", "::1", 80, True),
        ("[0:0::1]:81", "http", "::1", 81, True),
        ("[::1]", "http", "::1", 81, False),
        ("127.0.0.1", "http", "::ffff:127.0.0.1", 80, False),
        ("localhost", "http", "localhost", 80, True),
    ],
)
def test_what_a_pattern_covers(
    pattern: str, scheme: str, host: str, port: int, covered: bool
) -> None:
    assert grants_host([pattern], Endpoint(scheme, host, port)) is covered
    assert grants_host([], Endpoint(scheme, host, port)) is False


@pytest.mark.parametrize(
    ("hosts", "host", "address", "allowed"),
    [
        (["a.com"], "a.com", "1.1.1.1", True),
        (["a.com"], "a.com", "10.0.0.1", False),
        (["a.com", "10.0.0.1"], "a.com", "10.0.0.1", True),
        (["a.com", "10.0.0.1:81"], "a.com", "10.0.0.1", False),
        (["a.com", "10.0.0.2"], "a.com", "10.0.0.1", False),
        (["*.a.com"], "x.a.com", "127.0.0.1", False),
        (["a.com", "localhost"], "a.com", "127.0.0.1", False),
        (["localhost"], "localhost", "127.0.0.1", True),
        (["localhost"], "localhost", "::1", True),
        (["localhost"], "localhost", "10.0.0.1", False),
        (["127.0.0.1"], "127.0.0.1", "127.0.0.1", True),
    ],
)
def test_which_addresses_a_granted_host_may_have(
    hosts: list[str], host: str, address: str, allowed: bool
) -> None:
    place = Endpoint("http", host, 80)
    assert grants_address(hosts, place, ipaddress.ip_address(address)) is allowed


def test_what_is_lacking_covers_what_was_asked() -> None:
    for place in (Endpoint("https", "a.com", 8443), Endpoint("http", "::1", 80)):
        assert grants_host([place.authority], place)
    assert lacking(Endpoint("http", "a.com", 80), "PUT") == (
        'fetch = { hosts = ["a.com"], methods = ["PUT"] }'
    )


@pytest.mark.parametrize(
    "text", ["", "a.com", "0x7f.1", "127.1", "2130706433", "017.0.0.1", "1::2::3"]
)
def test_what_is_no_address(text: str) -> None:
    assert parse_address(text) is None
