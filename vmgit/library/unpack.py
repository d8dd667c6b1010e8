"""Unpacks a package's tarball into a fresh folder, and nothing else of what a tarball can do.

Tarballs are hostile: only regular files with plain, distinct names inside the package are taken,
as many and as large as a library may have; whatever is else in there makes the whole package
refused. Modes and owners are not taken over, and nothing is ever run. Files by which Git would
treat the package differently (`.gitattributes`, ...) are left out.
"""

from __future__ import annotations

import json
import re
import tarfile
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

#: What a library may have when it is unpacked.
MAX_BYTES = 256 << 20
MAX_FILE = 64 << 20
MAX_FILES = 20_000
MAX_PATH = 1024
_MAX_NAME = 255
_CHUNK = 64 << 10
#: Of package.json, as module resolution reads it.
_MAX_MANIFEST = 256 << 10
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\\]")
#: Names that Git treats as `.git` on some filesystem are made of this and ignorable characters.
_GIT = re.compile(r"(?:\.git|git~\d+)[ .]*")
_LEFT_OUT = frozenset((".gitattributes", ".gitignore", ".gitmodules", ".npmrc"))


class TarballError(Exception):
    """A tarball that is refused; the message says what is wrong with it."""


def unpack(archive: Path, folder: Path) -> None:
    """Unpack the tarball `archive` into `folder`, which is made. Raises `TarballError`."""
    folder.mkdir(parents=True)
    names = _Names()
    try:
        with archive.open("rb") as packed, _opened(packed) as tar:
            for member in tar:
                path = names.accept(member)
                if path is not None:
                    _write(tar, member, folder / path)
    except (tarfile.TarError, zlib.error, EOFError, ValueError, OverflowError) as error:
        raise TarballError(f"is damaged: {error}") from error
    _check_manifest(folder)


class _Names:
    """The names of one tarball: each is checked, and none may mean another's file."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}
        self._files = 0
        self._bytes = 0

    def accept(self, member: tarfile.TarInfo) -> str | None:
        """Return where a member goes, None for one that is not taken. Raises `TarballError`."""
        name = member.name
        if member.isdir():
            _segments(name)
            return None
        if not member.isreg() or member.issparse():
            raise TarballError(f"holds {_short(name)}, which is {_kind(member)} and no plain file")
        segments = _segments(name)
        if len(segments) < 2:
            raise TarballError(f"holds {_short(name)}, which is outside of the package's folder")
        path = "/".join(segments[1:])
        self._count(member, path)
        self._claim(path)
        if segments[-1].lower() in _LEFT_OUT:
            return None
        return path

    def _count(self, member: tarfile.TarInfo, path: str) -> None:
        self._files += 1
        self._bytes += member.size
        if self._files > MAX_FILES:
            raise TarballError(f"holds more than {MAX_FILES} files")
        if member.size < 0:
            raise TarballError(f"gives {_short(path)} a size below zero")
        if member.size > MAX_FILE or self._bytes > MAX_BYTES:
            most = MAX_FILE if member.size > MAX_FILE else MAX_BYTES
            raise TarballError(f"is larger than {most >> 20} MiB when unpacked, at {_short(path)}")

    def _claim(self, path: str) -> None:
        """Refuse a path that is there already or is the same on a careless filesystem."""
        taken = self._seen.get(_folded(path))
        if taken is not None:
            same = "twice" if taken == path else f"and {_short(taken)}, which differ in case only"
            raise TarballError(f"holds {_short(path)} {same}")
        self._seen[_folded(path)] = path
        parent = path.rpartition("/")[0]
        while parent:
            known = self._seen.setdefault(_folded(parent) + "/", parent)
            if known != parent:
                raise TarballError(
                    f"holds {_short(parent)} and {_short(known)}, which differ in case only"
                )
            if _folded(parent) in self._seen:
                raise TarballError(f"holds {_short(parent)} as a file and as a folder")
            parent = parent.rpartition("/")[0]
        if _folded(path) + "/" in self._seen:
            raise TarballError(f"holds {_short(path)} as a file and as a folder")


def _segments(name: str) -> list[str]:
    """Return the parts of a member's name. Raises `TarballError` for any that could lead away."""
    if name.startswith("/"):
        raise TarballError(f"holds the absolute path {_short(name)}")
    if _CONTROL.search(name):
        raise TarballError(f"holds a name with control characters or backslashes: {_short(name)}")
    segments = [part for part in name.rstrip("/").split("/") if part != "."]
    for part in segments:
        if part in ("", ".."):
            raise TarballError(f"holds {_short(name)}, which leads out of the package")
        if len(part.encode()) > _MAX_NAME or len(name) > MAX_PATH:
            raise TarballError(f"holds a name that is too long: {_short(name)}")
        if _GIT.fullmatch(_folded(part)):
            raise TarballError(f"holds {_short(name)}, which Git would take for its own")
    return segments


def _folded(text: str) -> str:
    """Return `text` as the most forgiving filesystem compares it."""
    plain = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", plain).casefold())


def _kind(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return f"a link to {_short(member.linkname)}"
    return "a device" if member.ischr() or member.isblk() else "something special"


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    content = tar.extractfile(member)
    assert content is not None  # it is a regular file
    target.parent.mkdir(parents=True, exist_ok=True)
    left = member.size
    with target.open("xb") as file:
        while left:
            chunk = content.read(min(_CHUNK, left))
            if not chunk:
                raise TarballError(f"ends in the middle of {_short(member.name)}")
            file.write(chunk)
            left -= len(chunk)


@contextmanager
def _opened(packed: IO[bytes]) -> Iterator[tarfile.TarFile]:
    reader: Any = _Unzipped(packed)
    with tarfile.open(fileobj=reader, mode="r|", encoding="utf-8", errors="strict") as tar:
        yield tar


class _Unzipped:
    """The bytes of a gzip file, never more in memory than asked for and never without end."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        self._inflate = zlib.decompressobj(wbits=31)
        self._total = 0

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes; fewer only at the end."""
        parts, left = [], size
        while left:
            piece = self._some(left)
            if not piece:
                break
            parts.append(piece)
            left -= len(piece)
        return b"".join(parts)

    def _some(self, most: int) -> bytes:
        while True:
            source = self._inflate.unconsumed_tail or self._packed.read(_CHUNK)
            if self._inflate.eof or not source:
                if not self._inflate.eof:
                    raise EOFError("it ends too early")
                return b""
            piece = self._inflate.decompress(source, most)
            self._total += len(piece)
            # Headers and padding come on top of the files.
            if self._total > 2 * MAX_BYTES:
                raise TarballError(f"is larger than {2 * MAX_BYTES >> 20} MiB when unpacked")
            if piece:
                return piece


def _check_manifest(folder: Path) -> None:
    path = folder / "package.json"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TarballError("holds no package.json") from error
    try:
        value = json.loads(data.decode("utf-8-sig")) if len(data) <= _MAX_MANIFEST else None
    except (ValueError, RecursionError) as error:
        raise TarballError(f"holds a package.json that is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise TarballError("holds a package.json that is no object, or is larger than 256 KiB")


def _short(text: str) -> str:
    return ascii(text if len(text) <= 120 else text[:117] + "...")
