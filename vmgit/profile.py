"""What a profile may say: the classes behind `profiles/NAME.toml`.

They are the only list of keys, types, defaults and descriptions: decoding, error messages and the
JSON Schema are all derived from them. Pure: how a file is read, merged and checked is the business
of `profile_load` and `profile_check`; what a grant allows is the business of the host.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from .canonical import canonical_digest
from .limits import Limits

#: What a profile may be called; it becomes a file name, so case and dots are left out.
PROFILE_NAME = "^[a-z0-9][a-z0-9_-]{0,63}$"

Refresh = Literal["rerun", "rebuild", "replay", "off"]
#: `auto` follows the file name, package.json and the text.
Mode = Literal["auto", "script", "module", "commonjs"]
Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

# `extra["kind"]` names the check of profile_check that goes beyond type and pattern.
Path = Annotated[
    str, Meta(min_length=1, description="A path from the workspace root", extra={"kind": "path"})
]
Glob = Annotated[
    str,
    Meta(
        min_length=1,
        description="A path from the workspace root with *, ?, [abc] and ** as a whole part",
        extra={"kind": "glob"},
    ),
]
Host = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=260,
        description="A lower-case host, optionally *.HOST for all below it and :PORT",
        extra={"kind": "host"},
    ),
]
Name = Annotated[str, Meta(pattern=PROFILE_NAME, extra={"kind": "profile name"})]
Extension = Annotated[
    str, Meta(pattern=r"^(\.[A-Za-z0-9_-]+)+$", extra={"kind": "file extension with its dot"})
]
Variable = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z_*?][A-Za-z0-9_*?]*$", extra={"kind": "variable name, * and ? allowed"}),
]
Program = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.+-]*$", extra={"kind": "program name without a path"}),
]
Global = Annotated[
    str, Meta(pattern=r"^[A-Za-z_$][A-Za-z0-9_$]*$", extra={"kind": "global name", "keep": True})
]


class StartupFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One startup file; a plain string in the TOML means `mode = "auto"`."""

    path: Annotated[Path, Meta(description="The file, from the workspace root")]
    mode: Annotated[
        Mode, Meta(description="What the file is; auto follows its name, package.json and text")
    ] = "auto"


class Modules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How `import` and `require` find files."""

    roots: Annotated[
        tuple[Path, ...], Meta(description="Folders in which bare specifiers are looked for")
    ] = ("lib", "vendor")
    extensions: Annotated[
        tuple[Extension, ...], Meta(description="Extensions that a specifier may leave out")
    ] = (".js", ".mjs", ".cjs", ".json")


class FileGrant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which files of the worktree code may read and write."""

    read: Annotated[tuple[Glob, ...], Meta(description="Files that may be read")] = ()
    write: Annotated[tuple[Glob, ...], Meta(description="Files that may be written")] = ()


class DatabaseGrant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which SQLite databases code may use; a plain array in the TOML means `read`."""

    read: Annotated[tuple[Glob, ...], Meta(description="Databases that may be read")] = ()
    write: Annotated[
        tuple[Glob, ...], Meta(description="Databases that may be read, changed and made")
    ] = ()


class FetchGrant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which HTTP requests code may make; nothing is granted while `hosts` is empty."""

    hosts: Annotated[tuple[Host, ...], Meta(description="Hosts that may be asked")] = ()
    methods: Annotated[tuple[Method, ...], Meta(description="Methods that may be used")] = ("GET",)


class Capabilities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What code may ask of the outside; only `console` and `kv` are granted by default."""

    console: Annotated[bool, Meta(description="console.log and its siblings")] = True
    fs: Annotated[FileGrant, Meta(description="Files of the worktree")] = FileGrant()
    fetch: Annotated[FetchGrant, Meta(description="HTTP requests")] = FetchGrant()
    env: Annotated[
        tuple[Variable, ...], Meta(description="Environment variables that may be read")
    ] = ()
    kv: Annotated[bool, Meta(description="The session's own store, a part of its state")] = True
    sqlite: Annotated[
        DatabaseGrant, Meta(description="SQLite databases; an array names those that may be read")
    ] = DatabaseGrant()
    exec: Annotated[tuple[Program, ...], Meta(description="Programs that may be started")] = ()


class Globals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Changes to the global object."""

    hide: Annotated[
        tuple[Global, ...], Meta(description="Globals that are removed before any code runs")
    ] = ()


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings that a session runs with: engine, startup files, limits, grants."""

    description: Annotated[str, Meta(description="One line for people; decides nothing")] = ""
    extends: Annotated[
        Name | None, Meta(description="The profile whose settings apply where this one is silent")
    ] = None
    engine: Annotated[Literal["dukpy"], Meta(description="The JavaScript engine")] = "dukpy"
    startup: Annotated[
        tuple[StartupFile, ...], Meta(description="Files that run, in order, before anything else")
    ] = ()
    refresh: Annotated[Refresh, Meta(description="How a session follows changed startup files")] = (
        "rerun"
    )
    limits: Annotated[Limits, Meta(description="What one execution may use")] = Limits()
    modules: Annotated[Modules, Meta(description="How modules are found")] = Modules()
    capabilities: Annotated[Capabilities, Meta(description="What code may ask of the outside")] = (
        Capabilities()
    )
    globals: Annotated[Globals, Meta(description="Changes to the global object")] = Globals()

    def digest(self) -> str:
        """Return the SHA-256 of what this (effective) profile decides, 64 hex digits.

        `description` and `extends` stay out: a session runs the same whatever they say.
        """
        decided = msgspec.to_builtins(self)
        del decided["description"], decided["extends"]
        databases = decided["capabilities"]["sqlite"]
        if not databases["write"]:  # as when there was no other grant than to read
            decided["capabilities"]["sqlite"] = databases["read"]
        return canonical_digest(decided)


class LoadedProfile(msgspec.Struct, frozen=True):
    """A profile as it was read from one tree.

    `profile` is what the file itself says, `effective` what holds after `extends`. `files` are
    all files that were looked for, in order, None where there was none; `chain` are those that
    the effective profile is made of, the profile's own file first.
    """

    name: str
    path: str
    profile: Profile
    effective: Profile
    files: dict[str, bytes | None]
    chain: tuple[str, ...]


def long_form(tables: dict[str, Any]) -> dict[str, Any]:
    """Return the tables of a profile file with `sqlite = [...]` as the table that it stands for."""
    capabilities = tables.get("capabilities")
    if not isinstance(capabilities, dict) or not isinstance(capabilities.get("sqlite"), list):
        return tables
    # It grants nothing else: `write` of a profile that this one extends does not shine through.
    databases = {"read": capabilities["sqlite"], "write": []}
    return {**tables, "capabilities": {**capabilities, "sqlite": databases}}


def profile_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a profile file, for editors.

    It is committed as `schema/profile.schema.json`; a test holds the two equal.
    """
    schema = msgspec.json.schema(Profile)
    keys = schema["$defs"]["Profile"]["properties"]
    # The classes know only the long form of a startup entry; the loader widens it likewise.
    path = schema["$defs"]["StartupFile"]["properties"]["path"]
    keys["startup"]["items"] = {"anyOf": [path, keys["startup"]["items"]]}
    # Likewise the array that stands for the databases that may be read.
    databases = schema["$defs"]["Capabilities"]["properties"]["sqlite"]
    read = schema["$defs"]["DatabaseGrant"]["properties"]["read"]
    forms = [{"$ref": databases.pop("$ref")}, {"type": "array", "items": read["items"]}]
    databases["anyOf"] = forms
    # TOML has no null: a profile that extends nothing leaves the key out.
    keys["extends"] = {"description": keys["extends"]["description"], **keys["extends"]["anyOf"][0]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "vmgit profile",
        "description": "profiles/NAME.toml of a vmgit workspace",
        **schema,
    }
