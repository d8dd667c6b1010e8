"""A hostile tarball is refused as a whole, with the reason, and nothing leaves its folder."""

from __future__ import annotations

import gzip
import io
import tarfile
from contextlib import suppress
from pathlib import Path

import pytest
from fakeregistry import tarball
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vmgit.library import unpack as unpack_module
from vmgit.library.unpack import TarballError, unpack

MANIFEST = {"package.json": '{"name": "a"}'}


def _try(tmp_path: Path, data: bytes) -> Path:
    archive, folder = tmp_path / "a.tgz", tmp_path / "out"
    archive.write_bytes(data)
    unpack(archive, folder)
    return folder


def _members(*members: tarfile.TarInfo, format: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=format) as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(b"x" * member.size) if member.isreg() else None)
    return buffer.getvalue()


def _member(name: str, kind: bytes = tarfile.REGTYPE, **fields: object) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type = kind
    for field, value in fields.items():
        setattr(member, field, value)
    return member


def test_files_come_out_as_they_went_in(tmp_path: Path) -> None:
    files = {**MANIFEST, "dist/a b/ü.js": "x\r\n", "empty": b"", "bin/run": b"\0\xff"}
    folder = _try(tmp_path, tarball(files))
    written = [path for path in folder.rglob("*") if path.is_file()]
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in written}
    assert found == {k: v.encode() if isinstance(v, str) else v for k, v in files.items()}
    assert not any(path.stat().st_mode & 0o111 for path in written)


@pytest.mark.parametrize("prefix", ["package/", "lodash-4.17/", "./package/", "package/./"])
def test_whatever_the_folder_in_it_is_called(tmp_path: Path, prefix: str) -> None:
    assert (_try(tmp_path, tarball(MANIFEST, prefix)) / "package.json").is_file()


def test_long_names_of_every_format(tmp_path: Path) -> None:
    name = "package/" + "/".join(["d" * 90] * 4) + "/" + "é" * 60
    for format in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        place = tmp_path / str(format)
        place.mkdir()
        data = _members(_member(name, size=3), format=format)
        with pytest.raises(TarballError, match=r"holds no package\.json"):
            _try(place, data)
        assert (place / "out" / name.removeprefix("package/")).read_bytes() == b"xxx"


@pytest.mark.parametrize("name", [".gitattributes", "sub/.GITIGNORE", ".npmrc", "a/.gitmodules"])
def test_what_git_would_obey_is_left_out(tmp_path: Path, name: str) -> None:
    folder = _try(tmp_path, tarball({**MANIFEST, name: "* filter=evil"}))
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["package.json"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("/etc/passwd", "absolute path"),
        ("//x", "absolute path"),
        ("../evil", "leads out"),
        ("package/../../evil", "leads out"),
        ("package/a/../b", "leads out"),
        ("package//a", "leads out"),
        ("package/..", "leads out"),
        ("evil", "outside of the package's folder"),
        ("./evil", "outside of the package's folder"),
        ("package/a\\..\\b", "backslashes"),
        ("package/a\nb", "control characters"),
        ("package/\x1b[2J", "control characters"),
        ("package/.git/hooks/pre-commit", "Git would take"),
        ("package/.GIT/config", "Git would take"),
        ("package/.g\u200dit/config", "Git would take"),
        ("package/.git. ./config", "Git would take"),
        ("package/GIT~1/config", "Git would take"),
        ("package/" + "x" * 256, "too long"),
        ("package/" + "/".join(["x" * 200] * 6), "too long"),
    ],
)
def test_names_that_are_refused(tmp_path: Path, name: str, why: str) -> None:
    for format in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        place = tmp_path / str(format)
        place.mkdir()
        with pytest.raises(TarballError, match=why):
            _try(place, _members(_member(name, size=1), format=format))
        with pytest.raises(TarballError):
            _try(place / "x" if (place / "x").mkdir() is None else place,
                 _members(_member(name + "/", tarfile.DIRTYPE), format=format))  # fmt: skip
    assert not [path for path in tmp_path.rglob("*") if path.name in ("evil", "passwd")]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (tarfile.SYMTYPE, "a link to '/etc/passwd'"),
        (tarfile.LNKTYPE, "a link to '/etc/passwd'"),
        (tarfile.CHRTYPE, "a device"),
        (tarfile.BLKTYPE, "a device"),
        (tarfile.FIFOTYPE, "something special"),
    ],
)
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes, why: str) -> None:
    with pytest.raises(TarballError, match=why):
        _try(tmp_path, _members(_member("package/a", kind, linkname="/etc/passwd")))


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["a.js", "a.js"], "'a.js' twice"),
        (["a.js", "A.js"], "differ in case only"),
        (["d/x", "D/y"], "differ in case only"),
        (["\u00e9", "e\u0301"], "differ in case only"),
        (["\ufb01x", "fix"], "differ in case only"),
        (["a", "a/b"], "as a file and as a folder"),
        (["a/b", "a"], "as a file and as a folder"),
    ],
)
def test_names_that_mean_one_file(tmp_path: Path, names: list[str], why: str) -> None:
    with pytest.raises(TarballError, match=why):
        _try(tmp_path, _members(*(_member(f"package/{name}") for name in names)))


def test_names_that_are_no_text(tmp_path: Path) -> None:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT, encoding="latin-1") as tar:
        tar.addfile(_member("package/\xff"))
    with pytest.raises(TarballError, match="damaged"):
        _try(tmp_path, gzip.compress(raw.getvalue()))


def test_sizes_and_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(why: str, data: bytes) -> None:
        place = tmp_path / str(len(list(tmp_path.iterdir())))
        place.mkdir()
        with pytest.raises(TarballError, match=why):
            _try(place, data)

    monkeypatch.setattr(unpack_module, "MAX_BYTES", 1 << 20)
    monkeypatch.setattr(unpack_module, "MAX_FILE", 1 << 19)
    monkeypatch.setattr(unpack_module, "MAX_FILES", 10)
    refused("more than 10 files", tarball({f"f{number}": "" for number in range(11)}))
    refused("larger than 0 MiB", tarball({"large": b"x" * ((1 << 19) + 1)}))
    refused("larger than 1 MiB", tarball({f"f{number}": b"x" * 300_000 for number in range(5)}))
    # Headers count too.
    refused("larger than 2 MiB", _endless_header())
    refused("damaged: it ends too early|damaged", tarball({"f": b"x" * 1000})[:-20])
    refused("damaged", _members(_member("package/f", size=0))[:40])


def _endless_header() -> bytes:
    member = _member("package/x", size=1, pax_headers={"comment": "y" * (3 << 20)})
    return _members(member)


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        (None, "holds no package.json"),
        ("{", "not JSON"),
        ("[]", "no object"),
        ("[" * 100_000, "not JSON"),
        ('{"a": "' + "x" * (256 << 10) + '"}', "larger than 256 KiB"),
    ],
)
def test_a_package_has_a_manifest(tmp_path: Path, manifest: str | None, why: str) -> None:
    files = {"index.js": ""} | ({} if manifest is None else {"package.json": manifest})
    with pytest.raises(TarballError, match=why):
        _try(tmp_path, tarball(files))


def _mutations() -> st.SearchStrategy[bytes]:
    whole = bytearray(gzip.decompress(tarball({**MANIFEST, "lib/a.js": "1" * 700})))

    def mutate(changes: list[tuple[int, int]]) -> bytes:
        data = bytearray(whole)
        for place, byte in changes:
            data[place % len(data)] = byte
        return bytes(data)

    header = st.tuples(st.integers(0, 600), st.integers(0, 255))
    return st.lists(header | st.tuples(st.integers(0, 9000), st.integers(0, 255)), max_size=8).map(
        mutate
    )


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(_mutations(), st.booleans(), st.binary(max_size=30))
def test_damage_is_refused_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, packed: bool, tail: bytes
) -> None:
    place = tmp_path_factory.mktemp("damage")
    with suppress(TarballError):
        _try(place, (gzip.compress(data) if packed else data) + tail)
    assert {path.name for path in place.iterdir()} <= {"a.tgz", "out"}
    assert not [path for path in place.rglob("*") if path.is_symlink()]
