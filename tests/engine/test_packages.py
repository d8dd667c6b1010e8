"""A package.json is hostile input: whatever it holds, the answer is quick and an own error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmgit.engine.packages import (
    MAX_BYTES,
    MAX_DEPTH,
    Package,
    PackageError,
    parse_package,
    resolve_exports,
    resolve_imports,
)

IMPORT = frozenset(("import",))


def exports(value: Any) -> Package:
    return parse_package(json.dumps({"exports": value}).encode())


def nested(levels: int, inner: Any) -> Any:
    for _ in range(levels):
        inner = {"import": inner}
    return inner


def test_the_fields_that_matter() -> None:
    text = '{"name": "n", "type": "module", "main": "m", "exports": "./e", "imports": {"#a": "b"}}'
    assert parse_package(text.encode()) == Package("n", "module", "m", "./e", {"#a": "b"})
    assert parse_package(b'\xef\xbb\xbf{"type": "commonjs"}').type == "commonjs"


@pytest.mark.parametrize(
    "text",
    ["{}", "[]", "null", "1", '"x"', '{"name": 1, "type": "other", "main": [], "imports": "x"}'],
)
def test_fields_of_a_wrong_type_are_absent(text: str) -> None:
    assert parse_package(text.encode()) == Package()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
        (b"<<<<<<< ours\n{}", "not valid JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not valid JSON"),
        (b"[" * 100_000, "too deeply"),
        (b'{"a":' * 50_000, "too deeply"),
        (b" " * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_unreadable_files_are_refused(data: bytes, why: str) -> None:
    with pytest.raises(PackageError, match=why):
        parse_package(data)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (nested(MAX_DEPTH + 2, "./a.js"), "deeper than"),
        ([[[[[3]]]]], "neither text"),
        ({"./x": "./a.js", "import": "./b.js"}, "mixes"),
        ({"7": "./a.js"}, "number"),
        ("./a\u0000.js", "refused"),
        ("./%2e%2e/secret.js", "refused"),
        ("./\ud800.js", "refused"),
        (".\\..\\a.js", "does not start with"),
        ("./a\\..\\..\\b.js", "leaves the package"),
        ("./NODE_MODULES/x.js", "leaves the package"),
        ("./a/../../b.js", "leaves the package"),
        ("/etc/passwd", "does not start with"),
        ("", "does not start with"),
        (None, "does not export the package itself"),
        ({"browser": "./a.js"}, "does not export the package itself"),
    ],
)
def test_exports_that_cannot_be(value: Any, why: str) -> None:
    with pytest.raises(PackageError, match=why):
        resolve_exports(exports(value), ".", IMPORT)


def test_conditions_may_be_nested_within_reason() -> None:
    assert resolve_exports(exports(nested(MAX_DEPTH, "./a.js")), ".", IMPORT) == "./a.js"


def test_stars_do_not_multiply_without_bound() -> None:
    package = exports({"./*": "./" + "*" * 100_000})
    with pytest.raises(PackageError, match="longer than"):
        resolve_exports(package, "./" + "x" * 4000, IMPORT)


def test_a_star_cannot_leave_the_package() -> None:
    package = exports({"./*": "./src/*.js"})
    assert resolve_exports(package, "./a/b", IMPORT) == "./src/a/b.js"
    for star in ("../a", "a/../../b", "node_modules/b", "a/./b", "a//b", "a\\..\\b"):
        with pytest.raises(PackageError, match="in place of"):
            resolve_exports(package, "./" + star, IMPORT)


def test_many_keys_are_one_pass() -> None:
    package = exports({f"./k{number}/*": f"./{number}/*.js" for number in range(8000)})
    assert resolve_exports(package, "./k7999/x", IMPORT) == "./7999/x.js"


def test_imports_may_name_other_packages_and_host_modules() -> None:
    table = {"#a": "other/x", "#b": "vmgit:kv", "#c/*": "./c/*.js", "#d": "node:fs", "#e": "../x"}
    package = parse_package(json.dumps({"imports": table}).encode())
    assert resolve_imports(package, "#a", IMPORT) == "other/x"
    assert resolve_imports(package, "#b", IMPORT) == "vmgit:kv"
    assert resolve_imports(package, "#c/d", IMPORT) == "./c/d.js"
    for name in ("#d", "#e", "#f", "#", "#/a"):
        with pytest.raises(PackageError):
            resolve_imports(package, name, IMPORT)


KEYS = st.sampled_from(
    [".", "./a", "./*", "./a*b", "./*/*", "import", "default", "0", "#a", "", "*"]
)
TARGETS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats()
    | st.sampled_from(["./a.js", "./*", "../x", "/x", "", ".", "./", "a", "#a", "./%41", "x:y"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(TARGETS, st.sampled_from([".", "./a", "./b/c", "./", "./a/", "./axb", "./../x"]))
def test_any_json_gives_a_path_inside_or_an_own_error(value: Any, subpath: str) -> None:
    package = parse_package(json.dumps({"exports": value, "imports": value}).encode())
    try:
        found = resolve_exports(package, subpath, IMPORT)
    except PackageError:
        pass
    else:
        assert found.startswith("./")
        assert ".." not in found.split("/")
    try:
        inside = resolve_imports(package, "#a", IMPORT)
    except PackageError:
        pass
    else:
        assert not inside.startswith(("/", "../"))
