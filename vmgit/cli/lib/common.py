"""What the library commands share: they open `vendor/`, tell what changed, and what comes next."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from vmgit.cli.app import App
from vmgit.cli.streams import answer, hint, interactive, waiting, warning

if TYPE_CHECKING:
    from pathlib import Path

    from vmgit.git.discovery import WorkspacePaths
    from vmgit.library.library import Library, Report
    from vmgit.library.registry import Registry

#: How many ignored files are named.
_SHOWN = 3


@contextmanager
def library(app: App, command: str) -> Iterator[Library]:
    """Give the libraries of the workspace, for one process at a time."""
    from vmgit import hostlock
    from vmgit.library.library import Library

    with app.open(command) as workspace, ExitStack() as open_until_the_end:
        paths = workspace.paths
        lock = paths.git_dir / "vmgit" / "lib.lock"
        open_until_the_end.enter_context(hostlock.hold(lock, f"vmgit {command}", on_wait=waiting))

        def registry() -> Registry:
            return open_until_the_end.enter_context(_registry(paths))

        advance = None
        if interactive() and command in ("lib add", "lib update"):
            from vmgit.cli.progress import progress

            advance = open_until_the_end.enter_context(progress("libraries"))

        def on_progress(_: str, done: int, total: int) -> None:
            if advance is not None:
                advance(done, total)

        yield Library(paths.root, registry, on_progress)


def _registry(paths: WorkspacePaths) -> Registry:
    from vmgit.library.npm import ask_npm, find_npm
    from vmgit.library.npmrc import read_config
    from vmgit.library.registry import Registry

    npm = find_npm(os.environ.get("PATH"))

    def ask() -> str | None:
        return ask_npm(npm, paths.root) if npm is not None else None

    return Registry(read_config(_project(paths), os.environ, ask, npm))


def _project(paths: WorkspacePaths) -> list[Path]:
    """Return the folders that may hold the project's .npmrc: the workspace and those around it."""
    around = [folder for folder in paths.root.parents if folder.is_relative_to(paths.worktree)]
    return [paths.root, *around]


def tell(app: App, root: Path, report: Report) -> None:
    """Write what a command did to `vendor/` of a workspace folder."""
    steps, hidden = _next(root) if report.changed else ([], [])
    if app.json:
        document = {
            "changed": report.changed,
            "packages": [change._asdict() for change in report.changes],
            "warnings": list(report.warnings),
            "ignored": hidden,
            "next": steps,
        }
        app.emit(document)
        return
    for change in report.changes:
        nested = f" (vendor/{change.path})" if change.path != change.name else ""
        if change.before is None:
            answer(f"added {change.name} {change.version}{nested}")
        elif change.version is None:
            answer(f"removed {change.name} {change.before}{nested}")
        elif change.before == change.version:
            answer(f"restored {change.name} {change.version}{nested}")
        else:
            answer(f"updated {change.name} {change.before} -> {change.version}{nested}")
    for text in report.warnings:
        warning(text)
    if not report.changed:
        answer("vendor/ is as it should be; nothing was changed.")
    elif not report.changes:
        answer("vendor/vmgit-lock.json was changed, no package was.")
    if hidden:
        shown = ", ".join(hidden[:_SHOWN]) + (", ..." if len(hidden) > _SHOWN else "")
        warning(f"Git ignores {len(hidden)} files of the libraries ({shown}).")
    for step in steps:
        hint(f"next: {step}")


def _next(root: Path) -> tuple[list[str], list[str]]:
    """Return the command that makes Git see the change, and the files that it would pass over."""
    from vmgit.git.ignored import has_tracked, ignored

    vendor = root / "vendor"
    if not vendor.is_dir():
        return (["git add vendor"] if has_tracked(root, "vendor") else []), []
    files = (
        os.path.relpath(os.path.join(folder, name), root)
        for folder, _, names in os.walk(vendor)
        for name in names
    )
    hidden = sorted(ignored(root, files))
    return [f"git add {'--force ' if hidden else ''}vendor"], hidden
