"""The Git side of an open workspace: its settings, repository, snapshots and trees.

Each part is opened when it is first needed, so that a command that only reads the log never loads
libgit2. libgit2's handle serves one thread, so all of this takes turns under one lock. It knows
neither the log nor sessions.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from .errors import EnvironmentFailure, NotFoundError
from .git.discovery import WORKSPACE_FILE, WorkspacePaths
from .shared_source import SharedSource

if TYPE_CHECKING:
    from .events.session import Origin
    from .git.keep import Keeper
    from .git.repository import Repository
    from .git.snapshot import Snapshot, Snapshotter
    from .git.status import StatusRequest
    from .settings import Settings

#: Trees whose sources stay open; a session rarely moves between more.
_SOURCES = 16

P = ParamSpec("P")
T = TypeVar("T")
W = TypeVar("W", bound="Worktree")


class part(Generic[T]):
    """A part of a workspace, made by whichever thread needs it first and then kept."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> part[T]: ...
    @overload
    def __get__(self, instance: Worktree, owner: type[Any] | None = None) -> T: ...
    def __get__(self, instance: Worktree | None, owner: type[Any] | None = None) -> part[T] | T:
        if instance is None:
            return self
        with instance.lock:
            kept = instance.__dict__
            if self._name not in kept:
                # Found there without this descriptor from now on.
                kept[self._name] = self._make(instance)
            made: T = kept[self._name]
            return made


def _in_turn(method: Callable[Concatenate[W, P], T]) -> Callable[Concatenate[W, P], T]:
    """Let one thread at a time call a method of a `Worktree`."""

    @wraps(method)
    def called(self: W, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with self.lock:
            return method(self, *args, **kwargs)

    return called


class Worktree:
    """A workspace folder as Git sees it; the base of `workspace.Workspace`."""

    def __init__(self, paths: WorkspacePaths) -> None:
        self.paths = paths
        #: Held while a part is made and while Git is asked.
        self.lock = threading.RLock()
        self._last: Snapshot | None = None
        self._sources: dict[tuple[str, str], SharedSource] = {}
        self._opened: list[Callable[[], None]] = []
        self._changes: Callable[[], set[str] | None] | None = None
        self._origin: Origin | None = None
        self._asked: StatusRequest | None = None

    @part
    def settings(self) -> Settings:
        """The content of `vmgit.toml`. Raises `RefusedError` when it is bad."""
        from .settings import read_settings

        path = self.paths.root / WORKSPACE_FILE
        try:
            content = path.read_bytes()
        except OSError as error:
            raise EnvironmentFailure(f"{path} cannot be read: {error.strerror}.") from error
        return read_settings(content, str(path))

    @part
    def repository(self) -> Repository:
        """The Git repository.

        Raises `EnvironmentFailure` for one that vmgit cannot use and `RefusedError` when
        `vmgit.toml` is bad: nothing is read for a workspace that is not understood.
        """
        _ = self.settings
        from .git.repository import Repository

        repository = Repository.open(self.paths)
        self._opened.append(repository.close)
        return repository

    @part
    def snapshotter(self) -> Snapshotter:
        """Makes trees of the tracked files."""
        from .git.snapshot import Snapshotter

        return Snapshotter(self.repository)

    def rely_on(self, changes: Callable[[], set[str] | None]) -> None:
        """Let `snapshot` look only at what `changes` says may have changed since it was asked last.

        See `watch.changes.Changes.take`.
        """
        self._changes = changes

    @_in_turn
    def ask_ahead(self) -> None:
        """Have Git look at the files while this process does something else, before `snapshot`.

        To be called when nothing that comes before it waits for anybody.
        """
        from .git.status import StatusRequest

        self._asked = StatusRequest(self.paths)
        self._opened.append(self._forget_request)

    def _forget_request(self) -> None:
        if self._asked is not None:
            self._asked.discard()
            self._asked = None

    @_in_turn
    def snapshot(self) -> Origin:
        """Return the tree of the tracked files as they are now, kept from garbage collection."""
        if self._changes is not None:
            return self._relied()
        from .git.status import StatusRequest

        request, self._asked = self._asked or StatusRequest(self.paths), None
        try:
            snapshotter = self.snapshotter
        except BaseException:
            request.discard()
            raise
        return self.keep(snapshotter.take(request))

    def _relied(self) -> Origin:
        assert self._changes is not None
        paths = self._changes()
        if paths is None or paths or self._origin is None:
            try:
                self._origin = self.snapshot_after(paths)
            except BaseException:
                # What had changed is not told again: the next look must be a whole one.
                self._origin = self._last = None
                raise
        return self._origin

    @_in_turn
    def snapshot_after(self, paths: Iterable[str] | None) -> Origin:
        """Return the worktree's tree, given what may have changed since the last call.

        `paths` are relative to the worktree; None means that anything may have.
        """
        if paths is None or self._last is None:
            self._last = self.snapshotter.take()
        else:
            self._last = self.snapshotter.update(self._last, paths)
        return self.keep(self._last)

    @_in_turn
    def keep(self, snapshot: Snapshot) -> Origin:
        """Pin a snapshot's tree, so that events may name it."""
        from .events.session import Origin

        self.pin(snapshot.tree)
        return Origin(tree=snapshot.tree, commit=snapshot.commit, dirty=snapshot.dirty)

    @_in_turn
    def with_file(self, origin: Origin, path: str) -> Origin:
        """Return `origin` with the file at workspace path `path` in its tree.

        A tracked file is there already; an untracked one joins, for this origin only. Raises
        `NotFoundError` when there is no such file and `RefusedError` when Git ignores it.
        """
        if self.source(origin.tree).lookup(path) is not None:
            return origin
        from .events.session import Origin

        full = f"{self.paths.prefix}/{path}" if self.paths.prefix else path
        blob = None
        if not self.snapshotter.is_tracked(full):
            blob = self.snapshotter.store_file(full)
        if blob is None:
            raise NotFoundError(f"there is no file {path}.", details={"path": path})
        tree = self.snapshotter.with_file(origin.tree, full, blob)
        self.pin(tree)
        return Origin(tree=tree, commit=origin.commit, dirty=True)

    @part
    def _keeper(self) -> Keeper:
        from .git.keep import Keeper

        return Keeper(self.repository)

    @_in_turn
    def pin(self, tree: str) -> None:
        """Keep a tree (oid) from garbage collection."""
        self._keeper.pin(tree)
        self._keeper.settle()

    @_in_turn
    def at(self, revision: str) -> Origin:
        """Return the tree of a revision, pinned. Raises `NotFoundError` when there is none."""
        from .events.session import Origin

        found = self.repository.resolve(revision)
        self.pin(found.tree)
        return Origin(tree=found.tree, commit=found.commit, dirty=False)

    @_in_turn
    def tracked(self) -> SharedSource:
        """Return the tracked files as they are now. Nothing is pinned."""
        return self.source(self.snapshotter.take().tree)

    @_in_turn
    def ignores(self, path: str) -> bool:
        """Tell whether Git ignores a path, relative to the worktree."""
        return self.snapshotter.is_ignored(path)

    @_in_turn
    def source(self, tree: str, prefix: str | None = None) -> SharedSource:
        """Return the files of a tree (oid), seen from `prefix` (default: the workspace folder)."""
        from .git.source import TreeSource

        place = (tree, self.paths.prefix if prefix is None else prefix)
        source = self._sources.pop(place, None)
        if source is None:
            source = SharedSource(TreeSource(self.repository, *place), self.lock)
        self._sources[place] = source
        while len(self._sources) > _SOURCES:
            del self._sources[next(iter(self._sources))]
        return source
