"""The HTTP application: every route of a served workspace."""

from __future__ import annotations

from typing import cast

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException

from .answering import JsonResponse
from .asgi import App
from .auth import Auth
from .execute_route import MOST_BODY, ExecuteRoute
from .failures import on_error, on_http_error
from .front import Front
from .resources import HANDLERS, PREFIX
from .routes import docs
from .service import Service
from .strict import StrictRequest, refuse_unknown


def create_app(service: Service, auth: Auth | None = None) -> App:
    """Return the ASGI application that answers for `service`.

    `auth` decides who may use it over TCP; without one nobody may, and the unix socket remains.
    """
    # Both speak ASGI; Litestar's own types of its messages are narrower than the specification's.
    routes = cast(App, litestar_app(service))
    return Front(ExecuteRoute(service, routes), auth or Auth())


def litestar_app(service: Service) -> Litestar:
    """Return the routes without what stands before them."""
    return Litestar(
        [Router(PREFIX, route_handlers=HANDLERS), *docs.ROUTES],
        dependencies={"service": Provide(lambda: service, sync_to_thread=False)},
        exception_handlers={HTTPException: on_http_error, Exception: on_error},
        guards=[refuse_unknown],
        openapi_config=None,
        request_class=StrictRequest,
        request_max_body_size=MOST_BODY,
        response_class=JsonResponse,
        logging_config=None,
    )
