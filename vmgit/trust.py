"""Which profiles' grants this machine trusts: `trust.json` among vmgit's own files.

A profile is a versioned file, so a branch may bring grants that nobody here has read. What goes
beyond `console` and `kv` therefore applies only after exactly that content was trusted. It knows
neither sessions nor Git; the file is never part of a repository's content.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from .canonical import canonical_digest
from .clock import wall_us
from .errors import DeniedError, EnvironmentFailure
from .hostlock import hold
from .profile import Capabilities, Profile

_FORMAT = 1
#: Somebody who trusts more than fits in here has another problem.
_MOST_BYTES = 4 * 1024 * 1024


class Trusted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One content that was trusted for a profile of the workspace folder `prefix`."""

    prefix: str
    profile: str
    digest: str
    grants: dict[str, Any]
    time_us: int


class _Content(msgspec.Struct, frozen=True):
    """What the file holds."""

    format: int = _FORMAT
    trusted: tuple[Trusted, ...] = ()


def grants_beyond(capabilities: Capabilities) -> dict[str, Any]:
    """Return what a profile grants beyond `console` and `kv`, in a form that equal grants share.

    Lists are sorted, because their order decides nothing; what grants nothing is left out.
    """
    form: dict[str, Any] = {}
    for name, value in msgspec.to_builtins(capabilities).items():
        match name, value:
            case (("console" | "kv"), _):
                continue
            case "fetch", {"hosts": hosts, "methods": methods}:
                kept = {"hosts": sorted(hosts), "methods": sorted(methods)}
                value = kept if hosts and methods else {}
            case "sqlite", {"read": read, "write": []}:  # its short form
                value = sorted(read)
            case _, dict():
                value = {key: sorted(items) for key, items in value.items() if items}
            case _, list() | tuple():
                value = sorted(value)
        if value:
            form[name] = value
    return form


def grants_digest(grants: dict[str, Any]) -> str:
    """Return the SHA-256 of grants in the form of `grants_beyond`, 64 hex digits."""
    return canonical_digest(grants)


class TrustStore:
    """The trusted grants of a repository on this machine, for the workspace folder `prefix`."""

    def __init__(self, path: Path, prefix: str) -> None:
        self._path = path
        self._prefix = prefix

    def trusts(self, name: str, capabilities: Capabilities) -> bool:
        """Tell whether the grants of profile `name` apply.

        Raises `EnvironmentFailure` when the file cannot be read.
        """
        grants = grants_beyond(capabilities)
        if not grants:
            return True
        digest = grants_digest(grants)
        return any(one.digest == digest for one in self.of(name))

    def require(self, name: str, profile: Profile) -> None:
        """Raise `DeniedError` unless the grants of the effective `profile` apply."""
        if self.trusts(name, profile.capabilities):
            return
        grants = grants_beyond(profile.capabilities)
        command = f"vmgit trust add {name}"
        raise DeniedError(
            f"profile {name} grants {', '.join(sorted(grants))}, which is not trusted on this "
            f"machine: read it, then run `{command}`.",
            hints=[f"`vmgit trust show {name}` shows what it grants."],
            details={"profile": name, "grants": grants, "command": command},
            code="not_trusted",
        )

    def of(self, name: str) -> list[Trusted]:
        """Return what was trusted for profile `name`, oldest first."""
        kept = self._read().trusted
        return [one for one in kept if (one.prefix, one.profile) == (self._prefix, name)]

    def names(self) -> list[str]:
        """Return the profiles of the workspace for which anything was trusted, sorted."""
        return sorted({one.profile for one in self._read().trusted if one.prefix == self._prefix})

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from changing the file meanwhile, so that none of both is lost."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with hold(self._path.with_suffix(".lock"), "vmgit trust"):
            yield

    def add(self, name: str, capabilities: Capabilities) -> bool:
        """Trust exactly these grants of profile `name`; return whether that changed anything.

        Grants that were trusted before stay so, for the branches that have them.
        """
        if self.trusts(name, capabilities):
            return False
        grants = grants_beyond(capabilities)
        new = Trusted(self._prefix, name, grants_digest(grants), grants, wall_us())
        self._write(_Content(trusted=(*self._read().trusted, new)))
        return True

    def revoke(self, name: str) -> int:
        """Trust nothing of profile `name` any more; return how many contents were forgotten."""
        gone = self.of(name)
        if gone:
            kept = tuple(one for one in self._read().trusted if one not in gone)
            self._write(_Content(trusted=kept))
        return len(gone)

    def _read(self) -> _Content:
        try:
            descriptor = os.open(
                self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
            )
        except FileNotFoundError:
            return _Content()
        except OSError as error:
            raise self._broken(error.strerror or "it cannot be opened") from error
        with open(descriptor, "rb") as file:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode):
                raise self._broken("it is not a regular file")
            # Whoever can write it can grant: it must be ours alone to write.
            if about.st_uid != os.geteuid() or about.st_mode & 0o022:
                raise self._broken("others may write it")
            content = file.read(_MOST_BYTES + 1)
        try:
            found = msgspec.json.decode(content, type=_Content)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._broken(str(error)) from error
        if found.format > _FORMAT:
            raise self._broken(f"it has format {found.format}, newer than this vmgit")
        return found

    def _write(self, content: _Content) -> None:
        """Replace the file; a crash leaves the old or the new one."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        temporary.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(temporary, flags, 0o600)
        try:
            with open(descriptor, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
                file.flush()
                os.fsync(descriptor)
            os.replace(temporary, self._path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def _broken(self, why: str) -> EnvironmentFailure:
        return EnvironmentFailure(
            f"{self._path} cannot be used: {why}.",
            hints=["Remove the file, then `vmgit trust add` what you trust."],
            details={"path": str(self._path)},
        )
