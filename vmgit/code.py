"""The code of an execution: where it stands, its text, its blob.

One reader for startup files, run files and replays, so that a file that is missing, binary or
too large is refused with the same words everywhere, before anything is recorded.
"""

from __future__ import annotations

import msgspec

from .engine.api import Source
from .errors import LimitError, NotFoundError, RefusedError
from .limits import Limits
from .outcome import Kind, Mode
from .recorder import blob_oid


class Code(msgspec.Struct, frozen=True):
    """A text to run: `path` is its workspace path (None at the prompt), `blob` its 40-hex oid."""

    kind: Kind
    text: str
    blob: str
    path: str | None = None
    mode: Mode = "auto"


def prompt_code(text: str, limits: Limits) -> Code:
    """Return the code of a text that no tree holds. Raises `LimitError` when it is too large."""
    # A lone surrogate comes from undecodable bytes on the command line; Git could not hold it.
    content = text.encode("utf-8", "surrogatepass")
    _check_size("the code", len(content), limits)
    return Code("repl", text, blob_oid(content))


def file_code(kind: Kind, path: str, mode: Mode, source: Source, limits: Limits) -> Code:
    """Return the code of the file at `path` of a tree.

    Raises `NotFoundError` when the tree has no such file, `RefusedError` when it is not text and
    `LimitError` when it is larger than `limits.source_kb` allows.
    """
    oid = source.lookup(path)
    if oid is None:
        raise NotFoundError(
            f"{path} is not in the snapshot.",
            hints=[f"If it is untracked, run `git add {path}`."],
            details={"path": path},
        )
    content = source.blob(oid)
    _check_size(path, len(content), limits)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedError(
            f"{path} is not JavaScript source: byte {error.start} is not UTF-8.",
            details={"path": path},
        ) from None
    if "\0" in text:
        raise RefusedError(
            f"{path} is not JavaScript source: it has a NUL character at {text.index(chr(0))}.",
            details={"path": path},
        )
    return Code(kind, text, oid, path, mode)


def _check_size(what: str, size: int, limits: Limits) -> None:
    allowed = limits.source_kb * 1024
    if size > allowed:
        raise LimitError(
            f"{what} has {size:,} bytes; the profile allows {allowed:,} (limits.source_kb).",
            details={"limit": "source_kb", "allowed": limits.source_kb, "used": size // 1024},
        )
