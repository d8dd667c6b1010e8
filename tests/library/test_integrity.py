"""Hashes are checked, the strongest that is given."""

from __future__ import annotations

import hashlib

import pytest
from fakeregistry import sri

from vmgit.library.integrity import Checker, IntegrityError, strongest

DATA = b"content"


def test_the_strongest_counts() -> None:
    many = f"{sri(DATA, 'sha1')} {sri(DATA)}?option {sri(b'other')} md5-AAAA nonsense"
    assert strongest(many, "f" * 40) == f"{sri(DATA)} {sri(b'other')}"
    assert strongest(sri(DATA, "sha256"), None) == sri(DATA, "sha256")
    assert strongest("", hashlib.sha1(DATA).hexdigest()) == sri(DATA, "sha1")


@pytest.mark.parametrize(
    ("integrity", "shasum"),
    [("", ""), (None, None), ("md5-AAAA", "xyz"), ("sha512-AAAA", "abcd"), ("sha512-!", "f" * 39)],
)
def test_what_cannot_be_checked_is_refused(integrity: str | None, shasum: str | None) -> None:
    with pytest.raises(IntegrityError, match="no hash that can be checked"):
        strongest(integrity, shasum)


@pytest.mark.parametrize("algorithm", ["sha512", "sha384", "sha256", "sha1"])
def test_bytes_are_compared(algorithm: str) -> None:
    fine = Checker(sri(DATA, algorithm))
    for byte in DATA:
        fine.update(bytes([byte]))
    fine.finish()
    bad = Checker(sri(b"other", algorithm))
    bad.update(DATA)
    with pytest.raises(IntegrityError, match=f"its hash is {algorithm}-"):
        bad.finish()


@pytest.mark.parametrize("text", ["", "md5-AAAA", "sha512-AAAA", "x"])
def test_a_bad_promise_is_never_kept(text: str) -> None:
    with pytest.raises(IntegrityError):
        Checker(text)
