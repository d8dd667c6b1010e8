"""What the worker asks of the modules: text, kind, version, and all that was looked at."""

from __future__ import annotations

from typing import Any

import pytest

from vmgit.engine.modules import MAX_KEPT_BYTES, LoadedModule
from vmgit.engine.resolve import ResolutionError

from .trees import DictTree

FILES = {
    "a.js": "import './b.js'; import './gone'",
    "b.js": "module.exports = require('./data.json')",
    "data.json": '{"x": 1}',
    "c.js": "1",
    "esm/package.json": '{"type": "module"}',
    "esm/x.js": "1",
    "esm/deep/y.js": "1",
    "esm/z.cjs": "1",
    "esm/cjs/package.json": '{"type": "commonjs"}',
    "esm/cjs/w.js": "export default 1",
    "bad/package.json": "{",
    "bad/x.js": "import './y.mjs'",
    "bad/y.mjs": "1",
}
MODULE, PLAIN = "export default 1", "1 + 1"


@pytest.mark.parametrize(
    ("path", "text", "flags", "expected"),
    [
        ("x.mjs", PLAIN, {"script": True}, "module"),
        ("x.cjs", MODULE, {"script": True}, "commonjs"),
        ("x.json", "{}", {}, "json"),
        ("x.js", MODULE, {"script": True}, "module"),
        ("x.js", MODULE, {"required": True}, "module"),
        ("x.js", "import.meta.url", {"script": True}, "module"),
        ("x.js", PLAIN, {"script": True}, "script"),
        ("x.js", PLAIN, {"required": True}, "commonjs"),
        ("x.js", PLAIN, {"required": True, "script": True}, "commonjs"),
        ("x.js", PLAIN, {}, "commonjs"),
        ("x.js", "import('./y')", {"script": True}, "script"),
        ("x.js?v=0a", PLAIN, {"script": True}, "script"),
        ("x", PLAIN, {"script": True}, "script"),
        (".js", PLAIN, {"script": True}, "script"),
        (".mjs", PLAIN, {"script": True}, "script"),
        ("dir.mjs/x", PLAIN, {"script": True}, "script"),
        ("", MODULE, {"script": True}, "module"),
        ("", PLAIN, {"script": True}, "script"),
        ("esm/new.js", PLAIN, {"script": True}, "module"),
        ("esm/deep/new.js", PLAIN, {"required": True}, "module"),
        ("esm/new.cjs", PLAIN, {"script": True}, "commonjs"),
        ("esm/cjs/new.js", MODULE, {"script": True}, "commonjs"),
        ("bad/new.mjs", PLAIN, {"script": True}, "module"),
    ],
)
def test_detect(path: str, text: str, flags: dict[str, Any], expected: str) -> None:
    assert DictTree(FILES).modules().detect(path, text, **flags) == expected


def test_an_unreadable_package_json_is_named() -> None:
    modules = DictTree(FILES).modules()
    for ask in (lambda: modules.detect("bad/x.js", PLAIN), lambda: modules.load("bad/x.js")):
        with pytest.raises(ResolutionError, match=r"bad/x\.js is: bad/package\.json is not valid"):
            ask()
    # The version does not fail, and its closure goes on below the file.
    assert modules.version("bad/x.js")
    assert "bad/y.mjs" in modules.deps


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.js", "module"),
        ("b.js", "commonjs"),
        ("c.js", "commonjs"),
        ("data.json", "json"),
        ("esm/x.js", "module"),
        ("esm/deep/y.js", "module"),
        ("esm/z.cjs", "commonjs"),
        ("esm/cjs/w.js", "commonjs"),
    ],
)
def test_load_gives_path_text_and_format(path: str, expected: str) -> None:
    modules = DictTree(FILES).modules()
    assert modules.load(path) == LoadedModule(path, FILES[path], expected)  # type: ignore[arg-type]
    assert modules.load(f"{path}?v={modules.version(path)}").path == path


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert DictTree({"a.js": b"\xef\xbb\xbf1"}).modules().load("a.js").text == "1"


def test_what_is_not_text_is_refused_by_name() -> None:
    modules = DictTree({"a.js": b"'\xff'", "b.js": "require('./a.js')"}).modules()
    with pytest.raises(ResolutionError, match=r"^Cannot load a\.js: it is not UTF-8 text\.$"):
        modules.load("a.js")
    assert modules.version("b.js") != modules.version("a.js")


@pytest.mark.parametrize("path", ["gone.js", "", "../a.js", "/a.js", "./a.js", "x//y", "vmgit:kv"])
def test_what_is_not_there_is_refused_by_name(path: str) -> None:
    tree = DictTree(FILES)
    with pytest.raises(ResolutionError, match="not in the snapshot"):
        tree.modules().load(path)
    assert tree.modules().version(path)
    assert set(tree.looked_up) <= {"gone.js", "vmgit:kv"}


def test_deps_hold_the_whole_closure_with_what_was_absent() -> None:
    tree = DictTree(FILES)
    modules = tree.modules()
    assert modules.resolve("", "./a.js", "import") == "a.js"
    assert modules.deps == {"a.js": tree.oid("a.js")}
    modules.version("a.js")
    present = {path for path, oid in modules.deps.items() if oid is not None}
    absent = {path for path, oid in modules.deps.items() if oid is None}
    assert present == {"a.js", "b.js", "data.json"}
    assert {"gone", "gone.js", "gone/index.js", "package.json"} <= absent
    assert "c.js" not in modules.deps
    assert all(oid == tree.oid(path) for path, oid in modules.deps.items())


def test_each_execution_has_its_own_deps() -> None:
    modules = DictTree(FILES).modules()
    modules.version("a.js")
    first = modules.deps
    modules.begin()
    assert modules.deps == {}
    modules.resolve("", "./c", "require")
    assert set(modules.deps) == {"c", "c.js"}
    assert "b.js" in first


@pytest.mark.parametrize("tree_id", [None, "t1"])
def test_deps_are_complete_also_when_everything_is_remembered(tree_id: str | None) -> None:
    modules = DictTree(FILES).modules()
    modules.begin(tree=tree_id)
    modules.version("a.js")
    modules.load("a.js")
    first = modules.deps
    for _ in range(2):
        modules.begin(tree=tree_id)
        modules.load("a.js")
        assert modules.deps == first


def test_a_new_execution_sees_a_changed_tree() -> None:
    tree = DictTree(FILES)
    modules = tree.modules()
    old = modules.version("a.js")
    tree.write("gone.js", "1")
    assert modules.version("a.js") == old
    with pytest.raises(ResolutionError):
        modules.resolve("a.js", "./gone", "import")
    modules.begin()
    assert modules.resolve("a.js", "./gone", "import") == "gone.js"
    assert modules.version("a.js") != old


def test_a_new_execution_may_bring_another_tree() -> None:
    modules = DictTree({"a.js": "1"}).modules()
    assert modules.load("a.js").text == "1"
    other = DictTree({"a.js": "2"})
    modules.begin(other.lookup, other.blob)
    assert modules.load("a.js").text == "2"


def test_the_same_tree_is_not_asked_again() -> None:
    tree = DictTree(FILES)
    modules = tree.modules()
    modules.begin(tree="t1")
    version = modules.version("a.js")
    asked = len(tree.looked_up)
    modules.begin(tree="t1")
    assert modules.version("a.js") == version
    assert len(tree.looked_up) == asked
    for new in ("t2", None, None):
        asked = len(tree.looked_up)
        modules.begin(tree=new)
        assert modules.version("a.js") == version
        assert len(tree.looked_up) > asked


def test_contents_are_fetched_once_for_the_life_of_the_worker() -> None:
    tree = DictTree(FILES)
    modules = tree.modules()
    for _ in range(3):
        modules.begin()
        modules.version("a.js")
        modules.load("b.js")
        modules.load("esm/x.js")
    assert len(tree.fetched) == len(set(tree.fetched))


def test_kept_contents_are_bounded() -> None:
    size = MAX_KEPT_BYTES // 4
    tree = DictTree({f"{i}.js": f"{i}" + " " * size for i in range(8)})
    modules = tree.modules()
    for path in tree.files:
        modules.load(path)
    assert len(tree.fetched) == 8
    modules.load("7.js")
    assert len(tree.fetched) == 8
    assert modules.load("0.js").text.startswith("0")
    assert len(tree.fetched) == 9


def test_the_paths_of_one_execution_are_bounded() -> None:
    files = {f"m{n}.js": ";".join(f"require('p{n}x{i}')" for i in range(9000)) for n in range(2)}
    files["all.js"] = "require('./m0'); require('./m1')"
    modules = DictTree(files).modules()
    with pytest.raises(ResolutionError, match="were looked up by one execution"):
        modules.version("all.js")
    modules.begin(tree="t1")
    assert modules.version("m0.js")
    modules.begin(tree="t1")
    assert modules.version("m1.js")
