"""The system calls that a booted worker makes, by number, for each architecture that has a table.

It talks on an open socket, allocates, sets its timers and limits, sleeps, forks and ends. What is
not here is refused by the filter. Pure data; the numbers are those of the kernel's headers
(asm/unistd_64.h, asm-generic/unistd.h).
"""

from __future__ import annotations

from typing import NamedTuple


class Table(NamedTuple):
    """An architecture: its audit number, calls always allowed, and those whose arguments decide."""

    audit: int
    allowed: dict[str, int]
    clone: int
    prlimit: int
    mmap: int
    mprotect: int


#: In the order in which the filter asks: what a worker calls often comes first.
_X86_64 = {
    "recvmsg": 47,
    "sendto": 44,
    "brk": 12,
    "setitimer": 38,
    "clock_gettime": 228,
    "pread64": 17,
    "poll": 7,
    "ppoll": 271,
    "munmap": 11,
    "mremap": 25,
    "madvise": 28,
    "close": 3,
    "rt_sigreturn": 15,
    "futex": 202,
    "getrusage": 98,
    "clock_nanosleep": 230,
    "nanosleep": 35,
    "restart_syscall": 219,
    "read": 0,
    "write": 1,
    "readv": 19,
    "writev": 20,
    "recvfrom": 45,
    "sendmsg": 46,
    "lseek": 8,
    "fstat": 5,
    "getrandom": 318,
    "gettimeofday": 96,
    "clock_getres": 229,
    "getitimer": 36,
    "rt_sigaction": 13,
    "rt_sigprocmask": 14,
    "sigaltstack": 131,
    "sched_yield": 24,
    "getpid": 39,
    "gettid": 186,
    "getppid": 110,
    "fork": 57,
    "set_robust_list": 273,
    "rseq": 334,
    "exit": 60,
    "exit_group": 231,
}
_AARCH64 = {
    "recvmsg": 212,
    "sendto": 206,
    "brk": 214,
    "setitimer": 103,
    "clock_gettime": 113,
    "pread64": 67,
    "ppoll": 73,
    "munmap": 215,
    "mremap": 216,
    "madvise": 233,
    "close": 57,
    "rt_sigreturn": 139,
    "futex": 98,
    "getrusage": 165,
    "clock_nanosleep": 115,
    "nanosleep": 101,
    "restart_syscall": 128,
    "read": 63,
    "write": 64,
    "readv": 65,
    "writev": 66,
    "recvfrom": 207,
    "sendmsg": 211,
    "lseek": 62,
    "fstat": 80,
    "getrandom": 278,
    "gettimeofday": 169,
    "clock_getres": 114,
    "getitimer": 102,
    "rt_sigaction": 134,
    "rt_sigprocmask": 135,
    "sigaltstack": 132,
    "sched_yield": 124,
    "getpid": 172,
    "gettid": 178,
    "getppid": 173,
    "set_robust_list": 99,
    "rseq": 293,
    "exit": 93,
    "exit_group": 94,
}

TABLES = {
    "x86_64": Table(0xC000003E, _X86_64, clone=56, prlimit=302, mmap=9, mprotect=10),
    "aarch64": Table(0xC00000B7, _AARCH64, clone=220, prlimit=261, mmap=222, mprotect=226),
}
#: On every architecture; refused as unknown, so that the C library takes `clone` instead.
CLONE3 = 435
