"""The application: the document's paths, each with its endpoint."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from itertools import groupby
from operator import attrgetter
from typing import Literal, TypedDict

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route

from ._answers import Errors
from ._backend import Backend
from ._calls import Service
from ._checks import Keys
from ._document import Document, load_document
from ._errors import ApiError
from ._exchange import Exchange, ExchangeObserver
from ._front import CheckedOperation, Endpoint
from ._ids import Ids
from ._mock import MockBackend
from ._models import Models
from ._operations import Operation
from ._rates import Clock, utc_now

PromptCheck = Literal["strict", "off"]


class AppSettings(TypedDict, total=False):
    """The arguments of `create_app`, for those who pass them on."""

    document: str | os.PathLike[str] | None
    backend: Backend | None
    seed: int
    api_keys: Iterable[str]
    prompt_check: PromptCheck
    clock: Clock
    on_exchange: Callable[[Exchange], None] | None


def create_app(
    *,
    document: str | os.PathLike[str] | None = None,
    backend: Backend | None = None,
    seed: int = 0,
    api_keys: Iterable[str] = (),
    prompt_check: PromptCheck = "strict",
    clock: Clock = utc_now,
    on_exchange: Callable[[Exchange], None] | None = None,
) -> Starlette:
    """Make the application that serves the contract.

    Args:
        document: The OpenAPI document to serve; None takes the one that the package
            `text_completions` carries. An operation that the server has no handler
            for answers its first JSON example.
        backend: What makes the texts; None takes a `MockBackend` with the seed.
        seed: Decides the texts of the mock and the names of answers.
        api_keys: The keys that are let in; none given means any beginning `sk-`.
        prompt_check: `off` lets a prompt of any form and length through.
        clock: The time, in UTC, for headers that tell it.
        on_exchange: Called after every request.

    Raises:
        DocumentError: The document is missing or broken.
    """
    contract = load_document(document)
    service = Service(
        backend=MockBackend(seed) if backend is None else backend,
        models=Models(contract.models),
        keys=Keys(api_keys),
        ids=Ids(seed),
        errors=Errors(contract),
        strict_prompts=prompt_check == "strict",
        clock=clock,
    )
    app = Starlette(
        routes=_routes(contract, service),
        middleware=_middleware(on_exchange),
        exception_handlers={Exception: _Apology(service)},
    )
    app.router.redirect_slashes = False
    app.router.default = Endpoint(service)
    return app


def _routes(document: Document, service: Service) -> list[Route]:
    by_path = groupby(document.operations, attrgetter("path"))
    return [
        _route(document, path, _endpoint(document, service, operations))
        for path, operations in by_path
    ]


def _route(document: Document, path: str, endpoint: Endpoint) -> Route:
    try:
        return Route(path, endpoint)
    except (AssertionError, ValueError) as error:
        raise document.source.fault("paths", f"{path!r}: {error}") from error


def _endpoint(
    document: Document, service: Service, operations: Iterable[Operation]
) -> Endpoint:
    return Endpoint(
        service, [CheckedOperation(document, each, service) for each in operations]
    )


def _middleware(tell: Callable[[Exchange], None] | None) -> list[Middleware]:
    return [] if tell is None else [Middleware(ExchangeObserver, tell)]


class _Apology:
    """Answers a failure of our own; the exception is raised on and gets logged."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, *_: object) -> Response:
        ids = self._service.ids
        return self._service.errors.answer(ApiError(500), ids.new("req"))
