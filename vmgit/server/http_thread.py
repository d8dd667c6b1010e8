"""uvicorn in a thread of its own, so that the main thread is free for signals and for the end."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence

import uvicorn

from .asgi import App
from .connection import uvicorn_options

#: Seconds that answers under way, streams of events among them, get when the server ends.
_LAST_ANSWERS = 2
#: Seconds after which a server that does not come up never will.
_STARTUP = 30


class HttpThread:
    """Answers on sockets that listen already, from `start` to `stop`."""

    def __init__(self, app: App, sockets: Sequence[socket.socket]) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            timeout_graceful_shutdown=_LAST_ANSWERS,
            **uvicorn_options(),
        )
        self._server = uvicorn.Server(config)
        self._sockets = list(sockets)
        self._thread = threading.Thread(target=self._run, name="vmgit-http", daemon=True)
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Begin to answer; returns when it does. Raises `RuntimeError` when it never will."""
        self._thread.start()
        deadline = time.monotonic() + _STARTUP
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the HTTP server did not start") from self._failure
            time.sleep(0.002)

    @property
    def alive(self) -> bool:
        """Whether it answers still."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Close the sockets, give the last answers and end; returns when it has."""
        self._server.should_exit = True
        if self._thread.ident is not None:
            self._thread.join()
        for one in self._sockets:
            one.close()

    def _run(self) -> None:
        try:
            # Signals stay with the main thread: uvicorn only takes them there.
            self._server.run(sockets=self._sockets)
        except BaseException as error:
            self._failure = error
            raise
