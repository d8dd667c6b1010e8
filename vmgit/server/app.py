"""The HTTP application: every route of a served workspace."""

from __future__ import annotations

from typing import cast

from litestar import Litestar, get

from vmgit.version import __version__

from .execute_route import App, ExecuteRoute
from .service import Service


def create_app(service: Service) -> App:
    """Return the ASGI application that answers for `service`."""

    @get("/api/v1/health", sync_to_thread=False)
    def health() -> dict[str, str]:
        """Tell that the server lives."""
        return {"status": "ok", "version": __version__}

    # Both speak ASGI; Litestar's own types of its messages are narrower than the specification's.
    others = cast(App, Litestar([health]))
    return ExecuteRoute(service, others)
