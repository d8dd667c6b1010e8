"""`fetch`: granted hosts and methods, at every hop; against a real server on the loopback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vmgit.host.fetch import FORBIDDEN, MOST_CONTENT, MOST_HEADERS, MOST_REDIRECTS
from vmgit.host.kv import KvStore
from vmgit.host.registry import Registry, Surroundings
from vmgit.outcome import Fault
from vmgit.profile import Profile

from .serving import Server, reply
from .web import Door


def test_a_request_and_its_answer(server: Server, web: Door) -> None:
    server.routes["/a?b=%20c"] = reply(201, b"caf\xc3\xa9", ("X-One", "1"), ("X-One", "\xe9"))
    found = web.get(server.url("/a?b=%20c#part"), headers=[["X-Mine", " v "], ["x-mine", "w"]])
    assert found == {
        "status": 201,
        "statusText": "Fine",
        "headers": [["x-one", "1"], ["x-one", "\xe9"], ["content-length", "5"]],
        "body": {"text": "café"},
        "hops": [
            {"method": "GET", "url": server.url("/a?b=%20c#part"), "address": "127.0.0.1"},
        ],
    }
    (seen,) = server.seen
    assert (seen.method, seen.target, seen.body) == ("GET", "/a?b=%20c", b"")
    assert seen.headers == {
        "host": f"127.0.0.1:{server.port}",
        "x-mine": "w",
        "accept": "*/*",
        "accept-encoding": "gzip, deflate",
        "user-agent": seen.headers["user-agent"],
        "connection": "close",
    }
    assert seen.headers["user-agent"].startswith("vmgit/")


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a\0b", bytes(range(256)) * 40])
def test_what_is_no_text_comes_exactly(server: Server, web: Door, body: bytes) -> None:
    import base64

    server.routes["/"] = reply(200, body)
    assert base64.b64decode(web.get(server.url())["body"]["base64"]) == body


@pytest.mark.parametrize(
    ("method", "body", "sent"),
    [
        ("POST", {"text": "ä"}, "ä".encode()),
        ("PUT", {"base64": "AAH/"}, b"\0\1\xff"),
        ("PATCH", {"text": ""}, b""),
        ("DELETE", None, b""),
        ("POST", None, b""),
    ],
)
def test_bodies_are_sent(server: Server, web: Door, method: str, body: Any, sent: bytes) -> None:
    server.routes["/"] = reply()
    web.get(server.url(), method, body=body)
    assert server.seen[0].body == sent
    has_length = "content-length" in server.seen[0].headers
    assert has_length == (body is not None or method in ("POST", "PUT"))


def test_a_head_request_has_no_body(server: Server, web: Door) -> None:
    server.routes["/"] = reply(200, b"", length=1000)
    assert web.get(server.url(), "HEAD")["body"] is None
    server.routes["/"] = b"HTTP/1.1 204 Fine\r\n\r\n"
    assert web.get(server.url())["body"] is None


# -- grants ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "method", "lacks"),
    [
        ("http://example.com/", "GET", 'fetch.hosts = ["example.com"]'),
        ("https://example.com:444/", "GET", 'fetch.hosts = ["example.com:444"]'),
        ("http://[::1]:80/", "GET", 'fetch.hosts = ["[::1]"]'),
        ("http://localhost/", "GET", 'fetch.hosts = ["localhost"]'),
        ("http://a.granted.com/", "POST", 'fetch.methods = ["POST"]'),
        ("http://granted.com/", "GET", 'fetch.hosts = ["granted.com"]'),
        ("http://b.com/", "PUT", 'fetch = { hosts = ["b.com"], methods = ["PUT"] }'),
        ("http://a.granted.com:81/", "GET", 'fetch.hosts = ["a.granted.com:81"]'),
        ("http://xgranted.com/", "GET", 'fetch.hosts = ["xgranted.com"]'),
        ("http://granted.com.evil.com/", "GET", 'fetch.hosts = ["granted.com.evil.com"]'),
        ("http://0x7f.1/", "GET", 'fetch.hosts = ["0x7f.1"]'),
        ("http://2130706433/", "GET", 'fetch.hosts = ["2130706433"]'),
    ],
)
def test_a_denial_names_the_missing_grant(url: str, method: str, lacks: str) -> None:
    fault = Door("*.granted.com", methods=("GET",)).fault(url, method)
    message = f'fetch.request is not granted by profile "web": [capabilities] {lacks}'
    assert fault == Fault("CapabilityError", message, code="denied")


def test_nothing_is_granted_by_default() -> None:
    registry = Registry(Profile(), kv=KvStore(), surroundings=Surroundings(Path("/nonexistent")))
    answer = registry.call("fetch.request", {"url": "http://127.0.0.1/", "method": "GET"})
    assert answer.error is not None
    assert answer.error.code == "denied"


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"url": 1, "method": "GET"},
        {"url": "http://127.0.0.1/"},
        {"url": "http://127.0.0.1/", "method": "get"},
        {"url": "http://127.0.0.1/", "method": "CONNECT"},
        {"url": "http://127.0.0.1/", "method": "GET\r\nX: y"},
        {"url": "http://127.0.0.1/", "method": ["GET"]},
        {"url": "ftp://127.0.0.1/", "method": "GET"},
        {"url": "file:///etc/passwd", "method": "GET"},
        {"url": "//127.0.0.1/", "method": "GET"},
        {"url": "http://user@127.0.0.1/", "method": "GET"},
        {"url": "http://127.0.0.1@evil.com/", "method": "GET"},
        {"url": "http://127.0.0.1:99999/", "method": "GET"},
        {"url": "http://127.0.0.1:0/", "method": "GET"},
        {"url": "http:///x", "method": "GET"},
        {"url": "http://a b/", "method": "GET"},
        {"url": "http://127.0.0.1/\r\nX: y", "method": "GET"},
        {"url": "http://127.0.0.1/ü", "method": "GET"},
        {"url": "http://[fe80::1%25eth0]/", "method": "GET"},
        {"url": "http://127.0.0.1/" + "x" * 20_000, "method": "GET"},
    ],
)
def test_what_is_no_request_is_a_type_error(request_: Any) -> None:
    answer = Door("127.0.0.1", "evil.com").registry.call("fetch.request", request_)
    assert answer.error is not None
    assert (answer.error.name, answer.error.code) == ("TypeError", None)


@pytest.mark.parametrize(
    "others",
    [
        {"headers": {"a": "b"}},
        {"headers": [["a"]]},
        {"headers": [["a", 1]]},
        {"headers": [["a b", "c"]]},
        {"headers": [["", "c"]]},
        {"headers": [["a", "b\r\nX-Evil: 1"]]},
        {"headers": [["a\r\nX-Evil", "b"]]},
        {"headers": [["a", "b\n"]]},
        {"headers": [["a", "b\0"]]},
        {"headers": [["a", "\u0100"]]},
        {"headers": [["Proxy-Authorization", "x"]]},
        *({"headers": [[name.title(), "x"]]} for name in sorted(FORBIDDEN)),
        {"body": {"text": "x"}},
        {"body": "x"},
        {"body": {"base64": "*"}},
        {"body": {"text": "\ud800"}},
        {"redirect": "never"},
        {"timeoutMs": "1"},
        {"timeoutMs": True},
        {"cookies": True},
    ],
)
def test_injections_and_other_nonsense_send_nothing(
    server: Server, web: Door, others: dict[str, Any]
) -> None:
    fault = web.fault(server.url(), **others)
    assert (fault.name, fault.code) == ("TypeError", None)
    assert server.seen == []


def test_too_much_is_refused(server: Server, web: Door) -> None:
    large = {"text": "x" * (MOST_CONTENT + 1)}
    assert web.fault(server.url(), "POST", body=large).code == "E2BIG"
    long = [["a", "x" * MOST_HEADERS]]
    assert web.fault(server.url(), headers=long).code == "E2BIG"
    assert server.seen == []


# -- redirects -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "GET", "GET"),
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (302, "PUT", "PUT"),
        (303, "POST", "GET"),
        (303, "DELETE", "GET"),
        (303, "HEAD", "HEAD"),
        (307, "POST", "POST"),
        (308, "PUT", "PUT"),
    ],
)
def test_methods_and_bodies_after_a_redirect(
    server: Server, web: Door, status: int, method: str, then: str
) -> None:
    server.routes["/a"] = reply(status, b"", ("Location", "b?x#y"))
    server.routes["/b?x"] = reply(200, b"")
    body = {"text": "data"} if method in ("POST", "PUT") else None
    found = web.get(server.url("/a"), method, body=body, headers=[["content-type", "text/x"]])
    first, second = server.seen
    assert (first.method, second.method) == (method, then)
    kept = then == method
    assert second.body == (first.body if kept else b"")
    assert ("content-type" in second.headers) == kept
    assert [hop["url"] for hop in found["hops"]] == [server.url("/a"), server.url("/b?x#y")]


def test_secrets_stay_with_their_origin(server: Server) -> None:
    other = Server({"/": reply()})
    server.routes["/same"] = reply(302, b"", ("Location", "/other"))
    server.routes["/other"] = reply(302, b"", ("Location", other.url()))
    web = Door(f"127.0.0.1:{server.port}", f"127.0.0.1:{other.port}")
    headers = [["Authorization", "secret"], ["Cookie", "a=b"], ["X-Plain", "1"]]
    web.get(server.url("/same"), headers=headers)
    kept = {"authorization", "cookie", "x-plain"}
    assert [kept & one.headers.keys() for one in server.seen] == [kept, kept]
    assert [kept & one.headers.keys() for one in other.seen] == [{"x-plain"}]
    other.close()


@pytest.mark.parametrize(
    ("location", "authority"),
    [
        ("http://10.0.0.1/", "10.0.0.1"),
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254"),
        ("//evil.com", "evil.com"),
        ("http://localhost:{port}/", "localhost:{port}"),
        ("http://127.0.0.1:1/", "127.0.0.1:1"),
        ("https://127.0.0.1/", "127.0.0.1"),
        ("http://[::ffff:127.0.0.1]:{port}/", "[::ffff:7f00:1]:{port}"),
    ],
)
def test_a_redirect_to_what_is_not_granted_is_denied(
    server: Server, web: Door, location: str, authority: str
) -> None:
    server.routes["/a"] = reply(302, b"", ("Location", location.format(port=server.port)))
    fault = web.fault(server.url("/a"))
    place = authority.format(port=server.port)
    assert fault.code == "denied"
    assert fault.message == (
        f"fetch.request: the redirect to {place} is not granted by profile "
        f'"web": [capabilities] fetch.hosts = ["{place}"]'
    )
    assert len(server.seen) == 1


def test_a_redirect_needs_its_method_granted(server: Server) -> None:
    server.routes["/a"] = reply(303, b"", ("Location", "/b"))
    fault = Door(f"127.0.0.1:{server.port}", methods=("POST",)).fault(server.url("/a"), "POST")
    assert fault.message.endswith('[capabilities] fetch.methods = ["GET"]')


@pytest.mark.parametrize(
    "location",
    ["ftp://127.0.0.1/", "http://u:p@127.0.0.1/", "http://", "javascript:1",
     "http://127.0.0.1:99999/", "http://a\x7f/", "http://[::1/", "/" + "x" * 20_000],
)  # fmt: skip
def test_a_redirect_to_nowhere_is_a_failure(server: Server, web: Door, location: str) -> None:
    server.routes["/a"] = reply(302, b"", ("Location", location))
    fault = web.fault(server.url("/a"))
    assert (fault.name, fault.code) == ("TypeError", "EREDIRECT")


def test_modes_of_redirects(server: Server, web: Door) -> None:
    server.routes["/a"] = reply(302, b"here", ("Location", "/a"))
    manual = web.get(server.url("/a"), redirect="manual")
    assert (manual["status"], manual["body"], len(server.seen)) == (302, {"text": "here"}, 1)
    assert web.fault(server.url("/a"), redirect="error").code == "EREDIRECT"
    fault = web.fault(server.url("/a"))
    assert fault.message == f"fetch: EREDIRECT: more than {MOST_REDIRECTS} redirects"
    assert len(server.seen) == 2 + MOST_REDIRECTS + 1
    server.routes["/a"] = reply(302, b"no location")
    assert web.get(server.url("/a"))["status"] == 302


def test_nothing_of_the_environment_goes_along(
    server: Server, web: Door, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ada password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server.routes["/"] = reply(200, b"", ("Set-Cookie", "a=b; Path=/"))
    web.get(server.url())
    web.get(server.url())
    assert not any({"authorization", "cookie"} & one.headers.keys() for one in server.seen)
