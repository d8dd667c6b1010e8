"""Secrets never reach the log, and what was redacted still replays as the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hosted import Hosted, console
from hypothesis import given
from hypothesis import strategies as st
from workspaces import Folder

from vmgit.live import LiveSession
from vmgit.outcome import ConsoleLine, Fault, HostCall, Outcome, Value
from vmgit.redact import Redactor

SECRET = "s3cr3t-value"
ODD = 's3cr3t-va\'lue\n"x"'
GRANTS = '[capabilities]\nenv = ["APP_*"]\nexec = ["printf", "cat"]\n'
MARK = "[redacted:APP_KEY]"


def test_secrets_are_replaced_wherever_they_occur() -> None:
    redactor = Redactor({"KEY": "abcdef", "LONG": "abcdefgh", "SHORT": "abc"}, {})
    assert redactor.text("abcdef abcdefgh abc xabcdefx") == (
        "[redacted:KEY] [redacted:LONG] abc x[redacted:KEY]x"
    )
    value = {"abcdef": ["abcdef", 1, None, {"k": "abcdef"}]}
    mark = "[redacted:KEY]"
    assert redactor.value(value) == {mark: [mark, 1, None, {"k": mark}]}


def test_an_outcome_is_redacted_in_all_its_parts() -> None:
    fault = Fault("E abcdef", "m abcdef", "s abcdef", "abcdef")
    outcome = Outcome(
        "error",
        (ConsoleLine("log", "abcdef"), HostCall("x.y", ["abcdef"], "abcdef", fault, 7)),
        Value("string", "'abcdef'", "abcdef"),
        fault,
    )
    redacted = Redactor({"KEY": "abcdef"}, {}).outcome(outcome)
    assert "abcdef" not in str(redacted).replace("code='abcdef'", "")
    assert redacted.calls[0].duration_us == 7
    assert Redactor({}, {}).outcome(outcome) is outcome


def test_patterns_spare_marks_and_may_look_around() -> None:
    redactor = Redactor({"KEY": "abcdef"}, {"CARD": r"\b\d{4}-\d{4}\b", "W": r"(?<=token )\w+|KEY"})
    assert redactor.text("abcdef 1234-5678 token xyz KEY") == (
        "[redacted:KEY] [redacted:CARD] token [redacted:W] [redacted:W]"
    )


def test_escaped_forms_are_found() -> None:
    redactor = Redactor({"K": ODD}, {})
    for text in (ODD, '"s3cr3t-va\'lue\\n\\"x\\""', "'s3cr3t-va\\'lue\\n\"x\"'"):
        assert "s3cr3t" not in redactor.text(f"<{text}>")


def test_forms_in_urls_are_found() -> None:
    redactor = Redactor({"K": "a+b/c=&ä ~!'d"}, {})
    for text in (
        "a%2Bb%2Fc%3D%26%C3%A4%20~!'d",  # encodeURIComponent
        "a%2Bb%2Fc%3D%26%C3%A4+%7E%21%27d",  # URLSearchParams
        "a+b/c=&%C3%A4%20~!%27d",  # the query of a URL
    ):
        assert redactor.text(f"?k={text}") == "?k=[redacted:K]"


def test_a_replay_knows_a_mark_that_was_put_into_a_url() -> None:
    texts = ["k=%5Bredacted%3AK_1%5D&", "k=[redacted:K_1]&", "k=%5Bredacted:K_1%5D&"]
    assert {Redactor({}, {}, replays=True).text(text) for text in texts} == {texts[1]}


@given(st.text(alphabet="ab[]redacted:K1 ", max_size=60), st.text(alphabet="abr:K", min_size=6))
def test_redacting_twice_changes_nothing(text: str, secret: str) -> None:
    redactor = Redactor({"K": secret}, {"P": "[ab]{3}1?", "Q": "red+"})
    once = redactor.text(text)
    assert redactor.text(once) == once
    assert secret not in once.replace("[redacted:K]", "").split("[redacted:")[0]


def test_marks_are_put_back_for_known_secrets_only() -> None:
    redactor = Redactor({"KEY": "abcdef"}, {})
    value = {"a": ["x[redacted:KEY]y", "[redacted:OTHER]"]}
    assert redactor.restored(value) == {"a": ["xabcdefy", "[redacted:OTHER]"]}


# -- sessions --------------------------------------------------------------------------------


@pytest.fixture
def live(hosted: Hosted, monkeypatch: pytest.MonkeyPatch) -> LiveSession:
    """A session that may read a secret."""
    monkeypatch.setenv("APP_KEY", SECRET)
    hosted.folder.profile(GRANTS)
    with hosted.workspace.hosting() as sessions:
        profile = sessions.check_profile("default", hosted.workspace.snapshot())
    hosted.workspace.trust.add("default", profile.capabilities)
    made = hosted.new()
    hosted.run(made, "const { run } = require('vmgit:exec'), env = require('vmgit:env');")
    hosted.run(made, "const key = env.get('APP_KEY')")
    return made


def stored(hosted: Hosted) -> Iterator[bytes]:
    """Everything that is on disk of the log."""
    for path in hosted.folder.log_path.parent.iterdir():
        if path.is_file():
            yield path.read_bytes()


USES = [
    "console.log('key is ' + key)",
    "key",
    "({ key })",
    "new Map([[key, key]])",
    "throw new Error(key)",
    "throw key",
    "run('printf', ['%s', key]).stdout",
    "run('cat', [], { input: key }).stdout",
    "run('cat', [key]).stderr",
    "run(key)",
    "require('vmgit:kv').set('k', key); require('vmgit:kv').get('k')",
    "await Promise.reject(new TypeError(key))",
]


@pytest.mark.parametrize("use", USES)
def test_no_way_leads_into_the_log(hosted: Hosted, live: LiveSession, use: str) -> None:
    execution = hosted.run(live, use)
    assert "redacted:APP_KEY" in str(execution)
    assert not [content for content in stored(hosted) if b"s3cr3t" in content]
    assert {verdict for _, verdict in hosted.verdicts(live)} == {"same"}
    assert hosted.rebuild(live).first_difference is None


@pytest.mark.parametrize("use", ["console.log(key)", "key", "[key]", "throw new Error(key)"])
def test_a_secret_that_needs_escapes_stays_out_too(
    hosted: Hosted, live: LiveSession, monkeypatch: pytest.MonkeyPatch, use: str
) -> None:
    monkeypatch.setenv("APP_KEY", ODD)
    execution = hosted.run(live, f"{{ const key = env.get('APP_KEY'); {use} }}")
    assert "redacted:APP_KEY" in str(execution)
    assert not [content for content in stored(hosted) if b"s3cr3t" in content]


def test_a_session_that_is_rebuilt_has_its_secrets_again(
    hosted: Hosted, live: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    length = str(len(SECRET))
    assert hosted.value(live, "key.length") == length
    live.drop_heap()
    assert hosted.value(live, "run('printf', ['%s', key]).stdout.length") == length
    assert hosted.rebuild(live).first_difference is None
    monkeypatch.setenv("APP_KEY", "another-secret")
    live.drop_heap()
    assert hosted.value(live, "key.length") == str(len("another-secret"))


def test_without_trust_a_rebuild_has_marks(hosted: Hosted, live: LiveSession) -> None:
    hosted.value(live, "key.length")
    hosted.workspace.trust.revoke("default")
    assert hosted.rebuild(live).equal == hosted.rebuild(live).total - 1


def test_patterns_of_the_workspace_are_recorded_with_the_execution(
    folder: Folder, hosted: Hosted
) -> None:
    folder.write("vmgit.toml", "format = 1\n[redact.patterns]\nCARD = '\\d{4}-\\d{4}'\n")
    live = hosted.new()
    execution = hosted.run(live, "console.log('card ' + 1234 + '-5678'); 9999 + '-0000'")
    assert console(execution) == ["card [redacted:CARD]"]
    assert execution.started.redact == {"CARD": r"\d{4}-\d{4}"}
    assert not [content for content in stored(hosted) if b"1234-5678" in content]
    folder.write("vmgit.toml", "format = 1\n")
    assert {verdict for _, verdict in hosted.verdicts(live)} == {"same"}
    assert hosted.rebuild(live).first_difference is None
