"""Specifiers resolve as in Node where Node has a rule, and never to anything outside the tree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmgit.engine.resolve import ResolutionError
from vmgit.engine.syntax import Kind

from .trees import DictTree

NODE: dict[str, Any] = json.loads(Path(__file__).with_name("node_cases.json").read_text())

FILES = {
    "a.js": "",
    "a.json": "",
    "dir/index.js": "",
    "dir.mjs": "",
    "only/index.cjs": "",
    "exact": "",
    "exact.js": "",
    "startup/10.js": "",
    "startup/helpers.mjs": "",
    "startup/deep/er/x.js": "",
    "lib/util.js": "",
    "lib/util/more.js": "",
    "lib/both/index.js": "",
    "lib/shop/rules/vat.mjs": "",
    "lib/@team/tax.js": "",
    "lib/@team/pkg/package.json": '{"main": "m"}',
    "lib/@team/pkg/m.js": "",
    "lib/typed/package.json": '{"exports": {"import": "./i.mjs", "default": "./r.cjs"}}',
    "lib/typed/i.mjs": "",
    "lib/typed/r.cjs": "",
    "lib/escape/package.json": '{"main": "../../../../outside.js"}',
    "lib/escape/index.js": "",
    "lib/up/package.json": '{"main": "../util/more"}',
    "vendor/both/index.js": "",
    "vendor/late.js": "",
    "vendor/broken/package.json": "{",
    "vendor/broken/index.js": "",
    "c#.js": "",
    "100%.js": "",
    "spa ce/ü.js": "",
    "self/package.json": '{"name": "me", "exports": "./me.js", "imports": {"#kv": "vmgit:kv"}}',
    "self/me.js": "",
    "self/x/y.js": "",
}

GOOD = [
    ("", "./a.js", "a.js"),
    ("", "./a", "a.js"),
    ("", "./a.json", "a.json"),
    ("", "././/a.js", "a.js"),
    ("", "./lib/../a.js", "a.js"),
    ("", "./dir", "dir.mjs"),
    ("", "./dir/", "dir/index.js"),
    ("", "./dir/.", "dir/index.js"),
    ("", "./only", "only/index.cjs"),
    ("", "./exact", "exact"),
    ("", "./spa ce/ü", "spa ce/ü.js"),
    ("", "./c#.js", "c#.js"),
    ("", "./100%.js", "100%.js"),
    ("", "./lib/up", "lib/util/more.js"),
    ("", "./lib/escape", "lib/escape/index.js"),
    ("", "./lib/@team/pkg", "lib/@team/pkg/m.js"),
    ("startup/10.js", "./helpers", "startup/helpers.mjs"),
    ("startup/10.js", "./helpers.mjs", "startup/helpers.mjs"),
    ("startup/10.js", "../a", "a.js"),
    ("startup/10.js?v=0123456789abcdef", "./helpers", "startup/helpers.mjs"),
    ("startup/deep/er/x.js", "../../10", "startup/10.js"),
    ("startup/deep/er/x.js", "../../../dir/", "dir/index.js"),
    ("dir/index.js", ".", "dir/index.js"),
    ("dir/index.js", "./", "dir/index.js"),
    ("only/index.cjs", "../dir/..//a.json", "a.json"),
    ("", "util", "lib/util.js"),
    ("", "util.js", "lib/util.js"),
    ("", "util/more", "lib/util/more.js"),
    ("startup/deep/er/x.js", "util", "lib/util.js"),
    ("", "both", "lib/both/index.js"),
    ("", "both/", "lib/both/index.js"),
    ("", "late", "vendor/late.js"),
    ("", "shop/rules/vat", "lib/shop/rules/vat.mjs"),
    ("", "@team/tax", "lib/@team/tax.js"),
    ("", "@team/pkg", "lib/@team/pkg/m.js"),
    ("self/x/y.js", "me", "self/me.js"),
    ("self/x/y.js", "#kv", "vmgit:kv"),
    ("", "vmgit:kv", "vmgit:kv"),
    ("startup/10.js", "vmgit:host/files", "vmgit:host/files"),
    ("vmgit:kv", "util", "lib/util.js"),
]

BAD = [
    ("", "", "empty"),
    ("", "/a.js", "absolute"),
    ("", "//host/a.js", "absolute"),
    ("", "../a.js", "leaves the workspace"),
    ("", "..", "leaves the workspace"),
    ("", "./../a.js", "leaves the workspace"),
    ("", "./x/../../a.js", "leaves the workspace"),
    ("startup/10.js", "../../a.js", "leaves the workspace"),
    ("", ".\\a.js", "backslash"),
    ("", "lib\\util", "backslash"),
    ("", "./a.js\0", "control"),
    ("", "./a\n.js", "control"),
    ("", "./\ud800", "broken text"),
    ("", "node:fs", "Node's own modules"),
    ("", "fs", "Node's own modules are not there; tried lib/fs,"),
    ("", "fs/promises", "Node's own modules are not there; tried"),
    ("", "left-pad", "a package? vmgit lib add left-pad)"),
    ("", "@scope/a/b.js", "a package? vmgit lib add @scope/a)"),
    ("", "http://example.com/a.js", "URLs"),
    ("", "file:///etc/passwd", "URLs"),
    ("", "FILE:a.js", "URLs"),
    ("", "data:text/javascript,1", "URLs"),
    ("", "C:/a.js", "URLs"),
    ("", "vmgit:", "URLs"),
    ("", "vmgit:../kv", "URLs"),
    ("", "vmgit:kv\n", "control"),
    ("", "./%2e%2e/a.js", "percent"),
    ("", "./dir%2findex.js", "percent"),
    ("", "./a%00.js", "percent"),
    ("", "./a.js?v=1", "query"),
    ("", "util/../a", "segments"),
    ("", "util//more", "segments"),
    ("", "util/./more", "segments"),
    ("", "x" * 5000, "longer than"),
    ("", "./nothing", "git add"),
    ("", "nothing", "vendor/nothing.js"),
    ("", "./a.js/", "a.js/index.js"),
    ("", "./dir/a", "dir/a.mjs"),
    ("", ".hidden", "lib/.hidden"),
    ("", "late.js/x", "git add"),
    ("", "broken", "vendor/broken/package.json is not valid JSON"),
    ("", "typed/i.mjs", "lib/typed/package.json does not export './i.mjs'"),
    ("", "#kv", "package.json with imports"),
    ("self/x/y.js", "#none", "self/package.json does not define '#none'"),
    ("../a/b.js", "./x", "no workspace path"),
    ("/etc/x.js", "./x", "no workspace path"),
]


@pytest.mark.parametrize(
    "case", NODE["cases"], ids=lambda case: "{base}:{specifier}:{kind}".format(**case)
)
def test_packages_resolve_as_in_node(case: dict[str, Any]) -> None:
    modules = DictTree(NODE["files"]).modules(("node_modules",), (".js", ".json"))
    try:
        found: str | None = modules.resolve(case["base"], case["specifier"], case["kind"])
    except ResolutionError:
        found = None
    assert found == case["found"]


@pytest.mark.parametrize("kind", ["import", "require"])
@pytest.mark.parametrize(("base", "specifier", "expected"), GOOD)
def test_what_resolves(base: str, specifier: str, expected: str, kind: Kind) -> None:
    assert DictTree(FILES).modules().resolve(base, specifier, kind) == expected


@pytest.mark.parametrize("kind", ["import", "require"])
@pytest.mark.parametrize(("base", "specifier", "why"), BAD)
def test_what_is_refused(base: str, specifier: str, why: str, kind: Kind) -> None:
    tree = DictTree(FILES)
    with pytest.raises(ResolutionError) as caught:
        tree.modules().resolve(base, specifier, kind)
    message = str(caught.value)
    assert why in message
    assert message.startswith(f"Cannot {kind} ")
    assert "\n" not in message
    assert len(message) < 1000
    assert not [path for path in tree.looked_up if path.startswith(("/", "..")) or "\0" in path]


def test_conditions_follow_the_kind() -> None:
    modules = DictTree(FILES).modules()
    assert modules.resolve("", "typed", "import") == "lib/typed/i.mjs"
    assert modules.resolve("", "typed", "require") == "lib/typed/r.cjs"


def test_the_message_names_the_specifier_the_importer_and_what_was_tried() -> None:
    with pytest.raises(ResolutionError) as caught:
        DictTree({}).modules(("lib",), (".js",)).resolve("startup/10.js", "./tax", "import")
    assert str(caught.value) == (
        "Cannot import './tax' from startup/10.js: not in the snapshot (untracked? git add it); "
        "tried startup/tax, startup/tax.js, startup/tax/index.js."
    )


def test_roots_and_extensions_are_those_of_the_profile() -> None:
    tree = DictTree({"src/x.ts": "", "root.js": ""})
    assert tree.modules(("./src/",), (".ts",)).resolve("", "x", "import") == "src/x.ts"
    assert tree.modules((".",), (".js",)).resolve("deep/y.js", "root", "import") == "root.js"
    with pytest.raises(ResolutionError, match="tried nothing"):
        tree.modules((), (".js",)).resolve("", "x", "import")
    with pytest.raises(ResolutionError, match="leaves the workspace"):
        tree.modules(("../out",), (".js",))


def test_what_was_looked_at_is_remembered_with_its_absence() -> None:
    modules = DictTree({"vendor/x.js": "1"}).modules(("lib", "vendor"), (".js",))
    modules.resolve("", "x", "require")
    absent = ("package.json", "lib/x/package.json", "lib/x", "lib/x.js", "lib/x/index.js",
              "vendor/x/package.json", "vendor/x")  # fmt: skip
    assert {path for path, oid in modules.deps.items() if oid is None} == set(absent)
    assert set(modules.deps) == {*absent, "vendor/x.js"}


@given(
    st.lists(st.sampled_from(["..", ".", "", "lib", "util", "a.js", "dir"]), max_size=8),
    st.sampled_from(["", "a.js", "startup/deep/er/x.js", "lib/util/more.js"]),
)
def test_no_path_outside_the_tree_is_ever_asked_for(segments: list[str], base: str) -> None:
    tree = DictTree(FILES)
    try:
        found = tree.modules().resolve(base, "./" + "/".join(segments), "import")
    except ResolutionError:
        pass
    else:
        assert found in FILES
    for path in tree.looked_up:
        assert path
        assert not set(path.split("/")) & {"", ".", ".."}
