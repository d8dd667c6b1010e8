"""The configuration is read as npm reads it, and gives secrets to nobody else."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from vmgit.errors import EnvironmentFailure
from vmgit.library.npmrc import NpmConfig, parse_npmrc, read_config

PROJECT, USER, SHARED = "https://project.example/", "https://user.example/", "https://g.example/"


class Places:
    """A project, a home and a prefix in a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.project, self.home, self.prefix = root / "work/sub", root / "home", root / "usr"
        for folder in (self.project, self.home, self.prefix / "etc", self.prefix / "bin"):
            folder.mkdir(parents=True)
        self.environment = {"HOME": str(self.home)}

    def read(self, said: str | None = None) -> NpmConfig:
        folders = [self.project, self.project.parent]
        return read_config(folders, self.environment, lambda: said, self.prefix / "bin/npm")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def test_the_nearest_source_wins(places: Places) -> None:
    assert places.read("https://npm.example").registry_of("a") == "https://npm.example/"
    (places.prefix / "etc/npmrc").write_text(f"registry={SHARED}\n")
    assert places.read("no").registry_of("a") == SHARED
    (places.home / ".npmrc").write_text(f"; mine\nregistry = {USER}  # here\n")
    assert places.read("no").registry_of("a") == USER
    (places.project.parent / ".npmrc").write_text(f'registry="{PROJECT}"')
    assert places.read("no").registry_of("a") == PROJECT
    (places.project / ".npmrc").write_text("audit=false\n")
    assert places.read("no").registry_of("a") == USER  # npm reads one project file
    places.environment["NPM_CONFIG_REGISTRY"] = "http://env.example/npm"
    assert places.read("no").registry_of("a") == "http://env.example/npm/"


def test_scopes_have_registries_of_their_own(places: Places) -> None:
    (places.home / ".npmrc").write_text(f"registry={USER}\n@team:registry={PROJECT}\n")
    config = places.read()
    assert config.registry_of("@team/a") == PROJECT
    assert config.registry_of("@other/a") == USER


def test_files_may_be_elsewhere(places: Places, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text(f"registry={USER}\n")
    (tmp_path / "all").write_text(f"registry={SHARED}\n@team:registry={PROJECT}\n")
    places.environment |= {
        "npm_config_userconfig": str(tmp_path / "mine"),
        "NPM_CONFIG_GLOBALCONFIG": str(tmp_path / "all"),
    }
    assert places.read().registry_of("a") == USER
    assert places.read().registry_of("@team/a") == PROJECT
    (places.home / ".npmrc").write_text(f"prefix={tmp_path}/other\n")
    del places.environment["npm_config_userconfig"], places.environment["NPM_CONFIG_GLOBALCONFIG"]
    (tmp_path / "other/etc").mkdir(parents=True)
    (tmp_path / "other/etc/npmrc").write_text("registry=https://prefix.example/")
    assert places.read().registry_of("a") == "https://prefix.example/"


def test_without_any_registry_it_says_how_to_name_one(places: Places) -> None:
    with pytest.raises(EnvironmentFailure, match="No npm registry is configured") as caught:
        places.read().registry_of("a")
    assert any("npm config set registry" in hint for hint in caught.value.hints)


@pytest.mark.parametrize("value", ["ftp://x/", "x", "https://", "https://me:pw@host/", "//host/"])
def test_a_registry_must_be_a_url(places: Places, value: str) -> None:
    (places.home / ".npmrc").write_text(f"\nregistry={value}\n")
    with pytest.raises(EnvironmentFailure, match=r"\.npmrc:2: the npm registry must be") as caught:
        places.read().registry_of("a")
    assert "pw" not in str(caught.value)


def test_tokens_go_where_they_are_meant_for(places: Places) -> None:
    secret = base64.b64encode(b"pass:word").decode()
    (places.home / ".npmrc").write_text(
        "//host.example/:_authToken=root\n"
        "//host.example/npm/team/:_authToken=team\n"
        "//basic.example/:_auth=dTpw\n"
        f"//user.example:8080/:username=ada\n//user.example:8080/:_password={secret}\n"
    )
    config = places.read()
    for url, header in {
        "https://host.example/a": "Bearer root",
        "https://host.example/npm/team/a/-/a.tgz": "Bearer team",
        "https://host.example/npm/teamwork/a": "Bearer root",
        "https://host.example:444/a": None,
        "https://evil.example/host.example/a": None,
        "https://basic.example/a": "Basic dTpw",
        "http://user.example:8080/a": "Basic " + base64.b64encode(b"ada:pass:word").decode(),
        "http://user.example/a": None,
    }.items():
        assert config.authorization(url) == header, url


def test_a_variable_for_one_command(places: Places) -> None:
    places.environment["npm_config_//host.example/:_authToken"] = "t"
    assert places.read().authorization("https://host.example/a") == "Bearer t"


def test_variables_in_the_users_file(places: Places) -> None:
    (places.home / ".npmrc").write_text(
        "//a.example/:_authToken=${TOKEN}\n//b.example/:_authToken=x${NONE}y\n"
        "//c.example/:_authToken=${NONE?}z\n//d.example/:_authToken=\\${TOKEN}\n"
    )
    places.environment["TOKEN"] = "secret"
    config = places.read()
    assert config.authorization("https://a.example/") == "Bearer secret"
    assert config.authorization("https://c.example/") == "Bearer z"
    assert config.authorization("https://d.example/") == "Bearer ${TOKEN}"
    with pytest.raises(EnvironmentFailure, match=r"\.npmrc:2: the variable NONE is not set"):
        config.authorization("https://b.example/")


@pytest.mark.parametrize(
    "line", ["registry=https://evil.example/${TOKEN}/", "//evil.example/:_authToken=${TOKEN}"]
)
def test_the_projects_file_gets_no_variable(places: Places, line: str) -> None:
    (places.project / ".npmrc").write_text(f"registry=https://evil.example/\n{line}\n")
    places.environment["TOKEN"] = "secret"
    config = places.read()
    with pytest.raises(EnvironmentFailure, match="must not use variables such as") as caught:
        config.authorization(config.registry_of("a"))
    assert "secret" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_told(places: Places) -> None:
    (places.home / ".npmrc").write_bytes(b"registry=\xff\n")
    with pytest.raises(EnvironmentFailure, match=r"\.npmrc cannot be read: it is not UTF-8"):
        places.read()
    (places.home / ".npmrc").unlink()
    (places.home / ".npmrc").mkdir()
    with pytest.raises(EnvironmentFailure, match=r"\.npmrc cannot be read"):
        places.read()


def test_lines_are_read_as_ini() -> None:
    text = "a = 1 ; c\n\n# no=1\n'b'='x;y'\nc=x\\;y\nd\ne=a=b\n[section]\nf=1\n"
    found = parse_npmrc(text, "f", {})
    assert {key: one.value for key, one in found.items()} == {
        "a": "1", "b": "x;y", "c": "x;y", "d": "", "e": "a=b",
    }  # fmt: skip
    assert found["e"].origin == "f:7"
