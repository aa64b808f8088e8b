"""The routes of the pages: the index, the API reference and the journal."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from text_completions_document import as_openapi_3_2, mapping

from ..app.contract import Document
from ..app.errors import ApiError
from ..app.responses import ErrorResponses
from ..app.service import Service
from ..app.strict_json import dump_json
from ..control.admin import AdminAccess, check_caller
from ..control.admin_document import admin_document
from .files import (
    SCALAR_POLICY,
    PageEndpoint,
    Respond,
    content,
    static_file,
    static_text,
    whole_file,
)


def page_routes(
    document: Document,
    service: Service,
    other: ASGIApp,
    *,
    era: str | None,
    example_key: str,
    has_journal: bool,
) -> list[Route]:
    """Return the routes of the index, the API reference and the document.

    Args:
        document: The contract.
        service: Makes the error responses and their ids.
        other: Answers `/` to clients that are no browser.
        era: The era that the document was read for, if any.
        example_key: A key that is accepted from everybody; empty without one.
        has_journal: Whether the index links the journal.
    """
    source = document.source
    title = str(mapping(source.root.get("info")).get("title", "API"))
    items = "\n".join(
        f'<li><a href="{path}">{name}</a><br>{what}</li>'
        for path, name, what in _links(has_journal)
    )
    index = static_text("index.html").format(title=escape(title), items=items)

    def send_index(_: Request) -> Response:
        return content(index, "text/html")

    def send_reference(_: Request) -> Response:
        if _scalar() is None:
            return static_file("docs-missing.html")
        page = static_text("docs.html").replace("{key}", escape(example_key))
        return content(page, "text/html", SCALAR_POLICY)

    def send_json(_: Request) -> Response:
        return content(dump_json(source.root), "application/json")

    def send_yaml(_: Request) -> Response:
        # An era has no text of its own; JSON is YAML, too.
        text = source.text.encode() if era is None else dump_json(source.root)
        return content(text, "application/yaml")

    @cache
    def openapi_3_2() -> str:
        return as_openapi_3_2(source.root)

    def send_3_2(_: Request) -> Response:
        return content(openapi_3_2(), "application/yaml")

    def endpoint(respond: Respond) -> PageEndpoint:
        return PageEndpoint(respond, service.errors, service.ids)

    return [
        Route("/", _ForBrowsers(endpoint(send_index), other)),
        Route("/docs", endpoint(send_reference)),
        Route("/docs/docs.js", endpoint(lambda _: static_file("docs.js"))),
        Route("/docs/pages.css", endpoint(lambda _: static_file("pages.css"))),
        Route("/docs/scalar.js", endpoint(_send_scalar)),
        Route("/openapi.json", endpoint(send_json)),
        Route("/openapi.yaml", endpoint(send_yaml)),
        Route("/openapi-3.2.yaml", endpoint(send_3_2)),
    ]


def _links(has_journal: bool) -> Iterator[tuple[str, str, str]]:
    """Yield path, name and purpose of each page that the index lists."""
    yield "docs", "API reference", "Read every operation, and try it on this server."
    if has_journal:
        purpose = "Watch the requests, arm a fault, script a reply."
        yield "__mock__/", "Journal", purpose
    yield "openapi.yaml", "openapi.yaml", "The contract as YAML, as it was written."
    yield "openapi.json", "openapi.json", "The same as JSON."
    yield "openapi-3.2.yaml", "openapi-3.2.yaml", "The same as OpenAPI 3.2."
    yield "healthz", "healthz", "Whether the server runs."


def journal_routes(
    document: Document, service: Service, access: AdminAccess
) -> list[Route]:
    """Return the routes of the journal page; none where access is off.

    They include the contract, which the page reads without a trace in the journal.
    """
    if access == "off":
        return []
    errors = ErrorResponses(admin_document())

    def send_file(request: Request) -> Response:
        return static_file(request.path_params.get("name", "journal.html"))

    def send_contract(_: Request) -> Response:
        return content(dump_json(document.source.root), "application/json")

    def endpoint(respond: Respond) -> PageEndpoint:
        check = check_caller if access == "loopback" else None
        return PageEndpoint(respond, errors, service.ids, check)

    return [
        Route("/__mock__/", endpoint(send_file)),
        Route("/__mock__/static/{name:path}", endpoint(send_file)),
        Route("/__mock__/contract.json", endpoint(send_contract)),
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


def _send_scalar(_: Request) -> Response:
    bundle = _scalar()
    if bundle is None:
        raise ApiError(404, "Not Found")
    return whole_file(bundle)


def _scalar() -> Path | None:
    """Find the bundle of Scalar; None if its package is not installed."""
    try:
        return Path(str(files("text_completions_scalar") / "standalone.js"))
    except ModuleNotFoundError:
        return None
