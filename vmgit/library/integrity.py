"""Checks bytes against what the registry, or the lock, says they hash to.

Subresource Integrity strings (`sha512-BASE64`, several separated by blanks: one of the strongest
must match), and the older SHA-1 in hex only where a registry has nothing better.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

_STRENGTH = ("sha512", "sha384", "sha256", "sha1")


class IntegrityError(Exception):
    """Bytes that are not those that were promised, or a promise that cannot be checked."""


def strongest(integrity: str | None, shasum: str | None) -> str:
    """Return the part of an SRI string that counts, or the SHA-1 `shasum` as one.

    Raises `IntegrityError` when neither can be checked.
    """
    parts = [part.partition("?")[0] for part in (integrity or "").split()]
    for algorithm in _STRENGTH:
        fitting = [part for part in parts if _digest(part, algorithm) is not None]
        if fitting:
            return " ".join(fitting)
    try:
        digest = binascii.unhexlify(shasum or "")
    except ValueError:
        digest = b""
    if len(digest) != hashlib.sha1().digest_size:
        raise IntegrityError("the registry gives no hash that can be checked")
    return "sha1-" + base64.b64encode(digest).decode()


class Checker:
    """Hashes bytes as they come and compares at the end."""

    def __init__(self, integrity: str) -> None:
        """Expect what `strongest` returned. Raises `IntegrityError` for anything else."""
        self._wanted = integrity.split()
        algorithm = self._wanted[0].partition("-")[0] if self._wanted else ""
        if not self._wanted or any(_digest(one, algorithm) is None for one in self._wanted):
            raise IntegrityError("its hash cannot be checked")
        self._algorithm = algorithm
        self._hash = hashlib.new(algorithm)

    def update(self, data: bytes) -> None:
        """Take the next bytes."""
        self._hash.update(data)

    def finish(self) -> None:
        """Raise `IntegrityError` unless the bytes are those that were promised."""
        digest = self._hash.digest()
        if all(_digest(one, self._algorithm) != digest for one in self._wanted):
            found = f"{self._algorithm}-{base64.b64encode(digest).decode()}"
            raise IntegrityError(f"its hash is {found}, not {' or '.join(self._wanted)}")


def _digest(part: str, algorithm: str) -> bytes | None:
    """Return the digest of one SRI part of an algorithm, None when it is not such a part."""
    name, _, encoded = part.partition("-")
    if name != algorithm or name not in _STRENGTH:
        return None
    try:
        digest = base64.b64decode(encoded, validate=True)
    except ValueError:
        return None
    return digest if len(digest) == hashlib.new(algorithm).digest_size else None
