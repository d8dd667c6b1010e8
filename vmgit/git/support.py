"""Opens a repository with libgit2, or says in one sentence why this one cannot be used.

libgit2 names what it refuses only in the text of its errors; this is the one place that reads
that text, so that every unsupported repository gets the same kind of answer: what it is, and what
the user can do.
"""

from __future__ import annotations

import re

import pygit2
from pygit2.enums import RepositoryOpenFlag

from vmgit.errors import EnvironmentFailure, VmgitError

from .discovery import RepositoryPaths

#: What can be done about an extension that libgit2 does not know (git-config(1), `extensions`).
_REMEDIES = {
    "refstorage": "Convert it with `git refs migrate --ref-format=files` (Git 2.46 or newer).",
    "compatobjectformat": "Clone it into a new folder without `extensions.compatObjectFormat`.",
}


def library_version() -> str:
    """Return the version of libgit2."""
    return pygit2.LIBGIT2_VERSION


def open_libgit2(paths: RepositoryPaths) -> pygit2.Repository:
    """Return the opened worktree of `paths`.

    Raises `EnvironmentFailure` for sha256, unknown extensions, foreign owners, bare repositories
    and partial clones that lack objects of HEAD.
    """
    # A partial clone is fine as long as nothing that is needed is missing, which is checked below.
    pygit2.settings.set_extensions(["partialclone"])
    try:
        opened = pygit2.Repository(str(paths.worktree), RepositoryOpenFlag.NO_SEARCH)
    except (pygit2.GitError, KeyError, ValueError) as error:
        raise _explain(str(error), paths) from error
    if opened.is_bare:
        raise EnvironmentFailure(
            f"The repository in {paths.worktree} is bare (`core.bare` is true): "
            "it has no worktree to run code from.",
            hints=["Run vmgit in a worktree; `git worktree add DIR` makes one."],
            code="bare_repository",
        )
    _refuse_holes(opened, paths)
    return opened


def _explain(text: str, paths: RepositoryPaths) -> VmgitError:
    where = paths.worktree
    if "not owned by" in text:
        return EnvironmentFailure(
            f"The repository in {where} belongs to another user, and Git does not trust it.",
            hints=[f"If you do: `git config --global --add safe.directory {where}`"],
            code="unsafe_owner",
        )
    hashing = re.search(r"unknown object format '?([\w-]+)'?", text)
    if hashing:
        return EnvironmentFailure(
            f"The repository in {where} uses extensions.objectFormat = {hashing[1]}, "
            "which vmgit cannot read.",
            hints=["Use a repository with SHA-1 objects (`git init --object-format=sha1`)."],
            details={"extension": "objectformat"},
            code="unsupported_repository",
        )
    extension = re.search(r"unsupported extension name extensions\.([\w.-]+)", text)
    if extension:
        name = extension[1].lower()
        return EnvironmentFailure(
            f"The repository in {where} uses extensions.{name}, which vmgit cannot read.",
            hints=[_REMEDIES.get(name, f"Clone it into a new folder without extensions.{name}.")],
            details={"extension": name},
            code="unsupported_repository",
        )
    return EnvironmentFailure(
        f"The repository in {where} cannot be opened: {text}.",
        hints=["`git fsck` and `git status` tell whether Git can read it."],
        code="unsupported_repository",
    )


def _refuse_holes(opened: pygit2.Repository, paths: RepositoryPaths) -> None:
    """Refuse a partial clone in which objects of HEAD's tree are missing."""
    config = opened.config
    partial = "extensions.partialclone" in config or any(
        entry.name.endswith(".promisor") and entry.value == "true" for entry in config
    )
    if not partial or opened.head_is_unborn:
        return
    missing = _missing_below(opened, opened.head.target)
    if missing:
        raise EnvironmentFailure(
            f"The repository in {paths.worktree} is a partial clone (extensions.partialClone) "
            f"that lacks {missing} or more objects of HEAD.",
            hints=["`git fetch --refetch --no-filter` fetches everything."],
            details={"extension": "partialclone"},
            code="unsupported_repository",
        )


def _missing_below(opened: pygit2.Repository, commit: object) -> int:
    """Count the objects missing below a commit, down to the first incomplete folder."""
    try:
        top = opened[str(commit)].peel(pygit2.Tree)
        pending = [top]
        while pending:
            folder = pending.pop()
            names = [item for item in folder if item is not None]
            blobs = [str(item.id) for item in names if item.type_str == "blob"]
            missing = sum(1 for oid in blobs if oid not in opened)
            if missing:
                return missing
            pending.extend(item for item in names if isinstance(item, pygit2.Tree))
    except KeyError:
        return 1
    return 0
