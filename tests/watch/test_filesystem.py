from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vmgit.watch.filesystem import SILENT, filesystem_type, silent_filesystem

from .conftest import make_repo

MOUNTS = r"""
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:26 / /mnt/c rw,noatime - 9p drvfs rw,dirsync
31 22 0:40 / /home rw,relatime shared:5 master:1 - nfs4 server:/home rw,vers=4.2
32 31 0:41 / /home/ann/local rw - btrfs /dev/sdb rw
33 22 0:42 / /mnt/with\040space rw - fuse.sshfs ann@host:/ rw
34 22 0:43 / /data rw - ext4 /dev/sdc rw
35 34 0:44 / /data rw - cifs //server/data rw
a broken line
""".lstrip()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/srv/repo", "ext4"),
        ("/mnt/c", "9p"),
        ("/mnt/c/repo", "9p"),
        ("/mnt/cc/repo", "ext4"),
        ("/home/ann/repo", "nfs4"),
        ("/home/ann/local/repo", "btrfs"),
        ("/mnt/with space/repo", "fuse.sshfs"),
        ("/data/repo", "cifs"),
    ],
)
def test_the_longest_and_latest_mount_holds_the_path(path: str, kind: str) -> None:
    assert filesystem_type(path, MOUNTS) == kind


def test_no_mount_holds_the_path() -> None:
    assert filesystem_type("/srv", "") is None


def test_the_filesystem_of_this_test_reports_its_changes(tmp_path: Path) -> None:
    mounts = Path("/proc/self/mountinfo").read_text()
    kind = filesystem_type(str(tmp_path.resolve()), mounts)
    assert kind is not None
    assert silent_filesystem(str(tmp_path)) == (kind if kind in SILENT else None)


def test_a_silent_filesystem_is_polled(tmp_path: Path) -> None:
    """The kind that the test's folder really is on is declared silent in the watcher process."""
    repo = make_repo(tmp_path.resolve() / "repo")
    kind = filesystem_type(str(repo.root), Path("/proc/self/mountinfo").read_text())
    code = (
        "import vmgit.watch.filesystem as f, vmgit.watch.child as c\n"
        f"f.SILENT |= {{{kind!r}}}\nc.main()"
    )
    command = [sys.executable, "-c", code, repo.root, repo.git_dir, repo.common_dir]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert '"mode":"polling"' in process.stdout.readline()
        assert f"({kind} does not report all changes)" in process.stdout.readline()
        process.stdin.close()
        process.wait(60)
