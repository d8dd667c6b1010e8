"""The published packages in `tests/packages/`: their files, and a registry that serves them."""

from __future__ import annotations

import json
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

from fakeregistry import FakeRegistry

FOLDER = Path(__file__).parent / "packages"
#: What vmgit promises to run unmodified.
PROMISED = (
    "lodash", "dayjs", "ramda", "mustache", "marked", "semver", "big.js", "papaparse", "immer",
    "zod", "handlebars", "acorn",
)  # fmt: skip


@cache
def contents(path: Path) -> dict[str, bytes]:
    """Return the files of a tarball, by their path in the package."""
    files = {}
    with tarfile.open(path) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                files[member.name.partition("/")[2]] = content.read()
    return files


def manifests() -> dict[str, tuple[dict[str, Any], Path]]:
    """Return the package.json and the tarball of every package, by name."""
    found = {}
    for path in sorted(FOLDER.glob("*.tgz")):
        manifest = json.loads(contents(path)["package.json"])
        found[manifest["name"]] = (manifest, path)
    return found


def vendor(*names: str) -> dict[str, bytes]:
    """Return the files of packages, and of those that they need, as they are in `vendor/`."""
    known, files = manifests(), dict[str, bytes]()
    pending, seen = list(names), set[str]()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        manifest, path = known[name]
        files |= {f"vendor/{name}/{place}": data for place, data in contents(path).items()}
        pending += manifest.get("dependencies", {})
    return files


def publish_all(registry: FakeRegistry) -> None:
    """Publish every package."""
    for name, (manifest, path) in manifests().items():
        fields = {key: value for key, value in manifest.items() if key.endswith("ependencies")}
        fields.pop("devDependencies", None)
        registry.publish(name, manifest["version"], archive=path.read_bytes(), **fields)


__all__ = ["PROMISED", "contents", "manifests", "publish_all", "vendor"]
