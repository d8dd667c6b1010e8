"""Checks the texts of a profile that no type can express: paths, globs, hosts, names.

Each kind of text that `profile` marks its fields with has its rule here, and says what would have
been right. Pure: whether a file or a host exists is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .toml_lines import quoted

#: What is wrong and what would be right (may be empty).
Fault = tuple[str, str]


def text_problem(value: str, kind: str, pattern: str | None) -> Fault | None:
    """Check a text of a kind (`path`, `glob`, `host`, or the words for a name).

    `pattern` is the regular expression that the type itself demands. Returns None when all is
    well, else what is wrong and a hint.
    """
    if pattern is not None and re.fullmatch(pattern, value) is None:
        article = "an" if kind[:1] in "aeiou" else "a"
        return f"{quoted(value)} is not {article} {kind}", _HINTS.get(kind, "")
    check = _CHECKS.get(kind)
    return check(value) if check is not None else None


def _path_problem(value: str) -> Fault | None:
    shown = quoted(value)
    if not value:
        return "the path is empty", ""
    if "\0" in value:
        return f"{shown} holds a NUL character", ""
    if "\\" in value:
        return f"{shown} holds a backslash", f"write {quoted(value.replace(chr(92), '/'))}"
    parts = value.split("/")
    if value.startswith("/") or re.match("[A-Za-z]:", value) or parts[0] == "~":
        return f"{shown} is absolute", "paths begin at the workspace root"
    depth = 0
    for part in parts:
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return f"{shown} leaves the workspace", "paths begin at the workspace root"
    if any(part.lower() == ".git" for part in parts):
        return f"{shown} is inside .git", "only files that Git tracks can be named"
    if any(part in ("", ".", "..") for part in parts):
        return f"{shown} has empty, . or .. parts", _plain_path(parts)
    return None


def _plain_path(parts: list[str]) -> str:
    kept: list[str] = []
    for part in parts:
        if part == "..":
            kept.pop()
        elif part not in ("", "."):
            kept.append(part)
    return f"write {quoted('/'.join(kept))}" if kept else "name a file or folder below the root"


def _glob_problem(value: str) -> Fault | None:
    problem = _path_problem(value)
    if problem is not None:
        return problem
    shown = quoted(value)
    if value.startswith("!"):
        return f"{shown} is a negation", "grants only add; name what is granted"
    if any("**" in part and part != "**" for part in value.split("/")):
        return f"{shown} has ** inside a part", "** stands alone between slashes"
    if re.fullmatch(r"(?:[^][]|\[!?(?:\][^][/]*|[^][/]+)\])*", value) is None:
        return f"{shown} has an unbalanced bracket", "[abc] stands for one of a, b and c"
    return None


def _host_problem(value: str) -> Fault | None:
    shown = quoted(value)
    if not value:
        return "the host is empty", ""
    if "://" in value:
        host = re.split("[/?#]", value.split("://", 1)[1])[0]
        return f"{shown} is a URL, not a host", f"write {quoted(host.lower())}" if host else ""
    if "/" in value:
        return f"{shown} is not a host", f"write {quoted(value.split('/')[0].lower())}"
    if not value.isascii():
        return f"{shown} is not ASCII", "write the host in its xn-- form"
    if value != value.lower():
        return f"{shown} is not lower-case", f"write {quoted(value.lower())}"
    match = re.fullmatch(_HOST, value)
    if match is None:
        return f"{shown} is not a host", "write host, host:port, *.host or [IPv6]"
    if match["port"] is not None and not 1 <= int(match["port"]) <= 65_535:
        return f"{shown} has no valid port", "ports go from 1 to 65535"
    return None


def _global_problem(value: str) -> Fault | None:
    if value in ("globalThis", "undefined", "NaN", "Infinity"):
        return f"{quoted(value)} cannot be hidden", "JavaScript itself needs it"
    if value == "console":
        return '"console" cannot be hidden here', "write console = false in [capabilities]"
    return None


_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
# Compiled when a host is checked, which most profiles do not name.
_HOST = (
    rf"(?:\[[0-9a-f:.]*:[0-9a-f:.]*\]|(?:\*\.)?{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>[0-9]{{1,5}}))?"
)
_CHECKS: dict[str, Callable[[str], Fault | None]] = {
    "path": _path_problem,
    "glob": _glob_problem,
    "host": _host_problem,
    "global name": _global_problem,
}
_HINTS = {
    "profile name": "a name is lower-case letters, digits, - and _, 64 at most",
    "file extension with its dot": 'write it like ".js"',
    "variable name, * and ? allowed": 'write it like "APP_*"',
    "program name without a path": 'write it like "git"; it is looked for in PATH',
    "global name": "only names of the global object can be hidden",
}
