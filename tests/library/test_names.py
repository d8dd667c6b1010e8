"""Names become paths and URLs: what is none is refused before it is used."""

from __future__ import annotations

import pytest

from vmgit.library.names import (
    Requirement,
    SpecError,
    check_path,
    folder_name,
    is_tag,
    parse_argument,
    parse_requirement,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lodash", ("lodash", None)),
        ("lodash@", ("lodash", None)),
        ("lodash@^4 || 5", ("lodash", "^4 || 5")),
        ("big.js@7.0.1", ("big.js", "7.0.1")),
        ("JSONStream", ("JSONStream", None)),
        ("@scope/a.b", ("@scope/a.b", None)),
        ("@scope/a@next", ("@scope/a", "next")),
        ("mine@npm:other@^2", ("mine", "npm:other@^2")),
    ],
)
def test_arguments(text: str, expected: tuple[str, str | None]) -> None:
    assert parse_argument(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "@", "@@1", "../x", "..", ".hidden", "_x", "a/b", "/etc/passwd", "@a", "@a/", "@/a"),
        *("@a/b/c", "a b", "a\n", "node_modules", "Node_Modules", "vmgit-lock.json", "x" * 215),
        *("ä", "a\\b", "@../x", "@a/..", "@a/.git", "a%2fb", ".git"),
    ],
)
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(SpecError, match="is no name of a package"):
        parse_argument(text)
    with pytest.raises(SpecError):
        check_path(text)


@pytest.mark.parametrize(
    ("spec", "wanted", "tag"),
    [
        ("^1.2.3", Requirement("a", "a", "^1.2.3"), False),
        ("", Requirement("a", "a", "*"), False),
        (" 1.x ", Requirement("a", "a", "1.x"), False),
        ("next", Requirement("a", "a", "next"), True),
        ("npm:b@^1", Requirement("a", "b", "^1"), False),
        ("npm:@s/b@latest", Requirement("a", "@s/b", "latest"), True),
        ("npm:b", Requirement("a", "b", "*"), False),
    ],
)
def test_requirements(spec: str, wanted: Requirement, tag: bool) -> None:
    found = parse_requirement("a", spec)
    assert found == wanted
    assert is_tag(found.range) == tag
    assert parse_requirement("a", found.spec) == wanted


@pytest.mark.parametrize(
    "spec",
    [
        *("git+ssh://git@host/x.git", "http://host/x.tgz", "https://host/x", "file:../x", "../x"),
        *("user/repo", "github:user/repo", "workspace:*", "link:x", "npm:b@file:x", "npm:../x"),
        *("npm:", "a b", "x" * 257, "patch:a@1", "portal:x", "1.2.3 | 2"),
    ],
)
def test_what_no_registry_has_is_refused(spec: str) -> None:
    with pytest.raises(SpecError, match=r"cannot be fetched|is no name|longer than"):
        parse_requirement("a", spec)


def test_paths_of_nested_packages() -> None:
    assert check_path("a/node_modules/@s/b") == "a/node_modules/@s/b"
    assert folder_name("a/node_modules/@s/b") == "@s/b"
    for path in ("a/b", "a/node_modules/../b", "a/node_modules/", "/node_modules/a"):
        with pytest.raises(SpecError):
            check_path(path)
