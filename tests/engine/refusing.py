"""Has the kernel itself refuse calls to this process and its children, by a filter of the test's.

So a layer of the sandbox is missing for real, as it is on a kernel that was built without it.
"""

from __future__ import annotations

import ctypes
import struct

from vmgit import kernel

_NNP, _SECCOMP, _FILTER = 38, 22, 2
_NUMBERS = {
    "x86_64": {"prctl": 157, "setgroups": 116, "landlock": 444, "prlimit": 302, "clone": 56},
    "aarch64": {"prctl": 167, "setgroups": 159, "landlock": 444, "prlimit": 261, "clone": 220},
}[kernel.machine()]

#: What makes a layer unavailable: the call, its first argument if that matters.
LAYERS = {
    "landlock": ("landlock", None),
    "seccomp": ("prctl", _SECCOMP),
    "not_dumpable": ("prctl", 4),
    "no_new_privs": ("prctl", _NNP),
    "user": ("setgroups", None),
    "rlimits": ("prlimit", None),
    # No layer, but what every copy of a realm needs.
    "fork": ("clone", None),
}


def refuse(layers: dict[str, int]) -> None:
    """Have the calls behind each layer fail with an errno, in this process and its children."""
    kernel.prctl(_NNP, 1)
    code = b""
    for layer, errno in layers.items():
        call, argument = LAYERS[layer]
        code += _op(0x20, 0)
        code += _op(0x15, _NUMBERS[call], no=1 if argument is None else 3)
        if argument is not None:
            code += _op(0x20, 16) + _op(0x15, argument, no=1)
        code += _op(0x06, 0x00050000 | errno)
    code += _op(0x06, 0x7FFF0000)
    instructions = ctypes.create_string_buffer(code)
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(instructions))
    pointer = ctypes.create_string_buffer(header)
    kernel.prctl(_SECCOMP, _FILTER, ctypes.addressof(pointer))


def _op(code: int, value: int, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, 0, no, value)
