"""What a session may be named."""

from __future__ import annotations

import re

import click

#: No dot, because `NAME.3` is an execution, and no leading `@` or `-`.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")


def check_name(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Return the name that an option gives. Raises `BadParameter` for what is none."""
    if value is not None and _NAME.fullmatch(value) is None:
        raise click.BadParameter(
            f"{value!r} is no session name: letters, digits, - and _, at most 64."
        )
    return value
