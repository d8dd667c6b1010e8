"""Which kind of filesystem a folder is on, and whether its changes can be expected as events.

On network and shared filesystems the kernel reports only what this machine does, or nothing: the
watcher then has to look for itself. This reads the kernel's list of mounts; it must not know what
is watched.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

#: Types on which somebody else may write without an event: network disks, and the folders that
#: a virtual machine, WSL or a container shares with its host.
SILENT = frozenset(
    [
        "9p",
        "afs",
        "ceph",
        "cifs",
        "drvfs",
        "fuse.glusterfs",
        "fuse.grpcfuse",
        "fuse.osxfs",
        "fuse.s3fs",
        "fuse.sshfs",
        "fuse.vmhgfs-fuse",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "prl_fs",
        "smb3",
        "smbfs",
        "vboxsf",
        "virtiofs",
    ]
)


def filesystem_type(path: str, mounts: str) -> str | None:
    """Return the type of the filesystem that holds an absolute, real `path`.

    `mounts` is the text of `/proc/self/mountinfo` (proc_pid_mountinfo(5)): field 5 is the mount
    point, the field after the lone `-` is the type. None when nothing in it holds the path.
    """
    best, kind = -1, None
    for line in mounts.splitlines():
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if not dash or len(fields) < 5:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
        holds = path == point or path.startswith(point.rstrip("/") + "/")
        if holds and len(point) >= best:  # a later mount on the same point hides the earlier one
            best, kind = len(point), after.split(" ")[0]
    return kind


def silent_filesystem(path: str) -> str | None:
    """Return the type of the filesystem at `path` if its changes may come without events."""
    try:
        mounts = Path("/proc/self/mountinfo").read_bytes()
    except FileNotFoundError:  # no Linux; its own observers know what they can do
        return None
    kind = filesystem_type(os.path.realpath(path), os.fsdecode(mounts))
    return kind if kind in SILENT else None
