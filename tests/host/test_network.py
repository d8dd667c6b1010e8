"""Names and addresses of `fetch`: resolved once, judged, dialled; TLS stays with the name.

The resolver is given by the test, because no real one can be made to change its answers; what is
dialled is real.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import trustme

from vmgit.host.capability import CallError, NotGranted
from vmgit.host.fetch import Fetch
from vmgit.host.network import Resolver
from vmgit.host.patience import Patience
from vmgit.profile import Capabilities, FetchGrant

from .serving import Server, reply


class Names:
    """A resolver that gives one answer after the other and counts how often it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


def get(
    url: str,
    hosts: Sequence[str],
    resolver: Resolver,
    *,
    context: ssl.SSLContext | None = None,
    seconds: float = 5,
) -> dict[str, Any]:
    """Ask for a URL under a grant; raises what the call raises."""
    fetch = Fetch(Patience(seconds), resolver=resolver, context=context)
    request = {"url": url, "method": "GET"}
    assert (
        fetch.lacks(Capabilities(fetch=FetchGrant(hosts=tuple(hosts))), "request", request) is None
    )
    result: dict[str, Any] = fetch.operations["request"](request)
    return result


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that answers the root."""
    made = Server({"/": reply(200, b"reached")})
    yield made
    made.close()


def test_a_name_is_resolved_once_and_its_host_header_stays(server: Server) -> None:
    names = Names(["127.0.0.1"], ["10.9.9.9"])
    hosts = [f"a.test:{server.port}", f"127.0.0.1:{server.port}"]
    found = get(server.url("/", "a.test"), hosts, names)
    assert found["body"] == {"text": "reached"}
    assert found["hops"][0]["address"] == "127.0.0.1"
    assert names.asked == ["a.test"]
    assert server.seen[0].headers["host"] == f"a.test:{server.port}"


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["0.0.0.0"], ["10.0.0.1", "192.168.0.1"],
     ["fe80::1%lo"], ["169.254.169.254"], ["64:ff9b::7f00:1"]],
)  # fmt: skip
def test_a_name_that_leads_to_a_private_address_is_denied(
    server: Server, addresses: list[str]
) -> None:
    with pytest.raises(NotGranted) as caught:
        get(server.url("/", "a.test"), [f"a.test:{server.port}"], Names(addresses))
    assert caught.value.lacks == 'fetch.hosts = ["ADDRESS"]'
    assert not any(address in str(caught.value) for address in addresses)
    assert server.seen == []


def test_rebinding_between_two_hops_is_denied(server: Server) -> None:
    server.routes["/"] = reply(302, b"", ("Location", "/again"))
    server.routes["/again"] = reply(200, b"reached")
    # What is public at the first hop cannot be reached here; the granted address stands for it.
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    hosts = [f"a.test:{server.port}", f"127.0.0.1:{server.port}"]
    with pytest.raises(NotGranted):
        get(server.url("/", "a.test"), hosts, names)
    assert names.asked == ["a.test", "a.test"]
    assert [one.target for one in server.seen] == ["/"]


def test_only_allowed_addresses_of_a_name_are_dialled(server: Server) -> None:
    other = Server({"/": reply(200, b"wrong")})
    port = server.port
    names = Names(["127.0.0.3", "127.0.0.1", "::1"])
    found = get(server.url("/", "a.test"), [f"a.test:{port}", f"127.0.0.1:{port}"], names)
    assert found["hops"][0]["address"] == "127.0.0.1"
    assert other.seen == []
    other.close()


def test_the_next_address_is_tried(server: Server) -> None:
    port = server.port
    hosts = [f"a.test:{port}", f"127.0.0.1:{port}", f"127.0.0.9:{port}"]
    found = get(server.url("/", "a.test"), hosts, Names(["127.0.0.9", "127.0.0.1"]))
    assert found["hops"][0]["address"] == "127.0.0.1"


def test_localhost_needs_no_resolver(server: Server) -> None:
    names = Names([])
    hosts = [f"localhost:{server.port}"]
    assert get(server.url("/", "localhost"), hosts, names)["body"] == {"text": "reached"}
    assert names.asked == []


def test_a_name_without_an_address() -> None:
    def unknown(host: str) -> Sequence[str]:
        raise socket.gaierror(-2, "words of this system")

    with pytest.raises(CallError) as caught:
        get("http://none.test/", ["none.test"], unknown)
    assert str(caught.value) == "fetch: ENOTFOUND: no address of none.test is known"


def test_a_resolver_that_hangs_does_not_hold_the_call() -> None:
    release = threading.Event()

    def slow(host: str) -> Sequence[str]:
        release.wait(30)
        return ()

    started = time.monotonic()
    with pytest.raises(CallError) as caught:
        get("http://slow.test/", ["slow.test"], slow, seconds=0.2)
    release.set()
    assert caught.value.fault.code == "ETIMEDOUT"
    assert time.monotonic() - started < 1


# -- TLS -------------------------------------------------------------------------------------


@pytest.fixture
def secured() -> Iterator[tuple[Server, ssl.SSLContext]]:
    """A server with a certificate for a.test, and the settings of who trusts it."""
    authority = trustme.CA()
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("a.test").configure_cert(theirs)
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    made = Server({"/": reply(200, b"reached")}, theirs)
    yield made, ours
    made.close()


def test_tls_is_spoken_with_the_name_and_not_the_address(
    secured: tuple[Server, ssl.SSLContext],
) -> None:
    server, context = secured
    hosts = [f"*.test:{server.port}", f"127.0.0.1:{server.port}", f"a.test:{server.port}"]
    names = Names(["127.0.0.1"])
    found = get(server.url("/", "a.test"), hosts, names, context=context)
    assert found["body"] == {"text": "reached"}
    assert server.names == ["a.test"]
    for host in ("b.test", "127.0.0.1"):
        with pytest.raises(CallError) as caught:
            get(server.url("/", host), [*hosts, f"b.test:{server.port}"], names, context=context)
        place = f"{host}:{server.port}"
        assert str(caught.value) == f"fetch: ECERT: the certificate of {place} is not valid here"


def test_the_user_s_own_settings_do_not_trust_everybody(
    secured: tuple[Server, ssl.SSLContext],
) -> None:
    server, _ = secured
    hosts = [f"a.test:{server.port}", f"127.0.0.1:{server.port}"]
    with pytest.raises(CallError) as caught:
        get(server.url("/", "a.test"), hosts, Names(["127.0.0.1"]))
    assert caught.value.fault.code == "ECERT"


def test_what_does_not_speak_tls() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(100)
                connection.sendall(reply(400))

        thread = threading.Thread(target=answer)
        thread.start()
        place = f"127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(CallError) as caught:
            get(f"https://{place}/", [place], Names([]))
        thread.join()
    assert str(caught.value) == f"fetch: EPROTO: {place} does not speak TLS"
