"""`fetch` from JavaScript: the standard's classes, real requests, and replays without a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hosted import Hosted, console

from vmgit.host.fetch import FORBIDDEN
from vmgit.sessions import LiveSession

from .serving import Seen, Server, reply

FORM = "application/x-www-form-urlencoded;charset=UTF-8"


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with a few routes."""
    made = Server(
        {
            "/json": reply(200, b'\xef\xbb\xbf{"a": [1, "\xc3\xa4"]}', ("Content-Type", "x/json")),
            "/bytes": reply(200, bytes([0, 1, 254, 255])),
            "/moved": reply(301, b"", ("Location", "/json#there")),
            "/none": reply(404, b"not here", ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
        }
    )
    yield made
    made.close()


@pytest.fixture
def live(hosted: Hosted, server: Server) -> LiveSession:
    """A session that may ask that server; `base` is its URL."""
    host = f"127.0.0.1:{server.port}"
    hosted.folder.profile(
        f'[capabilities.fetch]\nhosts = ["{host}"]\nmethods = ["GET", "POST", "HEAD"]\n'
        "[limits]\nwall_ms = 3000\n"
    )
    with hosted.workspace.hosting() as sessions:
        profile = sessions.check_profile("default", hosted.workspace.snapshot())
    hosted.workspace.trust.add("default", profile.capabilities)
    made = hosted.new()
    hosted.run(made, f"const base = 'http://{host}';")
    return made


def told(hosted: Hosted, live: LiveSession, text: str) -> Any:
    """Run a text that prints one line of JSON, and return that."""
    execution = hosted.run(live, text)
    assert execution.status == "ok", execution.finished
    (line,) = console(execution)
    return json.loads(line)


def failed(hosted: Hosted, live: LiveSession, text: str) -> Any:
    """Run a text that must fail, and return the error."""
    execution = hosted.run(live, text)
    assert execution.finished is not None
    assert execution.finished.error is not None, execution
    return execution.finished.error


def test_an_answer_is_what_the_standard_says(
    hosted: Hosted, live: LiveSession, server: Server
) -> None:
    text = (
        "const r = await fetch(base + '/json#part'), c = r.clone(); console.log(JSON.stringify(["
        "r.ok, r.status, r.statusText, r.type, r.redirected, r.url, r.headers.get('content-TYPE'),"
        "r.bodyUsed, await r.json(), r.bodyUsed, await c.text(), String(r)]))"
    )
    url = server.url("/json")
    assert told(hosted, live, text) == [
        True, 200, "Fine", "basic", False, url, "x/json",
        False, {"a": [1, "ä"]}, True, '{"a": [1, "ä"]}', "[object Response]",
    ]  # fmt: skip


def test_bytes_redirects_and_failures(hosted: Hosted, live: LiveSession, server: Server) -> None:
    text = (
        "const b = new Uint8Array(await (await fetch(new URL('/bytes', base))).arrayBuffer());"
        "const m = await fetch(base + '/moved'), n = await fetch(base + '/none');"
        "const h = await fetch(base + '/json', { method: 'head' });"
        "console.log(JSON.stringify([[...b], m.url, m.redirected, n.ok, n.status, await n.text(),"
        "n.headers.getSetCookie(), n.headers.get('set-cookie'), await h.text()]))"
    )
    assert told(hosted, live, text) == [
        [0, 1, 254, 255], server.url("/json"), True, False, 404, "not here",
        ["a=1", "b=2"], "a=1, b=2", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "sent", "kind"),
    [
        ("'ä\\ud800'", "ä\ufffd".encode(), "text/plain;charset=UTF-8"),
        ("new URLSearchParams({a: 'b c'})", b"a=b+c", FORM),
        ("new Uint8Array([0, 255, 1]).subarray(1)", b"\xff\1", None),
        ("new Uint16Array([258]).buffer", b"\2\1", None),
        ("new DataView(new Uint8Array([1, 2, 3]).buffer, 1)", b"\2\3", None),
        ("{}", b"[object Object]", "text/plain;charset=UTF-8"),
        ("''", b"", "text/plain;charset=UTF-8"),
    ],
)  # fmt: skip
def test_bodies_are_sent(
    hosted: Hosted, live: LiveSession, server: Server, body: str, sent: bytes, kind: str | None
) -> None:
    server.routes["/post"] = reply()
    hosted.value(live, f"(await fetch(base + '/post', {{method: 'POST', body: {body}}})).status")
    (seen,) = server.seen
    assert (seen.body, seen.headers.get("content-type")) == (sent, kind)


def test_a_request_can_be_made_first_and_sent_once(
    hosted: Hosted, live: LiveSession, server: Server
) -> None:
    server.routes["/post"] = reply()
    text = (
        "const init = { method: 'post', body: 'x', headers: {a: 'b'} };"
        "const first = new Request(base + '/post', init), second = first.clone();"
        "await fetch(first); await fetch(second, { headers: [['a','c']] });"
        "try { await fetch(first) } catch (e) { console.log(JSON.stringify([e.name, first.bodyUsed,"
        " first.method, first.url, first.redirect])) }"
    )
    expected = ["TypeError", True, "POST", server.url("/post"), "follow"]
    assert told(hosted, live, text) == expected
    assert [(one.body, one.headers["a"]) for one in server.seen] == [(b"x", "b"), (b"x", "c")]


def test_headers_that_the_host_refuses_are_left_out(
    hosted: Hosted, live: LiveSession, server: Server
) -> None:
    names = json.dumps([*sorted(FORBIDDEN), "proxy-connection", "x-mine"])
    text = (
        f"const headers = Object.fromEntries({names}.map((name) => [name, 'mine']));"
        "(await fetch(base + '/json', { headers })).status"
    )
    assert hosted.value(live, text) == "200"
    assert [name for name, value in server.seen[0].headers.items() if value == "mine"] == ["x-mine"]


def test_a_denial_is_recorded_and_names_the_grant(
    hosted: Hosted, live: LiveSession, server: Server
) -> None:
    error = failed(hosted, live, "await fetch('http://example.com/')")
    assert (error.name, error.code) == ("CapabilityError", "denied")
    assert error.message.endswith('[capabilities] fetch.hosts = ["example.com"]')
    assert "capability.denied" in hosted.types(live)
    server.routes["/away"] = reply(302, b"", ("Location", "http://10.0.0.1/"))
    error = failed(hosted, live, "fetch(base + '/away'); 1")
    assert error.code == "denied"
    assert len(hosted.payloads(live, "capability.denied")) == 2


@pytest.mark.parametrize(
    "text",
    [
        "fetch()",
        "fetch('/relative')",
        "fetch('http://u:p@127.0.0.1')",
        "fetch('ftp://127.0.0.1')",
        "fetch(base, { method: 'TRACE' })",
        "fetch(base, { method: 'G T' })",
        "fetch(base, { method: 'POST\\r\\nX: y' })",
        "fetch(base, { body: 'x' })",
        "fetch(base, { headers: { 'a\\r\\nb': 'c' } })",
        "fetch(base, { headers: { a: 'b\\r\\nX-Evil: 1' } })",
        "fetch(base, { headers: [['a']] })",
        "fetch(base, { headers: 1 })",
        "fetch(base, { redirect: 'never' })",
        "fetch(base, { signal: {} })",
        "fetch(base, { integrity: 'sha256-x' })",
        "fetch(base, 1)",
    ],
)
def test_what_is_no_request_rejects_with_a_type_error(
    hosted: Hosted, live: LiveSession, server: Server, text: str
) -> None:
    error = failed(hosted, live, f"await {text}.catch((e) => {{ throw e }})")
    assert error.name == "TypeError"
    assert server.seen == []


def test_signals(hosted: Hosted, live: LiveSession, server: Server) -> None:
    def hang(stream: Any, seen: Seen) -> None:
        stream.recv(1)

    server.routes["/hang"] = hang
    error = failed(hosted, live, "await fetch(base + '/json', { signal: AbortSignal.abort() })")
    assert error.name == "AbortError"
    error = failed(
        hosted, live, "await fetch(base, { signal: AbortSignal.abort(RangeError('x')) })"
    )
    assert (error.name, error.message) == ("RangeError", "x")
    assert server.seen == []
    slow = "await fetch(base + '/hang', { signal: AbortSignal.any([AbortSignal.timeout(100)]) })"
    assert failed(hosted, live, slow).name == "TimeoutError"
    fast = "(await fetch(base + '/json', { signal: AbortSignal.timeout(2000) })).status"
    assert hosted.value(live, fast) == "200"
    assert {verdict for _, verdict in hosted.verdicts(live)} == {"same"}


def test_the_wall_limit_stops_a_fetch(hosted: Hosted, live: LiveSession, server: Server) -> None:
    import time

    def hang(stream: Any, seen: Seen) -> None:
        stream.recv(1)

    server.routes["/hang"] = hang
    started = time.monotonic()
    execution = hosted.run(live, "try { await fetch(base + '/hang') } catch { console.log(1) }")
    assert execution.status == "limit"
    assert execution.limit is not None
    assert execution.limit.name == "wall_ms"
    assert time.monotonic() - started < 3 + 1.2
    assert hosted.value(live, "40 + 2") == "42"


def test_cancelling_stops_a_fetch(hosted: Hosted, live: LiveSession, server: Server) -> None:
    import threading
    import time

    def hang(stream: Any, seen: Seen) -> None:
        threading.Timer(0.2, live.cancel).start()
        stream.recv(1)

    server.routes["/hang"] = hang
    started = time.monotonic()
    assert hosted.run(live, "await fetch(base + '/hang')").status == "cancelled"
    assert time.monotonic() - started < 1.5
    assert hosted.value(live, "40 + 2") == "42"


def test_a_replay_needs_no_server(hosted: Hosted, live: LiveSession, server: Server) -> None:
    hosted.run(live, "const got = await (await fetch(base + '/moved')).json()")
    hosted.run(live, "const raw = await (await fetch(base + '/bytes')).bytes()")
    hosted.run(live, "await fetch('http://example.com').catch((e) => console.log(e.message))")
    server.close()
    assert failed(hosted, live, "await fetch(base)").code == "ECONNREFUSED"
    hosted.workspace.trust.revoke("default")
    assert {verdict for _, verdict in hosted.verdicts(live)} == {"same"}
    assert hosted.rebuild(live).first_difference is None


def test_nothing_is_loaded_that_nobody_asks_for(hosted: Hosted, live: LiveSession) -> None:
    text = "const d = Object.getOwnPropertyDescriptor(globalThis, 'fetch');"
    assert hosted.value(live, text + "[typeof d.get, d.enumerable]") == "[ 'function', false ]"
    names = "[typeof fetch, fetch.name, Request.name, Response.name, Headers.name].join()"
    assert hosted.value(live, names) == "'function,fetch,Request,Response,Headers'"


def test_secrets_stay_out_of_the_log_and_replays_are_the_same(
    hosted: Hosted, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def echo(stream: Any, seen: Seen) -> None:
        stream.sendall(reply(200, f"{seen.target} {seen.headers['authorization']}".encode()))

    secret = "s3cr3t/+&="
    host = f"127.0.0.1:{server.port}"
    grants = f'[capabilities]\nenv = ["APP_KEY"]\nfetch = {{ hosts = ["{host}"] }}\n'
    hosted.folder.profile(grants)
    monkeypatch.setenv("APP_KEY", secret)
    with hosted.workspace.hosting() as sessions:
        profile = sessions.check_profile("default", hosted.workspace.snapshot())
    hosted.workspace.trust.add("default", profile.capabilities)
    live = hosted.new()
    text = (
        "const key = require('vmgit:env').get('APP_KEY'), url = new URL('http://HOST/?a=1');"
        "url.searchParams.set('k', key);"
        "for (const one of [url, `http://HOST/?k=${encodeURIComponent(key)}`]) {"
        " const r = await fetch(one, { headers: { authorization: 'Bearer ' + btoa('x') } });"
        " console.log(r.url, (await r.text()).length > 0) }"
    )
    for target in ("/?a=1&k=s3cr3t%2F%2B%26%3D", "/?k=s3cr3t%2F%2B%26%3D"):
        server.routes[target] = echo
    execution = hosted.run(live, text.replace("HOST", host))
    assert execution.status == "ok", execution.finished
    assert len(server.seen) == 2
    assert "s3cr3t" not in "".join(str(event.payload) for event in hosted.events(live))
    assert {verdict for _, verdict in hosted.verdicts(live)} == {"same"}
    assert hosted.rebuild(live).first_difference is None
