"""Finds the Git repository and the workspace that a folder belongs to, by reading files alone.

Commands that need no Git objects (`vmgit log`) use only this, so it must stay cheap and must not
import pygit2 or start a process. The `GIT_*` variables are ignored on purpose: inside a hook they
point at a temporary index or at another repository, and the folder is what the user named.
"""

from __future__ import annotations

from pathlib import Path

from vmgit.errors import EnvironmentFailure

#: The file that makes a folder a workspace.
WORKSPACE_FILE = "vmgit.toml"
#: The name of the worktree that was not made by `git worktree add`.
MAIN_WORKTREE = "main"


# Plain classes: to make a dataclass takes longer than to find a workspace.
class RepositoryPaths:
    """Where a repository keeps its parts; all paths are absolute and resolved.

    `git_dir` holds HEAD and the index of this worktree, `common_dir` what all worktrees share;
    `worktree_name` is `main` or the name under which Git knows the linked worktree.
    """

    def __init__(self, worktree: Path, git_dir: Path, common_dir: Path, worktree_name: str) -> None:
        self.worktree = worktree
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.worktree_name = worktree_name

    @property
    def state_dir(self) -> Path:
        """The folder of vmgit's own files; it may not exist yet."""
        return self.common_dir / "vmgit"

    def has_worktree(self, name: str) -> bool:
        """Tell whether Git knows a worktree of this name.

        It does until `git worktree remove` or `prune`, also while its folder is not mounted.
        """
        known = (MAIN_WORKTREE, self.worktree_name)
        return name in known or (self.common_dir / "worktrees" / name).is_dir()


class WorkspacePaths(RepositoryPaths):
    """A workspace in its repository.

    `root` is the folder with `vmgit.toml`; `prefix` is that folder relative to the worktree in
    posix form, empty when both are the same.
    """

    def __init__(self, repository: RepositoryPaths, root: Path, prefix: str) -> None:
        super().__init__(
            repository.worktree,
            repository.git_dir,
            repository.common_dir,
            repository.worktree_name,
        )
        self.root = root
        self.prefix = prefix

    @property
    def git_folders(self) -> tuple[str, ...]:
        """Where Git keeps its own in the workspace folder, relative to it."""
        folders = {self.git_dir, self.common_dir}
        return tuple(
            folder.relative_to(self.root).as_posix()
            for folder in folders
            if self.root in folder.parents
        )


def find_repository(start: Path) -> RepositoryPaths:
    """Return the repository whose worktree holds `start`, a folder or file that may not exist.

    Raises `EnvironmentFailure` when there is none, when `start` is in a bare repository or inside
    a Git directory, and when a `.git` file leads nowhere.
    """
    origin = start.resolve()
    for folder in (origin, *origin.parents):
        marker = folder / ".git"
        if marker.is_file():
            return _linked(folder, marker)
        if _is_git_dir(marker):
            return _paths(folder, marker.resolve())
        if _is_git_dir(folder):
            raise EnvironmentFailure(
                f"{origin} is in a bare repository or a Git directory ({folder}), "
                "which has no worktree.",
                hints=["Run vmgit in a worktree; `git worktree add DIR` makes one."],
                code="bare_repository",
            )
    raise EnvironmentFailure(
        f"{origin} is not in a Git repository.",
        hints=["`vmgit init` makes a workspace, and a repository if there is none."],
        code="not_a_repository",
    )


def find_workspace(start: Path) -> WorkspacePaths:
    """Return the workspace that `start` is in: the nearest folder upwards with a `vmgit.toml`.

    The search ends at the top of the worktree: a workspace never spans two repositories. Raises
    `EnvironmentFailure` like `find_repository`, and when no `vmgit.toml` is found.
    """
    found = find_repository(start)
    origin = start.resolve()
    for folder in (origin, *origin.parents):
        if (folder / WORKSPACE_FILE).is_file():
            relative = folder.relative_to(found.worktree).as_posix()
            return WorkspacePaths(found, folder, "" if relative == "." else relative)
        if folder == found.worktree:
            break
    raise EnvironmentFailure(
        f"No {WORKSPACE_FILE} between {origin} and the top of its repository, {found.worktree}.",
        hints=["`vmgit init` makes this folder a workspace."],
        code="not_a_workspace",
    )


def _linked(worktree: Path, marker: Path) -> RepositoryPaths:
    """Follow a `.git` file (gitrepository-layout(5)), as linked worktrees and submodules have."""
    text = _first_line(marker)
    target = (worktree / text.removeprefix("gitdir:").strip()).resolve()
    if not text.startswith("gitdir:") or not _is_git_dir(target):
        raise EnvironmentFailure(
            f"{marker} does not lead to a Git directory (it says {text!r}).",
            hints=["If the repository was moved, `git worktree repair` mends the link."],
            code="not_a_repository",
        )
    return _paths(worktree, target)


def _paths(worktree: Path, git_dir: Path) -> RepositoryPaths:
    pointer = git_dir / "commondir"
    if not pointer.is_file():
        return RepositoryPaths(worktree, git_dir, git_dir, MAIN_WORKTREE)
    common = (git_dir / _first_line(pointer)).resolve()
    return RepositoryPaths(worktree, git_dir, common, git_dir.name)


def _first_line(path: Path) -> str:
    try:
        return path.read_text("utf-8", "surrogateescape").split("\n", 1)[0].strip()
    except OSError as error:
        raise EnvironmentFailure(f"{path} cannot be read: {error.strerror}.") from error


def _is_git_dir(folder: Path) -> bool:
    """Tell a Git directory as Git itself does: HEAD, and objects and refs or a link to them."""
    if not (folder / "HEAD").exists() and not (folder / "HEAD").is_symlink():
        return False
    if (folder / "commondir").is_file():
        return True
    return (folder / "objects").is_dir() and (folder / "refs").is_dir()
