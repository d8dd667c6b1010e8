"""Schemathesis holds the real server to what its OpenAPI document says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .served import TOKEN, Served

#: A name that its own cases find, so that they do not all end at 404.
SESSION = "a"
#: 422 is the answer "no" to a valid request: nothing to undo, a key of another request.
CONFIGURATION = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "422"]
"""


@pytest.mark.timeout(300)
def test_the_server_keeps_its_contract(server: Served, tmp_path: Path) -> None:
    server.run(server.session(name=SESSION), "n = 1")
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run"),
            f"http://127.0.0.1:{server.port}/openapi.json",
            f"--header=Authorization: Bearer {TOKEN}",
            "--checks=all",
            "--phases=examples,coverage,fuzzing,stateful",
            *("--max-examples=25", "--seed=1", "--no-shrink", "--continue-on-failure"),
            *("--request-timeout=30", "--no-color"),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(Path(__file__).parent / "contract_hooks.py")},
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{server.logged()[-3000:]}"
    assert "Selected: 29/29" in done.stdout
    assert "Traceback" not in server.logged()
