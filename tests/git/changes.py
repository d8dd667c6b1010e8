"""Every way in which a worktree can differ from HEAD, as functions that make it so.

Each changes a repository of the `repo` fixture and returns the paths that it changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TypeAlias

from realgit import Git

#: Changes the repository and returns the paths that it changed.
Change: TypeAlias = Callable[[Git], Iterable[str]]


def edit(git: Git) -> list[str]:
    git.write("lib/b.js", "changed\n")
    return ["lib/b.js"]


def delete(git: Git) -> list[str]:
    (git.folder / "lib/deep/c.js").unlink()
    return ["lib/deep/c.js"]


def delete_folder(git: Git) -> list[str]:
    git.write("keep", "1")
    git.commit()
    for name in ("lib/deep/c.js", "lib/b.js"):
        (git.folder / name).unlink()
    (git.folder / "lib/deep").rmdir()
    (git.folder / "lib").rmdir()
    return ["lib"]


def rename(git: Git) -> list[str]:
    git("mv", "a.js", "lib/deep/z.js")
    return ["a.js", "lib/deep/z.js"]


def rename_by_hand(git: Git) -> list[str]:
    (git.folder / "a.js").rename(git.folder / "z.js")
    return ["a.js", "z.js"]


def make_executable(git: Git) -> list[str]:
    (git.folder / "a.js").chmod(0o755)
    return ["a.js"]


def ignore_modes(git: Git) -> list[str]:
    (git.folder / "a.js").chmod(0o755)
    git.commit()
    git("config", "core.fileMode", "false")
    (git.folder / "a.js").chmod(0o644)
    git.write("a.js", "other\n")
    git.write("lib/b.js", "other\n").chmod(0o755)
    return ["a.js", "lib/b.js"]


def file_to_link(git: Git) -> list[str]:
    (git.folder / "a.js").unlink()
    (git.folder / "a.js").symlink_to("lib/b.js")
    return ["a.js"]


def link_to_file(git: Git) -> list[str]:
    (git.folder / "link").symlink_to("a.js")
    git.commit()
    (git.folder / "link").unlink()
    git.write("link", "now a file")
    return ["link"]


def link_elsewhere(git: Git) -> list[str]:
    (git.folder / "link").symlink_to("a.js")
    git.commit()
    (git.folder / "link").unlink()
    (git.folder / "link").symlink_to(os.fsdecode(b"/nowhere/\xff"))
    return ["link"]


def file_to_folder(git: Git) -> list[str]:
    (git.folder / "a.js").unlink()
    git.write("a.js/inside.js", "untracked")
    return ["a.js", "a.js/inside.js"]


def file_to_tracked_folder(git: Git) -> list[str]:
    (git.folder / "a.js").unlink()
    git.write("a.js/inside.js", "tracked")
    git("add", "-A")
    git.write("a.js/inside.js", "tracked and changed")
    return ["a.js", "a.js/inside.js"]


def folder_to_file(git: Git) -> list[str]:
    delete_folder(git)
    git.write("lib", "a file now")
    git("add", "-A")
    return ["lib", "lib/b.js", "lib/deep/c.js"]


def folder_to_link(git: Git) -> list[str]:
    (git.folder / "lib").rename(git.folder / "elsewhere")
    (git.folder / "lib").symlink_to("elsewhere")
    return ["lib/b.js", "lib/deep/c.js", "lib"]


def stage_new(git: Git) -> list[str]:
    git.write("new/one.js", "staged\n")
    git("add", "new")
    git.write("new/one.js", "then changed\n")
    return ["new/one.js"]


def stage_then_delete(git: Git) -> list[str]:
    git.write("new.js", "staged\n")
    git("add", "new.js")
    (git.folder / "new.js").unlink()
    return ["new.js"]


def stage_then_revert(git: Git) -> list[str]:
    git.write("a.js", "staged\n")
    git("add", "a.js")
    git.write("a.js", "1\n")
    return ["a.js"]


def untrack(git: Git) -> list[str]:
    git("rm", "--quiet", "--cached", "a.js")
    return ["a.js"]


def intend_to_add(git: Git) -> list[str]:
    git.write("planned.js", "content\n")
    git.write("planned-empty.js", "")
    git("add", "--intent-to-add", "planned.js", "planned-empty.js")
    return ["planned.js", "planned-empty.js"]


def leave_untracked(git: Git) -> list[str]:
    git.write("untracked.js", "not there\n")
    return ["untracked.js", "does/not/exist.js"]


def odd_names(git: Git) -> list[str]:
    names = [
        "with space.js",
        "ünï/cödé.js",
        "new\nline.js",
        'quo"te\\back.js',
        " lead",
        "-dash",
        "tab\t.js",
        "a.b",
        "a-b",
        "a/b",
        ":(glob)x",
        os.fsdecode(b"bytes-\xff\xfe.js"),
    ]
    for name in names:
        git.write(name, "old")
    git.commit()
    for name in names:
        git.write(name, "newer")
    return names


def assume_unchanged(git: Git) -> list[str]:
    git("update-index", "--assume-unchanged", "a.js")
    git.write("a.js", "not to be seen\n")
    return ["a.js"]


def skip_worktree(git: Git) -> list[str]:
    git.write("a.js", "staged\n")
    git("add", "a.js")
    git("update-index", "--skip-worktree", "a.js")
    git.write("a.js", "not to be seen\n")
    return ["a.js"]


def sparse_checkout(git: Git) -> list[str]:
    git("sparse-checkout", "set", "--cone", "--sparse-index", "other")
    git.write("a.js", "changed\n")
    return ["a.js", "lib/b.js"]


def split_index(git: Git) -> list[str]:
    git("update-index", "--split-index")
    git.write("a.js", "changed\n")
    return ["a.js"]


def racy(git: Git) -> list[str]:
    """Change a file without changing its size or, as far as a clock of seconds tells, its time."""
    before = git.write("a.js", "aaaa").stat()
    git("add", "a.js")
    git.write("a.js", "bbbb")
    os.utime(git.folder / "a.js", ns=(before.st_atime_ns, before.st_mtime_ns))
    return ["a.js"]


def detach(git: Git) -> list[str]:
    git("checkout", "--quiet", "--detach")
    return edit(git)


def conflict(git: Git) -> list[str]:
    git("checkout", "--quiet", "-b", "theirs")
    git.write("a.js", "theirs\n")
    (git.folder / "lib/b.js").unlink()
    git.write("added.js", "theirs\n")
    git.commit()
    git("checkout", "--quiet", "main")
    git.write("a.js", "ours\n")
    git.write("lib/b.js", "ours\n")
    git.write("added.js", "ours\n")
    git.commit()
    git("merge", "--quiet", "theirs", check=False)
    assert "U" in git("status", "--porcelain")
    return ["a.js", "lib/b.js", "added.js"]


def file_against_folder(git: Git) -> list[str]:
    """Leave the index as some merges do: their file has the name of our folder."""
    theirs = git("hash-object", "-w", "--stdin", stdin=b"a file there")
    git("update-index", "--index-info", stdin=f"100644 {theirs} 3\tlib\n".encode())
    git.write("lib/deep/c.js", "changed\n")
    assert "UA lib" in git("status", "--porcelain")
    return ["lib", "lib/b.js", "lib/deep/c.js"]


def empty_everything(git: Git) -> list[str]:
    for name in ("a.js", "lib/b.js", "lib/deep/c.js"):
        (git.folder / name).unlink()
    return ["a.js", "lib/b.js", "lib/deep/c.js"]


def touch(git: Git) -> list[str]:
    os.utime(git.folder / "a.js", (1, 1))
    return ["a.js"]


CHANGES: list[Change] = [
    edit,
    delete,
    delete_folder,
    rename,
    rename_by_hand,
    make_executable,
    ignore_modes,
    file_to_link,
    link_to_file,
    link_elsewhere,
    file_to_folder,
    file_to_tracked_folder,
    folder_to_file,
    folder_to_link,
    stage_new,
    stage_then_delete,
    stage_then_revert,
    untrack,
    intend_to_add,
    leave_untracked,
    odd_names,
    assume_unchanged,
    skip_worktree,
    sparse_checkout,
    split_index,
    racy,
    detach,
    conflict,
    file_against_folder,
    empty_everything,
    touch,
]
