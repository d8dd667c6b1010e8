"""Everything that the command line writes: answers to stdout, the rest to stderr.

One door, so that colour, text that no terminal should obey and a stream that cannot be written are
settled once. It knows no command and no document.
"""

from __future__ import annotations

import os
import select
import sys

import click

from vmgit.errors import EnvironmentFailure


class ReaderGone(Exception):
    """Whoever read the output has closed it (`vmgit log | head`): no failure, but the end."""


def prepare() -> None:
    """Make the standard streams usable: none is missing, and text that they cannot hold is shown.

    A stream that the caller closed becomes the null device, so that no file that is opened later
    takes its place and receives what was meant for a person.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            null = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115 (for good)
            setattr(sys, name, null)
    for stream in (sys.stdout, sys.stderr):
        # Lone surrogates, as in names of files that are not UTF-8, and narrow locales.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def answer(text: str | bytes = "", *, nl: bool = True, raw: bool = False) -> None:
    """Write what was asked for; `raw` keeps the colours that the text itself has, in a pipe too.

    Raises `ReaderGone` and `EnvironmentFailure`.
    """
    _write(text, err=False, nl=nl, raw=raw)


def tell(text: str, *, nl: bool = True, raw: bool = False) -> None:
    """Write what is not the answer, as `answer` does. Raises `ReaderGone`."""
    _write(text, err=True, nl=nl, raw=raw)


def error(text: str) -> None:
    """Say in one line what is wrong."""
    tell(click.style("error: ", fg="red", bold=True) + one_line(text))


def warning(text: str) -> None:
    """Say in one line what may be wrong."""
    tell(click.style("warning: ", fg="yellow") + one_line(text))


def hint(text: str) -> None:
    """Say in one line what to do next."""
    tell(click.style("hint: ", fg="cyan") + one_line(text))


def waiting(holder: str) -> None:
    """Say that another process holds the sessions and that this one queues."""
    tell(f"waiting for {one_line(holder)} ...")


def reader_gone() -> bool:
    """Return True when nobody reads stdout or stderr any more."""
    poll = select.poll()
    for stream in (sys.stdout, sys.stderr):
        poll.register(stream, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))


def one_line(text: str) -> str:
    """Return text as one line that moves no cursor: control characters are shown, not obeyed."""
    return text if text.isprintable() else "".join(map(_shown, text))


def visible(text: str) -> str:
    """Return text with its line ends and tabs, and every other control character shown."""
    return "".join(char if char in "\n\t" else _shown(char) for char in text)


def colour_wanted() -> bool | None:
    """Return False where colour must not be used, None where the stream decides."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return None


def interactive() -> bool:
    """Return True when a person watches stderr, so that progress may be shown."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _shown(char: str) -> str:
    return char if char.isprintable() else repr(char)[1:-1]


def _write(text: str | bytes, *, err: bool, nl: bool, raw: bool) -> None:
    try:
        click.echo(text, err=err, nl=nl, color=raw or colour_wanted())
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as failure:
        if err:
            return  # nobody can be told; the exit status still tells
        raise EnvironmentFailure(
            f"Standard output cannot be written: {failure.strerror}.", code="output"
        ) from failure
