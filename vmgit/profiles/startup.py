"""Adds a startup file to a profile, and takes one out again.

The list of a profile replaces that of the profile it extends, so what is written is the whole
effective list.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from vmgit.errors import NotFoundError, UsageError
from vmgit.profile import LoadedProfile, Mode
from vmgit.profile_check import nearest
from vmgit.profile_text import text_problem

from .editor import Current, ProfileEditor, Proposal, Step, Tree
from .plain import plain


def add_startup(
    editor: ProfileEditor, path: str, *, order: int | None = None, mode: Mode = "auto"
) -> Step:
    """Return the step that adds the file at workspace path `path`.

    `order` is its place, 1 for the first; without it the file runs last. `mode` says what it is
    where its name and text should not. The step raises `UsageError` when the file is no tracked
    one, when it is there already, and when there is no such place.
    """

    def step(current: Current) -> Sequence[Proposal]:
        if current.tree.lookup(path) is None:
            raise _not_tracked(editor, path, current.tree)
        entries = _entries(current)
        there = [_path(entry) for entry in entries]
        if path in there:
            raise UsageError(
                f"{path} is a startup file of {current.loaded.name} already, number "
                f"{there.index(path) + 1} of {len(there)}.",
                hints=[f"to move it: {_remove(current.loaded, path)}, then add it again"],
            )
        place = len(entries) if order is None else order - 1
        if not 0 <= place <= len(entries):
            raise UsageError(
                f"there is no place {order}: {current.loaded.name} has {len(entries)} startup "
                f"files, so a new one takes 1 to {len(entries) + 1}."
            )
        # An array of tables, [[startup]], takes no plain text.
        whole = bool(entries) and all(isinstance(entry, dict) for entry in entries)
        entry: Any = {"path": path} if mode == "auto" else {"path": path, "mode": mode}
        if mode == "auto" and not whole:
            entry = path
        return [Proposal(("startup",), [[*entries[:place], entry, *entries[place:]]])]

    return step


def remove_startup(path: str) -> Step:
    """Return the step that takes the startup file `path` out; the file itself stays.

    The step raises `NotFoundError` when it is none.
    """

    def step(current: Current) -> Sequence[Proposal]:
        entries = _entries(current)
        kept = [entry for entry in entries if _path(entry) != path]
        if len(kept) == len(entries):
            there = [_path(entry) for entry in entries]
            near = nearest(path, there)
            hints = [f"did you mean {near}?"] if near else []
            has = ", ".join(there) if there else "none"
            raise NotFoundError(
                f"{current.loaded.path} was not changed: {path} is no startup file of "
                f"{current.loaded.name}.",
                hints=[*hints, f"startup files: {has}"],
                details={"path": path, "known": there},
            )
        return [Proposal(("startup",), [kept])]

    return step


def _not_tracked(editor: ProfileEditor, path: str, tree: Tree) -> UsageError:
    """Return why a path is not among the tracked files, and what to do about it."""
    details = {"path": path}
    problem = text_problem(path, "path", None)
    if problem is not None:
        return UsageError(f"{problem[0]}.", hints=[problem[1]] if problem[1] else [])
    file = editor.root / path
    if file.is_dir():
        return UsageError(f"{path} is a folder; a startup file is one file.", details=details)
    if file.is_symlink():
        return UsageError(f"{path} is a link to no tracked file.", details=details)
    if not file.exists():
        folder, slash, name = path.rpartition("/")
        near = nearest(name, tree.list(folder))
        hints = [f"did you mean {folder}{slash}{near}?"] if near else []
        return NotFoundError(f"there is no file {path}.", hints=hints, details=details)
    quoted = shlex.quote(path)
    if editor.ignores(path):
        return UsageError(
            f"Git ignores {path}, so no tree has it.",
            hints=[f"git check-ignore -v {quoted} tells why; git add --force {quoted} tracks it"],
            details=details,
        )
    return UsageError(f"{path} is not tracked.", hints=[f"git add {quoted}"], details=details)


def _entries(current: Current) -> list[Any]:
    """Return the startup entries in force, as the file writes them where it does."""
    own = current.tables.get("startup")
    return list(own) if own is not None else plain(current.loaded.effective)["startup"]


def _path(entry: Any) -> str:
    return entry if isinstance(entry, str) else str(entry["path"])


def _remove(loaded: LoadedProfile, path: str) -> str:
    return f"vmgit profile remove-startup {loaded.name} {shlex.quote(path)}"
