"""`/healthz` and `/readyz`, for whatever starts, stops and balances servers."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from .errors import ApiError
from .service import Service

HEALTHZ = "/healthz"
READYZ = "/readyz"


class ReadOnly:
    """An endpoint outside of the contract that answers GET and HEAD alone.

    Args:
        service: Makes the errors for other methods.
        respond: Makes the response.
    """

    def __init__(self, service: Service, respond: Callable[[], Response]) -> None:
        self._service = service
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["method"] in ("GET", "HEAD"):
            response = self._respond()
        else:
            error = ApiError(405, headers={"allow": "GET, HEAD"})
            request_id = self._service.ids.new("req")
            response = self._service.errors.response(error, request_id)
        await response(scope, receive, send)


def health_routes(service: Service) -> list[Route]:
    """Make the routes.

    `/healthz` is 200 while the process answers. `/readyz` is 503 once the server is
    asked to stop. Neither asks the backend.
    """

    def healthz() -> Response:
        return JSONResponse({"status": "ok"})

    def readyz() -> Response:
        if service.lifetime.is_draining:
            return JSONResponse({"status": "stopping"}, 503)
        return JSONResponse({"status": "ok"})

    return [
        Route(HEALTHZ, ReadOnly(service, healthz)),
        Route(READYZ, ReadOnly(service, readyz)),
    ]
