"""Landlock: no path can be opened, made, listed or run from here on, but beneath given folders.

Later versions of the kernel's interface also close TCP, abstract sockets and signals to processes
outside; what the running one lacks is said. Open descriptors keep working, and stat is not covered
(the seccomp filter denies it). Rules: landlock(7) and linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Mapping

from vmgit.kernel import syscall

# The same numbers on every architecture.
_CREATE_RULESET = 444
_ADD_RULE = 445
_RESTRICT_SELF = 446
_VERSION = 1
_PATH_BENEATH = 1

#: Rights to what is beneath a folder, of linux/landlock.h.
WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
REMOVE_FILE, MAKE_FILE, TRUNCATE = 1 << 5, 1 << 8, 1 << 14

#: Rights to files by the version that brought them: 13 at first, then refer, truncate, ioctl_dev.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
#: To bind and to connect; abstract sockets and signals.
_TCP_RIGHTS, _SCOPES = 0b11, 0b11
#: What is more than files, and the version that brought it.
PARTS = {"landlock_tcp": 4, "landlock_scope": 6}


def version() -> int:
    """Return the version of the kernel's Landlock interface. Raises `OSError` if it has none."""
    return syscall(_CREATE_RULESET, 0, 0, _VERSION)


def restrict(beneath: Mapping[int, int] | None = None) -> dict[str, str]:
    """Deny what this kernel can deny, for good; return which of `PARTS` it lacks, and why.

    `beneath` maps descriptors of folders to the rights that stay there. Needs no_new_privs. Raises
    `OSError`.
    """
    found = version()
    rules = ctypes.create_string_buffer(attributes(found))
    # An older kernel takes only the fields it knows; the terminating byte is not one of them.
    ruleset = syscall(_CREATE_RULESET, ctypes.addressof(rules), len(rules) - 1, 0)
    try:
        known = sum(rights for since, rights in _FILE_RIGHTS.items() if since <= found)
        for folder, rights in (beneath or {}).items():
            # struct landlock_path_beneath_attr, packed: rights and descriptor.
            rule = ctypes.create_string_buffer(struct.pack("=Qi", rights & known, folder))
            syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.addressof(rule), 0)
        syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return {
        part: f"needs Landlock version {needed}, the kernel has {found}"
        for part, needed in PARTS.items()
        if found < needed
    }


def attributes(found: int) -> bytes:
    """Return the rules of version `found` that deny all, as `struct landlock_ruleset_attr`."""
    files = sum(rights for since, rights in _FILE_RIGHTS.items() if since <= found)
    fields = [files]
    if found >= PARTS["landlock_tcp"]:
        fields.append(_TCP_RIGHTS)
    if found >= PARTS["landlock_scope"]:
        fields.append(_SCOPES)
    return struct.pack(f"={len(fields)}Q", *fields)
