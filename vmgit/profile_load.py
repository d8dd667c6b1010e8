"""Reads profiles from a tree: parses, merges `extends`, and refuses what is wrong by file and line.

Sessions, replay and `vmgit profile` all load through here, so that a profile means the same at a
commit and in the worktree. It is handed a function that reads a path; it knows no Git and no disk.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from .errors import NotFoundError, RefusedError
from .profile import PROFILE_NAME, LoadedProfile, Profile
from .profile_check import MOST_PROBLEMS, Problem, check_tables, nearest
from .toml_lines import KeyPath, dotted, key_lines, line_of, quoted, too_deep

#: The folder of a workspace that holds its profiles.
FOLDER = "profiles"
#: Nobody writes a larger one; a file of this size is a mistake or an attack.
MOST_BYTES = 1024 * 1024
#: Deeper brackets or longer dotted keys than this are refused before they are parsed.
MOST_DEPTH = 32
#: So many profiles may extend one another.
MOST_PARENTS = 16

Read = Callable[[str], bytes | None]


class ProfileError(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing wrong with a profile file, as `details["errors"]` lists it."""

    file: str
    line: int
    key: str
    message: str
    hint: str = ""
    column: int | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" + (f":{self.column}" if self.column else "")
        key = f" {self.key}:" if self.key else ""
        return f"{place}:{key} {self.message}" + (f"; {self.hint}" if self.hint else "")


def profile_path(name: str) -> str:
    """Return the workspace path of a profile's file."""
    return f"{FOLDER}/{name}.toml"


def list_profiles(list_folder: Callable[[str], Iterable[str]]) -> list[str]:
    """Return the names of a workspace's profiles, sorted.

    `list_folder` gives the names in a folder of the tree, none where there is no such folder.
    Files whose names are no profile names are left out: no command could name them.
    """
    names = (entry.removesuffix(".toml") for entry in list_folder(FOLDER) if entry[-5:] == ".toml")
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
        lines = key_lines(_text(loaded.files[file]))
        if path in lines:
            return file, lines[path]
    return loaded.path, line_of(key_lines(_text(loaded.files[loaded.path])), path)


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
            tables = self.tables(profile_path(current))
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
        hints.append(
            f"profiles here: {', '.join(names)}" if names else "make one: vmgit profile new NAME"
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
        self.report(profile_path(chain[-1]), [Problem(("extends",), problem, hint)])
        return None

    def tables(self, path: str) -> dict[str, Any]:
        """Return the tables of a file that was fetched, empty when it is no TOML at all."""
        content = self.files[path]
        assert content is not None
        error = _unreadable(path, content)
        if error is None:
            parsed = _parse(path, _text(content))
            if isinstance(parsed, dict):
                self.report(path, check_tables(parsed))
                return parsed
            error = parsed
        self.errors.append(error)
        return {}

    def report(self, path: str, problems: list[Problem]) -> None:
        if not problems:
            return
        lines = key_lines(_text(self.files[path]))
        for problem in problems:
            line = line_of(lines, problem.path)
            self.errors.append(
                ProfileError(path, line, dotted(problem.path), problem.message, problem.hint)
            )


def _text(content: bytes | None) -> str:
    # As tomllib reads line ends; editors on Windows put a byte order mark before the text.
    return (content or b"").decode("utf-8-sig").replace("\r\n", "\n")


def _unreadable(path: str, content: bytes) -> ProfileError | None:
    """Return why a file's bytes cannot be parsed as text at all."""
    if len(content) > MOST_BYTES:
        return ProfileError(path, 1, "", f"{len(content)} bytes, more than {MOST_BYTES}")
    try:
        text = _text(content)
    except UnicodeDecodeError as error:
        start = content.rfind(b"\n", 0, error.start) + 1
        line = content.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8: byte 0x{content[error.start]:02x}"
        return ProfileError(path, line, "", message, column=error.start - start + 1)
    line_too_deep = too_deep(text, MOST_DEPTH)
    if line_too_deep is not None:
        return ProfileError(path, line_too_deep, "", f"nested deeper than {MOST_DEPTH}")
    return None


def _parse(path: str, text: str) -> dict[str, Any] | ProfileError:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).rpartition(" (at ")
        match = re.fullmatch(r"line (\d+), column (\d+)\)", place)
        if match is not None:
            line, column = int(match[1]), int(match[2])
        else:  # "at end of document"
            line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
        faulty = text.split("\n")[line - 1]
        conflict = re.match(r"<{7}|={7}|>{7}|\|{7}", faulty) is not None
        hint = "resolve the merge conflict" if conflict else ""
        return ProfileError(path, line, "", f"not TOML: {reason}", hint, column)
    except ValueError:  # int() refuses thousands of digits, in words about Python
        return ProfileError(path, 1, "", "not TOML: a number has too many digits")


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
