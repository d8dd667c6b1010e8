"""The one door to a repository's objects and references.

It exists so that libgit2's conventions end here: ids are lower-case hex text, what is missing is
an `UnavailableError`, what was never there is a `NotFoundError` that names it. It knows nothing of
sessions or events. One object serves one thread at a time.

Loading libgit2 takes longer than most commands. So an ordinary repository is read through a child
of Git's at first (`batch`), and libgit2 is opened by the first use that needs more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from vmgit.errors import EnvironmentFailure, NotFoundError, UnavailableError, UsageError

from .batch import BatchFailed, BatchReader, GitObject
from .discovery import RepositoryPaths
from .durability import PendingObjects
from .files import file_signature
from .ordinary import is_ordinary
from .trees import Tree, format_tree, parse_tree

if TYPE_CHECKING:
    import pygit2

State = Literal["none", "merge", "revert", "cherry-pick", "bisect", "rebase", "am"]

#: By the start of libgit2's name of the state; the longer start comes first.
_STATES: tuple[tuple[str, State], ...] = (
    ("NONE", "none"),
    ("MERGE", "merge"),
    ("REVERT", "revert"),
    ("CHERRYPICK", "cherry-pick"),
    ("BISECT", "bisect"),
    ("REBASE", "rebase"),
    ("APPLY_MAILBOX_OR_REBASE", "rebase"),
    ("APPLY_MAILBOX", "am"),
)
#: Entries of trees kept in memory; past it the cache starts anew.
_CACHED_ENTRIES = 200_000


class Head(msgspec.Struct, frozen=True):
    """Where HEAD is: commit None before the first commit, ref None when detached."""

    commit: str | None
    ref: str | None
    state: State

    @property
    def detached(self) -> bool:
        """True when HEAD names a commit and no branch."""
        return self.ref is None


class Revision(msgspec.Struct, frozen=True):
    """What a revision names: ids of the commit and of its tree."""

    commit: str
    tree: str


class Repository:
    """A repository as seen from one worktree."""

    def __init__(self, paths: RepositoryPaths) -> None:
        self.paths = paths
        self._opened: pygit2.Repository | None = None
        self._batch: BatchReader | None = None
        self._configured = self._configuration()
        self._trees: dict[bytes, Tree] = {}
        self._tree_entries = 0
        self._commit_trees: dict[str, str] = {}
        #: What must be flushed before a pin; see `Keeper`.
        self.pending = PendingObjects(paths.common_dir / "objects")

    @classmethod
    def open(cls, paths: RepositoryPaths, *, sparing: bool = True) -> Repository:
        """Open the repository at `paths`; if `sparing`, without libgit2 while that will do.

        Raises `EnvironmentFailure` for one that vmgit cannot use, naming the reason and the way
        out.
        """
        repository = cls(paths)
        repository._start(sparing)
        return repository

    def _start(self, sparing: bool) -> None:
        if sparing and is_ordinary(self.paths):
            self._batch = BatchReader(self.paths.worktree)
        else:
            _ = self.libgit2

    @property
    def libgit2(self) -> pygit2.Repository:
        """The handle, for the other modules of this package only; not to be kept."""
        if self._opened is None:
            from .support import open_libgit2

            self._opened = open_libgit2(self.paths)
            self._end_batch()
        return self._opened

    def _end_batch(self) -> None:
        if self._batch is not None:
            self._batch.close()
            self._batch = None

    def _ask(self, name: str) -> GitObject | None:
        """Return an object as the child has it; None when it cannot tell, and libgit2 has to."""
        if self._batch is None:
            return None
        try:
            return self._batch.read(name)
        except BatchFailed:
            self._end_batch()
            return None

    def refresh(self) -> None:
        """Notice that the repository's configuration was changed since it was opened.

        libgit2 reads settings such as core.autocrlf once. A change in the user's own
        configuration is noticed by the next process only.
        """
        if self._configuration() != self._configured:
            sparing = self._batch is not None
            self._end_batch()
            self._opened = None
            self._configured = self._configuration()
            self._start(sparing)

    def _configuration(self) -> list[tuple[int, int, int] | None]:
        files = (f"{self.paths.common_dir}/config", f"{self.paths.git_dir}/config.worktree")
        return [file_signature(path) for path in files]

    @property
    def ignores_case(self) -> bool:
        """Whether names that differ only in case are the same file here (core.ignoreCase)."""
        config = self.libgit2.config
        return "core.ignorecase" in config and config.get_bool("core.ignorecase")

    def close(self) -> None:
        """Release open files; the object cannot be used afterwards."""
        self._trees.clear()
        self.pending.close()
        self._end_batch()
        if self._opened is not None:
            self._opened.free()

    # -- HEAD and revisions ------------------------------------------------------------------

    def head_commit(self) -> str | None:
        """Return the id of the commit HEAD is at, None before the first one."""
        found = self._ask("HEAD")
        if found is not None and found.kind == "commit":
            self._commit_trees[found.oid] = _tree_of(found)
            return found.oid
        handle = self.libgit2
        import pygit2

        try:
            return str(handle.lookup_reference("HEAD").resolve().target)
        except KeyError:
            return None
        except pygit2.GitError as error:
            raise self._bad_head(error) from error

    def head(self) -> Head:
        """Return where HEAD is and what operation is in progress."""
        handle = self.libgit2
        import pygit2

        try:
            reference = handle.lookup_reference("HEAD").target
        except (KeyError, pygit2.GitError) as error:
            raise self._bad_head(error) from error
        name = handle.state().name
        state = next(state for start, state in _STATES if name.startswith(start))
        branch = reference if isinstance(reference, str) else None
        return Head(self.head_commit(), branch, state)

    def _bad_head(self, error: Exception) -> EnvironmentFailure:
        return EnvironmentFailure(
            f"The HEAD of {self.paths.worktree} cannot be read: {error}.",
            hints=["`git fsck` and `git status` tell whether Git can read it."],
            code="bad_head",
        )

    def resolve(self, revision: str) -> Revision:
        """Return the commit that `revision` (gitrevisions(7)) names, and its tree.

        Raises `NotFoundError` when it names no commit and `UsageError` when it is ambiguous.
        """
        handle = self.libgit2
        import pygit2

        try:
            commit = handle.revparse_single(revision).peel(pygit2.Commit)
        except KeyError as error:
            raise NotFoundError(
                f"There is no revision {revision!r} in {self.paths.worktree}.",
                hints=self._revision_hints(),
                code="unknown_revision",
            ) from error
        except (ValueError, pygit2.GitError) as error:
            if "ambiguous" in str(error):
                raise UsageError(
                    f"The revision {revision!r} is ambiguous or too short.",
                    hints=["Give more digits of the commit's id."],
                    code="ambiguous_revision",
                ) from error
            raise NotFoundError(
                f"{revision!r} does not name a commit.",
                hints=self._revision_hints(),
                code="unknown_revision",
            ) from error
        return Revision(str(commit.id), str(commit.tree_id))

    def _revision_hints(self) -> list[str]:
        if self.libgit2.is_shallow:
            return ["This clone is shallow; `git fetch --unshallow` brings the older commits."]
        return ["`git log --oneline --all` lists what there is."]

    def commit_tree(self, commit: str) -> str:
        """Return the id of a commit's tree. Raises `UnavailableError` when the commit is gone."""
        known = self._commit_trees.get(commit)
        if known is None:
            found = self._ask(commit)
            if found is not None and found.kind == "commit":
                known = _tree_of(found)
            else:
                known = self._peeled_tree(commit)
            self._commit_trees[commit] = known
        return known

    def _peeled_tree(self, commit: str) -> str:
        handle = self.libgit2
        import pygit2

        try:
            return str(handle[commit].peel(pygit2.Commit).tree_id)
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise _missing("commit", commit) from error

    # -- objects -----------------------------------------------------------------------------

    def has(self, oid: str) -> bool:
        """Tell whether an object is in the repository."""
        return self._ask(oid) is not None or oid in self.libgit2

    def read_blob(self, oid: str) -> bytes:
        """Return the bytes of a blob. Raises `UnavailableError` when it is missing."""
        return self._read(oid, "blob")

    def read_tree(self, oid: bytes) -> Tree:
        """Return the tree with the raw id `oid`; the caller must not change it.

        Raises `UnavailableError` when it is missing.
        """
        tree = self._trees.get(oid)
        if tree is None:
            data = self._read(oid.hex(), "tree")
            tree = self._remember(oid, parse_tree(data))
        return tree

    def write_blob(self, data: bytes) -> str:
        """Store `data` as a blob and return its id."""
        oid = str(self.libgit2.create_blob(data))
        self.pending.add(oid)
        return oid

    def write_tree(self, tree: Tree) -> bytes:
        """Store `tree` and return its raw id."""
        handle = self.libgit2
        from pygit2.enums import ObjectType

        oid = handle.write(ObjectType.TREE, format_tree(tree))
        self.pending.add(str(oid))
        self._remember(oid.raw, tree)
        return oid.raw

    def _read(self, oid: str, kind: Literal["blob", "tree"]) -> bytes:
        asked = self._ask(oid)
        if asked is not None and asked.kind == kind:
            return asked.data
        handle = self.libgit2
        import pygit2

        expected = pygit2.enums.ObjectType.BLOB if kind == "blob" else pygit2.enums.ObjectType.TREE
        try:
            found, data = handle.read(oid)
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise _missing(kind, oid) from error
        if found != expected:
            raise UnavailableError(f"The object {oid} is not a {kind}.", details={"oid": oid})
        return data

    def _remember(self, oid: bytes, tree: Tree) -> Tree:
        if self._tree_entries > _CACHED_ENTRIES:
            self._trees.clear()
            self._tree_entries = 0
        self._trees[oid] = tree
        self._tree_entries += len(tree)
        return tree


def _tree_of(commit: GitObject) -> str:
    """Return the id of the tree of a commit, which stands in the first line of every one."""
    return commit.data[len(b"tree ") : len(b"tree ") + 40].decode("ascii")


def _missing(kind: str, oid: str) -> UnavailableError:
    return UnavailableError(
        f"The {kind} {oid} is not in the repository, or cannot be read.",
        hints=["`git fsck` tells whether objects are damaged or lost."],
        details={"kind": kind, "oid": oid},
        code="missing_object",
    )
