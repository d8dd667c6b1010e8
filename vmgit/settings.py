"""What `vmgit.toml` may say.

The file marks a folder as a workspace; what sessions may do is said by profiles. Pure.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from .errors import EnvironmentFailure, RefusedError

#: The version of a workspace's layout that this program knows.
FORMAT = 1
#: Whether workers run without the walls that the kernel gives: as many as there are, not without
#: seccomp or Landlock, or without those that can be left out.
SandboxPolicy = Literal["auto", "require", "off"]
_HINT = (
    f"Its keys are `format = {FORMAT}`, `sandbox`, one of "
    + ", ".join(f'"{policy}"' for policy in get_args(SandboxPolicy))
    + ", `autostart`, true or false, and `[redact]` with `patterns = { NAME = REGEX }`."
)


class Redact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept out of the log beside granted variables: regular expressions by name."""

    patterns: dict[str, str] = {}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of a workspace; `format` is the version of its layout, `sandbox` says what
    sessions run in, `autostart` whether commands that act on sessions start a server.
    """

    format: int = FORMAT
    sandbox: SandboxPolicy = "auto"
    autostart: bool = False
    redact: Redact = Redact()


def read_settings(content: bytes, path: str) -> Settings:
    """Return the settings in `content`, the bytes of the file at `path`.

    Raises `RefusedError` naming the file and what is wrong in it, and `EnvironmentFailure` when
    it is of a newer version.
    """
    settings = Settings() if _is_plain(content) else _parsed(content, path)
    if settings.format > FORMAT:
        raise EnvironmentFailure(
            f"{path} has format {settings.format}; this version of vmgit knows {FORMAT}.",
            hints=["Use a newer version of vmgit."],
            details={"path": path, "format": settings.format},
            code="newer_workspace",
        )
    return settings


def _is_plain(content: bytes) -> bool:
    """Tell whether it says nothing else than `format = 1`: every command reads it, few parse it."""
    lines = [line.strip() for line in content.splitlines()]
    return [line for line in lines if line and not line.startswith(b"#")] == [b"format = 1"]


def _parsed(content: bytes, path: str) -> Settings:
    import tomllib

    try:
        settings = msgspec.convert(tomllib.loads(content.decode("utf-8-sig")), Settings)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise RefusedError(f"{path}: {error}.", hints=[_HINT], details={"path": path}) from error
    for name, pattern in settings.redact.patterns.items():
        problem = _pattern_problem(name, pattern)
        if problem is not None:
            message = f"{path}: redact.patterns.{name}: {problem}."
            raise RefusedError(message, hints=[_HINT], details={"path": path})
    if settings.format < 1:
        raise RefusedError(f"{path}: there is no format {settings.format}.", hints=[_HINT])
    return settings


def _pattern_problem(name: str, pattern: str) -> str | None:
    """Return what is wrong with a pattern of `[redact]`, None when nothing is."""
    import re

    if re.fullmatch("[A-Za-z0-9_]+", name) is None:
        return "a name is letters, digits and _"
    try:
        matched = re.compile(pattern).search("")
    except re.error as error:
        return f"no regular expression: {error}"
    return "it matches the empty text, which is everywhere" if matched is not None else None
