"""The resources of the server, by the names under which the documentation lists them."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from .routes import (
    events,
    executions,
    health,
    journal,
    profiles,
    replays,
    sessions,
    tickets,
    workspace,
)

PREFIX = "/api/v1"
RESOURCES: dict[str, ModuleType] = {
    "health": health,
    "workspace": workspace,
    "profiles": profiles,
    "sessions": sessions,
    "executions": executions,
    "tickets": tickets,
    "events": events,
    "replays": replays,
    "journal": journal,
}
HANDLERS: list[Any] = [route for module in RESOURCES.values() for route in module.ROUTES]
