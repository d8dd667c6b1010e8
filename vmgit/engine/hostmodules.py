"""The table of `vmgit:NAME` modules: what each exports. Their code is in `prelude/host/NAME.js`.

A new capability adds a row here and a file there. Whether a call is granted is none of the
worker's business: the parent checks every one.
"""

from __future__ import annotations

PREFIX = "vmgit:"

HOST_MODULES: dict[str, tuple[str, ...]] = {
    "kv": ("get", "set", "delete", "list"),
    "env": ("get", "list"),
    "exec": ("run",),
    "sqlite": ("open",),
    "fs": ("readFile", "writeFile", "list", "stat", "exists", "remove"),
}


def host_source(name: str) -> str:
    """Return the ES module that exports the host module `name`."""
    lines = [
        'const host = globalThis[Symbol.for("vmgit.door")].host("' + name + '");',
        "export default host;",
    ]
    for index, export in enumerate(HOST_MODULES[name]):
        lines.append(f"const x{index} = host.{export}; export {{ x{index} as {export} }};")
    return "\n".join(lines)
