"""The libraries of a workspace folder: add, update, remove and verify them.

The meaning of the commands: what is asked for, and which versions may change. Choosing versions,
fetching and swapping are the business of the modules beside this one. It knows no Git, no terminal
and no configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from vmgit.errors import NotFoundError, UsageError

from .change import Change, Changer, Progress
from .check import Checked, check
from .lock import LOCK_FILE, Lock, read_lock
from .names import Requirement, SpecError, folder_name, is_tag, parse_argument, parse_requirement
from .ranges import caret
from .resolve import USER, resolve
from .staging import recover

if TYPE_CHECKING:
    from .registry import Document, Registry


@dataclass(frozen=True, slots=True)
class Report:
    """What a command did; `changed` tells whether any file of `vendor/` did."""

    changes: list[Change] = field(default_factory=list)
    warnings: tuple[str, ...] = ()
    changed: bool = False


class Library:
    """The `vendor/` of the workspace folder `root`; one process at a time.

    `open_registry` is called once there is something to ask; `on_progress(what, done, total)` is
    told meanwhile. What a killed command left is put in order first: raises `RefusedError` when
    something else is in the way.
    """

    def __init__(
        self,
        root: Path,
        open_registry: Callable[[], Registry],
        on_progress: Progress = lambda what, done, total: None,
    ) -> None:
        recover(root)
        self._root = root
        self._open = open_registry
        self._on_progress = on_progress
        self._registry: Registry | None = None
        self.vendor = root / "vendor"

    @cached_property
    def lock(self) -> Lock:
        """What `vendor/` is recorded to hold. Raises `RefusedError`, `EnvironmentFailure`."""
        return read_lock(self.vendor)

    def add(self, arguments: Sequence[str], *, force: bool = False) -> Report:
        """Add packages given as `NAME[@SPEC]`, or ask for other versions of those there are."""
        known = self.lock.requested
        wishes = [self._wish(argument) for argument in arguments]
        names = {wish.name for wish in wishes}
        requested = {**known, **{wish.folder: wish.spec for wish in wishes}}
        return self._change(requested, names, force)

    def update(self, names: Sequence[str], *, force: bool = False) -> Report:
        """Bring packages, or all, to the newest versions that everyone who asks allows."""
        every = {self.lock.release(path).name for path in self.lock.packages}
        fresh = {self._name_of(name) for name in names} if names else every
        return self._change(self.lock.requested, fresh, force)

    def remove(self, names: Sequence[str], *, force: bool = False) -> Report:
        """Remove packages that were asked for, and what nobody needs then."""
        requested = dict(self.lock.requested)
        for name in names:
            if requested.pop(name, None) is None:
                raise self._not_asked_for(name)
        return self._change(requested, set(), force)

    def verify(self) -> list[Checked]:
        """Compare every package with the lock."""
        return check(self.vendor, self.lock)

    def document(self, name: str) -> Document:
        """Return what the registry has of a package; see `Registry.document`."""
        return self._ask().document(name)

    def prefetch(self, names: Iterable[str]) -> None:
        """Begin to ask for packages; the registry is not even opened for none."""
        wanted = list(names)
        if wanted:
            self._ask().prefetch(wanted)

    def _ask(self) -> Registry:
        if self._registry is None:
            self._registry = self._open()
        return self._registry

    def _wish(self, argument: str) -> Requirement:
        """Return what an argument asks for; a bare name or a tag asks for its caret range."""
        try:
            folder, spec = parse_argument(argument)
            wish = parse_requirement(folder, "latest" if spec is None else spec)
        except SpecError as error:
            raise UsageError(f"{error}.", details={"argument": argument}) from error
        if not is_tag(wish.range):
            return wish
        tags = self.document(wish.name).tags
        if wish.range not in tags:
            known = ", ".join(sorted(tags)[:12]) or "none"
            raise UsageError(f"{wish.name} has no dist-tag {wish.range}; there are: {known}.")
        return wish._replace(range=caret(tags[wish.range]))

    def _name_of(self, name: str) -> str:
        """Return the name in the registry of a package of the lock, given by path or folder."""
        for path in (name, *self.lock.packages):
            if path in self.lock.packages and name in (path, folder_name(path)):
                return self.lock.release(path).name
        raise self._unknown(name, map(folder_name, self.lock.packages))

    def _not_asked_for(self, name: str) -> UsageError:
        locked = self.lock.packages.get(name)
        askers = [path for path in locked.required_by if path != USER] if locked else []
        if not askers:
            return self._unknown(name, self.lock.requested)
        return UsageError(
            f"{name} is there because of {', '.join(askers)}.",
            hints=["It goes when nothing needs it any more."],
        )

    def _unknown(self, name: str, known: Iterable[str]) -> NotFoundError:
        from difflib import get_close_matches

        near = get_close_matches(name, sorted(set(known)), n=1)
        hints = [f"Did you mean {near[0]}?"] if near else ["`vmgit lib list` shows what there is."]
        return NotFoundError(f"vendor/{LOCK_FILE} has no {name}.", hints=hints)

    def _change(self, requested: dict[str, str], fresh: set[str], force: bool) -> Report:
        locked = {path: self.lock.release(path) for path in self.lock.packages}

        def resolving(done: int, total: int) -> None:
            self._on_progress("resolving", done, total)

        plan = resolve(requested, self, locked, fresh.__contains__, resolving)
        changer = Changer(self._root, self.lock, requested, plan, self._ask, self._on_progress)
        if not force:
            changer.guard()
        lock = changer.carry_out()
        if lock is not None:
            self.lock = lock
        return Report(changer.changes(), plan.warnings, lock is not None)
