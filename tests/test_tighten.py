"""The least grants: exactly what calls needed, never more than was granted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmgit.host.globs import matches
from vmgit.outcome import Fault, HostCall
from vmgit.profile import Capabilities, FetchGrant, FileGrant
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
    ],
)
def test_nothing_is_granted_anew(call: HostCall) -> None:
    assert least(WIDE, call) == least(WIDE)


@given(st.text(alphabet="ab[]*?!-^\\.", min_size=1, max_size=8))
def test_a_literal_glob_matches_its_part(part: str) -> None:
    assert matches([_literal(part)], (part,))
