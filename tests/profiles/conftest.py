"""A workspace with a profile `shop`, and the editor of its profiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from workspaces import Folder

from vmgit.profiles.editor import ProfileEditor

SHOP = """\
extends = "default"  # the base

[limits]
cpu_ms = 100  # tight

[capabilities]
env = [
  "APP_*",  # ours
  "HOME",   # theirs
]
"""


@pytest.fixture
def shop(folder: Folder) -> Folder:
    """A committed workspace whose profile `shop` extends the default one."""
    folder.profile(SHOP, "shop")
    folder.commit("shop")
    return folder


@pytest.fixture
def editor(shop: Folder) -> Iterator[ProfileEditor]:
    """The editor of its profiles."""
    with shop.open() as workspace:
        yield workspace.profile_editor


@pytest.fixture
def content(shop: Folder) -> Callable[..., str]:
    """Reads the file of `shop`."""

    def read(name: str = "shop") -> str:
        return (shop.root / "profiles" / f"{name}.toml").read_text()

    return read
