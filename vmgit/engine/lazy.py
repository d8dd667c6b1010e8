"""The code of the globals that few programs use, kept as text until a realm asks for it.

`prelude/lazy.js` knows which global is in which part; here each part is a file, ours or a vendored
one, wrapped into the function that the prelude calls. Read at boot, for a sandboxed worker opens
no files.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("prelude")
#: Where a vendored part is, and what stands before it: the globals that it uses, as they were.
_VENDORED = {
    "url": (
        "vendor/whatwg-url-minimum/whatwg-url-minimum.js",
        "const { atob } = inner.load('base64'); ",
    ),
}


@cache
def parts() -> dict[str, str]:
    """Return each part by its name, as the text of a function of the prelude's tools."""
    files = {path.stem: path for path in sorted((_FOLDER / "lazy").glob("*.js"))}
    texts = {name: path.read_text("utf-8") for name, path in files.items()}
    for name, (path, before) in _VENDORED.items():
        texts[name] = before + (_FOLDER / path).read_text("utf-8")
    return {name: wrapped(text) for name, text in texts.items()}


def wrapped(text: str) -> str:
    """Return a function around the text of a part; its first line stays the first."""
    return f'(function (inner, exports) {{ "use strict"; {text}\n}})'
