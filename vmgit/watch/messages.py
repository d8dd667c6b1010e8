"""What the watcher process tells its parent, one JSON line per message.

Both sides and the batch share these types. They carry hints only: which paths, which Git files,
and when nothing can be trusted; they must not know what a session or a snapshot is.
"""

from __future__ import annotations

import json

import msgspec


class Started(msgspec.Struct, frozen=True, tag="ready", tag_field="t"):
    """The watches are in place; what happened before is for the receiver to find out.

    `mode` is `events` (the kernel reports changes) or `polling`.
    """

    mode: str


class Paths(msgspec.Struct, frozen=True, tag="paths", tag_field="t"):
    """Tracked files that may have changed, sorted, relative to the worktree as in the index."""

    paths: tuple[str, ...]


class GitChanged(msgspec.Struct, frozen=True, tag="git", tag_field="t"):
    """Files of the Git directory that changed: `HEAD`, `index`, `refs/heads/x` and the like.

    `index.lock` means that a Git command gave it back; whatever it wrote was reported before.
    """

    names: tuple[str, ...]


class Rescan(msgspec.Struct, frozen=True, tag="rescan", tag_field="t"):
    """Events were lost, so every tracked file may have changed; `reason` is for people."""

    reason: str


class Degraded(msgspec.Struct, frozen=True, tag="degraded", tag_field="t"):
    """Changes arrive late or not at all from now on; `reason` is for people."""

    reason: str


class Recovered(msgspec.Struct, frozen=True, tag="recovered", tag_field="t"):
    """What the last `Degraded` reported is over."""


Message = Started | Paths | GitChanged | Rescan | Degraded | Recovered


def encode(message: Message) -> bytes:
    """Return the message as one ASCII JSON line.

    The standard library's JSON is used because it carries the lone surrogates that stand for the
    bytes of a file name that is not UTF-8, which a strict encoder refuses.
    """
    return json.dumps(msgspec.to_builtins(message), separators=(",", ":")).encode("ascii") + b"\n"


def decode(line: bytes) -> Message:
    """Return the message of one line.

    Raises `ValueError` when the line is not JSON and `msgspec.ValidationError` (a `ValueError`)
    when it is no message.
    """
    message: Message = msgspec.convert(json.loads(line), Message)
    return message
