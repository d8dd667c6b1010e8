"""The classes of a profile: defaults, digest and the JSON Schema made of them."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest

from vmgit.profile import Capabilities, FileGrant, Globals, Profile, StartupFile, profile_schema
from vmgit.resources import data_path


def test_the_defaults_are_those_of_the_design() -> None:
    assert msgspec.json.decode(msgspec.json.encode(Profile())) == {
        "description": "",
        "extends": None,
        "engine": "dukpy",
        "startup": [],
        "refresh": "rerun",
        "limits": {
            "cpu_ms": 2000,
            "wall_ms": 5000,
            "memory_mb": 64,
            "output_kb": 256,
            "events": 1000,
            "source_kb": 1024,
        },
        "modules": {"roots": ["lib", "vendor"], "extensions": [".js", ".mjs", ".cjs", ".json"]},
        "capabilities": {
            "console": True,
            "fs": {"read": [], "write": []},
            "fetch": {"hosts": [], "methods": ["GET"]},
            "env": [],
            "kv": True,
            "sqlite": {"read": [], "write": []},
            "exec": [],
        },
        "globals": {"hide": []},
    }


def test_the_digest_is_fixed() -> None:
    """Recorded sessions compare digests: a change here would refresh every session there is."""
    assert Profile().digest() == (
        "b726a5574d55ef52b2e5db5af859034ff06601ff529244d438ac5f89354933bf"
    )


def test_the_digest_ignores_what_decides_nothing() -> None:
    assert Profile(description="words", extends="base").digest() == Profile().digest()


@pytest.mark.parametrize(
    "changed",
    [
        Profile(refresh="off"),
        Profile(startup=(StartupFile("a.js"),)),
        Profile(startup=(StartupFile("a.js", "script"),)),
        Profile(startup=(StartupFile("b.js"), StartupFile("a.js"))),
        Profile(startup=(StartupFile("a.js"), StartupFile("b.js"))),
        Profile(limits=msgspec.structs.replace(Profile().limits, events=1)),
        Profile(capabilities=Capabilities(kv=False)),
        Profile(capabilities=Capabilities(fs=FileGrant(read=("a",)))),
        Profile(capabilities=Capabilities(fs=FileGrant(write=("a",)))),
        Profile(globals=Globals(hide=("eval",))),
    ],
)
def test_the_digest_changes_with_everything_that_decides(changed: Profile) -> None:
    seen = {Profile().digest(), Profile(startup=(StartupFile("z.js"),)).digest()}
    assert changed.digest() not in seen
    assert re.fullmatch("[0-9a-f]{64}", changed.digest())


def test_the_committed_schema_is_the_one_of_the_classes() -> None:
    """To renew it: write `json.dumps(profile_schema(), indent=2)` and a newline into the file."""
    committed = data_path("schema/profile.schema.json").read_text(encoding="utf-8")
    assert committed == json.dumps(profile_schema(), indent=2, ensure_ascii=False) + "\n"


def test_every_key_of_the_schema_is_described_and_no_other_is_allowed() -> None:
    schema = profile_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$ref"] == "#/$defs/Profile"
    for table in schema["$defs"].values():
        assert table["title"]
        assert table["description"]
        assert table["additionalProperties"] is False
        for name, key in table["properties"].items():
            assert key["description"], name
            assert "default" in key or name in table["required"] or name == "extends"


def test_the_schema_knows_both_forms_of_a_startup_entry_and_no_null() -> None:
    schema = profile_schema()
    forms = schema["$defs"]["Profile"]["properties"]["startup"]["items"]["anyOf"]
    assert [form.get("type", form.get("$ref")) for form in forms] == [
        "string",
        "#/$defs/StartupFile",
    ]
    assert '"null"' not in json.dumps(schema)
    assert all(target in schema["$defs"] for target in _references(schema))


def _references(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*(_references(item) for item in value))
    if not isinstance(value, dict):
        return set()
    below = set().union(*(_references(item) for item in value.values()))
    target = value.get("$ref")
    return below | {target.removeprefix("#/$defs/")} if isinstance(target, str) else below
