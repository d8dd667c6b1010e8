"""Objects through a child of Git's: checked, and done without where it fails."""

from __future__ import annotations

import os
import signal
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from realgit import Git

from vmgit.errors import UnavailableError
from vmgit.git.batch import BatchFailed, BatchReader
from vmgit.git.discovery import find_repository
from vmgit.git.repository import Repository


@pytest.fixture
def reader(repo: Git) -> Iterator[BatchReader]:
    made = BatchReader(repo.folder)
    yield made
    made.close()


def test_every_kind(repo: Git, reader: BatchReader) -> None:
    repo.write("bytes", bytes(range(256)) * 1000 + b"\n")
    repo.write("empty")
    commit = repo.commit()
    repo("tag", "-a", "-m", "tag", "v1")
    for name in (commit, "HEAD^{tree}", "HEAD:bytes", "HEAD:empty", "v1"):
        oid = repo("rev-parse", name)
        kind = repo("cat-file", "-t", oid)
        found = reader.read(oid)
        assert found is not None
        assert found == (oid, kind, repo.raw("cat-file", kind, oid))


def test_head_is_where_it_is_now(repo: Git, reader: BatchReader) -> None:
    for _ in range(3):
        found = reader.read("HEAD")
        assert found is not None
        assert found.oid == repo("rev-parse", "HEAD")
        repo.write("a.js", found.oid)
        repo.commit()
    repo("pack-refs", "--all")
    repo("gc", "--quiet", "--prune=now")
    found = reader.read("HEAD")
    assert found is not None
    assert found.oid == repo("rev-parse", "HEAD")


def test_what_is_not_there(reader: BatchReader) -> None:
    assert reader.read("0" * 40) is None
    assert reader.read("1" * 40) is None


def test_replaced_objects_are_not_followed(repo: Git, reader: BatchReader) -> None:
    first = repo("rev-parse", "HEAD:a.js")
    second = repo("hash-object", "-w", "--stdin", stdin=b"other")
    repo("replace", first, second)
    found = reader.read(first)
    assert found is not None
    assert found.data == b"1\n"


def damage(repo: Git, name: str, content: bytes) -> str:
    """Put other content in the place of a loose object."""
    oid = repo("rev-parse", name)
    path = repo.folder / ".git" / "objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes(zlib.compress(b"blob %d\0" % len(content) + content))
    return oid


def test_other_content_than_the_id_says(repo: Git, reader: BatchReader) -> None:
    oid = damage(repo, "HEAD:a.js", b"2\n")
    with pytest.raises(BatchFailed, match="damaged"):
        reader.read(oid)
    with pytest.raises(BatchFailed, match="closed"):
        reader.read("HEAD")


def test_damage_is_unavailable_in_a_repository(repo: Git) -> None:
    oid = damage(repo, "HEAD:a.js", b"2\n")
    repository = Repository.open(find_repository(repo.folder))
    with pytest.raises(UnavailableError):
        repository.read_blob(oid)
    repository.close()


def children() -> set[int]:
    own = str(os.getpid())
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        if rest.split()[1] == own and "(git" in name:
            found.add(int(stat.parent.name))
    return found


def test_a_child_that_was_killed_is_done_without(repo: Git) -> None:
    repository = Repository.open(find_repository(repo.folder))
    commit = repository.head_commit()
    (child,) = children()
    assert os.getpgid(child) != os.getpgid(0)
    os.kill(child, signal.SIGKILL)
    assert repository.head_commit() == commit
    assert repository.read_blob(repo("rev-parse", "HEAD:a.js")) == b"1\n"
    repository.close()
    assert children() == set()


def test_no_child_outlives_its_use(repo: Git) -> None:
    repository = Repository.open(find_repository(repo.folder))
    assert len(children()) == 1
    _ = repository.libgit2
    assert children() == set()
    repository.close()
