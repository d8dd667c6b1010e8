"""The code of an execution: read once, refused with one sentence when it is no source text."""

from __future__ import annotations

import pytest
from hosted import Hosted

from vmgit.code import Code, file_code, prompt_code
from vmgit.errors import LimitError, NotFoundError, RefusedError
from vmgit.limits import Limits
from vmgit.outcome import Kind

SMALL = Limits(source_kb=1)


def read(hosted: Hosted, path: str, content: str | bytes, kind: Kind = "file") -> Code:
    """Write a file and read it as code through a snapshot."""
    hosted.folder.write(path, content)
    origin = hosted.workspace.snapshot()
    return file_code(kind, path, "auto", hosted.workspace.source(origin.tree), SMALL)


@pytest.mark.parametrize("text", ["", "1 + 1", "'é\u2028\U0001f600'\n"])
def test_a_text_has_the_blob_id_that_git_gives_it(hosted: Hosted, text: str) -> None:
    oid = hosted.folder.git("hash-object", "--stdin", stdin=text.encode())
    assert prompt_code(text, SMALL) == Code("repl", text, oid)
    assert read(hosted, "scripts/a.js", text) == Code("file", text, oid, "scripts/a.js")


def test_a_byte_order_mark_is_not_code(hosted: Hosted) -> None:
    assert read(hosted, "a.js", b"\xef\xbb\xbf1").text == "1"


def test_half_a_surrogate_pair_at_the_prompt_is_code_all_the_same() -> None:
    assert prompt_code("'\ud800'", SMALL).text == "'\ud800'"


def test_exactly_what_is_allowed_is_allowed(hosted: Hosted) -> None:
    fits = "/" * 2 + "é" * 511
    assert prompt_code(fits, SMALL).text == fits
    assert read(hosted, "a.js", fits).text == fits
    message = r"has 1,025 bytes; the profile allows 1,024 \(limits\.source_kb\)"
    with pytest.raises(LimitError, match=f"the code {message}"):
        prompt_code(fits + "/", SMALL)
    with pytest.raises(LimitError, match=f"^a.js {message}") as caught:
        read(hosted, "a.js", fits + "/")
    assert caught.value.exit_code == 5


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"var a = '\xff';", r"b\.js is not JavaScript source: byte 9 is not UTF-8"),
        (b"\x89PNG\r\n", r"b\.js is not JavaScript source: byte 0 is not UTF-8"),
        (b"var a\0 = 1;", r"b\.js is not JavaScript source: it has a NUL character at 5"),
        (b"\xed\xa0\x80", r"b\.js is not JavaScript source: byte 0 is not UTF-8"),
    ],
)
def test_what_is_not_text_is_refused(hosted: Hosted, content: bytes, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        read(hosted, "b.js", content)


def test_a_file_that_is_not_tracked_says_what_to_do(hosted: Hosted) -> None:
    source = hosted.workspace.source(hosted.workspace.snapshot().tree)
    with pytest.raises(NotFoundError, match=r"new\.js is not in the snapshot") as caught:
        file_code("file", "new.js", "auto", source, SMALL)
    assert caught.value.hints == ("If it is untracked, run `git add new.js`.",)
