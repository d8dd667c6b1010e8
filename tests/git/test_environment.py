"""Children of vmgit run in an environment that points at no repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from realgit import Git

from vmgit.errors import EnvironmentFailure
from vmgit.git.environment import LOCAL_VARIABLES, child_environment, run_git


def test_every_variable_that_git_calls_local_is_dropped(git: Git) -> None:
    named = set(git("rev-parse", "--local-env-vars").split())
    assert len(named) > 10
    assert named <= LOCAL_VARIABLES
    base = dict.fromkeys(named, "x") | {
        "GIT_CONFIG_KEY_0": "core.bare",
        "GIT_CONFIG_VALUE_0": "true",
        "GIT_CEILING_DIRECTORIES": "/",
        "PATH": "/bin",
        "SSH_AUTH_SOCK": "/agent",
        "GIT_SSH_COMMAND": "ssh -v",
    }
    environment = child_environment(base)
    assert not named & set(environment)
    assert {"GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0", "GIT_CEILING_DIRECTORIES"}.isdisjoint(
        environment
    )
    assert environment["PATH"] == "/bin"
    assert environment["SSH_AUTH_SOCK"] == "/agent"
    assert environment["GIT_SSH_COMMAND"] == "ssh -v"
    assert environment["GIT_OPTIONAL_LOCKS"] == "0"
    assert environment["LC_ALL"] == "C"


def test_the_default_is_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("SOMETHING", "else")
    environment = child_environment()
    assert "GIT_DIR" not in environment
    assert environment["SOMETHING"] == "else"
    assert os.environ["GIT_DIR"] == "/nowhere"


def test_git_runs_in_the_folder_whatever_the_hook_says(
    repo: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    done = run_git(["rev-parse", "--show-toplevel"], cwd=repo.folder)
    assert done.stdout.decode().strip() == str(repo.folder)


def test_failure_quotes_git_and_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match=r"`git status` failed.*not a git repo") as caught:
        run_git(["-c", "core.pager=cat", "status"], cwd=tmp_path)
    assert caught.value.details["status"] == 128


def test_accepted_statuses_are_answers(repo: Git) -> None:
    done = run_git(["check-ignore", "-q", "a.js"], cwd=repo.folder, accept=(0, 1))
    assert done.returncode == 1


def test_no_git(repo: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(EnvironmentFailure, match="needs the `git` command"):
        run_git(["status"], cwd=repo.folder)
