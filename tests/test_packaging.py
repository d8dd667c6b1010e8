"""The wheel holds everything that the code looks for, and works without the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from vmgit.resources import data_path

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout, built as hatchling builds it."""
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", target],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=60,
    )
    return next(target.glob("*.whl"))


def test_wheel_ships_hooks_and_schema(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
    for folder in ("hooks", "schema"):
        for path in (ROOT / folder).iterdir():
            assert f"vmgit/_data/{folder}/{path.name}" in modes
    assert modes["vmgit/_data/hooks/post-commit"] & 0o111
    assert any(name.startswith("vmgit/engine/prelude/") for name in modes)
    assert not [name for name in modes if name.startswith(("tests/", "benchmarks/"))]


def test_unpacked_wheel_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "import vmgit.resources\n"
        f"assert vmgit.resources.__file__.startswith({str(site)!r})\n"
        "print(vmgit.resources.data_path('schema/0001_events.sql'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith(str(site))


def test_data_is_found_in_the_checkout() -> None:
    assert data_path("schema") == ROOT / "schema"
    with pytest.raises(FileNotFoundError, match="installation is broken"):
        data_path("no-such-folder")
