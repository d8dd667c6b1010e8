"""Decides whether a session must be brought up to date with a tree, and how.

It compares what the serving generation read with what the tree holds, by blob id and by effective
profile, so touching a file or switching back does nothing. It runs and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from vmgit.engine.api import Source
from vmgit.errors import DeniedError, VmgitError
from vmgit.events.session import RefreshFailed, RefreshMode
from vmgit.execution import Execution
from vmgit.heap import Tree, profile_of, realm_config
from vmgit.profile import Profile, StartupFile
from vmgit.profile_load import check_startup, load_profile
from vmgit.state import SessionState


class Plan(msgspec.Struct, frozen=True):
    """A refresh that is due: the new profile, where to begin, and what caused it."""

    effective: Profile
    files: dict[str, str | None]
    mode: RefreshMode
    fresh: bool
    start: int
    changed: tuple[str, ...]


class Blocked(msgspec.Struct, frozen=True):
    """A refresh that is due and cannot even begin: the profile or a startup file is bad."""

    error: VmgitError
    files: dict[str, str | None]
    deps: dict[str, str | None]
    changed: tuple[str, ...]


class StillFailing(msgspec.Struct, frozen=True):
    """The source that failed before is still there; it is not tried again."""

    failed: RefreshFailed


class Reported(msgspec.Struct, frozen=True):
    """The source changed, and the profile says `refresh = "off"`."""

    changed: tuple[str, ...]


Decision = Plan | Blocked | StillFailing | Reported


def profile_reader(source: Source, looked: dict[str, str | None]) -> Callable[[str], bytes | None]:
    """Return how to read files of a tree for a profile, noting the blob of each in `looked`."""

    def read(path: str) -> bytes | None:
        oid = looked[path] = source.lookup(path)
        return None if oid is None else source.blob(oid)

    return read


def decide(
    state: SessionState, source: Tree, require_trust: Callable[[str, Profile], None]
) -> Decision | None:
    """Return what a session must do about `source`, or None when it is up to date with it.

    `require_trust` raises `DeniedError` when the grants of a profile do not apply; nothing is
    refreshed into such a profile.
    """
    if state.created.pinned is not None and state.serving is not None:
        return None
    looked: dict[str, str | None] = {}
    startup: dict[str, str | None] = {}
    try:
        loaded = load_profile(state.created.profile, profile_reader(source, looked))
        for entry in loaded.effective.startup:
            startup[entry.path] = source.lookup(entry.path)
        check_startup(loaded, lambda path: startup.get(path) is not None, source.list)
    except VmgitError as error:
        blocked = _blocked(state, error, looked, startup)
        if state.serving is not None and profile_of(state.serving.effective).refresh == "off":
            return Reported(blocked.changed)
        decision: Decision | None = blocked
    else:
        decision = _plan(state, loaded.effective, looked, source)
        if isinstance(decision, Plan):
            try:
                require_trust(state.created.profile, loaded.effective)
            except DeniedError as error:
                decision = _blocked(state, error, looked, startup)
    if decision is not None and state.failed is not None and _same(state.failed, looked, source):
        # What could not begin and now can was mended outside the source: its grants are trusted.
        mended = state.failed.mode is None and isinstance(decision, Plan)
        return decision if mended else StillFailing(state.failed)
    return decision


def changed_files(
    state: SessionState, source: Tree, require_trust: Callable[[str, Profile], None]
) -> tuple[str, ...]:
    """Return the files for which `source` would refresh a session, or has failed to."""
    decision = decide(state, source, require_trust)
    if decision is None:
        return ()
    return decision.failed.changed if isinstance(decision, StillFailing) else decision.changed


def _same(failed: RefreshFailed, looked: dict[str, str | None], source: Source) -> bool:
    """True when everything that a failed attempt looked at is as it was."""
    return failed.files == looked and all(
        source.lookup(path) == oid for path, oid in failed.deps.items()
    )


def _blocked(
    state: SessionState,
    error: VmgitError,
    looked: dict[str, str | None],
    startup: dict[str, str | None],
) -> Blocked:
    before = state.serving.files if state.serving is not None else {}
    changed = [path for path, oid in looked.items() if before.get(path) != oid]
    changed += [path for path, oid in startup.items() if oid is None]
    return Blocked(error, looked, startup, tuple(changed) or tuple(looked))


def _plan(
    state: SessionState, effective: Profile, looked: dict[str, str | None], source: Source
) -> Plan | Reported | None:
    entries = effective.startup
    serving = state.serving
    if serving is None or state.base is None:
        mode: RefreshMode = "rebuild"
        return Plan(effective, looked, mode, True, 0, tuple(entry.path for entry in entries))
    old = profile_of(serving.effective)
    start, changed = _first_change(state, entries, source)
    if old.digest() != effective.digest():
        changed = [*_changed_files(serving.files, looked), *changed]
    elif start is None:
        return None
    if effective.refresh == "off":
        return Reported(tuple(changed))
    mode = effective.refresh
    realm_changed = realm_config(profile_of(state.base.effective)) != realm_config(effective)
    if mode == "rerun" and realm_changed:
        mode = "replay"
    # A changed limit or grant alone needs no new realm: both are checked outside JavaScript.
    fresh = mode != "rerun" and (realm_changed or start is not None)
    first = 0 if fresh else len(entries) if start is None else start
    return Plan(effective, looked, mode, fresh, first, tuple(dict.fromkeys(changed)))


def _changed_files(before: dict[str, str | None], now: dict[str, str | None]) -> list[str]:
    return [path for path in {**before, **now} if before.get(path) != now.get(path)]


def _first_change(
    state: SessionState, entries: Sequence[StartupFile], source: Source
) -> tuple[int | None, list[str]]:
    """Return the position of the first startup entry that differs, and all changed paths."""
    if state.serving is None:
        return 0, []
    old, new = state.serving.startup, tuple(entries)
    first: int | None = None
    changed: list[str] = []
    for position in range(max(len(old), len(new))):
        before = old[position] if position < len(old) else None
        after = new[position] if position < len(new) else None
        if (
            before is None
            or after is None
            or (before.path, before.mode) != (after.path, after.mode)
        ):
            paths = [entry.path for entry in (before, after) if entry is not None]
        else:
            paths = _entry_changes(state.executions[before.execution], source)
        if paths and first is None:
            first = position
        changed += [path for path in paths if path not in changed]
    return first, changed


def dependencies(execution: Execution) -> dict[str, str | None]:
    """Return the blob of every file that an execution ran or looked at (None: absent)."""
    deps: dict[str, str | None] = {}
    if execution.started.path is not None:
        deps[execution.started.path] = execution.started.blob
    if execution.finished is not None:
        deps.update(execution.finished.deps)
    return deps


def _entry_changes(execution: Execution, source: Source) -> list[str]:
    return [path for path, oid in dependencies(execution).items() if source.lookup(path) != oid]
