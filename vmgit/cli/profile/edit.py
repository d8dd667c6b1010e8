"""What the commands that change a profile share: they tell what it has now and what comes next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from vmgit.cli.app import App
from vmgit.cli.streams import answer, hint

if TYPE_CHECKING:
    from vmgit.api.profiles import Profiles
    from vmgit.profile_documents import ProfileEditedDocument


def edited(
    app: App,
    command: str,
    change: Callable[[Profiles], ProfileEditedDocument],
    *,
    made: bool = False,
) -> None:
    """Make a change and tell what the profile's file has now; `made` when it is a new one."""
    from vmgit.api.profiles import Profiles

    with app.open(command) as workspace:
        document = change(Profiles(workspace))
    if app.json:
        app.emit(document)
        return
    if made:
        answer(f"wrote {document.path}")
    for key, value in document.values.items():
        if value is None:
            holds = document.effective[key]
            shown = toml(holds) if holds is not None else "nothing"
            answer(f"{document.path}: {key} is not set any more; {shown} holds")
        else:
            unchanged = "" if document.changed else " (as it was)"
            answer(f"{document.path}: {key} = {toml(value)}{unchanged}")
    for step in document.next:
        hint(f"next: {step}")


def typed_path(app: App, typed: str) -> str:
    """Return the workspace path of a file that was typed. Raises `UsageError`."""
    from vmgit.cli.file_argument import workspace_path
    from vmgit.git.discovery import find_workspace

    return workspace_path(app.start, typed, find_workspace(app.start).root)


def toml(value: Any) -> str:
    """Return a value as a profile's file has it, on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    import tomlkit

    return str(tomlkit.item(value).as_string())
