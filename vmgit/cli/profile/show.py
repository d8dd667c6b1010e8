"""`vmgit profile show`."""

from __future__ import annotations

import click
import msgspec

from vmgit.cli.app import App, json_option, pass_app
from vmgit.cli.streams import answer


@click.command(short_help="Show one profile.")
@click.argument("name")
@click.option("--at", "revision", metavar="REV", help="As it is in a revision.")
@click.option("--effective", is_flag=True, help="With what it extends, and every default.")
@json_option
@pass_app
def show(app: App, name: str, revision: str | None, effective: bool) -> None:
    """Show one profile: its file, or with --effective what a session runs with."""
    from .common import load, source_at

    with app.open("profile show") as workspace:
        loaded = load(source_at(workspace, revision), name)
    shown = loaded.effective if effective else loaded.profile
    document = {
        "profile": name,
        "path": loaded.path,
        "chain": list(loaded.chain),
        "digest": loaded.effective.digest(),
        "settings": msgspec.to_builtins(shown),
    }
    if app.json:
        app.emit(document)
    elif effective:
        import tomlkit

        settings = {key: value for key, value in document["settings"].items() if value is not None}
        answer(f"# {' extends '.join(loaded.chain)}; digest {document['digest']}")
        answer(tomlkit.dumps(settings), nl=False)
    else:
        content = loaded.files[loaded.path] or b""
        answer(content.decode("utf-8"), nl=False)
