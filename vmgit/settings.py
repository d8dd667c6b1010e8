"""What `vmgit.toml` may say.

The file marks a folder as a workspace; what sessions may do is said by profiles. Pure.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from .errors import RefusedError


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of a workspace; `format` is the version of its layout."""

    format: Literal[1] = 1


def read_settings(content: bytes, path: str) -> Settings:
    """Return the settings in `content`, the bytes of the file at `path`.

    Raises `RefusedError` naming the file and what is wrong in it.
    """
    import tomllib

    try:
        return msgspec.convert(tomllib.loads(content.decode("utf-8")), Settings)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise RefusedError(
            f"{path}: {error}.", hints=["Its one key is `format = 1`."], details={"path": path}
        ) from error
