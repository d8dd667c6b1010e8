"""A workspace opened as `Workspace`, and the same one as `Client` of a real server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from served import served
from workspaces import Folder, make_folder

import vmgit
from vmgit.api.workspace import Workspace
from vmgit.client.client import Client

MODES = ("workspace", "client")


@pytest.fixture(scope="module", params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """`workspace`, or `client`."""
    given = request.param
    assert isinstance(given, str)
    return given


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, mode: str) -> Iterator[Folder]:
    """A workspace folder; a server runs for it when the mode is `client`."""
    made = make_folder(tmp_path_factory.mktemp("contract") / "work")
    with served(made) if mode == "client" else contextlib.nullcontext():
        yield made


@pytest.fixture(scope="module")
def opened(place: Folder, mode: str) -> Iterator[Workspace | Client]:
    """The workspace, opened in `mode`."""
    with vmgit.open(place.root, server="require" if mode == "client" else "never") as one:
        assert type(one) is (Client if mode == "client" else Workspace)
        yield one
