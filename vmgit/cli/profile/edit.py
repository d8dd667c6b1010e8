"""What `vmgit profile grant` and `set` share: they change one file and say what comes next."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from vmgit.cli.app import App
from vmgit.cli.streams import answer, hint

if TYPE_CHECKING:
    from vmgit.profile import LoadedProfile
    from vmgit.profile_edit import Change
    from vmgit.workspace import Workspace

#: Given the profile and the assignments' keys and texts, the values that each could mean.
Meanings = Callable[["LoadedProfile", tuple[str, ...], str], list[Any]]


def change(
    app: App, command: str, name: str, assignments: Sequence[str], meanings: Meanings
) -> None:
    """Make every assignment in the file of a profile, check the whole, write it, tell of it."""
    from vmgit.profile_edit import parse_assignment

    parsed = [parse_assignment(one) for one in assignments]
    with app.open(command) as workspace:
        from .common import load, source_at

        loaded = load(source_at(workspace, None), name)
        before = content = _read(workspace, loaded.path)
        made: list[Change] = []
        for key, text in parsed:
            current = _reload(workspace, loaded, content)
            content, done = _first_that_fits(current, content, key, meanings(current, key, text))
            made.append(done)
        after = _reload(workspace, loaded, content)
        if content != before:
            _write(workspace, loaded.path, content)
        trusted = workspace.trust.trusts(name, after.effective.capabilities)
    steps = [f"git add {shlex.quote(loaded.path)}"] if content != before else []
    steps += [] if trusted else [f"vmgit trust add {name}"]
    if app.json:
        values = {".".join(key): value for key, value in made}
        document = {"profile": name, "path": loaded.path, "changed": content != before}
        app.emit({**document, "values": values, "next": steps})
        return
    _tell(loaded.path, made, changed=content != before)
    for step in steps:
        hint(f"next: {step}")


def _tell(path: str, made: Sequence[Change], *, changed: bool) -> None:
    import tomlkit

    for key, value in made:
        said = tomlkit.item(value).as_string()
        answer(f"{path}: {'.'.join(key)} = {said}" + ("" if changed else " (as it was)"))


def _first_that_fits(
    loaded: LoadedProfile, content: bytes, key: tuple[str, ...], values: list[Any]
) -> tuple[bytes, Change]:
    """Return the file with the first value that the schema takes; raises what it says of it."""
    from vmgit.errors import UsageError
    from vmgit.profile_edit import edit

    first: UsageError | None = None
    for value in values:
        try:
            return edit(loaded.path, content, [(key, value)]), (key, value)
        except UsageError as error:
            first = first or error
    if first is None:
        raise ValueError("no value was given")
    raise first


def _reload(workspace: Workspace, loaded: LoadedProfile, content: bytes) -> LoadedProfile:
    """Load the profile as it would be with `content` as its file. Raises `UsageError`."""
    from vmgit.errors import RefusedError, UsageError
    from vmgit.profile_load import check_startup, load_profile

    from .common import names_in, source_at

    source = source_at(workspace, None)

    def read(path: str) -> bytes | None:
        return content if path == loaded.path else source.read(path)

    try:
        found = load_profile(loaded.name, read, known=lambda: names_in(source))
        check_startup(found, lambda path: source.lookup(path) is not None, source.list)
    except RefusedError as error:
        raise UsageError(
            f"{loaded.path} was not changed: {error.message}", hints=error.hints
        ) from error
    return found


def _read(workspace: Workspace, path: str) -> bytes:
    from vmgit.errors import RefusedError
    from vmgit.host.beneath import Beneath
    from vmgit.profile_parse import MOST_BYTES

    try:
        return Beneath(workspace.paths.root).read(tuple(path.split("/")), MOST_BYTES)
    except OSError as error:
        raise RefusedError(f"{path} cannot be changed: {error.strerror}.") from error


def _write(workspace: Workspace, path: str, content: bytes) -> None:
    from vmgit.errors import EnvironmentFailure
    from vmgit.host.beneath import Beneath

    try:
        Beneath(workspace.paths.root).write(tuple(path.split("/")), content)
    except OSError as error:
        raise EnvironmentFailure(f"{path} cannot be written: {error.strerror}.") from error
