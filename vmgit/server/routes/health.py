"""`/health`: whether the server lives."""

from __future__ import annotations

from litestar import get

from vmgit.documents.server import HealthDocument
from vmgit.version import __version__


@get("/health", sync_to_thread=False, summary="Whether the server lives")
def health() -> HealthDocument:
    """Tell that the server lives, and its version. Reads nothing."""
    return HealthDocument("ok", __version__)


ROUTES = [health]
