"""`/healthz`, `/readyz` and `/metrics`, for programs that watch over servers."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..control.metrics import Metrics
from ..pages.routes import PageEndpoint, Respond
from .service import Service

_NO_STORE = {"cache-control": "no-store"}


def health_routes(service: Service, metrics: Metrics | None) -> list[Route]:
    """Make the routes.

    `/healthz` is 200 while the process answers. `/readyz` is 503 once the server is
    asked to stop. None of them asks the backend.

    Args:
        service: Knows whether the server stops, and makes errors.
        metrics: What `/metrics` shows; None leaves it out.
    """

    def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers=_NO_STORE)

    def readyz(_: Request) -> Response:
        if service.lifetime.is_draining:
            return JSONResponse({"status": "stopping"}, 503, headers=_NO_STORE)
        return JSONResponse({"status": "ok"}, headers=_NO_STORE)

    def endpoint(respond: Respond) -> PageEndpoint:
        return PageEndpoint(respond, service.errors, service.ids)

    routes = [Route("/healthz", endpoint(healthz)), Route("/readyz", endpoint(readyz))]
    if metrics is not None:
        routes.append(Route("/metrics", endpoint(metrics.response)))
    return routes
