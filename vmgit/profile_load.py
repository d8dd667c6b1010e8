"""Reads profiles from a tree: parses, merges `extends`, and refuses what is wrong by file and line.

Sessions, replay and `vmgit profile` all load through here, so that a profile means the same at a
commit and in the worktree. It is handed a function that reads a path; it knows no Git and no disk.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from .errors import NotFoundError, RefusedError
from .profile import PROFILE_NAME, LoadedProfile, Profile
from .profile_check import MOST_PROBLEMS, Problem, nearest
from .profile_parse import ProfileError, parse_profile, place, profile_text
from .toml_lines import KeyPath, dotted, key_lines, line_of, quoted

#: The folder of a workspace that holds its profiles.
FOLDER = "profiles"
#: So many profiles may extend one another.
MOST_PARENTS = 16

Read = Callable[[str], bytes | None]


def profile_path(name: str) -> str:
    """Return the workspace path of a profile's file."""
    return f"{FOLDER}/{name}.toml"


def list_profiles(list_folder: Callable[[str], Iterable[str]]) -> list[str]:
    """Return the names of a workspace's profiles, sorted.

    `list_folder` gives the names in a folder of the tree, none where there is no such folder.
    Files whose names are no profile names are left out: no command could name them.
    """
    files = [entry for entry in list_folder(FOLDER) if entry.endswith(".toml")]
    names = [file.removesuffix(".toml") for file in files]
    return sorted(name for name in names if re.fullmatch(PROFILE_NAME, name))


def load_profile(
    name: str, read: Read, *, known: Callable[[], Sequence[str]] = tuple
) -> LoadedProfile:
    """Read a profile and all that it extends.

    `read` gives the content of a workspace path or None; `known` gives the names of all profiles
    and is asked only for an error message. Raises `NotFoundError` when there is no profile of
    that name, and `RefusedError` when a file is bad: `details["errors"]` then lists everything
    that is wrong, `details["files"]` the paths that were looked for.
    """
    return _Loader(read, known).load(name)


def locate(loaded: LoadedProfile, path: KeyPath) -> tuple[str, int]:
    """Return the file and the line that decide a key of the effective profile.

    A key that no file writes is placed in the profile's own file, at its nearest table.
    """
    for file in loaded.chain:
        lines = key_lines(profile_text(loaded.files[file]))
        if path in lines:
            return file, lines[path]
    return loaded.path, line_of(key_lines(profile_text(loaded.files[loaded.path])), path)


def check_startup(
    loaded: LoadedProfile,
    exists: Callable[[str], bool],
    list_folder: Callable[[str], Iterable[str]] | None = None,
) -> None:
    """Refuse a profile whose startup files are not all in the tree.

    `exists` says whether the tree holds a regular file at a path; `list_folder`, where given,
    helps to name the file that was meant. Raises `RefusedError`.
    """
    errors, hints = [], []
    for position, entry in enumerate(loaded.effective.startup):
        if exists(entry.path):
            continue
        path: KeyPath = ("startup", position)
        file, line = locate(loaded, path)
        near = _nearest_file(entry.path, exists, list_folder)
        errors.append(
            ProfileError(
                file=file,
                line=line,
                key=dotted(path),
                message=f"no file {quoted(entry.path)} among the tracked files",
                hint=f"did you mean {quoted(near)}?" if near else "",
            )
        )
        hints.append(f"if it is there but untracked: git add {shlex.quote(entry.path)}")
    if errors:
        raise _refused(loaded.name, errors, list(loaded.files), hints[:3])


class _Loader:
    def __init__(self, read: Read, known: Callable[[], Sequence[str]]) -> None:
        self.read = read
        self.known = known
        self.files: dict[str, bytes | None] = {}
        self.errors: list[ProfileError] = []

    def load(self, name: str) -> LoadedProfile:
        valid = re.fullmatch(PROFILE_NAME, name) is not None
        if not valid or self.fetch(profile_path(name)) is None:
            raise self.not_found(name, valid)
        chain: list[str] = []
        written: list[dict[str, Any]] = []
        current: str | None = name
        while current is not None:
            chain.append(current)
            path = profile_path(current)
            tables, errors = parse_profile(path, self.files[path] or b"")
            self.errors += errors
            written.append(tables)
            current = self.parent(chain, tables)
        if self.errors:
            raise _refused(name, self.errors, list(self.files), ())
        merged: dict[str, Any] = {}
        for tables in reversed(written):
            merged = _merge(merged, tables)
        merged.pop("extends", None)
        return LoadedProfile(
            name=name,
            path=profile_path(name),
            profile=_decode(written[0]),
            effective=_decode(merged),
            files=self.files,
            chain=tuple(profile_path(link) for link in chain),
        )

    def fetch(self, path: str) -> bytes | None:
        if path not in self.files:
            self.files[path] = self.read(path)
        return self.files[path]

    def not_found(self, name: str, valid: bool) -> NotFoundError:
        names = list(self.known())
        near = nearest(name, names)
        hints = [f"did you mean {near}?"] if near else []
        if valid:
            message = f"no profile {quoted(name)}: there is no {profile_path(name)}"
        else:
            message = f"no profile {quoted(name)}: a name is lower-case letters, digits, - and _"
        if valid and not near:
            hints.append(f"if it is there but untracked: git add {profile_path(name)}")
        hints.append(
            f"profiles here: {', '.join(names)}"
            if names
            else "no profile is tracked here: vmgit init writes profiles/default.toml"
        )
        return NotFoundError(message, hints=hints, details={"name": name, "known": names})

    def parent(self, chain: list[str], tables: dict[str, Any]) -> str | None:
        """Return the profile that the last of `chain` extends, after checking that it may."""
        name = tables.get("extends")
        if not isinstance(name, str) or re.fullmatch(PROFILE_NAME, name) is None:
            return None  # none, or already an error of its own
        problem = ""
        hint = ""
        if name == chain[-1]:
            problem = "a profile cannot extend itself"
        elif name in chain:
            circle = [*chain[chain.index(name) :], name]
            problem = f"the profiles extend each other: {' -> '.join(circle)}"
        elif len(chain) > MOST_PARENTS:
            problem = f"more than {MOST_PARENTS} profiles extend one another"
        elif self.fetch(profile_path(name)) is None:
            problem = f"no profile {quoted(name)}: there is no {profile_path(name)}"
            near = nearest(name, [known for known in self.known() if known not in chain])
            hint = f"did you mean {quoted(near)}?" if near else ""
        if not problem:
            return name
        path = profile_path(chain[-1])
        self.errors += place(path, self.files[path], [Problem(("extends",), problem, hint)])
        return None


def _merge(parent: dict[str, Any], child: dict[str, Any]) -> dict[str, Any]:
    merged = dict(parent)
    for key, value in child.items():
        below = merged.get(key)
        both = isinstance(value, dict) and isinstance(below, dict)
        merged[key] = _merge(below, value) if both else value  # type: ignore[arg-type]
    return merged


def _decode(tables: dict[str, Any]) -> Profile:
    startup = [
        {"path": entry} if isinstance(entry, str) else entry for entry in tables.get("startup", ())
    ]
    return msgspec.convert({**tables, "startup": startup}, Profile)


def _refused(
    name: str, errors: list[ProfileError], files: list[str], hints: Sequence[str]
) -> RefusedError:
    errors = sorted(errors, key=lambda error: (files.index(error.file), error.line))
    more = len(errors) - 1
    message = str(errors[0]) + (f" (and {more} more)" if more else "")
    if more:
        hints = [*hints, f"all of them: vmgit profile check {name}"]
    listed = [
        {**msgspec.to_builtins(error), "text": str(error)} for error in errors[:MOST_PROBLEMS]
    ]
    return RefusedError(message, hints=hints, details={"errors": listed, "files": files})


def _nearest_file(
    path: str,
    exists: Callable[[str], bool],
    list_folder: Callable[[str], Iterable[str]] | None,
) -> str | None:
    folder, _, name = path.rpartition("/")
    prefix = f"{folder}/" if folder else ""
    if list_folder is not None:
        siblings = [entry for entry in list_folder(folder) if exists(prefix + entry)]
        near = nearest(name, siblings)
        return prefix + near if near else None
    stem = re.sub(r"\.[a-z]+$", "", name)
    guesses = [prefix + stem + ending for ending in (".js", ".mjs", ".cjs")]
    return next((guess for guess in guesses if exists(guess)), None)
