"""The lock comes from other people: it is read strictly before anything is done with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vmgit.errors import EnvironmentFailure, RefusedError
from vmgit.library.lock import LOCK_FILE, Lock, LockedPackage, lock_bytes, read_lock

PACKAGE = {"version": "1.0.0", "integrity": "sha1-" + "A" * 27 + "=", "files": "sha256-x"}


def _lock(**fields: Any) -> bytes:
    return json.dumps({"format": 1, "requested": {}, "packages": {}, **fields}).encode()


def test_it_reads_what_it_writes_sorted(tmp_path: Path) -> None:
    entry = LockedPackage(**PACKAGE, dependencies={"b": "^1"}, required_by=(".", "b"))
    lock = Lock(requested={"b": "1", "a": "2"}, packages={"b": entry, "@s/a": entry})
    data = lock_bytes(lock)
    (tmp_path / LOCK_FILE).write_bytes(data)
    assert read_lock(tmp_path) == lock
    text = data.decode()
    assert text.index('"@s/a"') < text.index('"b": {')
    assert text.endswith("}\n")
    assert read_lock(tmp_path / "nowhere") == Lock()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "truncated"),
        (b"<<<<<<< ours\n{}", "malformed"),
        (b"[]", "Expected `object`"),
        (b"\xff", "malformed|invalid|utf-8"),
        (b"[" * 100_000, "recursion|depth|malformed|truncated"),
        (_lock(more=1), "unknown field `more`"),
        (_lock(packages={"a": {**PACKAGE, "scripts": {}}}), "unknown field `scripts`"),
        (_lock(packages={"a": {**PACKAGE, "version": 1}}), "Expected `str`"),
        (_lock(packages={"../a": PACKAGE}), "'../a' is no name of a package"),
        (_lock(packages={"/etc": PACKAGE}), "is no name"),
        (_lock(packages={"a/node_modules/..": PACKAGE}), "is no name"),
        (_lock(packages={"a/b": PACKAGE}), "is no name"),
        (_lock(packages={".git": PACKAGE}), "is no name"),
        (_lock(packages={"a": {**PACKAGE, "name": "../b"}}), "is no name"),
        (_lock(requested={"../a": "1"}), "is no name"),
        (_lock(packages={"a": {**PACKAGE, "integrity": "md5-x"}}), "no hash"),
    ],
)
def test_a_bad_lock_is_refused(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / LOCK_FILE).write_bytes(data)
    with pytest.raises(RefusedError, match=f"vendor/{LOCK_FILE} cannot be used: .*({why})"):
        read_lock(tmp_path)


def test_a_lock_of_the_future_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).write_bytes(_lock(format=2, more=1))
    with pytest.raises(EnvironmentFailure, match="has format 2; this vmgit knows up to 1"):
        read_lock(tmp_path)
