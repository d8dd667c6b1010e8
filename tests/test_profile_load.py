"""Loading profiles: names, `extends`, merging, startup files, and a round trip of any profile."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmgit.errors import NotFoundError, RefusedError
from vmgit.limits import Limits
from vmgit.profile import (
    Capabilities,
    DatabaseGrant,
    FetchGrant,
    FileGrant,
    Globals,
    LoadedProfile,
    Modules,
    Profile,
    StartupFile,
)
from vmgit.profile_load import (
    MOST_PARENTS,
    check_startup,
    list_profiles,
    load_profile,
    locate,
)


def load(name: str, **files: str) -> LoadedProfile:
    tree = {f"profiles/{key}.toml": text.encode() for key, text in files.items()}
    return load_profile(name, tree.get, known=lambda: sorted(files))


def refusal(name: str, **files: str) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        load(name, **files)
    return caught.value


def test_an_empty_file_is_the_default_profile() -> None:
    loaded = load("shop", shop="")
    assert loaded == LoadedProfile(
        name="shop",
        path="profiles/shop.toml",
        profile=Profile(),
        effective=Profile(),
        files={"profiles/shop.toml": b""},
        chain=("profiles/shop.toml",),
    )


def test_tables_merge_by_key_and_lists_and_scalars_replace() -> None:
    loaded = load(
        "shop",
        shop="""
            extends = "base"
            startup = ["shop.js"]
            limits.cpu_ms = 100
            [capabilities]
            fs = { read = ["data/**"] }
            fetch.methods = ["POST"]
            env = []
        """,
        base="""
            description = "base"
            refresh = "rebuild"
            startup = ["a.js", "b.js"]
            limits = { cpu_ms = 200, wall_ms = 300 }
            [capabilities]
            kv = false
            env = ["APP_*"]
            fs = { read = ["all/**"], write = ["out/**"] }
            fetch = { hosts = ["a.com"], methods = ["GET"] }
        """,
    )
    assert loaded.effective == Profile(
        description="base",
        refresh="rebuild",
        startup=(StartupFile("shop.js"),),
        limits=Limits(cpu_ms=100, wall_ms=300),
        capabilities=Capabilities(
            kv=False,
            fs=FileGrant(read=("data/**",), write=("out/**",)),
            fetch=FetchGrant(hosts=("a.com",), methods=("POST",)),
        ),
    )
    assert loaded.profile.extends == "base"
    assert loaded.profile.limits == Limits(cpu_ms=100)
    assert loaded.profile.refresh == "rerun"


def test_an_empty_list_replaces_and_a_default_that_is_written_counts() -> None:
    loaded = load(
        "shop",
        shop='extends = "base"\nstartup = []\nrefresh = "rerun"\nlimits.cpu_ms = 2000\n',
        base='startup = ["a.js"]\nrefresh = "off"\nlimits.cpu_ms = 50\n',
    )
    assert loaded.effective == Profile()


def test_a_chain_of_profiles_is_merged_from_its_end() -> None:
    loaded = load(
        "c",
        a="limits.cpu_ms = 11\nlimits.wall_ms = 11\nlimits.events = 11",
        b='extends = "a"\nlimits.cpu_ms = 22\nlimits.wall_ms = 22',
        c='extends = "b"\nlimits.cpu_ms = 33',
    )
    assert loaded.effective.limits == Limits(cpu_ms=33, wall_ms=22, events=11)
    assert loaded.chain == ("profiles/c.toml", "profiles/b.toml", "profiles/a.toml")
    assert list(loaded.files) == list(loaded.chain)


def test_an_array_of_databases_is_the_whole_grant() -> None:
    loaded = load(
        "b",
        a='[capabilities.sqlite]\nread = ["a"]\nwrite = ["w"]\n',
        b='extends = "a"\n[capabilities]\nsqlite = ["b"]\n',
        c='extends = "b"\ncapabilities.sqlite.write = ["c"]\n',
    )
    assert loaded.effective.capabilities.sqlite == DatabaseGrant(read=("b",))


def test_formatting_and_the_way_a_setting_is_reached_do_not_change_the_digest() -> None:
    plain = load("a", a='startup = ["a.js"]\n[limits]\ncpu_ms = 100\nevents = 5\n')
    noisy = load(
        "b",
        b='extends = "c"\n# words\nlimits = { events = 5 } # more\ndescription = "b"',
        c='[[startup]]\nmode = "auto"\npath = "a.js"\n[limits]\ncpu_ms = 0x64\nevents = 9\n',
    )
    assert plain.effective.digest() == noisy.effective.digest()
    assert plain.profile.digest() == plain.effective.digest()


@pytest.mark.parametrize(
    ("files", "message", "looked_for"),
    [
        (
            {"a": '# c\nextends = "a"\n'},
            "profiles/a.toml:2: extends: a profile cannot extend itself",
            ["a"],
        ),
        (
            {"a": 'extends = "b"', "b": 'extends = "c"', "c": '\nextends = "a"'},
            "profiles/c.toml:2: extends: the profiles extend each other: a -> b -> c -> a",
            ["a", "b", "c"],
        ),
        (
            {"a": 'extends = "b"', "b": 'extends = "c"', "c": 'extends = "b"'},
            "profiles/c.toml:1: extends: the profiles extend each other: b -> c -> b",
            ["a", "b", "c"],
        ),
        (
            {"a": 'extends = "bse"', "base": ""},
            'profiles/a.toml:1: extends: no profile "bse": there is no profiles/bse.toml; '
            'did you mean "base"?',
            ["a", "bse"],
        ),
        (
            {"a": 'extends = "b"', "b": "\nengin = 1"},
            "profiles/b.toml:2: engin: unknown key; did you mean engine?",
            ["a", "b"],
        ),
        (
            {"a": 'engin = 1\nextends = "b"', "b": "["},
            "profiles/a.toml:1: engin: unknown key; did you mean engine? (and 1 more)",
            ["a", "b"],
        ),
        (
            {"a": 'extends = "b"\nengin = 1'},
            'profiles/a.toml:1: extends: no profile "b": there is no profiles/b.toml (and 1 more)',
            ["a", "b"],
        ),
    ],
)
def test_a_chain_that_does_not_hold_is_refused(
    files: dict[str, str], message: str, looked_for: list[str]
) -> None:
    error = refusal("a", **files)
    assert error.message == message
    assert error.details["files"] == [f"profiles/{name}.toml" for name in looked_for]


def test_a_very_long_chain_is_refused() -> None:
    files = {f"p{n}": f'extends = "p{n + 1}"' for n in range(MOST_PARENTS)}
    last = f"p{MOST_PARENTS}"
    assert len(load("p0", **files, **{last: ""}).chain) == MOST_PARENTS + 1
    error = refusal("p0", **files, **{last: 'extends = "more"', "more": ""})
    assert error.message == (
        f"profiles/{last}.toml:1: extends: more than {MOST_PARENTS} profiles extend one another"
    )


@pytest.mark.parametrize(
    ("name", "message", "hints"),
    [
        (
            "shpo",
            'no profile "shpo": there is no profiles/shpo.toml',
            ("did you mean shop?", "profiles here: default, shop"),
        ),
        (
            "Shop",
            'no profile "Shop": a name is lower-case letters, digits, - and _',
            ("did you mean shop?", "profiles here: default, shop"),
        ),
        (
            "../../etc/x",
            'no profile "../../etc/x": a name is lower-case letters, digits, - and _',
            ("profiles here: default, shop",),
        ),
        (
            "",
            'no profile "": a name is lower-case letters, digits, - and _',
            ("profiles here: default, shop",),
        ),
    ],
)
def test_an_unknown_name_is_a_usage_error(name: str, message: str, hints: tuple[str, ...]) -> None:
    with pytest.raises(NotFoundError) as caught:
        load(name, shop="", default="")
    assert (caught.value.message, caught.value.hints) == (message, hints)
    assert caught.value.exit_code == 2


def test_an_impossible_name_is_never_read() -> None:
    asked: list[str] = []
    with pytest.raises(NotFoundError) as caught:
        load_profile("../../etc/x", lambda path: asked.append(path))
    assert asked == []
    assert caught.value.hints == (
        "no profile is tracked here: vmgit init writes profiles/default.toml",
    )


def test_profiles_are_listed_by_name() -> None:
    folders = {
        "profiles": ["shop.toml", "base.toml", "Odd.toml", "notes.md", ".toml", "a_1-b.toml"]
    }
    assert list_profiles(lambda folder: folders.get(folder, [])) == ["a_1-b", "base", "shop"]
    assert list_profiles(lambda folder: []) == []


def test_a_setting_is_located_in_the_file_that_decides_it() -> None:
    loaded = load(
        "shop",
        shop='extends = "base"\n[limits]\ncpu_ms = 100\n',
        base='startup = [\n  "a.js",\n  "b.js",\n]\n[limits]\ncpu_ms = 50\nwall_ms = 50\n',
    )
    assert locate(loaded, ("limits", "cpu_ms")) == ("profiles/shop.toml", 3)
    assert locate(loaded, ("limits", "wall_ms")) == ("profiles/base.toml", 7)
    assert locate(loaded, ("startup", 1)) == ("profiles/base.toml", 3)
    assert locate(loaded, ("limits", "events")) == ("profiles/shop.toml", 2)
    assert locate(loaded, ("globals", "hide")) == ("profiles/shop.toml", 1)


def test_startup_files_that_are_there_are_fine() -> None:
    check_startup(load("shop", shop='startup = ["a.js"]'), {"a.js"}.__contains__)


def test_missing_startup_files_are_refused_where_they_are_named() -> None:
    loaded = load(
        "shop",
        shop='extends = "base"\n',
        base='startup = [\n  "startup/10 rules.js",\n  "startup/20-x.js",\n  "c.js"\n]\n',
    )
    tree = ["startup/10 rules.mjs", "startup/20-x.js", "c.cjs"]
    with pytest.raises(RefusedError) as caught:
        check_startup(loaded, tree.__contains__)
    assert caught.value.message == (
        'profiles/base.toml:2: startup[0]: no file "startup/10 rules.js" among the tracked files; '
        'did you mean "startup/10 rules.mjs"? (and 1 more)'
    )
    assert caught.value.hints == (
        "if it is there but untracked: git add 'startup/10 rules.js'",
        "if it is there but untracked: git add c.js",
        "all of them: vmgit profile check shop",
    )
    assert [(e["line"], e["key"]) for e in caught.value.details["errors"]] == [
        (2, "startup[0]"),
        (4, "startup[2]"),
    ]
    assert caught.value.details["files"] == ["profiles/shop.toml", "profiles/base.toml"]


def test_the_nearest_tracked_file_is_named_when_the_folder_can_be_listed() -> None:
    loaded = load("shop", shop='startup = ["startup/10-ruels.js", "zzz.js"]')
    folders = {"startup": ["10-rules.js", "10-ruels"], "": ["package.json"]}
    with pytest.raises(RefusedError) as caught:
        check_startup(loaded, {"startup/10-rules.js"}.__contains__, lambda f: folders.get(f, []))
    hints = [error.get("hint") for error in caught.value.details["errors"]]
    assert hints == ['did you mean "startup/10-rules.js"?', None]


# One example of everything a profile can say, combined freely.
_NAMES = st.text("abcXYZ019-_ äß", min_size=1, max_size=6).filter(str.strip)
_PATHS = st.lists(_NAMES, min_size=1, max_size=3).map("/".join)
_GLOBS = _PATHS | st.sampled_from(["**", "data/**", "a/*.[ch]", "x?/**/y"])
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def _some(items: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(items, max_size=3, unique=True).map(tuple)


_PROFILES = st.builds(
    Profile,
    description=_TEXTS,
    extends=st.none(),
    startup=st.lists(
        st.builds(StartupFile, _PATHS, st.sampled_from(["auto", "script", "module", "commonjs"])),
        max_size=3,
        unique_by=lambda entry: entry.path,
    ).map(tuple),
    refresh=st.sampled_from(["rerun", "rebuild", "replay", "off"]),
    limits=st.builds(Limits, cpu_ms=st.integers(10, 600_000), memory_mb=st.integers(16, 120)),
    modules=st.builds(
        Modules, roots=_some(_PATHS), extensions=_some(st.sampled_from([".js", ".a.b", ".X-1"]))
    ),
    capabilities=st.builds(
        Capabilities,
        console=st.booleans(),
        fs=st.builds(FileGrant, _some(_GLOBS), _some(_GLOBS)),
        fetch=st.builds(
            FetchGrant,
            _some(st.sampled_from(["a.com", "*.b.org", "localhost:1", "[::1]"])),
            _some(st.sampled_from(["GET", "POST", "DELETE"])),
        ),
        env=_some(st.sampled_from(["A", "APP_*", "?"])),
        kv=st.booleans(),
        sqlite=st.builds(DatabaseGrant, _some(_GLOBS), _some(_GLOBS)),
        exec=_some(st.sampled_from(["git", "python3.11", "g++"])),
    ),
    globals=st.builds(Globals, _some(st.sampled_from(["eval", "$a", "_", "Function"]))),
)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(c if c.isalnum() else f"\\U{ord(c):08x}" for c in value) + '"'
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    return str(value)


@settings(deadline=None)
@given(profile=_PROFILES, base=_PROFILES)
def test_every_valid_profile_comes_back_as_it_was_written(profile: Profile, base: Profile) -> None:
    tables = msgspec.to_builtins(profile)
    del tables["extends"]
    text = "".join(f"{key} = {_toml(value)}\n" for key, value in tables.items())
    loaded = load("shop", shop=text)
    assert loaded.profile == loaded.effective == profile
    assert loaded.effective.digest() == profile.digest()
    # A profile that says everything is not touched by what it extends.
    tables = msgspec.to_builtins(base)
    del tables["extends"]
    below = "".join(f"{key} = {_toml(value)}\n" for key, value in tables.items())
    merged = load("shop", shop='extends = "base"\n' + text, base=below)
    assert merged.effective == profile
