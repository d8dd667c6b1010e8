"""`vmgit.toml`: what it may say, and that nothing runs while it says something else."""

from __future__ import annotations

import pytest

from vmgit.errors import EnvironmentFailure, RefusedError
from vmgit.settings import Settings, read_settings

HINT = (
    'Its keys are `format = 1`, `sandbox`, one of "auto", "require", "off", `autostart`, true or '
    "false, and `[redact]` with `patterns = { NAME = REGEX }`."
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"# a comment\nformat = 1\n",
        b"format=1",
        b"format = 1 # the first\n",
        b"\xef\xbb\xbfformat = 1\r\n",
    ],
)
def test_one_format_is_known(content: bytes) -> None:
    assert read_settings(content, "vmgit.toml") == Settings(1)


@pytest.mark.parametrize("policy", ["auto", "require", "off"])
def test_the_sandbox_policy(policy: str) -> None:
    settings = read_settings(f"format = 1\nsandbox = '{policy}'\n".encode(), "vmgit.toml")
    assert settings.sandbox == policy
    assert read_settings(b"format = 1\n", "vmgit.toml").sandbox == "auto"


def test_whether_commands_start_a_server() -> None:
    assert read_settings(b"autostart = true\n", "vmgit.toml").autostart
    assert not read_settings(b"format = 1\n", "vmgit.toml").autostart


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"format =", "Invalid value"),
        (b"format = 1\nformat = 1\n", "overwrite"),
        (b"format = 'one'", "int"),
        (b"format = 0", "no format 0"),
        (b"formt = 1", "formt"),
        (b"sandbox = 'on'", "'on'"),
        (b"sandbox = true", "bool"),
        (b"autostart = 'yes'", "str"),
        (b"format = \xff", "utf-8"),
    ],
)
def test_anything_else_is_refused_with_its_file(content: bytes, reason: str) -> None:
    with pytest.raises(RefusedError, match=r"^there/vmgit\.toml: ") as caught:
        read_settings(content, "there/vmgit.toml")
    assert reason in caught.value.message
    assert caught.value.hints == (HINT,)


def test_a_newer_format_asks_for_a_newer_program() -> None:
    with pytest.raises(EnvironmentFailure, match="has format 2; this version of vmgit knows 1"):
        read_settings(b"format = 2", "vmgit.toml")


def test_patterns_to_redact_are_known() -> None:
    content = b"format = 1\n[redact]\npatterns = { CARD = '[0-9]{4}' }\n"
    assert read_settings(content, "vmgit.toml").redact.patterns == {"CARD": "[0-9]{4}"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[redact]\npatterns = { A = '(' }", "no regular expression"),
        (b"[redact]\npatterns = { A = 'x*' }", "empty text"),
        (b"[redact]\npatterns = { 'a b' = 'x' }", "letters"),
        (b"[redact]\npatterns = { A = 1 }", "str"),
        (b"[redact]\npattern = {}", "pattern"),
    ],
)
def test_bad_patterns_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        read_settings(content, "vmgit.toml")
