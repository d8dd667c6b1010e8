"""Where the realm's code comes from: names become ids, ids become sources, scripts get lines.

An id is `path?v=HASH` over everything a module reaches, so an unchanged module keeps its instance
and a changed one is made anew. The tree is asked through the link to the parent; nothing outside
it can be named. Nothing in here raises into the engine, which would swallow it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from vmgit.engine import protocol
from vmgit.engine.anchors import anchor, split
from vmgit.engine.api import Job, RealmConfig
from vmgit.engine.hostmodules import HOST_MODULES, PREFIX, host_source
from vmgit.engine.link import Link
from vmgit.engine.stacks import Stacks

if TYPE_CHECKING:
    from vmgit.engine.modules import Modules

#: Code of these names is ours; what it names is an id already.
_OWN = ("<dukpy>", f"{PREFIX}require/")
#: Modules that one module may export as a whole, directly or not.
_MOST_WHOLE = 200


class Sources:
    """The modules and scripts of one realm."""

    def __init__(self, link: Link, stacks: Stacks) -> None:
        self._link = link
        self._stacks = stacks
        self._config = RealmConfig()
        self._known: Modules | None = None
        self._mains: dict[str, tuple[str, str]] = {}
        self._runs = 0
        self._base = ""
        #: Ids of the native modules that this execution loaded.
        self.loaded: list[str] = []

    def configure(self, config: RealmConfig) -> None:
        """Take the roots and extensions of the realm."""
        self._config = config
        self._known = None

    def begin(self, base: str) -> None:
        """Start an execution of the source at `base` (`""`: the prompt)."""
        self._base = base
        self._mains.clear()
        self.loaded = []
        if self._known is not None:
            self._known.begin()

    @property
    def deps(self) -> dict[str, str | None]:
        """What this execution's resolution looked at."""
        return {} if self._known is None else dict(self._known.deps)

    def format_of(self, job: Job) -> str:
        """Return `script`, `module`, `commonjs` or `json`. Raises `ResolutionError`."""
        if job.mode != "auto":
            return job.mode
        if job.path is None:
            return "script"
        return self._modules.detect(job.path, job.text, script=True)

    def main(self, job: Job) -> str:
        """Make the job's text a module of its own, evaluated anew each time; return its id."""
        path = job.path or "<repl>"
        version = "" if job.path is None else self._modules.version(path)
        self._runs += 1
        name = f"{path}?v={version}{self._runs:08x}"
        self._mains[name] = (path, job.text)
        return name

    def normalize(self, base: str, specifier: str) -> str:
        """Return the id that an import means, or a name that nothing is loaded for."""
        if base.startswith(_OWN):
            return specifier
        anchored, specifier = split(specifier)
        if anchored is not None:
            base = anchored
        with self._link.guard.own_memory():
            from vmgit.engine.resolve import ResolutionError

            try:
                return self._id(self._resolve(base, specifier, "import"))
            except ResolutionError as error:
                return self._stacks.missing(str(error))

    def load(self, name: str) -> str | None:
        """Return the source of a native module, or of the one that stands for another kind."""
        with self._link.guard.own_memory():
            from vmgit.engine.resolve import ResolutionError

            if name.startswith(PREFIX):
                host = name.removeprefix(PREFIX)
                return host_source(host) if host in HOST_MODULES else None
            self.loaded.append(name)
            if name in self._mains:
                return self._mains[name][1]
            try:
                module = self._modules.load(name)
            except ResolutionError as error:
                return f"throw new Error({json.dumps(str(error))})"
            if module.format == "module":
                return module.text
            self._stacks.wrappers.add(name)
            if module.format == "json":
                return _json_source(module.path, module.text)
            return _commonjs_source(name, self._exports_of(module.path, module.text, {module.path}))

    def _exports_of(self, path: str, text: str, seen: set[str]) -> dict[str, None]:
        """Return the names that a CommonJS module exports, those of whole modules included."""
        from vmgit.engine.cjs_exports import exported_names
        from vmgit.engine.resolve import ResolutionError

        names, whole = exported_names(text)
        found = dict.fromkeys(names)
        for specifier in whole:
            try:
                target = self._modules.resolve(path, specifier, "require")
                if target in seen or target.startswith(PREFIX) or len(seen) > _MOST_WHOLE:
                    continue
                seen.add(target)
                module = self._modules.load(target)
            except ResolutionError:
                continue  # it is told when the module runs and asks for it
            if module.format == "commonjs":
                found.update(self._exports_of(module.path, module.text, seen))
        return found

    def required(self, base: str, specifier: str) -> dict[str, Any]:
        """Answer a `require`: the host module or the id and format of a workspace file."""
        with self._link.guard.own_memory():
            from vmgit.engine.resolve import ResolutionError

            try:
                path = self._resolve(base, specifier, "require")
                if path.startswith(PREFIX):
                    return {"host": path.removeprefix(PREFIX)}
                module = self._modules.load(path)
                return {"host": None, "id": self._id(path), "format": module.format}
            except ResolutionError as error:
                fault = {"name": "Error", "message": str(error), "code": "MODULE_NOT_FOUND"}
                return {"error": fault}

    def script(self, name: str) -> dict[str, Any]:
        """Answer with the text of a CommonJS or JSON module and the lines to put before it."""
        with self._link.guard.own_memory():
            from vmgit.engine.resolve import ResolutionError

            if name in self._mains:
                path, text = self._mains[name]
            else:
                try:
                    path, text, _format = self._modules.load(name)
                except ResolutionError as error:
                    return {"error": {"name": "Error", "message": str(error)}}
            text, column = anchor(blank_hashbang(text), path)
            return {"path": path, "text": text, "pad": self._stacks.place(path, text, column)}

    def _resolve(self, base: str, specifier: str, kind: Any) -> str:
        from vmgit.engine.resolve import ResolutionError

        if base == "<input>":
            base = self._base
        elif base == "" or base.startswith(" "):
            script = self._stacks.script_of(base)
            base = self._base if script is None else script
        path = self._modules.resolve(base, specifier, kind)
        if path.startswith(PREFIX) and path.removeprefix(PREFIX) not in HOST_MODULES:
            known = ", ".join(PREFIX + name for name in HOST_MODULES)
            raise ResolutionError(f"Cannot {kind} '{path}': there are only {known}.")
        return path

    def _id(self, path: str) -> str:
        if path.startswith(PREFIX):
            return path
        return f"{path}?v={self._modules.version(path)}"

    @property
    def _modules(self) -> Modules:
        # Made late, because a prompt input that imports nothing needs none of it.
        if self._known is None:
            from vmgit.engine.modules import Modules

            roots, extensions = self._config.roots, self._config.extensions
            self._known = Modules(self._lookup, self._blob, roots, extensions)
        return self._known

    def _lookup(self, path: str) -> str | None:
        return self._link.ask(protocol.Lookup(path), protocol.Found).oid

    def _blob(self, oid: str) -> bytes:
        data = self._link.ask(protocol.Read(oid), protocol.Content).data
        return b"" if data is None else data


def blank_hashbang(text: str) -> str:
    """Make a first line `#!...` a comment, because lines are put before the text."""
    return "//" + text[2:] if text.startswith("#!") else text


def _json_source(path: str, text: str) -> str:
    call = f"json({json.dumps(path)}, {json.dumps(text)})"
    return f'export default globalThis[Symbol.for("vmgit.door")].{call};'


def _commonjs_source(name: str, exports: Iterable[str]) -> str:
    lines = [
        f'const m = globalThis[Symbol.for("vmgit.door")].commonjs({json.dumps(name)});',
        "export default m;",
    ]
    for index, export in enumerate(exports):
        if export not in ("default", "__esModule"):
            lines.append(f"const x{index} = m.{export}; export {{ x{index} as {export} }};")
    return "\n".join(lines)
