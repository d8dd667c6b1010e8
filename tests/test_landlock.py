"""The rules that Landlock is given are ones that the kernel takes, in every version it knows."""

from __future__ import annotations

import ctypes
import os
import sys

import pytest

from vmgit import kernel, landlock

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Landlock is Linux's")


def test_the_rules_of_every_version_so_far_are_taken() -> None:
    found = landlock.version()
    sizes = []
    for version in range(1, found + 1):
        content = landlock.attributes(version)
        given = ctypes.create_string_buffer(content)
        ruleset = kernel.syscall(444, ctypes.addressof(given), len(content), 0)
        os.close(ruleset)
        sizes.append(len(content))
    # One field at first; TCP came with version 4, scopes with 6.
    assert sizes == [8, 8, 8, 16, 16, 24, 24, 24, 24][:found]


def test_more_than_the_kernel_knows_is_refused_by_it() -> None:
    content = b"\xff" * 8
    given = ctypes.create_string_buffer(content)
    with pytest.raises(OSError, match="Invalid argument"):
        kernel.syscall(444, ctypes.addressof(given), len(content), 0)


def test_rights_grow_with_the_versions() -> None:
    rights = [int.from_bytes(landlock.attributes(version)[:8], "little") for version in range(1, 8)]
    assert [bin(right).count("1") for right in rights] == [13, 14, 15, 15, 16, 16, 16]
