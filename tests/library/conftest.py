"""Fixtures: a registry on loopback, and `vendor/` folders that are filled from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fakeregistry import FakeRegistry, fake_registry

from vmgit.library.library import Library
from vmgit.library.npmrc import NpmConfig, Setting
from vmgit.library.registry import Registry


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    """An empty registry."""
    with fake_registry() as server:
        yield server


def config_for(url: str, **more: str) -> NpmConfig:
    """Return a configuration that names one registry."""
    settings = {key: Setting(value, "test") for key, value in {"registry": url, **more}.items()}
    return NpmConfig([settings], lambda: None)


@pytest.fixture
def client(registry: FakeRegistry) -> Iterator[Registry]:
    """A client of the registry."""
    with Registry(config_for(registry.url)) as opened:
        yield opened


@pytest.fixture
def open_library(registry: FakeRegistry, tmp_path: Path) -> Iterator[Callable[[], Library]]:
    """Open the libraries of one folder; each call sees it as a new command would."""
    with ExitStack() as stack:

        def client() -> Registry:
            return stack.enter_context(Registry(config_for(registry.url)))

        yield lambda: Library(tmp_path, client)
