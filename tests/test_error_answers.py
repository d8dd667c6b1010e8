"""An error that another process told is the error that it raised."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

import vmgit
from vmgit.error_answers import ServerBug, error_class, from_exit, from_status
from vmgit.errors import BusyError, DeniedError, NotFoundError, UsageError, VmgitError

PACKAGE = Path(vmgit.__file__).parent


def _raised() -> Iterator[tuple[str, str]]:
    """Yield class and code of every error that the package makes with a code of its own."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                for keyword in node.keywords:
                    if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                        yield node.func.id, str(keyword.value.value)


def _classes() -> dict[str, type[VmgitError]]:
    with warnings.catch_warnings():
        # What libraries say about their own future is the business of other tests.
        warnings.simplefilter("ignore")
        for path in PACKAGE.rglob("*.py"):
            if re.search(
                r"^class \w+\(\w*(Error|Failure)\)", path.read_text("utf-8"), re.MULTILINE
            ):
                name = path.relative_to(PACKAGE.parent).with_suffix("").as_posix()
                importlib.import_module(name.replace("/", "."))
    found: dict[str, type[VmgitError]] = {}
    waiting = [VmgitError]
    while waiting:
        one = waiting.pop()
        found[one.__name__] = one
        waiting += one.__subclasses__()
    return found


def test_every_error_comes_back_with_its_exit_status() -> None:
    classes = _classes()
    pairs = {(name, code) for name, code in _raised() if name in classes}
    pairs |= {(name, one.code) for name, one in classes.items() if one is not VmgitError}
    assert len(pairs) > 30
    for name, code in sorted(pairs):
        raised = classes[name]
        if code == "cancelled":
            continue  # the client knows it by its code
        back = error_class(raised.http_status, code)
        assert back.exit_code == raised.exit_code, (name, code, back)
        # An exception is caught by the class that the documents name, or by one above it; those
        # that only a server raises have no class of their own on this side.
        ours = not inspect.getmodule(raised).__name__.startswith("vmgit.server")  # type: ignore[union-attr]
        assert not ours or issubclass(raised, back) or issubclass(back, raised), (name, code)


def test_the_words_come_back_too() -> None:
    error = NotFoundError("there is none.", hints=["look"], details={"a": 1}, code="odd")
    back = from_status(404, error.to_dict())
    assert type(back) is NotFoundError
    assert back.to_dict() == error.to_dict()
    assert from_exit(7, DeniedError("no").to_dict()).to_dict() == DeniedError("no").to_dict()


@pytest.mark.parametrize("body", [{}, {"hints": "x", "details": []}])
def test_a_body_of_another_shape_is_an_error_all_the_same(body: dict[str, object]) -> None:
    back = from_status(409, body)
    assert type(back) is BusyError
    assert back.kind == "busy"


def test_an_unknown_status_is_the_caller_s_or_the_server_s_fault() -> None:
    assert error_class(418, "teapot") is UsageError
    assert error_class(502, "x") is ServerBug
    assert from_exit(99, {}).exit_code == 3
