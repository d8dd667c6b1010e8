"""`Client.profiles`: what `api.profiles` has, asked of a server."""

from __future__ import annotations

import builtins

from vmgit.documents import ProfileCheckDocument, ProfileDocument, ProfileSummaryDocument

from .asking import segment
from .connection import Connection


class Profiles:
    """The profiles of a workspace; see `api.profiles.Profiles`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, *, rev: str | None = None) -> builtins.list[ProfileSummaryDocument]:
        """Return all profiles by name; one that is bad has its `error`."""
        kind = builtins.list[ProfileSummaryDocument]
        return self._connection.get("/profiles", kind, {"rev": rev})

    def get(self, name: str, *, rev: str | None = None, effective: bool = False) -> ProfileDocument:
        """Return one profile: what its file sets, or with `effective` what a session runs with."""
        parameters = {"rev": rev, "effective": effective}
        return self._connection.get(f"/profiles/{segment(name)}", ProfileDocument, parameters)

    def check(
        self, name: str | None = None, *, rev: str | None = None
    ) -> builtins.list[ProfileCheckDocument]:
        """Return everything that is wrong with one profile, or with each."""
        if name is None:
            kind = builtins.list[ProfileCheckDocument]
            return self._connection.get("/profile-checks", kind, {"rev": rev})
        place = f"/profiles/{segment(name)}/check"
        return [self._connection.get(place, ProfileCheckDocument, {"rev": rev})]
