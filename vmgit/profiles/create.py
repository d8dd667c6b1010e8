"""Makes a new profile: a file with what was said of it, and nothing else."""

from __future__ import annotations

import re

from vmgit.errors import UsageError
from vmgit.profile import PROFILE_NAME
from vmgit.profile_documents import ProfileEditedDocument
from vmgit.profile_edit import Change, edit
from vmgit.profile_load import profile_path
from vmgit.toml_lines import quoted

from .editor import ProfileEditor

_HEAD = """\
# What sessions may do and run. Every key is optional; see `vmgit profile show {name} --effective`.
"""


def create_profile(
    editor: ProfileEditor, name: str, *, extends: str | None = None, description: str | None = None
) -> ProfileEditedDocument:
    """Write `profiles/NAME.toml` and return what became of it.

    `extends` names the profile whose settings apply where the new one is silent. Raises
    `UsageError` when the name is none or taken, or the parent is not there; nothing is written
    then.
    """
    if re.fullmatch(PROFILE_NAME, name) is None:
        raise UsageError(
            f"{quoted(name)} is no profile name.",
            hints=["A name is lower-case letters, digits, - and _, 64 at most."],
        )
    path = profile_path(name)
    values = {"description": description, "extends": extends}
    made: list[Change] = [((key,), value) for key, value in values.items() if value is not None]
    content = edit(path, _HEAD.format(name=name).encode(), made)
    with editor.locked():
        tree = editor.tree()
        if editor.read(path) is not None:
            raise _taken(name)
        loaded = editor.reload(name, content, tree)
        try:
            editor.create(path, content)
        except FileExistsError:
            raise _taken(name) from None
    return editor.document(loaded, None, made, tree)


def _taken(name: str) -> UsageError:
    return UsageError(
        f"there is a profile {name} already: {profile_path(name)}.",
        hints=[f"`vmgit profile set {name} KEY=VALUE` changes it."],
        details={"profile": name},
        code="name_taken",
    )
