"""A seccomp filter: the system calls of a booted worker are allowed, all others refused.

The program is made by hand, because it is shorter than what a library would take to explain it.
A call of another architecture or of the x32 kind ends the process, for no honest code makes one.
Rules: seccomp(2), linux/seccomp.h, linux/filter.h.
"""

from __future__ import annotations

import ctypes
import errno
import struct
import sys

from vmgit.engine.syscalls import CLONE3, TABLES, Table
from vmgit.kernel import machine, prctl

_PR_SET_SECCOMP = 22
_MODE_FILTER = 2

ALLOW = 0x7FFF0000
KILL = 0x80000000
_ERRNO = 0x00050000
REFUSE = _ERRNO | errno.EPERM
ABSENT = _ERRNO | errno.ENOSYS

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
# Offsets in `struct seccomp_data`; an argument has 64 bits, the low half first.
_NUMBER, _ARCHITECTURE = 0, 4
_X32_BIT = 0x40000000

#: A fork and nothing else: SIGCHLD at its end, and where the C library keeps the child's id.
_FORK_FLAGS = 0x01200000 | 17
_PROT_EXEC = 4


def restrict() -> None:
    """Put the filter into force, for good and for every fork.

    Needs no_new_privs. Raises `OSError` if the kernel refuses or the architecture has no table.
    """
    table = TABLES.get(machine())
    if table is None:
        raise OSError(f"no table of system calls for {machine()}")
    if sys.byteorder != "little":
        raise OSError("the filter is made for little-endian machines")
    code = program(table)
    instructions = ctypes.create_string_buffer(code)
    header = ctypes.create_string_buffer(
        struct.pack("@HP", len(code) // 8, ctypes.addressof(instructions))
    )
    prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(header))


def program(table: Table) -> bytes:
    """Return the filter for one architecture: BPF instructions of eight bytes."""
    parts = [
        _op(_LOAD, _ARCHITECTURE),
        _op(_EQUAL, table.audit, yes=1),
        _op(_RETURN, KILL),
        _op(_LOAD, _NUMBER),
        _op(_AT_LEAST, _X32_BIT, no=1),
        _op(_RETURN, KILL),
    ]
    for number in table.allowed.values():
        parts += [_op(_EQUAL, number, no=1), _op(_RETURN, ALLOW)]
    parts += _only_bits(table.mmap, 2, ~_PROT_EXEC)
    parts += _only_bits(table.mprotect, 2, ~_PROT_EXEC)
    # Its own limits only: zero means the caller.
    parts += _only_bits(table.prlimit, 0, 0)
    parts += _only_bits(table.clone, 0, _FORK_FLAGS)
    parts += [_op(_EQUAL, CLONE3, no=1), _op(_RETURN, ABSENT), _op(_RETURN, REFUSE)]
    return b"".join(parts)


def _only_bits(number: int, argument: int, bits: int) -> list[bytes]:
    """Allow the call `number` if `argument` has no bits but `bits`, of which 32 are looked at."""
    low = 16 + 8 * argument
    return [
        _op(_EQUAL, number, no=6),
        _op(_LOAD, low),
        _op(_ANY_BIT, ~bits & 0xFFFFFFFF, yes=3),
        _op(_LOAD, low + 4),
        _op(_ANY_BIT, 0xFFFFFFFF, yes=1),
        _op(_RETURN, ALLOW),
        _op(_RETURN, REFUSE),
    ]


def _op(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    """Return one instruction; `yes` and `no` are how many to skip after a comparison."""
    return struct.pack("=HBBI", code, yes, no, value)
