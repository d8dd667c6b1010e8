"""`Workspace.profiles` from Python: what the commands do, as methods with plain values."""

from __future__ import annotations

import pytest
from workspaces import Folder

from vmgit.errors import RefusedError
from vmgit.opening import open_workspace


def test_a_profile_from_its_making_to_its_end(folder: Folder) -> None:
    with open_workspace(folder.root) as workspace:
        profiles = workspace.profiles
        made = profiles.create("tea", extends="default", description="for tea")
        assert made.next == ("git add profiles/tea.toml",)
        profiles.set("tea", "limits.cpu_ms=500")
        profiles.grant("tea", "fs.read=data/**", "exec=git")
        profiles.add_startup("tea", "lib/rates.js", order=1, mode="commonjs")
        folder.git("add", ".")
        differences = profiles.diff("default", "tea").differences
        assert [one.key for one in differences] == [
            "description",
            "startup",
            "limits.cpu_ms",
            "capabilities.fs.read",
            "capabilities.exec",
        ]
        profiles.remove_startup("tea", "lib/rates.js")
        profiles.revoke("tea", "fs", "exec")
        unset = profiles.unset("tea", "limits.cpu_ms")
        assert (unset.values, unset.effective) == ({"limits.cpu_ms": None}, {"limits.cpu_ms": 2000})
        folder.commit("tea")
        assert profiles.diff("tea", "tea", left_at="HEAD").differences == ()
        session = workspace.sessions.create("tea", name="cup")
        with pytest.raises(RefusedError, match="session cup uses it"):
            profiles.remove("tea")
        workspace.sessions.close(session.session)
        assert profiles.remove("tea").next == ("git add profiles/tea.toml",)
        assert [one.profile for one in profiles.list()] == ["default"]
