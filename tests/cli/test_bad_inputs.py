"""Bad inputs: each gives one clear error, its exit status, an unchanged log and repository.

Every row runs twice, the second time with `--json`, which must give the same failure as the one
document on stdout. Surroundings that are broken are in `test_bad_surroundings.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from realgit import Git
from workspaces import Folder

from .conftest import log_state, make_workspace

PROFILES = {
    "broken": 'startup = ["startup/00-base.js"\n',
    "unknown": "startups = []\n",
    "type": '[limits]\nwall_ms = "long"\n',
    "range": "[limits]\nmemory_mb = 1000\n",
    "value": 'refresh = "sometimes"\n',
    "missing": 'startup = ["startup/00-bas.js"]\n',
    "untracked": 'startup = ["startup/new.js"]\n',
    "ignored": 'startup = ["ignored.js"]\n',
    "escape": 'startup = ["../outside.js"]\n',
    "binary": 'startup = ["binary.js"]\n',
    "orphan": 'extends = "nobody"\n',
    "circle": 'extends = "square"\n',
    "square": 'extends = "circle"\n',
    "bytes": b'description = "\xff"\n',
    "conflict": "<<<<<<< HEAD\n=======\n>>>>>>> theirs\n",
    "small": "[limits]\nsource_kb = 1\n",
}
FILES = {
    ".gitignore": "ignored.js\n",
    "binary.js": bytes(range(256)),
    "nul.js": b"1\0",
    "big.js": b"1" * 10_000_000,
    "latin.js": "'h\xe9'".encode("latin-1"),
}
UNTRACKED = {"ignored.js": "1\n", "startup/new.js": "1\n", "lib/untracked.js": "1\n"}

#: Arguments, exit status, a part of the message, and optionally what stdin holds.
BAD: list[tuple[list[str], int, str, bytes]] = [
    (words, status, message, stdin[0] if stdin else b"")
    for words, status, message, *stdin in [
        # profiles
        (["run", "--profile", "broken", "-e", "1"], 1, "profiles/broken.toml:1:32: not TOML"),
        (["run", "--profile", "unknown", "-e", "1"], 1, "unknown.toml:1: startups: unknown key"),
        (["run", "--profile", "type", "-e", "1"], 1, "type.toml:2: limits.wall_ms: expected an i"),
        (["run", "--profile", "range", "-e", "1"], 1, "range.toml:2: limits.memory_mb"),
        (["run", "--profile", "value", "-e", "1"], 1, "value.toml:1: refresh: expected"),
        (["run", "--profile", "missing", "-e", "1"], 1, 'mean "startup/00-base.js"?'),
        (["run", "--profile", "untracked", "-e", "1"], 1, 'no file "startup/new.js" among'),
        (["run", "--profile", "ignored", "-e", "1"], 1, 'no file "ignored.js" among the tracked'),
        (["run", "--profile", "escape", "-e", "1"], 1, "leaves the workspace"),
        (["run", "--profile", "orphan", "-e", "1"], 1, 'extends: no profile "nobody"'),
        (["run", "--profile", "circle", "-e", "1"], 1, "circle -> square -> circle"),
        (["run", "--profile", "bytes", "-e", "1"], 1, "bytes.toml:1:16: not UTF-8"),
        (["run", "--profile", "conflict", "-e", "1"], 1, "resolve the merge conflict"),
        (["run", "--profile", "nobody", "-e", "1"], 2, 'no profile "nobody"'),
        (["run", "--profile", "../default", "-e", "1"], 2, 'no profile "../default"'),
        (["session", "new", "--profile", "broken"], 1, "profiles/broken.toml:1:32: not TOML"),
        (["session", "new", "--profile", "nobody"], 2, 'no profile "nobody"'),
        (["profile", "show", "nobody"], 2, 'no profile "nobody"'),
        (["profile", "show", "type"], 1, "type.toml:2: limits.wall_ms"),
        (["profile", "check", "nobody"], 2, 'no profile "nobody"'),
        (["profile", "list", "--at", "nowhere"], 2, "There is no revision 'nowhere'"),
        (["profile", "show", "default", "--at", "nowhere"], 2, "There is no revision 'nowhere'"),
        # files
        (["run", "nowhere.js"], 2, "there is no file nowhere.js"),
        (["run", "bin.js"], 2, "there is no file bin.js"),
        (["run", "ignored.js"], 1, "ignored.js is ignored by Git"),
        (["run", "binary.js"], 1, "binary.js is not JavaScript source: byte 128 is not UTF-8"),
        (["run", "latin.js"], 1, "latin.js is not JavaScript source: byte 2 is not UTF-8"),
        (["run", "nul.js"], 1, "nul.js is not JavaScript source: it has a NUL character"),
        (["run", "big.js"], 5, "big.js has 10,000,000 bytes; the profile allows 1,048,576"),
        (["run", "outside.js"], 2, "outside.js is a link that leads out of the workspace"),
        (["run", "dangling.js"], 2, "dangling.js is a link"),
        (["run", "lib"], 2, "lib is a folder, not a file"),
        (["run", "."], 2, ". is a folder"),
        (["run", ""], 2, "the name of the FILE is empty"),
        (["run", "../secret.js"], 2, "../secret.js is outside the workspace"),
        (["run", "/etc/passwd"], 2, "/etc/passwd is outside the workspace"),
        (["run", ".git/config"], 2, "is not a path inside the worktree"),
        # code
        (["run", "-e", "\udcff"], 2, "CODE is not UTF-8"),
        (["run", "-e", "1", "\udcff"], 2, "the argument '\\udcff' is not UTF-8"),
        (["run", "-"], 2, "standard input is not UTF-8 text: byte 3", b"'h\xe9'"),
        (["run", "-"], 5, "the code has 1,048,577 bytes", b" " * 1_048_577),
        (["run", "--profile", "small", "-e", "1" * 1025], 5, "the code has 1,025 bytes"),
        # options
        (["run"], 2, "nothing to run: give -e CODE, a FILE, or - for"),
        (["run", "-s", "open", "--profile", "default", "-e", "1"], 2, "-s and --profile exclude"),
        (["run", "--frob", "-e", "1"], 2, "No such option '--frob'"),
        (["run", "-e"], 2, "Option '-e' requires an argument"),
        (["frob"], 2, "No such command 'frob'"),
        (["session", "frob"], 2, "No such command 'frob'"),
        (["log", "-n", "-1"], 2, "-1 is not in the range"),
        (["log", "-n", "many"], 2, "'many' is not a valid integer"),
        (["log", "--type", "session.redy"], 2, "there is no event type 'session.redy'"),
        (["exec", "list", "-n", "0"], 2, "0 is not in the range"),
        (["session", "show"], 2, "Missing argument 'SESSION'"),
        (["session", "close"], 2, "Missing argument 'SESSION...'"),
        (["journal", "verify", "more"], 2, "unexpected extra argument"),
        # names and ids
        (
            ["session", "new", "--name", "open"],
            2,
            "Another session of this repository has the name",
        ),
        (
            ["session", "new", "--name", "gone"],
            2,
            "Another session of this repository has the name",
        ),
        (["session", "new", "--name", "a.b"], 2, "'a.b' is no session name"),
        (["session", "new", "--name", "@"], 2, "'@' is no session name"),
        (["session", "new", "--name", ""], 2, "'' is no session name"),
        (["session", "new", "--name", "n" * 65], 2, "is no session name"),
        (["session", "new", "--at", "nowhere"], 2, "There is no revision 'nowhere'"),
        (["session", "new", "--at", "HEAD^{tree}"], 2, "does not name a commit"),
        (["session", "new", "--at", ""], 2, "'' does not name a commit"),
        (["session", "new", "--at", "\udcff"], 2, "does not name a commit"),
        (["session", "show", "nobody"], 2, "There is no session 'nobody'"),
        (["session", "show", ""], 2, "There is no session ''"),
        (["session", "show", "'; DROP TABLE event"], 2, "There is no session"),
        (["session", "close", "open", "nobody"], 2, "There is no session 'nobody'"),
        (["session", "close", "gone"], 1, "session gone is closed"),
        (["session", "close", "open", "--reason", "\udcff"], 2, "the reason is not UTF-8"),
        (["run", "-s", "gone", "-e", "1"], 1, "session gone is closed"),
        (["run", "-s", "nobody", "-e", "1"], 2, "There is no session 'nobody'"),
        (["run", "-s", "open", "nowhere.js"], 2, "there is no file nowhere.js"),
        (["run", "-s", "open", "binary.js"], 1, "binary.js is not JavaScript source"),
        (["run", "-s", "crashed", "-e", "1"], 1, "session crashed has crashed: startup/throw.js:1"),
        (["exec", "show", "open.99"], 2, "The session open has no execution 99"),
        (["exec", "show", "open.x"], 2, "There is no session 'open.x'"),
        (["exec", "show", "@-999999"], 2, "The log has only"),
        (["exec", "events", "nobody.1"], 2, "There is no session 'nobody'"),
        (["exec", "list", "-s", "nobody"], 2, "There is no session 'nobody'"),
        (["log", "-s", "nobody"], 2, "There is no session 'nobody'"),
        (["replay", "nobody"], 2, "There is no session 'nobody'"),
        (["replay", "open", "--at", "nowhere"], 2, "There is no revision 'nowhere'"),
        (["init", "binary.js"], 2, "is a file"),
    ]
]
Fingerprint = Callable[[Git], dict[str, object]]


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A workspace full of bad files, with an open, a closed and a crashed session."""
    folder = make_workspace(tmp_path_factory.mktemp("bad") / "work")
    folder.write("startup/throw.js", "null.x\n")
    folder.profile('startup = ["startup/throw.js"]\n', "throws")
    folder.fine("session", "new", "--name", "open")
    folder.fine("session", "new", "--name", "gone")
    folder.fine("session", "close", "gone")
    assert folder.vmgit("session", "new", "--name", "crashed", "--profile", "throws").status == 1
    (folder.root.parent / "secret.js").write_text("'secret'\n")
    (folder.root / "outside.js").symlink_to("../secret.js")
    (folder.root / "dangling.js").symlink_to("nowhere.js")
    for path, content in FILES.items():
        folder.git.write(path, content)
    for name, content in PROFILES.items():
        folder.git.write(f"profiles/{name}.toml", content)
    folder.commit("bad files")
    for path, content in UNTRACKED.items():
        folder.git.write(path, content)
    # What a commit changed for the sessions is settled before anything is compared.
    folder.fine("run", "-s", "open", "-e", "1")
    return folder


@pytest.mark.parametrize(
    ("words", "status", "message", "stdin"),
    BAD,
    ids=[ascii(" ".join(words))[1:60] for words, *_ in BAD],
)
def test_a_bad_input_gives_one_clear_error_and_changes_nothing(
    bad: Folder,
    fingerprint: Fingerprint,
    words: list[str],
    status: int,
    message: str,
    stdin: bytes,
) -> None:
    state = bad.root / ".git" / "vmgit"
    before = (fingerprint(bad.git), log_state(state))

    done = bad.vmgit(*words, stdin=stdin)
    assert (done.status, done.out) == (status, "")
    first, *rest = done.err.splitlines()
    assert first.startswith("error: ")
    assert message in first
    assert all(line.startswith("hint: ") for line in rest)

    # `--json` stands before operands, which for `run` may belong to a script.
    groups = 2 if words[0] in ("session", "profile", "exec", "journal") else 1
    again = bad.vmgit(*words[:groups], "--json", *words[groups:], stdin=stdin)
    assert (again.status, again.err) == (status, done.err)
    error = again.json["error"]
    assert set(error) == {"code", "message", "hints", "details"}
    assert first == f"error: {error['message'].encode('utf-8', 'backslashreplace').decode()}"

    assert (fingerprint(bad.git), log_state(state)) == before


def test_there_are_enough_rows() -> None:
    assert len(BAD) >= 40


def test_an_id_that_two_sessions_share_is_ambiguous(folder: Folder) -> None:
    ids: list[str] = []
    while len({one[0] for one in ids}) == len(ids):
        ids.append(folder.fine("session", "new", "--json").json["session"])
    first = next(one[0] for one in ids if sum(other[0] == one[0] for other in ids) > 1)
    before = log_state(folder.root / ".git" / "vmgit")
    done = folder.vmgit("session", "show", first)
    assert done.status == 2
    assert f"error: {first!r} could be several sessions: " in done.err
    assert "hint: Give more characters of the id, or the name.\n" in done.err
    error = folder.vmgit("run", "-s", first, "-e", "1", "--json").json["error"]
    assert error["code"] == "ambiguous"
    assert set(error["details"]["candidates"]) == {one for one in ids if one[0] == first}
    assert log_state(folder.root / ".git" / "vmgit") == before


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("x y", "SyntaxError"),
        ("let a; let a", "SyntaxError"),
        ("import x from './lib/untracked.js'", "git add"),
        ("require('nowhere')", "Cannot require 'nowhere'"),
        ("require('../../etc/passwd')", "leaves the workspace"),
        ("await new Promise(() => {})", "Pending"),
    ],
)
def test_bad_code_is_an_execution_that_failed(bad: Folder, code: str, name: str) -> None:
    done = bad.vmgit("run", "-e", code)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("Uncaught ")
    assert name in done.err
    assert "Traceback" not in done.err
    document = bad.vmgit("run", "--json", "-e", code)
    assert document.status == 1
    assert document.json["status"] == "error"
    assert document.json["error"]["message"]


@pytest.mark.parametrize(
    ("startup", "message"),
    [
        ("null.x\n", "startup/x.js:1: TypeError: cannot read property 'x' of null"),
        ("1;\nlet = = 1\n", "startup/x.js:2: SyntaxError"),
        ("require('nowhere')\n", "Cannot require 'nowhere' from startup/x.js"),
        ("for (;;) {}\n", "startup/x.js: stopped by limits."),
        (b"\xff", "startup/x.js is not JavaScript source: byte 0 is not UTF-8"),
    ],
)
def test_a_startup_that_fails_is_refused_with_its_place(
    folder: Folder, startup: str | bytes, message: str
) -> None:
    folder.write("startup/x.js", startup)
    folder.profile('startup = ["startup/x.js"]\n[limits]\nwall_ms = 200\n', "x")
    done = folder.vmgit("run", "--profile", "x", "-e", "1")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("error: ")
    assert message in done.err.splitlines()[0]
    assert folder.vmgit("run", "--profile", "x", "--json", "-e", "1").json["error"]["message"]
    assert folder.fine("session", "list", "--json").json == []
    assert folder.fine("journal", "verify", "--json").json["ok"]
