"""TCP: only with the token, only under the server's own name, and never from foreign pages."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from served import Served, served
from workspaces import Folder, make_folder

from vmgit.client.client import Client
from vmgit.errors import EnvironmentFailure, UsageError
from vmgit.serving.token import token


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that listens to TCP too."""
    folder = make_folder(tmp_path_factory.mktemp("tcp") / "work")
    with served(folder, "--listen", "127.0.0.1:0") as one:
        yield one


@pytest.fixture
def folder(server: Served) -> Folder:
    return server.folder


@pytest.fixture
def url(server: Served) -> str:
    return f"http://{server.record['listen']}"


def _token(folder: Folder) -> str:
    return token(folder.root / ".git" / "vmgit")


def test_the_client_with_the_token(folder: Folder, url: str) -> None:
    with Client(url, token=_token(folder)) as client:
        assert client.root == folder.root
        assert client.executions.run("6 * 7").value.json == 42  # type: ignore[union-attr]
        stream = client.log.follow(after=0)
        assert next(stream).seq == 1


@pytest.mark.parametrize("given", [None, "wrong", "ü"])
def test_without_it_nothing_is_told(folder: Folder, url: str, given: str | None) -> None:
    headers = {} if given is None else {"Authorization": f"Bearer {given}".encode()}
    for path in ("/api/v1/health", "/api/v1/sessions", "/nothing"):
        answer = httpx.get(f"{url}{path}", headers=headers, trust_env=False)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "unauthorized"
    if given != "ü":
        with Client(url, token=given) as client, pytest.raises(EnvironmentFailure, match="token"):
            client.executions.run("1")


@pytest.mark.parametrize("given", ["", " ", "ü", "a\nb"])
def test_what_can_be_no_token(url: str, given: str) -> None:
    with pytest.raises(UsageError, match="no token"):
        Client(url, token=given)


def test_a_rotated_token_counts_at_once(folder: Folder, url: str) -> None:
    old = _token(folder)
    with Client(url, token=old) as client:
        client.sessions.list()
        new = folder.fine("serve", "token", "--rotate").out.strip()
        with pytest.raises(EnvironmentFailure) as refused:
            client.sessions.list()
        assert refused.value.kind == "unauthorized"
    with Client(url, token=new) as client:
        assert client.sessions.list() is not None


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_foreign_page_is_refused_though_it_has_the_token(
    folder: Folder, url: str, headers: dict[str, str]
) -> None:
    known = {"Authorization": f"Bearer {_token(folder)}"}
    assert httpx.get(f"{url}/api/v1/health", headers=known, trust_env=False).status_code == 200
    answer = httpx.get(f"{url}/api/v1/health", headers={**known, **headers}, trust_env=False)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "foreign"


def test_what_is_no_vmgit_server_is_told(folder: Folder) -> None:
    with Client("http://127.0.0.1:1", token="x") as client:
        with pytest.raises(EnvironmentFailure, match="does not answer") as gone:
            client.sessions.list()
        assert gone.value.kind == "server_gone"
