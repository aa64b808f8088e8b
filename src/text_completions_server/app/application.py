"""Make the application: a route for each path of the document."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Final, Literal, TypedDict, get_args

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from text_completions_document import below

from ..api.completions import CompletionsCreate
from ..api.endpoint import Endpoint, Handler, Service
from ..api.messages import MessagesCreate
from ..api.models import Models
from ..api.sample_responses import SampleHandler, refuse_without_sample
from ..backends.base import Backend
from ..backends.latency import Latency, PacedBackend
from ..backends.mock import MockBackend
from ..backends.prompts import NO_FIRST_TURN, NO_LAST_TURN
from ..checks import check_choice
from ..control.admin import AdminAccess, admin_routes
from ..control.control import Control
from ..control.journal import AccessLogEntry, Recorder
from ..control.metrics import Metrics, shared_metrics
from ..control.replies import ScriptedBackend
from ..document.contract import Document, Operation, load_document
from ..document.security import Keys
from ..errors import NoSample
from ..http.disconnect import Lifetime
from ..http.ids import Ids
from ..http.limits import Clock, Limiter, utc_now
from ..http.responses import ErrorResponses
from ..http.serving import Hosting
from ..pages.routes import journal_routes, page_routes
from .paths import Paths

_log = logging.getLogger(__name__)

PromptCheck = Literal["strict", "off"]


class AppSettings(TypedDict, total=False):
    """The arguments of `create_app`, for functions that pass them on."""

    document: str | os.PathLike[str] | None
    era: str | None
    backend: Backend | None
    control: Control | None
    seed: int
    api_keys: Iterable[str]
    models: Iterable[str]
    any_model: bool
    prompt_check: PromptCheck
    faults: Mapping[str, float] | None
    rate_limit: str | None
    replies: str | os.PathLike[str] | None
    admin: AdminAccess
    clock: Clock
    on_exchange: Callable[[AccessLogEntry], None] | None
    latency: Latency | None
    log_bodies: bool
    metrics: bool


def create_app(
    *,
    document: str | os.PathLike[str] | None = None,
    era: str | None = None,
    backend: Backend | None = None,
    control: Control | None = None,
    seed: int = 0,
    api_keys: Iterable[str] = (),
    models: Iterable[str] = (),
    any_model: bool = False,
    prompt_check: PromptCheck = "strict",
    faults: Mapping[str, float] | None = None,
    rate_limit: str | None = None,
    replies: str | os.PathLike[str] | None = None,
    admin: AdminAccess = "loopback",
    clock: Clock = utc_now,
    on_exchange: Callable[[AccessLogEntry], None] | None = None,
    latency: Latency | None = None,
    log_bodies: bool = False,
    metrics: bool = False,
) -> Starlette:
    """Make the application that serves the contract.

    Args:
        document: The OpenAPI document to serve; None takes the one in the package
            `text_completions`. An operation that is not known to the server answers
            its example, or a small value made of its schema.
        era: The service of another time, by a name in the document.
        backend: What makes the texts; None takes a `MockBackend` with the seed.
        control: Journal, scripted replies and faults. None makes one of `faults` and
            `replies`, or none at all for a backend of your own.
        seed: Decides the texts of the mock, the ids, which requests fail at random, and
            how their latency varies.
        api_keys: The keys that are accepted; without any, all that begin with `sk-`.
            A backend of your own then gets every key, to judge it itself.
        models: Names of models that are accepted beside those of the document.
        any_model: Whether every name of a model is accepted.
        prompt_check: `off` accepts prompts of any form and length.
        faults: The probability of each fault: `{"overloaded": 0.1}`.
        rate_limit: How many requests of a key are answered, such as `50/m`.
        replies: A YAML file of scripted replies.
        admin: Who may use the endpoints below `/__mock__/`.
        clock: Returns the time in UTC, for headers and limits.
        on_exchange: Called after every request.
        latency: How long completions and messages take at least; None sends them at
            once.
        log_bodies: Whether `on_exchange` gets the bodies, with prompts and texts.
        metrics: Whether `/metrics` shows metrics for Prometheus. They need the package
            prometheus-client, which the extra `[bridge]` installs.

    Raises:
        DocumentError: The document is missing or broken, or has no such era. An
            operation that only lacks a sample is answered 501, with a warning here.
        RepliesError: The file of replies is missing or invalid.
        ServerError: Metrics are asked for, and prometheus-client is not installed.
        ValueError: A fault, the rate limit or another setting has an invalid value.
        TypeError: A setting has the wrong type.
    """
    models, api_keys = _strings("models", models), _strings("api_keys", api_keys)
    _check_type("era", era, str)
    _check_type("backend", backend, Backend)
    _check_type("control", control, Control)
    _check_type("latency", latency, Latency)
    check_choice("prompt_check", prompt_check, get_args(PromptCheck))
    check_choice("admin", admin, get_args(AdminAccess))
    if log_bodies and on_exchange is None:
        raise ValueError("log_bodies needs on_exchange, which is told the bodies")
    contract = load_document(document, era)
    control = _control(control, faults, seed, replies, wanted=backend is None)
    texts = MockBackend(seed) if backend is None else backend
    service = Service(
        backend=_source(texts, control, latency, seed),
        front=texts.front,
        models=Models(
            contract.models,
            more={*models, *texts.front.models},
            any_name=any_model or texts.front.any_model,
        ),
        keys=Keys(api_keys, prefix="" if era or backend is not None else "sk-"),
        ids=Ids(None if texts.front.random_ids else seed, is_hex=era is not None),
        errors=ErrorResponses(contract, _ADVICE if backend is None else None),
        strict_prompts=prompt_check == "strict",
        clock=clock,
        faults=control.fault_plan if control else None,
        limiter=Limiter(rate_limit) if rate_limit else None,
        lifetime=Lifetime(),
        has_notes=backend is not None or metrics,
    )
    _check_operations(contract, texts)
    counted = Metrics({*contract.models, *texts.front.models}) if metrics else None
    listeners = [counted.observe] if counted else []
    recorder = Recorder(
        control.journal if control else None,
        listeners + ([on_exchange] if on_exchange else []),
        with_bodies=log_bodies,
        secret=_key_headers(contract),
    )
    other = Endpoint(service, recorder)
    has_journal = control is not None and admin != "off"
    routes = page_routes(
        contract,
        service,
        other,
        era=era,
        example_key="sk-any" if backend is None and not api_keys else "",
        has_journal=has_journal,
        metrics=counted,
    )
    if control is not None:
        control.on_reset(service.ids.restart)
        if service.limiter is not None:
            control.on_reset(service.limiter.reset)
        routes += journal_routes(service, admin)
        routes += admin_routes(control, admin, Ids(seed))
    # What is left below this path is not recorded either.
    routes.append(Route("/__mock__/{path:path}", Endpoint(service, Recorder())))
    paths = _paths(contract, service, recorder)
    app = _App(paths, routes, other, texts)
    app.state.hosting = Hosting(
        service.lifetime,
        one_process=_one_process(control, service),
        share=shared_metrics if metrics else nullcontext,
    )
    return app


def _check_operations(document: Document, backend: Backend) -> None:
    """Refuse a backend that answers an operation which is not served."""
    known = {each.id for each in document.operations}
    for name, pass_through in backend.front.operations.items():
        if pass_through is not None and name not in known:
            raise ValueError(
                f"the backend answers the operation {name}, which is not in the "
                "document: serve another document, or leave it to the server"
            )


def _one_process(control: Control | None, service: Service) -> str | None:
    """Say why several processes cannot serve this application; None if they can."""
    if control is not None:
        return "the journal, the replies and the faults of a mock are in one process"
    if service.limiter is not None:
        return "a rate limit counts the requests of one process"
    if not service.front.random_ids:
        return "the ids follow from the seed, and each process would repeat them"
    return None


def _source(
    texts: Backend, control: Control | None, latency: Latency | None, seed: int
) -> Backend:
    """Return what makes the texts: the backend, scripted replies before it, paced."""
    source = texts
    if control is not None:
        source = ScriptedBackend(control.reply_rules, source)
    if latency is not None:
        source = PacedBackend(source, latency, seed)
        if control is not None:
            control.on_reset(source.reset)
    return source


def _strings(setting: str, values: Iterable[object]) -> list[str]:
    """Return the strings, which may be keys: no message shows them.

    A single string is an iterable too, and an empty key would be that of a request
    without one.
    """
    several = [values] if isinstance(values, str) else list(values)
    strings = [each for each in several if isinstance(each, str)]
    if isinstance(values, str) or len(strings) < len(several):
        raise TypeError(f"{setting} must be a list of strings")
    if "" in strings:
        raise ValueError(f"{setting} has an empty string")
    return strings


def _check_type(setting: str, value: object, kind: type) -> None:
    if value is not None and not isinstance(value, kind):
        raise TypeError(f"{setting} must be a {kind.__name__}, not {value!r}")


def _control(
    passed: Control | None,
    faults: Mapping[str, float] | None,
    seed: int,
    replies: str | os.PathLike[str] | None,
    *,
    wanted: bool,
) -> Control | None:
    has_faults_or_replies = bool(faults) or replies is not None
    if passed is None:
        wanted = wanted or has_faults_or_replies
        return Control(faults=faults, seed=seed, replies=replies) if wanted else None
    if has_faults_or_replies:
        raise ValueError("give faults and replies to the Control that you pass")
    return passed


class _App(Starlette):
    """A Starlette application without Starlette's own handling of errors.

    The endpoints answer every failure themselves, and an exception that leaves them
    is meant for the server. Middleware that is added later works as usual.

    Args:
        paths: The endpoints of the document.
        routes: Those of the server: its pages and the admin endpoints.
        other: Answers every other path.
        backend: Started before the first request, closed after the last one.
    """

    def __init__(
        self, paths: Paths, routes: list[Route], other: ASGIApp, backend: Backend
    ) -> None:
        super().__init__(routes=routes, lifespan=partial(_lifespan, backend))
        self._paths = paths
        self.router.redirect_slashes = False
        self.router.default = other

    def build_middleware_stack(self) -> ASGIApp:
        """Put the middleware around the paths."""
        app: ASGIApp = self._route
        for cls, args, kwargs in reversed(self.user_middleware):
            app = cls(app, *args, **kwargs)
        return app

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The document comes first: it may have a path such as `/docs`.
        endpoint = self._paths.find(scope) if scope["type"] == "http" else None
        await (endpoint or self.router)(scope, receive, send)


@asynccontextmanager
async def _lifespan(backend: Backend, _: Starlette) -> AsyncGenerator[None]:
    await backend.start()
    try:
        yield
    finally:
        await backend.close()


def _key_headers(document: Document) -> frozenset[bytes]:
    """Return the names of the headers that carry a key."""
    return frozenset(
        key.name.encode()
        for operation in document.operations
        for alternative in operation.security.alternatives
        for key in alternative
    )


def _paths(document: Document, service: Service, recorder: Recorder) -> Paths:
    paths = Paths()
    passed = service.front.operations  # those with None are left out
    served = [each for each in document.operations if passed.get(each.id, True)]
    for path, operations in groupby(served, attrgetter("path")):
        try:
            paths.add(path, _endpoint(document, service, recorder, operations))
        except ValueError as error:
            place = below("#/paths", path)
            raise document.error(place, str(error)) from error
    return paths


def _endpoint(
    document: Document,
    service: Service,
    recorder: Recorder,
    operations: Iterable[Operation],
) -> Endpoint:
    def handler(operation: Operation) -> Handler:
        make = _HANDLERS.get(operation.id)
        try:
            if make is None:
                return SampleHandler(document, operation)
            return make(document, operation, service)
        except NoSample as missing:
            place = f"{operation.method} {operation.path}"
            _log.warning("%s is answered 501: %s", place, missing)
            return refuse_without_sample(missing)

    return Endpoint(service, recorder, [(each, handler(each)) for each in operations])


_ADVICE: Final = {
    "anthropic-version: header is required": (
        "the mock serves clients that send none with --era 2023"
    ),
    NO_FIRST_TURN: "the mock accepts every prompt with --prompt-check off",
    NO_LAST_TURN: "the mock accepts every prompt with --prompt-check off",
}
"""What the mock adds to the messages of the service."""

_HANDLERS: Final[Mapping[str, Callable[[Document, Operation, Service], Handler]]] = {
    "completions_create": CompletionsCreate,
    "messages_create": MessagesCreate,
}
"""The handlers by operationId; another operation answers with a sample."""
