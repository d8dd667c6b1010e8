"""Filesystem types from the mount table of Linux."""

from __future__ import annotations

from pathlib import Path

import pytest

from vmgit.eventlog.filesystem import filesystem_type, is_shared

MOUNTS = r"""
22 1 259:1 / / rw,relatime shared:1 - ext4 /dev/root rw
30 22 0:25 / /home rw,relatime shared:5 master:1 - nfs4 server:/home rw,vers=4.2
31 30 0:26 / /home/ada/local\040disk rw - xfs /dev/sdb1 rw
32 22 0:27 / /mnt/c rw - 9p drvfs rw
33 22 0:28 / /mnt/ssh rw - fuse.sshfs ada@host:/ rw
34 22 0:29 / /mnt/stacked rw - ext4 /dev/sdc1 rw
35 34 0:30 / /mnt/stacked rw - cifs //server/share rw
36 22 0:31 / /mnt/data rw - btrfs /dev/sdd1 rw
garbage
""".strip()


@pytest.mark.parametrize(
    ("folder", "kind", "shared"),
    [
        ("/", "ext4", False),
        ("/srv/repo/.git/vmgit", "ext4", False),
        ("/home", "nfs4", True),
        ("/home/ada/repo", "nfs4", True),
        ("/homework", "ext4", False),
        ("/home/ada/local disk/repo", "xfs", False),
        ("/mnt/c/repo", "9p", True),
        ("/mnt/ssh/repo", "fuse.sshfs", True),
        ("/mnt/stacked/repo", "cifs", True),
        ("/mnt/data/repo", "btrfs", False),
    ],
)
def test_the_innermost_and_latest_mount_counts(folder: str, kind: str, shared: bool) -> None:
    found = filesystem_type(Path(folder), MOUNTS)
    assert (found, is_shared(found)) == (kind, shared)


def test_without_a_mount_table_nothing_is_known() -> None:
    assert filesystem_type(Path("/srv"), "") is None
    assert not is_shared(None)


def test_symlinks_are_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    mounts = f"1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / {tmp_path}/real rw - nfs b rw"
    assert filesystem_type(tmp_path / "link", mounts) == "nfs"


def test_the_running_system_is_asked(tmp_path: Path) -> None:
    table = Path("/proc/self/mountinfo")
    found = filesystem_type(tmp_path)
    assert (found is not None) == table.exists()
    if found is not None:
        assert f" - {found} " in table.read_text()
