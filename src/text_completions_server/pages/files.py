"""Sends pages and their files, with a policy that keeps the browser at this server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from ..app.errors import ApiError
from ..app.ids import Ids
from ..app.responses import ErrorResponses

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a browser may do on a page: nothing inline, and no other host."""

SCALAR_POLICY: Final = POLICY.replace("style-src", "style-src 'unsafe-inline'")
"""The same where Scalar runs, which writes its styles into the page."""

_STATIC: Final = Path(__file__).with_name("static")
_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
}

Respond: TypeAlias = Callable[[Request], Response]


class PageEndpoint:
    """ASGI endpoint of a page; it answers GET and HEAD alone.

    Args:
        respond: Makes the response, or raises ApiError.
        errors: Makes the error responses.
        ids: Makes their `request-id`.
        check: Raises ApiError for a caller that may not see the page.
    """

    def __init__(
        self,
        respond: Respond,
        errors: ErrorResponses,
        ids: Ids,
        check: Callable[[Request], None] | None = None,
    ) -> None:
        self._respond = respond
        self._errors = errors
        self._ids = ids
        self._check = check

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the page, or the error."""
        request = Request(scope, receive)
        response: Response
        try:
            if self._check is not None:
                self._check(request)
            if scope["method"] not in ("GET", "HEAD"):
                allow = {"allow": "GET, HEAD"}
                raise ApiError(405, "Method Not Allowed", headers=allow)
            response = self._respond(request)
        except ApiError as error:
            response = self._errors.response(error, self._ids.new("req"))
        await response(scope, receive, send)


def content(body: str | bytes, media_type: str, policy: str = POLICY) -> Response:
    """Make the response with what was made in memory."""
    return Response(body, headers=_headers(policy), media_type=media_type)


def static_text(name: str) -> str:
    """Read a file of this package."""
    return (_STATIC / name).read_text("utf-8")


def static_file(name: str) -> Response:
    """Make the response with a file of this package.

    Raises:
        ApiError: 404.
    """
    path = _static_files().get(name)
    if path is None:
        raise ApiError(404, "Not Found")
    return whole_file(path)


def whole_file(path: Path) -> Response:
    """Make the response with a file."""
    media_type = _TYPES.get(path.suffix, "text/plain")
    return FileResponse(path, headers=_headers(POLICY), media_type=media_type)


@cache
def _static_files() -> Mapping[str, Path]:
    """List the files once, so that no name can lead to another folder."""
    paths = _STATIC.rglob("*")
    return {
        path.relative_to(_STATIC).as_posix(): path for path in paths if path.is_file()
    }


def _headers(policy: str) -> dict[str, str]:
    return {
        "cache-control": "no-cache",
        "content-security-policy": policy,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
