"""What the commands that change a profile share: they tell what it has now and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from vmgit.cli.app import App
from vmgit.cli.streams import answer, hint

if TYPE_CHECKING:
    from vmgit.profiles.editor import Edited, Step
    from vmgit.workspace import Workspace


def change(
    app: App,
    command: str,
    name: str,
    steps: Callable[[Workspace], Sequence[Step]],
) -> None:
    """Make the steps in the file of a profile, and tell of it."""
    with app.open(command) as workspace:
        edited = workspace.profile_editor.change(name, steps(workspace))
    tell_edited(app, edited)


def tell_edited(app: App, edited: Edited) -> None:
    """Tell what a profile's file has now, and which commands come next."""
    if app.json:
        app.emit(edited.document())
        return
    path = edited.after.path
    for key, value in edited.values.items():
        if value is None:
            answer(f"{path}: {key} is not set any more; {_effective(edited, key)} holds")
        else:
            answer(f"{path}: {key} = {toml(value)}" + ("" if edited.changed else " (as it was)"))
    for step in edited.next:
        hint(f"next: {step}")


def toml(value: Any) -> str:
    """Return a value as a profile's file has it, on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    import tomlkit

    return str(tomlkit.item(value).as_string())


def _effective(edited: Edited, key: str) -> str:
    """Return what holds for a key that the file does not set any more."""
    from vmgit.profiles.plain import plain

    found: Any = plain(edited.after.effective)
    for part in key.split("."):
        found = found.get(part)
    return toml(found) if found is not None else "nothing"
