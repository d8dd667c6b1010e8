"""The promised packages come from a registry and run: from one on loopback, and from the real one.

The real registry is the one that this machine's npm is set up for. Whether it can be reached is
asked while tests are collected; where it cannot, the test runs against loopback alone.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from fakeregistry import fake_registry
from published import PROMISED, manifests, publish_all
from workspaces import Folder

_PATIENCE_S = 10
#: The hash over the files of the zod that the fixtures have, as the real registry gave it.
ZOD = "sha256-nCnf0+2zILoIp9ZplqPzJR2XSrUAOmd52KYfzkae+RY="


def _probe() -> str:
    """Return the URL of the real registry if it answers, else nothing."""
    try:
        asked = subprocess.run(
            ["npm", "config", "get", "registry"],
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=True,
        )
        url = asked.stdout.strip()
        with urlopen(url + "wordwrap", timeout=_PATIENCE_S) as answer:
            json.load(answer)
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
    return url


def _real() -> str:
    """Probe once for all processes of a run: they must collect the same tests."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:
        return _probe()
    path = Path(tempfile.gettempdir()) / f"vmgit-registry-{run}"
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = file.read()
        if not known:
            known = _probe() or "none"
            file.write(known)
    return "" if known == "none" else known


REAL = _real()


@pytest.fixture(params=["loopback", *(["real"] if REAL else [])])
def registry_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A registry that has the promised packages."""
    if request.param == "real":
        yield REAL
        return
    with fake_registry() as registry:
        publish_all(registry)
        yield registry.url


def test_the_promised_packages(folder: Folder, registry_url: str) -> None:
    known = manifests()
    wanted = [f"{name}@{known[name][0]['version']}" for name in PROMISED]
    folder.fine("lib", "add", *wanted, env={"npm_config_registry": registry_url})
    lock = json.loads((folder.root / "vendor/vmgit-lock.json").read_text())
    # The same bytes, wherever they come from.
    assert lock["packages"]["zod"]["files"] == ZOD
    folder.fine("lib", "verify")
    folder.git("add", "vendor")
    folder.profile("startup = []\n[limits]\ncpu_ms = 20000\nwall_ms = 60000\n")
    types = f"console.log({json.dumps(list(PROMISED))}.map((name) => typeof require(name)).join())"
    shown = folder.fine("run", "-e", types).out.strip().split(",")
    assert len(shown) == len(PROMISED)
    assert set(shown) == {"function", "object"}
