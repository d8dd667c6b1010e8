"""The one door from JavaScript to the outside: finds the capability and checks its grant.

Every call is checked against the profile that is in force at that moment, so a changed grant
counts from the next call on. It implements `engine.api.Host` without importing the engine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from vmgit.answer import Answer
from vmgit.outcome import Fault
from vmgit.profile import Profile

from .capability import CallError, Capability, NotGranted
from .kv import Kv, KvStore
from .patience import Patience

#: Characters of JSON that the calls of one registry may carry, because all of it is recorded.
MOST_CARRIED = 16 * 1024 * 1024
#: How long past `wall_ms` a call may go on, s: the limit stops the execution first, and whoever
#: waits for a killed worker is not kept waiting.
_GRACE = 0.5


class Surroundings(msgspec.Struct, frozen=True):
    """The outside that capabilities reach.

    `root` is the workspace folder, `private` the paths in it that belong to Git, `environ` the
    environment variables of whoever runs vmgit.
    """

    root: Path
    private: tuple[str, ...] = ()
    environ: Mapping[str, str] = {}


class Registry:
    """Answers the host calls of one execution under a profile; its time counts from the start."""

    def __init__(
        self, profile: Profile, *, kv: KvStore, surroundings: Surroundings, name: str = ""
    ) -> None:
        """`profile` is the effective one; `name`, where given, is named in denials.

        A denial's text is part of an outcome: a replay must be given the same `name`.
        """
        self._profile = profile
        self._name = name
        self._surroundings = surroundings
        self._capabilities: dict[str, Capability] = {"kv": Kv(kv)}
        self._carried = 0
        #: What ends what a capability keeps between calls.
        self._endings: list[Callable[[], None]] = []
        self._patience = Patience(profile.limits.wall_ms / 1000 + _GRACE)

    def stop(self) -> None:
        """Have a call that is under way end soon; safe from a signal handler or another thread."""
        self._patience.stop()

    def close(self) -> None:
        """End what calls left running."""
        for end in self._endings:
            end()

    def set_profile(self, profile: Profile) -> None:
        """Check all further calls against another effective profile."""
        self._profile = profile

    def call(self, op: str, request: Any) -> Answer:
        """Answer one call, such as `kv.get` with the request `{"key": "a"}`.

        `request` holds the arguments by name. Never raises: what goes wrong is an `Answer` whose
        error has a code: `denied`, `unknown`, `limit`, `internal`, one of the operation's, or none.
        """
        try:
            return Answer(result=self._answer(op, request))
        except CallError as error:
            return Answer(error=error.fault)
        except Exception:
            # JavaScript must not see Python's words; whoever runs vmgit must see the bug.
            import logging

            logging.getLogger(__name__).exception("host call %s failed", _shown(op))
            message = f"the host failed to answer {_shown(op)}"
            return Answer(error=Fault("InternalError", message, code="internal"))

    def _answer(self, op: str, request: Any) -> Any:
        name, _, operation = op.partition(".")
        capability = self._capability(name)
        if capability is None:
            raise _refusal(f"there is no capability {_shown(name)}", "unknown")
        run = capability.operations.get(operation)
        if run is None:
            known = ", ".join(sorted(capability.operations))
            raise _refusal(f"{name} has no operation {_shown(operation)}, only {known}", "unknown")
        if not isinstance(request, dict):
            raise CallError(f"{op}: the request must be an object", name="TypeError")
        lacks = capability.lacks(self._profile.capabilities, operation, request)
        if lacks is not None:
            raise self._denial(op, lacks)
        if name == "kv":  # has sizes of its own, and is computed again by a replay
            return run(request)
        self._carry(op, request)
        try:
            result = run(request)
        except NotGranted as found:
            raise self._denial(f"{op}: {found.what}", found.lacks) from None
        self._carry(op, result)
        return result

    def _denial(self, what: str, lacks: str) -> CallError:
        whose = f"profile {_shown(self._name)}" if self._name else "the profile"
        return _refusal(f"{what} is not granted by {whose}: [capabilities] {lacks}", "denied")

    def _carry(self, op: str, value: Any) -> None:
        """Count what a call carries; raises `CallError` when it is too much."""
        self._carried += len(json.dumps(value))
        if self._carried > MOST_CARRIED:
            message = f"{op}: the host calls of one execution may carry {MOST_CARRIED} bytes"
            raise CallError(message, name="RangeError", code="limit")

    def _capability(self, name: str) -> Capability | None:
        """Return the capability of a name, made when it is first asked; None when there is none."""
        made = self._capabilities.get(name)
        if made is None:
            made = self._make(name)
            if made is not None:
                self._capabilities[name] = made
        return made

    def _make(self, name: str) -> Capability | None:
        """Make a capability: one case each, which imports what only it needs."""
        outside = self._surroundings
        match name:
            case "fs":
                from .fs import Files

                return Files(outside.root, private=outside.private)
            case "env":
                from .env import Environment

                return Environment(outside.environ)
            case "exec":
                from .exec import Programs

                return Programs(
                    outside.root,
                    outside.environ,
                    lambda: self._profile.limits.wall_ms,
                    self._patience,
                )
            case "fetch":
                from .fetch import Fetch

                return Fetch(self._patience)
            case "sqlite":
                from .sqlite import Databases

                databases = Databases(outside.root, self._patience, private=outside.private)
                self._endings.append(databases.close)
                return databases
        return None


def _refusal(message: str, code: str) -> CallError:
    return CallError(message, name="CapabilityError", code=code)


def _shown(text: str) -> str:
    return json.dumps(text if len(text) <= 60 else text[:57] + "...")
