"""Reads npm's configuration as npm does: which registry serves a package, and with what token.

Sources, strongest first: `npm_config_*` variables, the project's `.npmrc`, the user's, the global
one. The project's file comes with the repository and is as untrusted as it: it may name registries
and hold tokens of its own, but variables of the environment are not put into it, because it also
names the host that would get them. This module asks no registry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from vmgit.errors import EnvironmentFailure

_VARIABLE = re.compile(r"(\\*)\$\{([^${}]+?)(\?)?\}")
_ENVIRONMENT = re.compile(r"npm_config_(.+)", re.IGNORECASE)
_MOST_BYTES = 1 << 20
_HINTS = (
    "`npm config set registry URL`, or a line `registry=URL` in .npmrc, names one.",
    "npm_config_registry=URL names one for a single command.",
)


class Setting(NamedTuple):
    """One value, where it was read (`PATH:LINE` or a variable), and what it lacks, if it does."""

    value: str
    origin: str
    lacks: str = ""

    def get(self) -> str:
        """Return the value. Raises `EnvironmentFailure` when a variable in it has none."""
        if self.lacks:
            raise EnvironmentFailure(
                f"{self.origin}: {self.lacks}.",
                hints=["The user's own ~/.npmrc may use variables; export those that it names."],
                code="npm_configuration",
            )
        return self.value


class NpmConfig:
    """What npm's configuration says; `ask_npm` is called when nothing names a registry."""

    def __init__(
        self, layers: Iterable[Mapping[str, Setting]], ask_npm: Callable[[], str | None]
    ) -> None:
        self._layers = list(layers)
        self._ask_npm = ask_npm

    def find(self, key: str) -> Setting | None:
        """Return the strongest setting of a key."""
        return next((layer[key] for layer in self._layers if key in layer), None)

    def registry_of(self, name: str) -> str:
        """Return the URL, ending with `/`, of the registry that serves the package `name`.

        Raises `EnvironmentFailure` when none is configured or what is configured is no URL.
        """
        scope = name.partition("/")[0] if name.startswith("@") else ""
        found = (self.find(f"{scope}:registry") if scope else None) or self.find("registry")
        if found is None:
            said = self._ask_npm()
            if not said:
                raise EnvironmentFailure(
                    "No npm registry is configured, and there is no npm to ask for its default.",
                    hints=_HINTS,
                    code="npm_configuration",
                )
            found = Setting(said, "`npm config get registry`")
        return _registry_url(found.get(), found.origin)

    def authorization(self, url: str) -> str | None:
        """Return the `Authorization` header for a URL: that of its longest configured prefix."""
        for prefix in _prefixes(url):
            token = self.find(f"{prefix}:_authToken")
            if token is not None:
                return f"Bearer {token.get()}"
            basic = self.find(f"{prefix}:_auth")
            if basic is not None:
                return f"Basic {basic.get()}"
            user, password = self.find(f"{prefix}:username"), self.find(f"{prefix}:_password")
            if user is not None and password is not None:
                return _basic(user, password)
        return None

    @property
    def certificates(self) -> Path | None:
        """A file of further certificate authorities (`cafile`)."""
        found = self.find("cafile")
        return Path(found.get()) if found is not None else None


def read_config(
    project: Iterable[Path],
    environment: Mapping[str, str],
    ask_npm: Callable[[], str | None],
    npm: Path | None = None,
) -> NpmConfig:
    """Read the configuration that holds for a project.

    `project` are the folders that may hold its `.npmrc`, of which the first that does counts;
    `npm` is the npm program, whose place tells where the global file is. Raises
    `EnvironmentFailure` for a file that is there and cannot be read.
    """
    variables = _from_environment(environment)
    layers = [variables]
    for folder in project:
        found = _read(folder / ".npmrc", None)
        if found is not None:
            layers.append(found)
            break
    home = environment.get("HOME")
    user = _named(variables, "userconfig") or (Path(home) / ".npmrc" if home else None)
    layers.append(_read(user, environment) or {} if user else {})
    prefix = next((layer["prefix"].get() for layer in layers if "prefix" in layer), None)
    places = [Path(prefix)] if prefix else [npm.parent.parent] if npm else []
    shared = _named(variables, "globalconfig") or next((one / "etc/npmrc" for one in places), None)
    layers.append(_read(shared, environment) or {} if shared else {})
    return NpmConfig(layers, ask_npm)


def parse_npmrc(
    text: str, origin: str, environment: Mapping[str, str] | None
) -> dict[str, Setting]:
    """Return the settings of an .npmrc; without an `environment` no variable may be named."""
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            break  # what follows belongs to a section, and npm has none
        if not stripped or stripped[0] in ";#":
            continue
        key, _, value = stripped.partition("=")
        place = f"{origin}:{number}"
        key, value = _unquoted(key.strip()), _unquoted(value.strip())
        key, _ = _expanded(key, environment or {})
        value, missing = _expanded(value, environment or {})
        lacks = ""
        if missing and environment is None:
            lacks = f"the project's .npmrc must not use variables such as ${{{missing}}}"
        elif missing:
            lacks = f"the variable {missing} is not set"
        found[key] = Setting(value, place, lacks)
    return found


def _read(path: Path, environment: Mapping[str, str] | None) -> dict[str, Setting] | None:
    """Return a file's settings, None when there is no such file."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES)
        return parse_npmrc(data.decode("utf-8-sig"), str(path), environment)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise EnvironmentFailure(f"{path} cannot be read: {reason}.") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Setting]:
    found = {}
    for name, value in environment.items():
        match = _ENVIRONMENT.fullmatch(name)
        if match is None or not value:
            continue
        key = match[1]
        if not key.startswith("//"):
            key = key[0].lower() + key[1:].lower().replace("_", "-")
        found[key] = Setting(value, name)
    return found


def _named(layer: Mapping[str, Setting], key: str) -> Path | None:
    return Path(layer[key].get()) if key in layer else None


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        try:
            value = json.loads(text)
        except ValueError:
            return text
        return value if isinstance(value, str) else text
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1]
    plain = re.split(r"(?<!\\)[;#]", text)[0].strip()
    return re.sub(r"\\([;#\\])", r"\1", plain)


def _expanded(text: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """Return `text` with its variables put in, and the name of one that has no value."""
    missing = ""

    def put(match: re.Match[str]) -> str:
        nonlocal missing
        slashes, name, optional = match.groups()
        if len(slashes) % 2:
            return match[0][1:]
        value = environment.get(name)
        if value is None and not optional:
            missing = missing or name
        return slashes + (value or "")

    return _VARIABLE.sub(put, text), missing


def _registry_url(text: str, origin: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise EnvironmentFailure(
            f"{origin}: the npm registry must be an http or https URL without a user name.",
            hints=_HINTS,
            code="npm_configuration",
        )
    return text if text.endswith("/") else text + "/"


def _prefixes(url: str) -> Iterable[str]:
    """Yield `//host/path/` and its parents, the longest first."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    for length in range(len(segments), -1, -1):
        yield "/".join(["//" + parts.netloc, *segments[:length], ""])


def _basic(user: Setting, password: Setting) -> str:
    import base64

    try:
        secret = base64.b64decode(password.get(), validate=True)
    except ValueError:
        raise EnvironmentFailure(f"{password.origin}: _password is not base64.") from None
    return "Basic " + base64.b64encode(user.get().encode() + b":" + secret).decode()
