"""`/workspace`: the workspace that is served, and the server."""

from __future__ import annotations

import os

import msgspec
from litestar import get

from vmgit.documents import WorkspaceDocument
from vmgit.documents.server import QueueDocument, ServerDocument
from vmgit.server.parameters import TheService
from vmgit.server.service import Service
from vmgit.version import __version__


@get("/workspace", sync_to_thread=True, summary="The workspace and its server")
def workspace(service: TheService) -> WorkspaceDocument:
    """Tell where HEAD is, what is open, what would refresh it, who watches, and how busy it is."""
    return msgspec.structs.replace(service.api.status(), server=_server(service))


def _server(service: Service) -> ServerDocument:
    queues = tuple(
        QueueDocument(name, running.execution if running is not None else None, waiting)
        for name, running, waiting in service.host.queues.lengths()
    )
    return ServerDocument(
        pid=os.getpid(),
        version=__version__,
        started_us=service.started_us,
        warm=service.host.warm,
        max_live=service.host.max_live,
        streams=service.hub.listeners,
        queues=queues,
    )


ROUTES = [workspace]
