"""One JavaScript context: the native engine, our prelude, and the private channel between them.

The class has the few attributes that the C extension asks for and none of what the dukpy package
adds (process, files, console), so the only doors are the ones handed in here. Commands travel as
the value of an evaluation's variables, which the engine assigns to an accessor of ours; answers
come back through the name of a called function. Knows nothing of jobs, sockets or limits.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
from collections.abc import Mapping
from functools import cache
from importlib.machinery import ExtensionFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import msgspec

from vmgit.engine.parts import own_parts

#: In this order, in one function scope.
_FILES = ("saved.js", "channel.js", "report.js", "run.js", "globals.js", "boot.js")


class EngineError(Exception):
    """The engine ended an evaluation with an error of its own; the text is all that it tells."""


class Closing(msgspec.Struct, frozen=True):
    """What a command leaves: the clock's readings so far, the milliseconds until the next timer
    (-1: there is none), and messages that could not be sent when they were due.
    """

    clock: list[tuple[int, int]]
    wait: float
    unsent: str


#: Nothing left.
IDLE = Closing([], -1, "")


class Doors(Protocol):
    """What the realm may ask for while it runs. Nothing here may raise."""

    def receive(self, kind: str, text: str) -> dict[str, Any] | None:
        """Take one message of the prelude; return what to answer, None for nothing."""

    def normalize(self, base: str, specifier: str) -> str:
        """Return the id of the module that `specifier` means in the module `base`."""

    def load(self, name: str) -> str | None:
        """Return the source of the module with this id, None if there is none."""


class Interpreter:
    """A realm. `boot` once, then `command`; a fork of the process forks it too.

    `lines` says for each of `parts.own_parts` how many lines, from 1, its text is put after.
    """

    def __init__(self, doors: Doors, lines: Mapping[str, int]) -> None:
        self._native = native()
        self._doors = doors
        self._lines = lines
        self._token = os.urandom(16).hex()
        # The attributes below are those that the C code looks for.
        self._ctx = self._native.create_context()
        self.loader = self

    def boot(self) -> None:
        """Run the prelude. Raises `EngineError` if the engine is not the one it was made for."""
        self._evaluate(prelude(self._token, self._lines), b"{}")
        if self.command("probe", {}) != IDLE:
            raise EngineError("the command channel of the prelude does not answer")

    def command(self, op: str, fields: dict[str, Any]) -> Closing:
        """Run a command of the prelude and drain all jobs; return what they left behind.

        Raises `EngineError`, also for a rejection that nobody handled.
        """
        payload = msgspec.json.encode({"token": self._token, "op": op, **fields})
        result = self._evaluate(b"dukpy", payload)
        if result is None:
            raise EngineError("the command channel of the prelude does not answer")
        if result == b'""':
            return IDLE
        return msgspec.json.decode(msgspec.json.decode(result, type=str), type=Closing)

    def evaluate_module(self, name: str, source: str) -> None:
        """Evaluate a module from within a call of the realm. Raises `EngineError`."""
        try:
            self._native.eval_string(self, source.encode(), b"{}", True, name)
        except (self._native.JSRuntimeError, SystemError) as error:
            raise EngineError(str(error)) from None
        except UnicodeDecodeError as error:
            raise EngineError(error.object.decode("utf-8", "replace")) from None

    def _evaluate(self, code: bytes, variables: bytes) -> bytes | None:
        try:
            result: bytes | None = self._native.eval_string(self, code, variables, False, "<dukpy>")
        except (self._native.JSRuntimeError, SystemError) as error:
            raise EngineError(str(error)) from None
        except UnicodeDecodeError as error:
            # The text of a thrown value is no UTF-8 when the value holds half a character.
            raise EngineError(error.object.decode("utf-8", "replace")) from None
        return result

    def load(self, name: str) -> tuple[str | None, str | None, str | None]:
        """The engine's question for a module's source; the id must be the name again."""
        source = self._doors.load(name)
        return (None, None, None) if source is None else (name, source, "module")

    def _normalize_module(self, base: str, specifier: str) -> str:
        return self._doors.normalize(base, specifier)

    def _check_exported_function_exists(self, name: bytes) -> bool:
        return True

    def _call_python(self, name: bytes, arguments: bytes) -> bytes | None:
        text = name.decode("utf-8", "replace")
        answer = self._doors.receive(text[:1], text[1:])
        return None if answer is None else msgspec.json.encode(answer)


@cache
def native() -> ModuleType:
    """Return dukpy's C extension, without the Python package around it."""
    spec = importlib.util.find_spec("dukpy")
    if spec is None or spec.origin is None:
        raise ImportError("dukpy is not installed")
    for path in sorted(Path(spec.origin).parent.glob("_dukpy*")):
        if path.suffix in (".so", ".pyd"):
            loader = ExtensionFileLoader("_dukpy", str(path))
            module = importlib.util.module_from_spec(
                importlib.util.spec_from_loader("_dukpy", loader) or spec
            )
            loader.exec_module(module)
            return module
    raise ImportError("dukpy has no native engine")


def engine_version() -> str:
    """Return name and version of what runs the code, such as `dukpy 0.6.0 quickjs 0.11.0`.

    The engine's own version is that of the library inside of dukpy; where it does not tell, it is
    left out.
    """
    spec = importlib.util.find_spec("dukpy")
    folder = Path(spec.origin).parent.parent if spec is not None and spec.origin else Path()
    # importlib.metadata would take longer to load than the engine.
    found = sorted(path.name for path in folder.glob("dukpy-*.dist-info"))
    version = found[-1].removeprefix("dukpy-").removesuffix(".dist-info") if found else "unknown"
    library = ctypes.PyDLL(native().__file__)
    if not hasattr(library, "JS_GetVersion"):
        return f"dukpy {version}"
    library.JS_GetVersion.restype = ctypes.c_char_p
    return f"dukpy {version} quickjs {library.JS_GetVersion().decode()}"


def prelude(token: str, lines: Mapping[str, int]) -> bytes:
    """Return the prelude as one script; `token` is what its commands are known by."""
    folder = Path(__file__).with_name("prelude")
    body = "".join((folder / name).read_text("utf-8") for name in _FILES)
    # In an object literal, as opposed to JSON, this key is the prototype.
    tables = [
        msgspec.json.encode({"__proto__": None, **table}).decode() for table in (own_parts(), lines)
    ]
    head = '(function (TOKEN, PARTS, LINES) { "use strict";'
    return f'{head}\n{body}\n}})("{token}", {", ".join(tables)})'.encode()
