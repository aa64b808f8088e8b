"""Requests that the document does not describe: `client.request` and the verbs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Self, TypedDict

import httpx

from ._encoding import EncodingError, encode, query_of, to_json
from ._errors import RequestValidationError
from ._headers import Headers, is_token
from ._redact import masked_text, masked_url
from ._request import Options, Outgoing, Query
from ._spec import ApiSpec
from ._types import NotGiven, is_given, is_mapping, not_given
from ._urls import URL_ERRORS, absolute_url, is_http, origin

__all__ = ["ManualRequest", "RequestOptions", "build_manual_request", "call_options"]

_BOUNDS = {"path": "URL", "method": "token"}


class RequestOptions(TypedDict, total=False):
    """Options of `request`, and of `get`, `post` and the others as `options`."""

    headers: Headers
    """Headers to add; `omit` removes one."""
    params: Query
    """Query parameters to add."""
    timeout: float | httpx.Timeout | NotGiven | None
    """Seconds, or an `httpx.Timeout`; None waits for ever."""
    deadline: float | NotGiven | None
    """Seconds from 0 for the whole call; None for no deadline."""
    max_retries: float | None
    """Attempts that may follow the first; `math.inf` for no limit."""
    extra_json: Mapping[str, object]
    """Members to put into the body last."""


def call_options(options: RequestOptions) -> Options:
    """Return those options that are options of any call."""
    return Options(
        timeout=options.get("timeout", not_given),
        max_retries=options.get("max_retries"),
        deadline=options.get("deadline", not_given),
    )


class ManualRequest(NamedTuple):
    """A request as its caller writes it.

    Attributes:
        method: The HTTP method.
        place: A path below the base URL, or a URL. To another origin than that of the
            base URL no credential of the client is sent.
        json: The body: any value that JSON can express; bytes are sent as they are.
        headers: Headers to add; `omit` removes one.
        params: Query parameters to add.
    """

    method: str
    place: str
    json: object
    headers: Headers
    params: Query

    @classmethod
    def with_options(
        cls, method: str, place: str, json: object, options: RequestOptions
    ) -> Self:
        """Return a request with the headers, parameters and members of its options.

        Raises:
            TypeError: An option is unknown, or has nothing to add to.
        """
        unknown = options.keys() - RequestOptions.__annotations__.keys()
        if unknown:
            known = ", ".join(RequestOptions.__annotations__)
            raise TypeError(
                f"unknown option {', '.join(sorted(unknown))}; the options are {known}"
            )
        body = _with_extra(json, options.get("extra_json"))
        headers, params = options.get("headers") or {}, options.get("params") or {}
        return cls(method, place, body, headers, params)


def _with_extra(body: object, extra: Mapping[str, object] | None) -> object:
    if extra is None:
        return body
    if body is None:
        return dict(extra)
    if not is_mapping(body):
        raise TypeError("extra_json needs a body with members to add to")
    return {**body, **extra}


def build_manual_request(
    api_spec: ApiSpec,
    request: ManualRequest,
    *,
    base_url: httpx.URL,
    default_query: Query,
) -> Outgoing:
    """Encode a request.

    Raises:
        RequestValidationError: JSON cannot express the body, or the path makes no
            http or https URL, or the method is not valid.
    """
    if not is_token(request.method):
        raise _refusal(
            request, base_url, "method", request.method, "is not an HTTP method"
        )
    url = _url(request, base_url)
    defaults = {"accept": "application/json", **api_spec.headers}
    content = _content(request, url)
    if content is not None:
        defaults["content-type"] = "application/json"
    same_origin = origin(url) == origin(base_url)
    return Outgoing(
        method=request.method.upper(),
        url=_with_query(url, default_query if same_origin else {}, request),
        document_headers=defaults,
        headers=request.headers,
        content=content,
        stream=False,
        authenticated=same_origin,
    )


def _url(request: ManualRequest, base_url: httpx.URL) -> httpx.URL:
    place = request.place
    absolute = "://" in place.partition("?")[0]
    try:
        url = httpx.URL(place if absolute else absolute_url(base_url, place))
    except URL_ERRORS as error:
        raise _refusal(
            request, base_url, "path", place, f"is not a URL: {error}"
        ) from None
    if not is_http(url):
        raise _refusal(request, base_url, "path", place, "is not an http or https URL")
    return url


def _with_query(url: httpx.URL, defaults: Query, request: ManualRequest) -> httpx.URL:
    """Add parameters to those that the place has; one of the caller's is the last."""
    layers = [
        _encoded(request, url, "query", one) for one in (defaults, request.params)
    ]
    added = query_of(layers[0], [], layers[1])[1:]
    if not added:
        return url
    there = url.query + b"&" if url.query else b""
    try:
        return url.copy_with(query=there + added.encode("ascii"))
    except URL_ERRORS as error:
        reason = f"is not a URL: {error}"
        raise _refusal(request, url, "query", request.params, reason) from None


def _content(request: ManualRequest, url: httpx.URL) -> bytes | None:
    body = request.json
    if not is_given(body):
        return None
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    return to_json(_encoded(request, url, "body", body))


def _encoded(request: ManualRequest, url: httpx.URL, name: str, value: Any) -> Any:
    try:
        if name == "query":
            return {key: encode(one) for key, one in value.items() if is_given(one)}
        return encode(value)
    except EncodingError as error:
        reason = error.reason
    except RecursionError:
        reason = "is nested too deeply, or contains itself"
    raise _refusal(request, url, name, value, reason)


def _refusal(
    request: ManualRequest, url: httpx.URL, parameter: str, value: object, reason: str
) -> RequestValidationError:
    return RequestValidationError(
        f"{parameter}: {reason}",
        httpx.Request(
            "GET" if parameter == "method" else request.method, masked_url(url)
        ),
        parameter=parameter,
        value=masked_text(value) if isinstance(value, str) else value,
        bound=_BOUNDS.get(parameter, "JSON"),
        pointer="",
    )
