"""The few calls to the Linux kernel that Python has no function for, through the C library.

Every refusal is an `OSError` with the kernel's own reason, on other systems too. This module knows
the calling convention and nothing of what the calls are for.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from functools import cache


@cache
def library() -> ctypes.CDLL:
    """Return the C library of this process. Raises `OSError` where the kernel is not Linux."""
    if sys.platform != "linux":
        raise OSError(f"not on {sys.platform}")
    return ctypes.CDLL(None, use_errno=True)


def machine() -> str:
    """Return the architecture whose system calls this process makes, such as `x86_64`."""
    if ctypes.sizeof(ctypes.c_void_p) != 8:
        return f"{platform.machine()} with 32 bits"
    return platform.machine()


def prctl(option: int, value: int, pointer: int = 0) -> int:
    """Call prctl(2). Raises `OSError`."""
    arguments = (ctypes.c_ulong(value), ctypes.c_ulong(pointer), ctypes.c_ulong(0))
    return _checked(library().prctl(option, *arguments, ctypes.c_ulong(0)))


def syscall(number: int, *arguments: int) -> int:
    """Make a system call with integers or addresses. Raises `OSError`."""
    function = library().syscall
    function.restype = ctypes.c_long
    return _checked(function(ctypes.c_long(number), *map(ctypes.c_long, arguments)))


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
