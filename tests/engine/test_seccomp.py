"""What the filter decides, by running its program as the kernel does, for every architecture."""

from __future__ import annotations

import struct

import pytest

from vmgit.engine.seccomp import ABSENT, ALLOW, KILL, REFUSE, program
from vmgit.engine.syscalls import CLONE3, TABLES, Table

ARCHITECTURES = sorted(TABLES)
#: Numbers of calls that a table must never hold.
FORBIDDEN = {
    "x86_64": {
        "open": 2,
        "stat": 4,
        "socket": 41,
        "connect": 42,
        "execve": 59,
        "kill": 62,
        "ptrace": 101,
        "setuid": 105,
        "prctl": 157,
        "mount": 165,
        "tgkill": 234,
        "openat": 257,
        "newfstatat": 262,
        "unshare": 272,
        "bpf": 321,
        "vfork": 58,
    },
    "aarch64": {
        "openat": 56,
        "newfstatat": 79,
        "unshare": 97,
        "ptrace": 117,
        "kill": 129,
        "tgkill": 131,
        "setuid": 146,
        "prctl": 167,
        "socket": 198,
        "connect": 203,
        "execve": 221,
        "mount": 40,
        "bpf": 280,
        "ioctl": 29,
        "dup": 23,
    },
}


def decide(table: Table, number: int, *arguments: int, audit: int | None = None) -> int:
    """Run the filter on one call; see bpf in linux/filter.h."""
    code = program(table)
    fields = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<IIQ6Q", number, audit or table.audit, 0, *fields)
    place = loaded = 0
    while True:
        operation, yes, no, value = struct.unpack_from("=HBBI", code, place * 8)
        place += 1
        match operation:
            case 0x20:
                loaded = struct.unpack_from("<I", data, value)[0]
            case 0x06:
                return int(value)
            case 0x15:
                place += yes if loaded == value else no
            case 0x35:
                place += yes if loaded >= value else no
            case 0x45:
                place += yes if loaded & value else no
            case _:
                raise AssertionError(f"the filter has an instruction {operation:#x}")


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_only_what_the_table_names_is_allowed(name: str) -> None:
    table = TABLES[name]
    decided = {table.clone, table.prlimit, table.mmap, table.mprotect}
    allowed = {number for number in range(600) if decide(table, number) == ALLOW}
    # With all arguments zero, those whose arguments decide are harmless.
    assert allowed == set(table.allowed.values()) | decided
    refused = {decide(table, number) for number in set(range(600)) - allowed - {CLONE3}}
    assert refused == {REFUSE}
    assert not allowed & set(FORBIDDEN[name].values())
    assert len(set(table.allowed.values())) == len(table.allowed)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_another_architecture_and_x32_are_fatal(name: str) -> None:
    table = TABLES[name]
    for other in (0x40000003, 0xC0000100, 0):
        assert decide(table, 0, audit=other or 1) == KILL
    for number in (0x40000000, 0x40000000 | 39, 0xFFFFFFFF):
        assert decide(table, number) == KILL


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_fork_is_allowed_and_nothing_like_it(name: str) -> None:
    table = TABLES[name]
    assert decide(table, table.clone, 0x01200011) == ALLOW
    assert decide(table, table.clone, 17) == ALLOW
    for bit in range(64):
        flag = 1 << bit
        expected = ALLOW if flag & 0x01200011 else REFUSE
        assert decide(table, table.clone, 17 | flag) == expected, hex(flag)
    assert decide(table, CLONE3) == ABSENT


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_arguments_decide(name: str) -> None:
    table = TABLES[name]
    for call in (table.mmap, table.mprotect):
        assert decide(table, call, 0, 4096, 3) == ALLOW
        assert decide(table, call, 0, 4096, 7) == REFUSE
        assert decide(table, call, 0, 4096, 4) == REFUSE
    assert decide(table, table.prlimit, 0, 2) == ALLOW
    assert decide(table, table.prlimit, 1, 2) == REFUSE
    assert decide(table, table.prlimit, 1 << 32, 2) == REFUSE
