"""Turns the bytes of one profile file into tables or into errors with file, line and key.

Everything that can be said of a file alone is said here; what several files mean together is the
business of `profile_load`. Pure: the bytes are handed in.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

import msgspec

from .profile import long_form
from .profile_check import Problem, check_tables
from .toml_lines import dotted, key_lines, line_of, too_deep

#: Nobody writes a larger one; a file of this size is a mistake or an attack.
MOST_BYTES = 1024 * 1024
#: Deeper brackets or longer dotted keys than this are refused before they are parsed.
MOST_DEPTH = 32


class ProfileError(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing wrong with a profile file, as `details["errors"]` lists it."""

    file: str
    line: int
    key: str
    message: str
    hint: str = ""
    column: int | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" + (f":{self.column}" if self.column else "")
        key = f" {self.key}:" if self.key else ""
        return f"{place}:{key} {self.message}" + (f"; {self.hint}" if self.hint else "")


def parse_profile(path: str, content: bytes) -> tuple[dict[str, Any], list[ProfileError]]:
    """Parse and check a profile file.

    Returns its tables in their long form (see `profile.long_form`), empty when the file is no TOML
    at all, and everything that is wrong.
    """
    error = _unreadable(path, content)
    if error is not None:
        return {}, [error]
    parsed = _parse(path, profile_text(content))
    if isinstance(parsed, ProfileError):
        return {}, [parsed]
    return long_form(parsed), place(path, content, check_tables(parsed))


def place(path: str, content: bytes | None, problems: list[Problem]) -> list[ProfileError]:
    """Return problems as errors of a file, with the lines on which their keys stand."""
    if not problems:
        return []
    lines = key_lines(profile_text(content))
    return [
        ProfileError(
            path, line_of(lines, problem.path), dotted(problem.path), problem.message, problem.hint
        )
        for problem in problems
    ]


def profile_text(content: bytes | None) -> str:
    """Return a profile file's bytes as `tomllib` reads them; raises `UnicodeDecodeError`."""
    # As tomllib reads line ends; editors on Windows put a byte order mark before the text.
    return (content or b"").decode("utf-8-sig").replace("\r\n", "\n")


def _unreadable(path: str, content: bytes) -> ProfileError | None:
    """Return why a file's bytes cannot be parsed as text at all."""
    if len(content) > MOST_BYTES:
        return ProfileError(path, 1, "", f"{len(content)} bytes, more than {MOST_BYTES}")
    try:
        text = profile_text(content)
    except UnicodeDecodeError as error:
        seen = error.object  # without the byte order mark
        start = seen.rfind(b"\n", 0, error.start) + 1
        line = seen.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8: byte 0x{seen[error.start]:02x}"
        return ProfileError(path, line, "", message, column=error.start - start + 1)
    line_too_deep = too_deep(text, MOST_DEPTH)
    if line_too_deep is not None:
        return ProfileError(path, line_too_deep, "", f"nested deeper than {MOST_DEPTH}")
    return None


def _parse(path: str, text: str) -> dict[str, Any] | ProfileError:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).rpartition(" (at ")
        match = re.fullmatch(r"line (\d+), column (\d+)\)", place)
        if match is not None:
            line, column = int(match[1]), int(match[2])
        else:  # "at end of document"
            text = text.rstrip()
            line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
        faulty = text.split("\n")[line - 1]
        conflict = re.match(r"<{7}|={7}|>{7}|\|{7}", faulty) is not None
        hint = "resolve the merge conflict" if conflict else ""
        return ProfileError(path, line, "", f"not TOML: {reason}", hint, column)
    except ValueError:  # int() refuses thousands of digits, in words about Python
        return ProfileError(path, 1, "", "not TOML: a number has too many digits")
