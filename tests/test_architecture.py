"""The layout holds: imports go down, heavy libraries have one importer, the start stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "vmgit"

#: Each unit (a module or folder of `vmgit/`) and its level; a unit imports lower levels only.
LEVELS = {
    "version": 0,
    "errors": 0,
    "clock": 0,
    "canonical": 0,
    "resources": 0,
    "limits": 0,
    "kernel": 0,
    "landlock": 1,
    "outcome": 1,
    "answer": 2,
    "settings": 2,
    "events": 2,
    "toml_lines": 2,
    "toml_scan": 1,
    "profile": 2,
    "profile_text": 3,
    "profile_parse": 5,
    "profile_check": 4,
    "profile_load": 6,
    "profile_edit": 6,
    "profile_documents": 0,
    "execution": 3,
    "state": 4,
    "spool": 3,
    "history": 5,
    "documents": 7,
    "hostlock": 6,
    "error_answers": 1,
    "serving": 7,
    "mailbox": 6,
    "cancel": 8,
    "acting": 0,
    "redact": 2,
    "trust": 7,
    "trust_settings": 8,
    "tighten": 7,
    "git": 6,
    "eventlog": 6,
    "engine": 6,
    "host": 6,
    "library": 7,
    "profiles": 8,
    "recorder": 7,
    "checkpoint": 7,
    "code": 8,
    "replay.player": 8,
    "heap": 9,
    "refresh": 10,
    "rewind": 10,
    "live": 11,
    "sessions": 12,
    "replay": 13,
    "watch": 13,
    "shared_source": 7,
    "worktree": 8,
    "workspace": 14,
    "api": 15,
    "client": 16,
    "opening": 17,
    "server": 17,
    "cli": 18,
    "__init__": 19,
    "__main__": 19,
}
#: Who may import a heavy or dangerous library.
IMPORTERS = {
    "pygit2": {"git"},
    "sqlite3": {"eventlog", "host"},
    "httpcore": {"client", "host"},
    "dukpy": {"engine"},
    "_dukpy": {"engine"},
    "tree_sitter": {"engine"},
    "tree_sitter_javascript": {"engine"},
    "watchdog": {"watch"},
    "click": {"cli"},
    "httpx": {"client", "host", "library"},
    "litestar": {"server"},
    "uvicorn": {"server"},
    "rich": {"cli"},
    "nodesemver": {"library"},
}
#: What the worker may load of vmgit.
WORKER = {
    *("engine", "outcome", "answer", "errors", "limits", "canonical", "clock", "version"),
    *("kernel", "landlock"),
}


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _name(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _unit(module: str) -> str:
    """Return the unit of a module below `vmgit`, such as `git` for `git.snapshot`."""
    for length in (2, 1):
        unit = ".".join(module.split(".")[:length])
        if unit in LEVELS:
            return unit
    raise AssertionError(f"vmgit/{module} has no level: give it one in LEVELS")


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the absolute name and line of every import of a file, lazy ones too."""
    package = ["vmgit", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            prefix = ".".join([*base, *([node.module] if node.module else [])])
            yield prefix, node.lineno
            for alias in node.names:
                yield f"{prefix}.{alias.name}", node.lineno


def _internal(name: str) -> str | None:
    """Return the module below `vmgit` that an import names, None for another library."""
    if name == "vmgit":
        return None
    if not name.startswith("vmgit."):
        return None
    parts = name.split(".")[1:]
    for length in range(len(parts), 0, -1):
        path = PACKAGE.joinpath(*parts[:length])
        if path.with_suffix(".py").exists() or (path / "__init__.py").exists():
            return ".".join(parts[:length])
    return "__init__"


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_imports_go_down(path: Path) -> None:
    here = _unit(_name(path))
    wrong = []
    for name, line in _imports(path):
        target = _internal(name)
        if target is None:
            continue
        there = _unit(target)
        if there != here and LEVELS[there] >= LEVELS[here]:
            wrong.append(f"{path.name}:{line} imports {name}: {there} is not below {here}")
    assert not wrong


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_heavy_libraries_have_one_importer(path: Path) -> None:
    here = _unit(_name(path)).partition(".")[0]
    wrong = [
        f"{path.name}:{line} imports {name}"
        for name, line in _imports(path)
        if here not in IMPORTERS.get(name.partition(".")[0], {here})
    ]
    assert not wrong


def _loaded(code: str) -> set[str]:
    """Return the names in `sys.modules` after running code in a fresh interpreter."""
    script = f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stderr.split())


HELP = """
from vmgit.cli.main import vmgit
try:
    vmgit.main(["--help"])
except SystemExit:
    pass
"""


def test_help_loads_nothing_heavy() -> None:
    heavy = {
        *("pygit2", "dukpy", "watchdog", "tree_sitter", "rich", "litestar", "msgspec"),
        *("sqlite3", "tomllib", "tomlkit", "asyncio", "httpx", "nodesemver"),
    }
    assert not _loaded(HELP) & heavy


def test_the_parent_side_of_the_engine_loads_no_engine() -> None:
    loaded = _loaded("import vmgit.engine.pool, vmgit.sessions")
    assert not loaded & {"dukpy", "_dukpy", "tree_sitter", "tree_sitter_javascript"}


def test_commands_without_objects_load_no_git() -> None:
    code = "import vmgit.cli.log, vmgit.cli.session.list, vmgit.cli.exec.show, vmgit.workspace"
    assert not _loaded(code) & {"pygit2", "dukpy", "rich", "watchdog", "tomllib"}


def test_the_worker_loads_only_its_side() -> None:
    loaded = _loaded("import vmgit.engine.worker")
    units = {name.split(".")[1] for name in loaded if name.startswith("vmgit.") and name != "vmgit"}
    assert units <= WORKER
    assert not loaded & {"pygit2", "sqlite3", "click", "watchdog", "ssl", "asyncio"}


def test_no_file_is_too_long() -> None:
    lengths = {
        path: path.read_text("utf-8").count("\n")
        for folder in (PACKAGE, PACKAGE.parent / "tests")
        for path in folder.rglob("*.py")
    }
    assert not {str(path): lines for path, lines in lengths.items() if lines > 400}
