"""What `vmgit.toml` loosens applies only where it was trusted, in exactly that form."""

from __future__ import annotations

from pathlib import Path

import pytest

from vmgit.errors import DeniedError
from vmgit.settings import Settings
from vmgit.trust import WORKSPACE, TrustStore
from vmgit.trust_settings import loosened, require_settings


@pytest.mark.parametrize("policy", ["auto", "require"])
def test_what_is_safe_needs_no_trust(tmp_path: Path, policy: str) -> None:
    settings = Settings(sandbox=policy)
    assert loosened(settings) == {}
    require_settings(TrustStore(tmp_path / "trust.json", ""), settings)


def test_off_needs_trust_per_workspace_folder(tmp_path: Path) -> None:
    here, there = (TrustStore(tmp_path / "trust.json", prefix) for prefix in ("", "sub"))
    settings = Settings(sandbox="off")
    with pytest.raises(DeniedError, match="vmgit trust add --workspace") as caught:
        require_settings(here, settings)
    assert caught.value.kind == "not_trusted"
    assert here.learn(WORKSPACE, loosened(settings))
    assert not here.learn(WORKSPACE, loosened(settings))
    require_settings(here, settings)
    assert here.names() == []
    with pytest.raises(DeniedError):
        require_settings(there, settings)
    assert here.revoke(WORKSPACE) == 1
    with pytest.raises(DeniedError):
        require_settings(here, settings)
