"""Says on what kind of filesystem a folder lies.

SQLite's write-ahead log needs shared memory between all processes that use a database, which
network and host-shared filesystems do not give (https://sqlite.org/wal.html, "All processes using
a database must be on the same host"). Knows nothing of databases.
"""

from __future__ import annotations

import os
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")

#: Filesystems whose files another machine (or the host of a virtual machine) may change.
# fmt: off
_SHARED = frozenset({
    "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "drvfs", "fakeowner", "fhgfs",
    "fuse", "gfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2",
    "orangefs", "panfs", "prl_fs", "pvfs2", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs",
    "vmhgfs",
})
# fmt: on


def filesystem_type(folder: Path, mounts: str | None = None) -> str | None:
    """Return the filesystem type that holds `folder`, such as `ext4` or `nfs4`.

    `mounts` is the text of `/proc/self/mountinfo` (proc(5)); without it that file is read. Returns
    None where there is no such file (not Linux) or no entry fits.
    """
    if mounts is None:
        try:
            mounts = os.fsdecode(_MOUNTS.read_bytes())
        except OSError:
            return None
    target = os.path.realpath(folder)
    best, found = -1, None
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        fields = left.split(" ")
        if len(fields) < 5 or not right:
            continue
        point = _unescape(fields[4])
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        # A later entry hides an earlier one on the same mount point.
        if inside and len(point) >= best:
            best, found = len(point), right.split(" ")[0]
    return found


def is_shared(kind: str | None) -> bool:
    """Return whether a filesystem of this type may be used by several machines at once.

    Every `fuse.*` counts: what stands behind it cannot be told, and to be wrong only costs speed.
    """
    return kind is not None and (kind in _SHARED or kind.startswith("fuse."))


def _unescape(text: str) -> str:
    # mountinfo writes space, tab, newline and backslash as three octal digits.
    for escaped, plain in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(escaped, plain)
    return text
