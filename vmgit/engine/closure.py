"""A version for each module that covers everything it can statically reach.

The engine keeps a module for ever under its name, so the name carries this version: equal means
that the old instance may serve, and a change anywhere below gives new names to exactly those that
depend on it. Modules that import each other form one component (Tarjan's algorithm, with its own
stack, because chains may be longer than Python's). This module knows nothing of files or syntax.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

#: Hex digits of a version; 64 bits, against accidents and not against forgery.
VERSION_DIGITS = 16


class Node(NamedTuple):
    """One module: `label` is all that matters about itself, `targets` are those it names.

    The label names its targets too, so a reference that resolves differently changes it. `looked`
    are the paths that were asked for to make the node.
    """

    label: str
    targets: tuple[str, ...]
    looked: tuple[str, ...]


class Closure:
    """Versions of the modules of one tree, each computed once, together in linear time."""

    def __init__(self, node: Callable[[str], Node]) -> None:
        self._make = node
        self._nodes: dict[str, Node] = {}
        self._versions: dict[str, str] = {}

    def version(self, path: str) -> str:
        """Return the version of the module at `path`, `VERSION_DIGITS` hex digits."""
        if path not in self._versions:
            self._visit(path)
        return self._versions[path]

    def reach(self, path: str, seen: set[str]) -> Iterator[Node]:
        """Yield the nodes reachable from `path` that are not in `seen`, and add them to it."""
        if path in seen:
            return
        seen.add(path)
        pending = [path]
        while pending:
            node = self._node(pending.pop())
            yield node
            for target in node.targets:
                if target not in seen:
                    seen.add(target)
                    pending.append(target)

    def _node(self, path: str) -> Node:
        node = self._nodes.get(path)
        if node is None:
            node = self._nodes[path] = self._make(path)
        return node

    def _visit(self, start: str) -> None:
        """Give versions to all modules reachable from `start` that have none yet."""
        order: dict[str, int] = {start: 0}
        low: dict[str, int] = {start: 0}
        component: list[str] = [start]  # visited, not yet in a finished component
        path = [(start, iter(self._node(start).targets))]
        while path:
            current, targets = path[-1]
            for target in targets:
                if target in self._versions:
                    continue
                if target not in order:
                    order[target] = low[target] = len(order)
                    component.append(target)
                    path.append((target, iter(self._node(target).targets)))
                    break
                low[current] = min(low[current], order[target])
            else:
                path.pop()
                if path:
                    parent = path[-1][0]
                    low[parent] = min(low[parent], low[current])
                if low[current] == order[current]:
                    self._finish(self._cut(component, current))

    @staticmethod
    def _cut(component: list[str], root: str) -> list[str]:
        members: list[str] = []
        while not members or members[-1] != root:
            members.append(component.pop())
        return members

    def _finish(self, members: list[str]) -> None:
        inside = set(members)
        digest = hashlib.sha256()
        below: set[str] = set()
        for member in sorted(members):
            node = self._nodes[member]
            _feed(digest, member)
            _feed(digest, node.label)
            below.update(target for target in node.targets if target not in inside)
        for target in sorted(below):
            _feed(digest, target)
            _feed(digest, self._versions[target])
        for member in members:
            own = digest.copy()
            _feed(own, member)
            self._versions[member] = own.hexdigest()[:VERSION_DIGITS]


def _feed(digest: hashlib._Hash, text: str) -> None:
    # With its length, so that two texts in a row cannot be split differently.
    data = text.encode("utf-8", "surrogatepass")
    digest.update(b"%d:" % len(data))
    digest.update(data)
