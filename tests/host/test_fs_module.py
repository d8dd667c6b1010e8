"""`vmgit:fs` from JavaScript: real sessions over a real workspace, and their replays."""

from __future__ import annotations

import pytest
from hosted import Hosted, console

from vmgit.live import LiveSession

GRANTS = '[capabilities.fs]\nread = ["data/**", "made/**"]\nwrite = ["made/**"]\n'
USE = "const fs = require('vmgit:fs');"


@pytest.fixture
def live(hosted: Hosted) -> LiveSession:
    """A session that may read `data` and `made` and write `made`."""
    hosted.folder.profile(GRANTS)
    hosted.folder.write("data/a.txt", "one\n")
    with hosted.workspace.hosting() as sessions:
        profile = sessions.check_profile("default", hosted.workspace.snapshot())
    hosted.workspace.trust.add("default", profile.capabilities)
    made = hosted.new()
    hosted.run(made, USE)
    return made


def test_files_are_read_written_listed_and_removed(hosted: Hosted, live: LiveSession) -> None:
    assert hosted.value(live, "fs.readFile('data/a.txt')") == "'one\\n'"
    hosted.run(live, "fs.writeFile('made/x/b.txt', fs.readFile('data/a.txt') + 'two')")
    assert (hosted.folder.root / "made/x/b.txt").read_text() == "one\ntwo"
    assert (
        hosted.value(live, "fs.list('made').map((e) => e.name + ':' + e.type).join()")
        == "'x:folder'"
    )
    assert hosted.value(live, "fs.stat('made/x/b.txt').size") == "7"
    assert hosted.value(live, "fs.remove('made/x/b.txt'); fs.exists('made/x/b.txt')") == "false"


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 255, 1000])
def test_bytes_survive_the_way_there_and_back(hosted: Hosted, live: LiveSession, size: int) -> None:
    made = f"const bytes = Uint8Array.from({{length: {size}}}, (_, i) => i * 7 & 255);"
    hosted.run(live, f"{made} fs.writeFile('made/b', bytes)")
    assert (hosted.folder.root / "made/b").read_bytes() == bytes(i * 7 & 255 for i in range(size))
    same = "const back = fs.readFile('made/b', 'bytes');"
    check = "back instanceof Uint8Array && back.every((b, i) => b === bytes[i]) && back.length"
    assert hosted.value(live, f"{same} {check}") == str(size)


@pytest.mark.parametrize(
    ("data", "written"),
    [
        ("new Uint8Array([1,2,3,4]).buffer", b"\1\2\3\4"),
        ("new Uint8Array([1,2,3,4]).subarray(1, 3)", b"\2\3"),
        ("new Uint16Array([0x0201])", b"\1\2"),
    ],
)
def test_buffers_and_views_are_bytes(
    hosted: Hosted, live: LiveSession, data: str, written: bytes
) -> None:
    assert hosted.run(live, f"fs.writeFile('made/b', {data})").status == "ok"
    assert (hosted.folder.root / "made/b").read_bytes() == written


@pytest.mark.parametrize("data", ["1", "null", "{}", "[1]", "new DataView(new ArrayBuffer(2))", ""])
def test_other_data_is_a_type_error(hosted: Hosted, live: LiveSession, data: str) -> None:
    failed = hosted.run(live, f"fs.writeFile('made/b', {data})")
    assert failed.finished is not None
    assert failed.finished.error is not None
    assert failed.finished.error.name == "TypeError"


def test_failures_have_codes_and_denials_are_recorded(hosted: Hosted, live: LiveSession) -> None:
    attempt = "try {{ fs.readFile('{}') }} catch (e) {{ console.log(e.name, e.code, e.message) }}"
    lines = console(hosted.run(live, attempt.format("data/none")))
    assert lines == ["Error ENOENT fs.readFile: ENOENT: no such file or folder: data/none"]
    assert "capability.denied" not in hosted.types(live)
    (line,) = console(hosted.run(live, attempt.format("vmgit.toml")))
    assert line.startswith("CapabilityError denied fs.readFile is not granted by profile")
    assert "capability.denied" in hosted.types(live)


def test_a_replay_reads_the_recording_and_writes_nothing(hosted: Hosted, live: LiveSession) -> None:
    root = hosted.folder.root
    hosted.run(live, "fs.writeFile('made/b', fs.readFile('data/a.txt')); fs.exists('made/b')")
    (root / "made/b").unlink()
    (root / "data/a.txt").write_text("changed")
    hosted.workspace.trust.revoke("default")
    assert {verdict for _, verdict in hosted.verdicts(live)} == {"same"}
    assert hosted.rebuild(live).first_difference is None
    assert not (root / "made/b").exists()


def test_a_new_startup_file_touches_nothing_in_a_replay(hosted: Hosted, live: LiveSession) -> None:
    root = hosted.folder.root
    hosted.folder.write("startup/new.js", "require('vmgit:fs').writeFile('made/leak', 'x')")
    hosted.folder.profile('startup = ["startup/new.js"]\n' + GRANTS)
    hosted.folder.commit("new startup file")
    hosted.replay(live, "HEAD")
    assert not (root / "made").exists()


def test_the_module_can_be_imported(hosted: Hosted, live: LiveSession) -> None:
    text = "import { readFile } from 'vmgit:fs'; readFile('data/a.txt')"
    assert hosted.value(live, text) == "'one\\n'"
