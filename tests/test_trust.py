"""Trust: grants apply only after exactly their content was trusted on this machine."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from hosted import Hosted

from vmgit.errors import DeniedError, EnvironmentFailure
from vmgit.events.session import Refreshed, RefreshFailed
from vmgit.profile import Capabilities, FetchGrant, FileGrant, Profile
from vmgit.trust import TrustStore, grants_beyond

READS = Capabilities(fs=FileGrant(read=("b/**", "a/**")))
GRANT = '[capabilities.fs]\nread = ["data/**"]\n'
WIDER = '[capabilities.fs]\nread = ["**"]\n'
STARTUP = 'startup = ["startup/00-base.js"]\n'


@pytest.fixture
def store(tmp_path: Path) -> TrustStore:
    return TrustStore(tmp_path / "state" / "trust.json", "")


@pytest.mark.parametrize(
    ("capabilities", "grants"),
    [
        (Capabilities(), {}),
        (Capabilities(kv=False, console=False), {}),
        (Capabilities(fetch=FetchGrant(methods=("POST",))), {}),
        (Capabilities(fetch=FetchGrant(hosts=("a",), methods=())), {}),
        (READS, {"fs": {"read": ["a/**", "b/**"]}}),
        (Capabilities(exec=("git",), env=("A",)), {"env": ["A"], "exec": ["git"]}),
    ],
)
def test_only_what_reaches_outside_needs_trust(
    store: TrustStore, capabilities: Capabilities, grants: object
) -> None:
    assert grants_beyond(capabilities) == grants
    assert store.trusts("p", capabilities) is (not grants)


def test_exactly_the_content_is_trusted(store: TrustStore, tmp_path: Path) -> None:
    assert store.add("p", READS)
    assert not store.add("p", READS)
    reordered = Capabilities(fs=FileGrant(read=("a/**", "b/**")), kv=False)
    assert store.trusts("p", reordered)
    assert not store.trusts("q", READS)
    assert not store.trusts("p", Capabilities(fs=FileGrant(read=("a/**",))))
    assert not store.trusts("p", Capabilities(fs=FileGrant(write=("a/**", "b/**"))))
    assert not TrustStore(tmp_path / "state" / "trust.json", "other").trusts("p", READS)
    path = tmp_path / "state" / "trust.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["trust.json"]


def test_two_contents_may_be_trusted_and_both_revoked(store: TrustStore) -> None:
    other = Capabilities(exec=("git",))
    store.add("p", READS)
    store.add("p", other)
    store.add("q", READS)
    assert store.trusts("p", READS)
    assert store.trusts("p", other)
    assert store.revoke("p") == 2
    assert not store.trusts("p", other)
    assert store.trusts("q", READS)
    assert store.names() == ["q"]
    assert store.revoke("p") == 0


def _bad(path: Path, how: str) -> None:
    path.parent.mkdir()
    match how:
        case "link":
            (path.parent / "other").write_text('{"format": 1, "trusted": []}')
            path.symlink_to("other")
        case "fifo":
            os.mkfifo(path)
        case "shared":
            path.write_text('{"format": 1, "trusted": []}')
            path.chmod(0o666)
        case content:
            path.write_bytes(content.encode())
            path.chmod(0o600)


@pytest.mark.parametrize(
    "how",
    ["link", "fifo", "shared", "", "{", "[]", '{"format": 2}', '{"trusted": [{"prefix": 1}]}'],
)
def test_a_file_that_cannot_be_believed_trusts_nothing(tmp_path: Path, how: str) -> None:
    path = tmp_path / "state" / "trust.json"
    _bad(path, how)
    with pytest.raises(EnvironmentFailure, match=r"trust\.json cannot be used"):
        TrustStore(path, "").trusts("p", READS)
    assert TrustStore(path, "").trusts("p", Capabilities())


def test_a_refusal_names_the_command(store: TrustStore) -> None:
    with pytest.raises(DeniedError, match="run `vmgit trust add shop`") as caught:
        store.require("shop", Profile(capabilities=READS))
    assert caught.value.exit_code == 7
    json.dumps(caught.value.to_dict())


# -- sessions --------------------------------------------------------------------------------


def trust(hosted: Hosted) -> None:
    """Trust what the default profile grants now."""
    workspace = hosted.workspace
    with workspace.hosting() as sessions:
        profile = sessions.check_profile("default", workspace.snapshot())
    workspace.trust.add("default", profile.capabilities)


def test_an_untrusted_profile_starts_nothing(hosted: Hosted) -> None:
    hosted.folder.profile(GRANT)
    with pytest.raises(DeniedError):
        hosted.new()
    assert hosted.events() == []
    trust(hosted)
    assert hosted.value(hosted.new(), "1 + 1") == "2"


def test_a_branch_cannot_widen_grants(hosted: Hosted) -> None:
    git = hosted.folder.git
    git("checkout", "--quiet", "-b", "wide")
    hosted.folder.profile(STARTUP + WIDER)
    hosted.folder.commit("wide")
    git("checkout", "--quiet", "main")
    live = hosted.new()
    git("checkout", "--quiet", "wide")
    failure = hosted.update(live).event
    assert isinstance(failure, RefreshFailed)
    assert "vmgit trust add default" in failure.message
    assert live.profile.capabilities == Capabilities()
    assert hosted.update(live).still_failing == failure
    assert hosted.value(live, "started") == "1"
    trust(hosted)
    assert isinstance(hosted.update(live).event, Refreshed)
    assert live.profile.capabilities.fs.read == ("**",)


def test_less_than_was_trusted_is_another_content(hosted: Hosted) -> None:
    hosted.folder.profile(WIDER)
    trust(hosted)
    live = hosted.new()
    hosted.folder.profile(GRANT)
    assert isinstance(hosted.update(live).event, RefreshFailed)
    hosted.folder.profile("")
    assert isinstance(hosted.update(live).event, Refreshed)


def test_a_revoked_profile_runs_nothing_and_still_replays(hosted: Hosted) -> None:
    hosted.folder.profile(STARTUP + GRANT)
    trust(hosted)
    live = hosted.new()
    assert hosted.value(live, "started") == "1"
    hosted.workspace.trust.revoke("default")
    count = len(hosted.events(live))
    with pytest.raises(DeniedError):
        hosted.run(live, "started")
    assert len(hosted.events(live)) == count
    assert hosted.verdicts(live) == [(1, "same"), (2, "same")]
    assert hosted.rebuild(live).first_difference is None
    trust(hosted)
    assert hosted.value(live, "started") == "1"


def test_a_pinned_session_needs_trust_too(hosted: Hosted) -> None:
    hosted.folder.profile(GRANT)
    hosted.folder.commit("grants")
    with pytest.raises(DeniedError):
        hosted.new(at="HEAD")
    trust(hosted)
    live = hosted.new(at="HEAD")
    hosted.workspace.trust.revoke("default")
    with pytest.raises(DeniedError):
        hosted.run(live, "1")
