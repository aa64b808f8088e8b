"""The routes of the pages: the index, the API reference, the journal, and the probes.

A policy keeps the browser at this server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from text_completions_document import as_openapi_3_2, mapping

from ..api.endpoint import Service
from ..control.admin import AdminAccess, check_caller
from ..control.metrics import Metrics
from ..document.contract import Document
from ..document.strict_json import dump_json
from ..errors import ApiError

# What a browser may do on a page: nothing inline, and no other host.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

# Scalar writes its styles into the page.
_SCALAR_POLICY: Final = _POLICY.replace("style-src", "style-src 'unsafe-inline'")

_JOURNAL_LINK: Final = (
    '<li><a href="__mock__/">Journal</a><br>'
    "Watch the requests, add a fault, script a reply.</li>\n"
)
_STATIC: Final = Path(__file__).with_name("static")
_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
}

Respond: TypeAlias = Callable[[Request], Response]


def page_routes(
    document: Document,
    service: Service,
    other: ASGIApp,
    *,
    era: str | None,
    example_key: str,
    has_journal: bool,
    metrics: Metrics | None,
) -> list[Route]:
    """Return the routes of the index, the API reference, the document and the probes.

    Args:
        document: The contract.
        service: Makes errors and their ids, and knows whether the server stops.
        other: Answers `/` to clients that are not browsers.
        era: The name of the service of another time, if the document was read for one.
        example_key: A key that is accepted from everybody; empty without one.
        has_journal: Whether the index links the journal.
        metrics: What `/metrics` shows; None leaves it out.
    """
    title = str(mapping(document.root.get("info")).get("title", "API"))
    journal = _JOURNAL_LINK if has_journal else ""
    index = _static_text("index.html").format(title=escape(title), journal=journal)
    pages = _pages(document, service, era, example_key)
    if metrics is not None:
        pages["/metrics"] = metrics.response

    front = PageEndpoint(lambda _: _content(index, "text/html"), service)
    return [
        Route("/", _ForBrowsers(front, other)),
        *(Route(path, PageEndpoint(page, service)) for path, page in pages.items()),
    ]


def _pages(
    document: Document, service: Service, era: str | None, example_key: str
) -> dict[str, Respond]:
    json = dump_json(document.root)
    # An era has no text of its own; JSON is YAML, too.
    yaml = document.text if era is None else json

    @cache
    def openapi_3_2() -> str:
        return as_openapi_3_2(document.root)

    def send_reference(_: Request) -> Response:
        if _scalar() is None:
            return _static_file("docs-missing.html")
        page = _static_text("docs.html").replace("{key}", escape(example_key))
        return _content(page, "text/html", _SCALAR_POLICY)

    def send_scalar(_: Request) -> Response:
        bundle = _scalar()
        if bundle is None:
            raise ApiError(404, "Not Found")
        return _whole_file(bundle)

    def readyz(_: Request) -> Response:
        return _status("stopping" if service.lifetime.is_draining else "ok")

    return {
        "/docs": send_reference,
        "/docs/docs.js": lambda _: _static_file("docs.js"),
        "/docs/pages.css": lambda _: _static_file("pages.css"),
        "/docs/scalar.js": send_scalar,
        "/openapi.json": lambda _: _content(json, "application/json"),
        "/openapi.yaml": lambda _: _content(yaml, "application/yaml"),
        "/openapi-3.2.yaml": lambda _: _content(openapi_3_2(), "application/yaml"),
        # Neither of the probes asks the backend.
        "/healthz": lambda _: _status("ok"),
        "/readyz": readyz,
    }


def journal_routes(service: Service, access: AdminAccess) -> list[Route]:
    """Return the routes of the journal page; none where access is off."""
    if access == "off":
        return []
    check = check_caller if access == "loopback" else None

    def send_file(request: Request) -> Response:
        return _static_file(request.path_params.get("name", "journal.html"))

    return [
        Route(path, PageEndpoint(send_file, service, check))
        for path in ("/__mock__/", "/__mock__/static/{name:path}")
    ]


class _ForBrowsers:
    """ASGI application that sends browsers a page, and leaves the rest to another."""

    def __init__(self, page: ASGIApp, other: ASGIApp) -> None:
        self._page = page
        self._other = other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accept = Request(scope).headers.get("accept", "")
        is_browser = scope["method"] in ("GET", "HEAD") and "text/html" in accept
        await (self._page if is_browser else self._other)(scope, receive, send)


def _scalar() -> Path | None:
    """Find the bundle of Scalar; None if its package is not installed."""
    try:
        return Path(str(files("text_completions_scalar") / "standalone.js"))
    except ModuleNotFoundError:
        return None


class PageEndpoint:
    """A page or a file; it answers GET and HEAD alone."""

    def __init__(
        self,
        respond: Respond,
        service: Service,
        check: Callable[[Request], None] | None = None,
    ) -> None:
        self._respond = respond
        self._service = service
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
            request_id = self._service.ids.new("req")
            response = self._service.errors.response(error, request_id)
        await response(scope, receive, send)


def _content(body: str | bytes, media_type: str, policy: str = _POLICY) -> Response:
    return Response(body, headers=_headers(policy), media_type=media_type)


def _status(status: str) -> Response:
    """Answer a probe: 200 if all is well, else 503."""
    headers = {"cache-control": "no-store"}
    return JSONResponse({"status": status}, 200 if status == "ok" else 503, headers)


def _static_text(name: str) -> str:
    return (_STATIC / name).read_text("utf-8")


def _static_file(name: str) -> Response:
    path = _static_files().get(name)
    if path is None:
        raise ApiError(404, "Not Found")
    return _whole_file(path)


def _whole_file(path: Path) -> Response:
    media_type = _TYPES.get(path.suffix, "text/plain")
    return FileResponse(path, headers=_headers(_POLICY), media_type=media_type)


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
