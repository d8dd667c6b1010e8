"""The hash chain: the formula that ties every row to the one before, and its check.

A row's hash is the SHA-256, as 64 lower-case hex digits, of the UTF-8 bytes of

    PREV LF SEQ SP VERSION SP SCHEMA SP TIME_US SP S SP T SP E SP A SP W SP P LF
    STREAM TYPE EXECUTION ACTOR WORKTREE PAYLOAD

without the line break in the middle. PREV is the hash of the row before (64 zeros for the first).
S T E A W P are the lengths in code points of the six texts that follow, which stand there without
separators; a NULL execution has length -1 and no text. The lengths make the encoding unambiguous:
two different rows never give the same bytes.
"""

from __future__ import annotations

from hashlib import sha256

#: The `prev_hash` of the first row.
GENESIS = "0" * 64


def chain_hash(
    seq: int,
    stream: str,
    version: int,
    type: str,
    schema: int,
    time_us: int,
    execution: str | None,
    actor: str,
    worktree: str,
    payload: str,
    prev_hash: str,
) -> str:
    """Return the hash of a row from its other columns, in their order."""
    if execution is None:
        execution, length = "", -1
    else:
        length = len(execution)
    return sha256(
        f"{prev_hash}\n{seq} {version} {schema} {time_us} {len(stream)} {len(type)} {length} "
        f"{len(actor)} {len(worktree)} {len(payload)}\n"
        f"{stream}{type}{execution}{actor}{worktree}{payload}".encode()
    ).hexdigest()
