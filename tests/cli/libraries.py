"""For tests of the library commands: a workspace whose npm configuration names one registry."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakeregistry import FakeRegistry, fake_registry
from workspaces import Done, Folder


class Shop:
    """A workspace and the registry on loopback that it is set up for."""

    def __init__(self, folder: Folder, registry: FakeRegistry) -> None:
        self.folder, self.registry = folder, registry
        self.environment = {"npm_config_registry": registry.url}

    def lib(self, *arguments: str, **environment: str) -> Done:
        """Run `vmgit lib ARGUMENTS`."""
        return self.folder.vmgit("lib", *arguments, env={**self.environment, **environment})

    def fine(self, *arguments: str) -> Done:
        """Run `vmgit lib ARGUMENTS`, which must exit 0."""
        done = self.lib(*arguments)
        assert done.status == 0, done
        return done


@pytest.fixture
def shop(folder: Folder) -> Iterator[Shop]:
    """A registry where `a` needs `c` below 2, and `d` needs `c` 2."""
    with fake_registry() as registry:
        registry.publish("c", "1.0.0", {"dist/c.js": "exports.c = 1;"}, main="dist/c.js")
        registry.publish("c", "2.0.0", {"dist/c.js": "exports.c = 2;"}, main="dist/c.js")
        for name, range_ in (("a", "^1"), ("d", "^2")):
            code = f"exports.{name} = require('c').c;"
            registry.publish(name, files={"index.js": code}, dependencies={"c": range_})
        yield Shop(folder, registry)


def without_npm(folder: Path) -> str:
    """Return a PATH that has what vmgit needs and no npm."""
    made = folder / "bin-without-npm"
    made.mkdir(exist_ok=True)
    for name in ("git", "sh"):
        for place in os.environ["PATH"].split(os.pathsep):
            if (Path(place) / name).exists() and not (made / name).exists():
                (made / name).symlink_to(Path(place) / name)
    return str(made)


def fake_npm(folder: Path, says: str) -> str:
    """Return a PATH with an npm that answers every question with one line."""
    path = without_npm(folder)
    program = Path(path) / "npm"
    program.write_text(f'#!/bin/sh\n[ "$*" = "config get registry" ] && echo "{says}"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return path
