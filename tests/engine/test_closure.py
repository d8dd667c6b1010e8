"""A version changes for exactly those modules that can reach what changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vmgit.engine.closure import VERSION_DIGITS

from .trees import DictTree

SIZE = 7
NAMES = [f"m{number}" for number in range(SIZE)]

EDGES = st.lists(
    st.lists(st.sampled_from(NAMES), max_size=3), min_size=SIZE, max_size=SIZE
)  # what each module imports, by name without extension
PRESENT = st.lists(st.booleans(), min_size=SIZE, max_size=SIZE)


def source(targets: list[str], number: int = 0) -> str:
    forms = ["import './{}'", "export * from './{}'", "import('./{}')", "require('./{}')"]
    lines = [forms[index % 4].format(target) for index, target in enumerate(targets)]
    return "\n".join([*lines, f"// {number}"])


def graph(edges: list[list[str]], present: list[bool]) -> dict[str, str]:
    return {
        f"{name}.js": source(targets)
        for name, targets, there in zip(NAMES, edges, present, strict=True)
        if there
    }


def reachable(files: dict[str, str], edges: list[list[str]], start: str) -> dict[str, str | None]:
    """The oracle: the contents of all that `start` reaches, None where a file is missing."""
    found: dict[str, str | None] = {}
    pending = [start]
    while pending:
        name = pending.pop()
        path = f"{name}.js"
        if path not in found:
            found[path] = files.get(path)
            pending += edges[NAMES.index(name)] if path in files else []
    return found


def versions(files: dict[str, str]) -> dict[str, str]:
    modules = DictTree(files).modules()
    modules.begin()
    return {path: modules.version(path) for path in sorted(files)}


@given(EDGES, PRESENT, st.sampled_from(NAMES))
def test_a_changed_blob_changes_exactly_its_dependants(
    edges: list[list[str]], present: list[bool], changed: str
) -> None:
    before = graph(
        edges, [there or name == changed for name, there in zip(NAMES, present, strict=True)]
    )
    after = {**before, f"{changed}.js": before[f"{changed}.js"] + " changed"}
    old, new = versions(before), versions(after)
    for path in before:
        depends = f"{changed}.js" in reachable(before, edges, path.removesuffix(".js"))
        assert (old[path] != new[path]) == depends


@given(EDGES, EDGES, PRESENT, PRESENT)
def test_versions_are_equal_where_everything_reachable_is(
    edges: list[list[str]], others: list[list[str]], present: list[bool], there: list[bool]
) -> None:
    before, after = graph(edges, present), graph(others, there)
    old, new = versions(before), versions(after)
    for path in before.keys() & after.keys():
        name = path.removesuffix(".js")
        same = reachable(before, edges, name) == reachable(after, others, name)
        assert (old[path] == new[path]) == same


@given(EDGES, PRESENT, st.permutations(NAMES))
def test_the_order_of_asking_does_not_matter(
    edges: list[list[str]], present: list[bool], order: list[str]
) -> None:
    files = graph(edges, present)
    modules = DictTree(files).modules()
    asked = {f"{name}.js": modules.version(f"{name}.js") for name in order}
    assert {path: asked[path] for path in sorted(files)} == versions(files)


def test_versions_are_short_hex_and_each_path_has_its_own() -> None:
    found = versions({"a.js": "1", "b.js": "1", "c.js": "require('./c')", "d.js": "require('./d')"})
    assert len(set(found.values())) == 4
    assert all(len(text) == VERSION_DIGITS and int(text, 16) >= 0 for text in found.values())


def test_a_file_that_would_win_resolution_changes_the_version() -> None:
    files = {"a.js": "import './dir'; import 'x'", "dir/index.js": "", "vendor/x.js": ""}
    seen = {versions(files)["a.js"]}
    for new in ("vendor/x/index.js", "dir.mjs", "dir.js", "dir", "lib/x/index.js", "lib/x.js"):
        files[new] = ""
        seen.add(versions(files)["a.js"])
    # `vendor/x/index.js` loses against `vendor/x.js`; the five others win.
    assert len(seen) == 6


def test_a_package_of_its_own_changes_the_version_of_who_asks_and_of_nobody_else() -> None:
    manifest = {f"vendor/{name}/package.json": "{}" for name in ("a", "b", "c")}
    code = {name: f"vendor/{name}/index.js" for name in ("a", "b", "c")}
    files = {**manifest, code["a"]: "require('c')", code["b"]: "require('c')", code["c"]: ""}
    before = versions(files)
    own = {"vendor/a/node_modules/c/package.json": "{}", "vendor/a/node_modules/c/index.js": ""}
    after = versions({**files, **own})
    assert after[code["a"]] != before[code["a"]]
    assert [after[code[name]] == before[code[name]] for name in ("b", "c")] == [True, True]


def test_a_literal_that_cannot_be_resolved_is_a_part_as_absent() -> None:
    files = {"a.js": "require('./late')"}
    absent = versions(files)["a.js"]
    assert versions({**files, "other.js": ""})["a.js"] == absent
    assert versions({**files, "late.js": ""})["a.js"] != absent


def test_the_kind_of_file_is_a_part() -> None:
    files = {"a.js": "import './p/x.js'", "p/x.js": "this"}
    as_module = {**files, "p/package.json": '{"type": "module"}'}
    broken = {**files, "p/package.json": "{"}
    found = {versions(tree)["a.js"] for tree in (files, as_module, broken)}
    assert len(found) == 3
    described = {**as_module, "p/package.json": '{"type": "module", "description": "x"}'}
    assert versions(described)["a.js"] == versions(as_module)["a.js"]


def test_a_chain_longer_than_the_stack() -> None:
    files = {f"m{i}.js": f"import './m{i + 1}.js'" for i in range(2000)}
    old = versions(files)
    files["m1500.js"] += " // changed"
    new = versions(files)
    changed = {path for path in files if old[path] != new[path]}
    assert changed == {f"m{i}.js" for i in range(1501)}


def test_a_big_cycle_is_one_component() -> None:
    size = 3000
    files = {f"m{i}.js": f"import './m{(i + 1) % size}.js'; require('./leaf')" for i in range(size)}
    files |= {"leaf.js": "", "outside.js": "import './m7'"}
    old = versions(files)
    files["m2999.js"] += " // changed"
    new = versions(files)
    assert {path for path in files if old[path] == new[path]} == {"leaf.js"}


def test_the_work_is_linear() -> None:
    files = {f"m{i}.js": f"import './m{i + 1}.js'" for i in range(300)}
    tree = DictTree(files)
    modules = tree.modules()
    for path in files:
        modules.version(path)
        modules.load(path)
    assert len(tree.fetched) == len(files)
    assert len(tree.looked_up) == len(set(tree.looked_up)) < 10 * len(files)
