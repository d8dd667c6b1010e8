"""Runs jobs in a realm: what a source is, how it is started, and what came of it.

It stands between the interpreter and the link to the parent, and answers everything that the
realm asks. Nothing may raise from an answer into the engine, which would swallow it.
"""

from __future__ import annotations

import gc
import time
import traceback
from typing import Any

import msgspec

from vmgit.engine import protocol
from vmgit.engine.anchors import anchor
from vmgit.engine.api import Job, RealmConfig
from vmgit.engine.interpreter import IDLE, EngineError, Interpreter
from vmgit.engine.link import Link
from vmgit.engine.parts import own_parts, web_parts
from vmgit.engine.resolve import ResolutionError
from vmgit.engine.rewrite import Rewritten, rewrite
from vmgit.engine.sources import Sources
from vmgit.engine.stacks import PARTS, Columns, Stacks
from vmgit.outcome import Fault, Level, Value

#: What the engine says when it cannot allocate, and what is left when even that fails.
_OUT_OF_MEMORY = ("InternalError: out of memory", "out of memory", "Invalid error message")
#: What is rewritten to warm the rewriter: Python takes code for often run after eight times.
_SAMPLE = """const rate = (total) => total * 2 / 100, { a, b: [c] } = { a: 1, b: [2] };
let order = { id: 1, total: 10 }, name;
var seen = new Set();
class Shop { open() { return `${order.id}`; } }
function apply(order) { for (const key in order) { if (key) return rate(order[key]); } }
console.log('open', apply(order));
"""
_WARM_ROUNDS = 12
_PENDING = Fault("Pending", "The top-level await waits for what can never come.")


class _Printed(msgspec.Struct, forbid_unknown_fields=True):
    level: Level
    text: str


class _Called(msgspec.Struct, forbid_unknown_fields=True):
    op: str
    request: Any


class _Required(msgspec.Struct, forbid_unknown_fields=True):
    base: str
    specifier: str


class Runner:
    """A realm with its answers to the program; lives as long as the worker, forks with it."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._stacks = Stacks()
        self._sources = Sources(link, self._stacks)
        self._reported = False
        self._value: Value | None = None
        self._error: Fault | None = None
        self._unhandled: Fault | None = None
        self._starved = False
        self._requires = 0
        self._warm = False
        self._closing = IDLE
        lines = {name: self._stacks.reserve(name, text) for name, text in own_parts().items()}
        self.interpreter = Interpreter(self, lines)
        self.interpreter.boot()
        web_parts()

    def open(self, config: RealmConfig) -> None:
        """Configure the realm, once."""
        self._sources.configure(config)
        # A command marks the heap, and so writes to all of its pages that a fork shares.
        if config.hide or not config.console:
            self.interpreter.command("open", {"hide": config.hide, "console": config.console})

    def warm(self) -> None:
        """Run our own code as jobs do, once, before the first copy of a realm that ran none.

        Python writes into code that is run often. Written now, those pages stay shared; else each
        session would have to copy them.
        """
        if self._warm:
            return
        self._warm = True
        for _ in range(_WARM_ROUNDS):
            rewrite(_SAMPLE).command()
            self._stacks.clean(_SAMPLE)
        gc.collect()
        gc.freeze()

    def run(self, job: Job) -> protocol.Done:
        """Run a job to its end, whatever it does; limits end the process instead."""
        self._reported = self._starved = False
        self._warm = True
        self._value = self._error = None
        self._closing = IDLE
        guard = self._link.guard
        guard.arm(job.limits)
        self._sources.begin(job.path or "")
        self._stacks.enter(job.path)
        try:
            command = self._prepare(job)
        except ResolutionError as error:
            self._reported, self._error = True, Fault("Error", str(error))
        else:
            self._settle(self._command("run", command))
            self._run_timers(live=job.clock is None)
            if self._error is None and not self._reported:
                self._error = _PENDING
        guard.disarm()
        return protocol.Done(
            cpu_us=guard.cpu_us(),
            clock=tuple(self._closing.clock),
            deps=self._sources.deps,
            value=None if job.kind == "startup" else self._value,
            error=self._error,
        )

    def _run_timers(self, *, live: bool) -> None:
        """Fire timers until none is left or one fails; only a live execution waits for them."""
        while self._error is None and self._closing.wait >= 0:
            if live:
                time.sleep(self._closing.wait / 1000)
            self._settle(self._command("fire", {}))

    def _prepare(self, job: Job) -> dict[str, Any]:
        command: dict[str, Any] = {
            "seed": job.seed,
            "clock": job.clock,
            "args": job.args,
            "budget": job.limits.output_kb * 1024,
            "format": self._sources.format_of(job),
        }
        if command["format"] != "script":
            return {**command, "id": self._sources.main(job)}
        anchored = anchor(job.text, job.path or "")
        script = rewrite(anchored.text)
        command["pad"] = self._stacks.place(job.path, job.text, _columns(script, anchored.column))
        if script.is_bare:
            command["format"], command["code"] = "bare", script.code
        else:
            command["script"] = script.command()
        return command

    def _command(self, op: str, fields: dict[str, Any]) -> str | None:
        """Run a command; return the text of what the engine raised, if it did."""
        raised = None
        guard = self._link.guard
        guard.starve()
        try:
            self._closing = self.interpreter.command(op, fields)
        except EngineError as error:
            guard.lift_memory()
            raised = str(error)
        except MemoryError:
            guard.out_of_memory()
        else:
            for line in self._closing.unsent.split("\n"):
                if line:
                    self.receive(line[0], line[1:])
        starved = self._starved or (raised is not None and _is_starved(raised))
        if starved or (raised == "null" and guard.memory_is_short()):
            guard.out_of_memory()
        guard.lift_memory()
        return raised

    def _settle(self, raised: str | None) -> None:
        """Take a rejection that nobody handled as the error, unless there is one already."""
        if raised is None:
            return
        if self._error is None:
            self._error = self._explain(raised)
        else:
            # What raises has no result: ask again for what the command left behind.
            self._command("probe", {})

    def _explain(self, raised: str) -> Fault | None:
        """Return the fault of a rejection that nobody handled; None if it was no real one."""
        # A thrown value that is no error is known by its text alone.
        self._unhandled = Fault("", msgspec.json.decode(self._clean_text(raised)))
        self._command("explain", {"ids": self._sources.loaded})
        return self._unhandled

    def _clean_text(self, text: str) -> str:
        return self._stacks.clean(msgspec.json.encode(text).decode())

    def receive(self, kind: str, text: str) -> dict[str, Any] | None:
        """Take one message of the prelude; see `interpreter.Doors`."""
        try:
            return self._answer(kind, text)
        except MemoryError:
            self._link.guard.out_of_memory()
        except Exception:
            self._link.crash(traceback.format_exc())
        return None

    def _answer(self, kind: str, text: str) -> dict[str, Any] | None:
        match kind:
            case "c":
                line = msgspec.json.decode(self._stacks.clean(text), type=_Printed)
                self._link.send(protocol.Line(line.level, line.text))
            case "v":
                self._reported = True
                self._value = msgspec.json.decode(self._stacks.clean(text), type=Value)
            case "e":
                self._reported = True
                self._error = self._fault(text)
            case "u":
                self._unhandled = None if text == "null" else self._fault(text)
            case "x":
                self._error = self._fault(text)
            case "h":
                return self._call(text)
            case "q":
                return self._require(text)
            case "s":
                return self._sources.script(text)
            case "m":
                return self._evaluate(text)
            case "p":
                return self._part(text)
            case _:
                raise ValueError(f"a message of kind {kind!r}")
        return None

    def _fault(self, text: str) -> Fault:
        fault = msgspec.json.decode(self._stacks.clean(text), type=Fault)
        fault = msgspec.structs.replace(fault, stack=fault.stack.strip("\n"))
        if f"{fault.name}: {fault.message}" in _OUT_OF_MEMORY or (
            fault.message == "null" and self._link.guard.memory_is_short()
        ):
            self._starved = True
        return fault

    def _call(self, text: str) -> dict[str, Any]:
        try:
            call = msgspec.json.decode(text, type=_Called)
            reply = self._link.ask(protocol.Call(call.op, call.request), protocol.Reply)
        except RecursionError:
            message = "the request is nested too deeply"
            return {"error": {"name": "RangeError", "message": message}}
        except (msgspec.DecodeError, UnicodeError):
            message = "the request holds text that is not well-formed Unicode"
            return {"error": {"name": "TypeError", "message": message}}
        if reply.error is not None:
            error = reply.error
            fault = {"name": error.name, "message": error.message, "code": error.code}
            return {"error": fault}
        return {"result": reply.result}

    def _require(self, text: str) -> dict[str, Any]:
        try:
            wanted = msgspec.json.decode(text, type=_Required)
        except (msgspec.DecodeError, UnicodeError):
            message = "require: the specifier is not well-formed Unicode"
            return {"error": {"name": "TypeError", "message": message}}
        return self._sources.required(wanted.base, wanted.specifier)

    def _part(self, name: str) -> dict[str, Any]:
        """Answer with the code of a part of the globals; its positions are told as ours."""
        text = web_parts()[name]
        return {"text": text, "pad": self._stacks.place(PARTS + name, text)}

    def _evaluate(self, name: str) -> dict[str, Any]:
        """Evaluate a native module for a `require` that waits."""
        self._requires += 1
        source = f"import * as n from {msgspec.json.encode(name).decode()};"
        give = 'globalThis[Symbol.for("vmgit.door")].give(n);'
        try:
            self.interpreter.evaluate_module(f"vmgit:require/{self._requires}", source + give)
        except EngineError as error:
            if "draining" in str(error):
                path = name.partition("?")[0]
                message = f"require() of the ES module {path} inside a promise job: use import()"
                return {"thrown": False, "message": message}
            return {"thrown": True, "message": str(error)}
        message = "require() of an ES module with a top-level await: use import()"
        return {"thrown": False, "message": message}

    def normalize(self, base: str, specifier: str) -> str:
        """Name a module; see `interpreter.Doors`."""
        try:
            return self._sources.normalize(base, specifier)
        except MemoryError:
            self._link.guard.out_of_memory()
        except Exception:
            self._link.crash(traceback.format_exc())
        raise AssertionError("both ways out end the process")

    def load(self, name: str) -> str | None:
        """Give a module's source; see `interpreter.Doors`."""
        try:
            return self._sources.load(name)
        except MemoryError:
            self._link.guard.out_of_memory()
        except Exception:
            self._link.crash(traceback.format_exc())
        return None


def _columns(script: Rewritten, anchored: Columns | None) -> Columns | None:
    """Undo the moves of the rewriting, then those of the anchoring before it, if there are any."""
    if anchored is None:
        return script.column if script.shifts else None
    return lambda line, position: anchored(line, script.column(line, position))


def _is_starved(raised: str) -> bool:
    first = raised.partition("\n")[0]
    return first in _OUT_OF_MEMORY or first.startswith("DukPy interpreter context is unusable")
