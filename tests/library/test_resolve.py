"""Every package finds what it asks for, in as few folders as can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from vmgit.errors import NotFoundError, RefusedError, UsageError
from vmgit.library.names import parse_requirement
from vmgit.library.ranges import satisfies
from vmgit.library.registry import Document
from vmgit.library.release import Release
from vmgit.library.resolve import MAX_PACKAGES, Plan, resolve, visible

Packages = Mapping[str, Mapping[str, Mapping[str, Any]]]


class Shelf:
    """Packages as `{name: {version: fields}}`; `latest` is the last one that is written."""

    def __init__(self, packages: Packages, tags: Mapping[str, Mapping[str, str]] | None = None):
        self.packages, self.tags, self.asked = packages, tags or {}, list[str]()

    def document(self, name: str) -> Document:
        self.asked.append(name)
        if name not in self.packages:
            raise NotFoundError(f"the registry at x has no {name}.")
        versions = self.packages[name]
        tags = {"latest": list(versions)[-1], **self.tags.get(name, {})}
        return Document(name, "x", {"versions": versions, "dist-tags": tags})

    def prefetch(self, names: Iterable[str]) -> None:
        self.asked += [f"+{name}" for name in names]


def needs(**dependencies: str) -> dict[str, Any]:
    return {"dependencies": dependencies}


def plan(
    wanted: Mapping[str, str],
    packages: Packages,
    locked: Mapping[str, Release] | None = None,
    fresh: Iterable[str] = (),
    tags: Mapping[str, Mapping[str, str]] | None = None,
) -> Plan:
    return resolve(wanted, Shelf(packages, tags), locked or {}, set(fresh).__contains__)


def versions(found: Plan) -> dict[str, str]:
    return {path: placed.release.version for path, placed in found.packages.items()}


THREE: dict[str, Any] = {"1.0.0": {}, "1.2.0": {}, "2.0.0": {}}


def test_one_folder_where_one_version_serves_all() -> None:
    packages = {"a": {"1.0.0": needs(c="^1.0.0")}, "b": {"1.0.0": needs(c="1.x")}, "c": THREE}
    found = plan({"a": "*", "b": "*"}, packages)
    assert versions(found) == {"a": "1.0.0", "b": "1.0.0", "c": "1.2.0"}
    assert found.packages["c"].asked_by == {"a", "b"}
    assert found.packages["a"].asked_by == {"."}


def test_an_older_version_is_taken_if_it_serves_all() -> None:
    packages = {"a": {"1.0.0": needs(c="*")}, "b": {"1.0.0": needs(c="~1.0.0")}, "c": THREE}
    assert versions(plan({"a": "*", "b": "*"}, packages))["c"] == "1.0.0"
    assert versions(plan({"a": "*", "c": "1.0.0 || 2"}, packages))["c"] == "2.0.0"


def test_versions_that_conflict_are_nested() -> None:
    packages = {
        "a": {"1.0.0": needs(c="^1", d="*")},
        "b": {"1.0.0": needs(c="^2", d="*")},
        "c": {"1.0.0": needs(d="^1"), "2.0.0": needs(d="^2")},
        "d": {"1.0.0": {}, "2.0.0": {}},
    }
    assert versions(plan({"a": "*", "b": "*"}, packages)) == {
        "a": "1.0.0", "b": "1.0.0", "c": "1.0.0", "d": "2.0.0",
        "b/node_modules/c": "2.0.0", "c/node_modules/d": "1.0.0",
    }  # fmt: skip


def test_what_the_user_asks_for_is_at_the_top() -> None:
    packages = {"a": {"1.0.0": needs(z="^1")}, "z": THREE}
    assert versions(plan({"a": "*", "z": "^2"}, packages)) == {
        "a": "1.0.0", "z": "2.0.0", "a/node_modules/z": "1.2.0",
    }  # fmt: skip


def test_cycles_end() -> None:
    packages = {"a": {"1.0.0": needs(b="*")}, "b": {"1.0.0": needs(a="^1", b="*")}}
    assert versions(plan({"a": "*"}, packages)) == {"a": "1.0.0", "b": "1.0.0"}


def test_a_spiral_that_no_folders_can_hold_is_refused() -> None:
    packages = {
        "a": {"1.0.0": needs(b="1"), "2.0.0": needs(b="2")},
        "b": {"1.0.0": needs(a="2"), "2.0.0": needs(a="1")},
    }
    with pytest.raises(RefusedError, match="do not come to an end"):
        plan({"a": "1"}, packages)
    wide = {f"p{n}": {"1.0.0": needs(**{f"p{n + 1}": "*"})} for n in range(MAX_PACKAGES + 1)}
    with pytest.raises(RefusedError, match="do not come to an end"):
        plan({"p0": "*"}, wide)


def test_the_version_is_the_one_that_npm_takes() -> None:
    packages: Packages = {
        "a": {
            "1.0.0": {}, "1.1.0": {}, "1.2.0": {"deprecated": "broken,\n do not use"},
            "2.0.0-rc.1": {}, "2.0.0": {}, "1.0.5": {},
        }
    }  # fmt: skip
    assert versions(plan({"a": "^1"}, packages))["a"] == "1.0.5"  # it is `latest`
    assert versions(plan({"a": ">1.0.5 <2"}, packages))["a"] == "1.1.0"
    assert versions(plan({"a": ">=2.0.0-rc.0 <2"}, packages))["a"] == "2.0.0-rc.1"
    found = plan({"a": "1.2.x"}, packages)
    assert versions(found)["a"] == "1.2.0"
    assert found.warnings == ("a 1.2.0 is deprecated: broken, do not use",)
    only_rc: Packages = {"a": {"1.0.0-rc.1": {}}}
    assert versions(plan({"a": "*"}, only_rc))["a"] == "1.0.0-rc.1"


def test_dist_tags_and_aliases() -> None:
    packages = {"a": {"1.0.0": needs(mine="npm:c@^1", c="next")}, "c": THREE}
    found = plan({"a": "latest"}, packages, tags={"c": {"next": "2.0.0"}})
    assert versions(found) == {"a": "1.0.0", "mine": "1.2.0", "c": "2.0.0"}
    assert found.packages["mine"].release.name == "c"


def test_the_lock_is_kept_as_long_as_it_fits() -> None:
    old = Release("c", "1.0.0", integrity="x")
    packages = {"a": {"1.0.0": needs(c="^1")}, "c": THREE}
    kept = plan({"a": "*"}, packages, {"c": old})
    assert kept.packages["c"].release is old
    assert versions(plan({"a": "*"}, packages, {"c": old}, fresh=["c"]))["c"] == "1.2.0"
    assert versions(plan({"a": "*", "c": "^2"}, packages, {"c": old})) == {
        "a": "1.0.0", "c": "2.0.0", "a/node_modules/c": "1.0.0",
    }  # fmt: skip


def test_what_the_lock_has_is_not_asked_for() -> None:
    locked = {
        "a": Release("a", "1.0.0", dependencies={"b": "^1", "t": "next"}),
        "b": Release("b", "1.0.0"),
        "t": Release("t", "3.0.0"),
    }
    shelf = Shelf({})
    found = resolve({"a": "^1"}, shelf, locked, set[str]().__contains__)
    assert set(found.packages) == {"a", "b", "t"}
    assert shelf.asked == []


def test_optional_packages_are_tried() -> None:
    packages: Packages = {
        "a": {
            "1.0.0": {
                "optionalDependencies": {
                    "good": "*", "gone": "*", "native": "*", "old": "^9", "git": "user/repo",
                }
            }
        },
        "good": {"1.0.0": {}},
        "native": {"1.0.0": {"os": ["linux"]}},
        "old": {"1.0.0": {}},
    }  # fmt: skip
    found = plan({"a": "*"}, packages)
    assert set(found.packages) == {"a", "good"}
    assert len(found.warnings) == 4
    assert any("native is built for one platform" in text for text in found.warnings)
    with pytest.raises(RefusedError, match="asks for gone@"):
        plan({"a": "*"}, {"a": {"1.0.0": needs(gone="*")}})


def test_peers_are_told_of() -> None:
    packages: Packages = {
        "a": {"1.0.0": {"peerDependencies": {"c": "^1", "d": "*"}}},
        "c": THREE,
    }
    assert plan({"a": "*", "c": "2.0.0"}, packages).warnings == (
        "a expects c@^1 beside it, which is 2.0.0",
        "a expects d@* beside it, which is not there",
    )
    assert len(plan({"a": "*", "c": "^1"}, packages).warnings) == 1


@pytest.mark.parametrize(
    ("wanted", "kind", "why"),
    [
        ({"gone": "*"}, NotFoundError, "has no gone"),
        ({"c": "^9"}, UsageError, r"no version of c is in \^9; the latest is 2.0.0"),
        ({"c": "beta"}, UsageError, "c has no dist-tag beta; there are: latest"),
        ({"c": "file:../x"}, UsageError, "cannot be fetched"),
        ({"a": "*"}, RefusedError, r"a 1\.0\.0 asks for c@git\+ssh://x: .*cannot be fetched"),
        ({"b": "*"}, RefusedError, r"b 1\.0\.0 asks for c@\^7: no version of c is in"),
        ({"d": "*"}, RefusedError, r"d 1\.0\.0 asks for \.\./x@1: .* is no name"),
    ],
)
def test_what_cannot_be_had(wanted: dict[str, str], kind: type[Exception], why: str) -> None:
    packages = {
        "a": {"1.0.0": needs(c="git+ssh://x")},
        "b": {"1.0.0": needs(c="^7")},
        "d": {"1.0.0": {"dependencies": {"../x": "1"}}},
        "c": THREE,
    }
    with pytest.raises(kind, match=why):
        plan(wanted, packages)


NAMES = ["a", "b", "c", "d", "e"]
RANGES = ["*", "^1", "^2", "1.0.0", "~1.1", ">=1.1 <3", "npm:e@^1"]


@st.composite
def shelves(draw: st.DrawFn) -> Packages:
    table = {}
    for name in NAMES:
        wishes = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(RANGES), max_size=3)
        table[name] = {
            version: {"dependencies": draw(wishes)} for version in ("1.0.0", "1.1.0", "2.0.0")
        }
    return table


@settings(max_examples=200, deadline=None, derandomize=True)
@given(shelves(), st.dictionaries(st.sampled_from(NAMES), st.sampled_from(RANGES), min_size=1))
def test_every_wish_is_met(packages: Packages, wanted: dict[str, str]) -> None:
    try:
        found = plan(wanted, packages)
    except RefusedError:
        reject()  # a spiral
    edges = [(".", folder, spec) for folder, spec in wanted.items()]
    for path, placed in found.packages.items():
        edges += [(path, folder, spec) for folder, spec in placed.release.dependencies.items()]
    reached = set()
    for asker, folder, spec in edges:
        wish = parse_requirement(folder, spec)
        seen = visible(asker, folder, found.packages)
        assert seen is not None
        release = found.packages[seen].release
        assert release.name == wish.name
        assert satisfies(release.version, wish.range)
        assert asker in found.packages[seen].asked_by
        reached.add(seen)
    assert reached == set(found.packages)
    # Doing it again with what came out changes nothing and asks nobody.
    locked = {path: placed.release for path, placed in found.packages.items()}
    again = resolve(wanted, Shelf({}), locked, set[str]().__contains__)
    assert versions(again) == versions(found)
