"""Removes a profile, unless something needs it or Git has no copy of it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from vmgit.errors import NotFoundError, RefusedError
from vmgit.profile_check import nearest
from vmgit.profile_documents import ProfileRemovedDocument
from vmgit.profile_load import profile_path
from vmgit.profile_parse import parse_profile

from .editor import ProfileEditor, Tree


def remove_profile(
    editor: ProfileEditor,
    name: str,
    *,
    sessions: Iterable[str],
    committed: Tree | None,
    force: bool = False,
) -> ProfileRemovedDocument:
    """Remove `profiles/NAME.toml` from the worktree.

    `sessions` are the open ones that follow this worktree with this profile, as people call them;
    `committed` are the files of HEAD, None before the first commit. Raises `NotFoundError` when
    there is no such file, and, without `force`, `RefusedError` when other profiles extend it, a
    session uses it, or Git does not have its content.
    """
    path = profile_path(name)
    with editor.locked():
        tree = editor.tree()
        names = editor.names()
        if editor.content(name) is None:
            near = nearest(name, names)
            raise NotFoundError(
                f"no profile {name}: there is no {path}.",
                hints=[f"did you mean {near}?"] if near else [],
                details={"name": name, "known": names},
            )
        because = [
            *(f"profile {one} extends it" for one in _children(editor, name, names)),
            *(f"session {one} uses it" for one in sessions),
            *_unsaved(path, tree, committed),
        ]
        if because and not force:
            raise RefusedError(
                f"profile {name} was not removed: {'; '.join(because)}.",
                hints=[f"`vmgit profile remove {name} --force` removes it anyway."],
                details={"profile": name, "because": because},
                code="in_use",
            )
        editor.unlink(path)
    tracked = tree.lookup(path) is not None
    return ProfileRemovedDocument(
        profile=name,
        path=path,
        overridden=tuple(because),
        next=(f"git add {shlex.quote(path)}",) if tracked else (),
    )


def _children(editor: ProfileEditor, name: str, names: Iterable[str]) -> Iterator[str]:
    """Yield the profiles that say that they extend `name`, bad ones too."""
    for one in names:
        tables, _ = parse_profile(profile_path(one), editor.read(profile_path(one)) or b"")
        if tables.get("extends") == name and one != name:
            yield one


def _unsaved(path: str, tree: Tree, committed: Tree | None) -> Iterator[str]:
    now = tree.lookup(path)
    if now is None:
        yield "Git does not track it"
    elif committed is None or committed.lookup(path) != now:
        yield "it has changes that are not committed"
