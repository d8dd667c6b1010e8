"""The least grants: exactly what calls needed, never more than was granted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmgit.host.globs import matches
from vmgit.outcome import Fault, HostCall
from vmgit.profile import Capabilities, DatabaseGrant, FetchGrant, FileGrant
from vmgit.tighten import _literal, tightened

WIDE = Capabilities(
    fs=FileGrant(read=("**",), write=("out/**",)),
    env=("APP_*",),
    exec=("git", "sh"),
    fetch=FetchGrant(hosts=("example.com",)),
)


def least(capabilities: Capabilities, *calls: HostCall) -> dict[str, Any]:
    return {".".join(key[1:]): value for key, value in tightened(capabilities, calls)}


def test_what_was_never_used_goes() -> None:
    assert least(WIDE) == {
        "fs.read": [], "fs.write": [], "fetch.hosts": [], "env": [], "exec": [], "kv": False,
    }  # fmt: skip
    assert least(Capabilities(kv=False)) == {}


def test_what_was_used_stays() -> None:
    gone = Fault("Error", "gone", code="ENOENT")
    changes = least(
        WIDE,
        HostCall("fs.readFile", {"path": "./data/a.txt", "as": "text"}, {"text": ""}),
        HostCall("fs.stat", {"path": "gone.txt"}, error=gone),
        HostCall("fs.list", {"path": "data"}, []),
        HostCall("fs.list", {"path": ""}, []),
        HostCall("fs.writeFile", {"path": "out/b", "text": ""}),
        HostCall("env.get", {"name": "APP_A"}, "x"),
        HostCall("env.list", {}, ["APP_B"]),
        HostCall("exec.run", {"program": "git", "args": []}, {}),
        HostCall("kv.get", {"key": "a"}),
    )
    assert changes == {
        "fs.read": ["*", "data/*", "data/a.txt", "gone.txt"],
        "fs.write": ["out/b"],
        "fetch.hosts": [],
        "env": ["APP_A", "APP_B"],
        "exec": ["git"],
    }


def hop(url: str, address: str = "1.1.1.1", method: str = "GET") -> dict[str, str]:
    return {"url": url, "method": method, "address": address}


def test_what_was_fetched_stays() -> None:
    hosts = ("*.a.com", "*.a.com:8080", "b.com", "c.com", "10.0.0.1:8080")
    hosts = (*hosts, "[fd00::1]:81", "localhost")
    wide = Capabilities(fetch=FetchGrant(hosts=hosts, methods=("DELETE", "GET", "HEAD", "POST")))
    changes = least(
        wide,
        HostCall(
            "fetch.request",
            {"url": "https://x.a.com/1", "method": "POST"},
            {"hops": [
                hop("https://x.a.com/1", method="POST"),
                hop("http://y.a.com:8080/?q", "10.0.0.1"),
                hop("http://[fd00::1]:81/", "fd00::1"),
            ]},
        ),
        HostCall("fetch.request", {"url": "http://b.com/", "method": "HEAD"},
                 error=Fault("TypeError", "m", code="ETIMEDOUT")),
        HostCall("fetch.request", {"url": "http://c.com/", "method": "GET"},
                 error=Fault("CapabilityError", "m", code="denied")),
        HostCall("fetch.request", {"url": "http://localhost/", "method": "GET"},
                 {"hops": [hop("http://localhost/", "127.0.0.1")]}),
        HostCall("kv.get", {"key": "a"}),
    )  # fmt: skip
    assert changes == {
        "fetch.hosts": ["10.0.0.1:8080", "[fd00::1]:81", "b.com", "localhost", "x.a.com",
                        "y.a.com:8080"],
        "fetch.methods": ["GET", "HEAD", "POST"],
    }  # fmt: skip


def test_databases_that_were_used_stay() -> None:
    wide = Capabilities(sqlite=DatabaseGrant(read=("data/**",), write=("made/**",)), kv=False)
    assert least(wide) == {"sqlite.read": [], "sqlite.write": []}
    assert least(
        wide,
        HostCall("sqlite.open", {"path": "data/a.db"}, {"writable": False, "made": False}),
        HostCall("sqlite.query", {"path": "./data/b.db", "sql": ""}, {}),
        HostCall("sqlite.query", {"path": "made/read.db", "sql": ""}, {}),
        HostCall("sqlite.open", {"path": "made/new.db"}, {"writable": True, "made": True}),
        HostCall("sqlite.query", {"path": "made/x.db", "sql": ""}, {}),
        HostCall("sqlite.exec", {"path": "made/x.db", "sql": ""}, {}),
        HostCall("sqlite.transaction", {"path": "made/y.db"}, error=Fault("E", "m", code="E")),
        HostCall("sqlite.exec", {"path": "data/a.db"}, error=Fault("E", "m", code="denied")),
        HostCall("sqlite.exec", {"path": "data/a.db", "sql": ""}, {}),
    ) == {
        "sqlite.read": ["data/a.db", "data/b.db", "made/read.db"],
        "sqlite.write": ["made/new.db", "made/x.db", "made/y.db"],
    }


@pytest.mark.parametrize(
    "call",
    [
        HostCall("exec.run", {"program": "make"}, {}),
        HostCall("exec.run", {"program": "sh"}, error=Fault("E", "m", code="denied")),
        HostCall("fs.writeFile", {"path": "data/x", "text": ""}),
        HostCall("env.get", {"name": "HOME"}, "x"),
        HostCall("exec.run", None),
        HostCall("fs.readFile", {"path": 1}),
        HostCall("unknown.op", {}),
        HostCall("fetch.request", {"url": "http://other.com/", "method": "GET"}, {"hops": []}),
        HostCall("fetch.request", {"url": "http://[", "method": "GET"}, error=Fault("E", "m")),
        HostCall("fetch.request", {"url": 1}, None),
        HostCall("sqlite.query", {"path": "x.db"}, {}),
    ],
)
def test_nothing_is_granted_anew(call: HostCall) -> None:
    assert least(WIDE, call) == least(WIDE)


@given(st.text(alphabet="ab[]*?!-^\\.", min_size=1, max_size=8))
def test_a_literal_glob_matches_its_part(part: str) -> None:
    assert matches([_literal(part)], (part,))
