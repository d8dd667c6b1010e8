"""The code of the prelude that is text until an execution needs it.

The engine marks every function of a realm in each evaluation, used or not, and texts it does not.
Own parts lie in the realm as texts, so that nothing a program breaks can keep them from it. Those
of the web's globals, which few programs use, stay in Python until they are asked for. Read at
boot, for a sandboxed worker opens no files. What a part gets and gives: `prelude/channel.js`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("prelude")
#: The files in `parts/` of each own part, in one function scope, with `basics.js` before them.
_OWN = {
    "arguments": ("arguments.js",),
    "bytes": ("primordials.js", "bytes.js"),
    "clock": ("primordials.js", "clock.js"),
    "console": ("console.js",),
    "explain": ("settle.js", "explain.js"),
    "files": ("primordials.js", "ask.js", "settle.js", "commonjs.js"),
    "host": ("primordials.js", "ask.js", "host.js", "host/*.js"),
    "proxy": ("primordials.js", "proxy.js"),
    "random": ("random.js",),
    "render": (
        "primordials.js",
        "inspect.js",
        "layout.js",
        "shapes.js",
        "errors.js",
        "describe.js",
        "format.js",
    ),
    "script": ("script.js",),
    "timers": ("primordials.js", "timers.js"),
    "tools": ("primordials.js", "tools.js"),
}
#: Where a vendored part is, and what stands before it: the globals that it uses, as they were.
_VENDORED = {
    "url": (
        "vendor/whatwg-url-minimum/whatwg-url-minimum.js",
        "const { atob } = inner.load('base64'); ",
    ),
}


@cache
def own_parts() -> dict[str, str]:
    """Return each part that runs executions, by its name, as the text of a function."""
    return {
        name: wrapped("".join(_read(f"parts/{file}") for file in ("basics.js", *files)))
        for name, files in _OWN.items()
    }


@cache
def web_parts() -> dict[str, str]:
    """Return each part of the web's globals, by its name, as the text of a function."""
    files = {path.stem: path for path in sorted((_FOLDER / "lazy").glob("*.js"))}
    texts = {name: path.read_text("utf-8") for name, path in files.items()}
    for name, (path, before) in _VENDORED.items():
        texts[name] = before + _read(path)
    return {name: wrapped(f"inner = inner.load('tools'); {text}") for name, text in texts.items()}


def wrapped(text: str) -> str:
    """Return a function around the text of a part; its first line stays the first."""
    return f'(function (inner, exports) {{ "use strict"; {text}\n}})'


def _read(pattern: str) -> str:
    return "".join(path.read_text("utf-8") for path in sorted(_FOLDER.glob(pattern)))
