"""Requests by hand, for what the document does not describe. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

import httpx

from ._encoding import EncodingError, encode, query_of, to_json
from ._errors import RequestValidationError
from ._headers import Headers, is_token
from ._redact import masked_url
from ._request import Outgoing, Query
from ._spec import ApiSpec
from ._types import is_given
from ._urls import NO_URL, absolute_url, is_http, origin

__all__ = ["ManualRequest", "outgoing"]

_BOUNDS = {"path": "URL", "method": "token"}


class ManualRequest(NamedTuple):
    """A request as its caller writes it.

    Attributes:
        method: The HTTP method.
        place: A path below the base URL, or a URL. To another origin than that of the
            base URL no credential of the client goes.
        json: The body: anything that has a form in JSON; bytes are sent as they are.
        headers: Headers to add; `omit` takes one away.
        params: Query parameters to add.
    """

    method: str
    place: str
    json: object = None
    headers: Headers | None = None
    params: Query | None = None


def outgoing(
    api_spec: ApiSpec,
    freehand: ManualRequest,
    *,
    base_url: httpx.URL,
    default_query: Query,
) -> Outgoing:
    """Encode a request.

    Raises:
        RequestValidationError: The body has no form in JSON, the place makes no URL
            of HTTP, or the method is none.
    """
    if not is_token(freehand.method):
        raise _refusal(freehand, base_url, "method", freehand.method, "no HTTP method")
    url = _url(freehand, base_url)
    defaults = {"accept": "application/json", **api_spec.headers}
    content = _content(freehand, url)
    if content is not None:
        defaults["content-type"] = "application/json"
    own = origin(url) == origin(base_url)
    return Outgoing(
        method=freehand.method.upper(),
        url=_with_query(url, default_query if own else {}, freehand),
        defaults=defaults,
        headers=freehand.headers or {},
        content=content,
        stream=False,
        authenticated=own,
    )


def _url(freehand: ManualRequest, base_url: httpx.URL) -> httpx.URL:
    place = freehand.place
    absolute = "://" in place.partition("?")[0]
    try:
        url = httpx.URL(place if absolute else absolute_url(base_url, place))
    except NO_URL as error:
        raise _refusal(freehand, base_url, "path", place, f"no URL: {error}") from None
    if not is_http(url):
        raise _refusal(freehand, base_url, "path", place, "no URL of HTTP")
    return url


def _with_query(url: httpx.URL, defaults: Query, freehand: ManualRequest) -> httpx.URL:
    """Add parameters to those that the place has; one of the caller's is the last."""
    layers = [
        _encoded(freehand, url, "query", one)
        for one in (defaults, freehand.params or {})
    ]
    added = query_of(layers[0], [], layers[1])[1:]
    if not added:
        return url
    there = url.query + b"&" if url.query else b""
    try:
        return url.copy_with(query=there + added.encode("ascii"))
    except NO_URL as error:
        given = freehand.params
        raise _refusal(freehand, url, "query", given, f"no URL: {error}") from None


def _content(freehand: ManualRequest, url: httpx.URL) -> bytes | None:
    body = freehand.json
    if not is_given(body):
        return None
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    return to_json(_encoded(freehand, url, "body", body))


def _encoded(freehand: ManualRequest, url: httpx.URL, name: str, value: Any) -> Any:
    try:
        if name == "query":
            return {key: encode(one) for key, one in value.items() if is_given(one)}
        return encode(value)
    except EncodingError as error:
        reason = error.reason
    except RecursionError:
        reason = "is nested too deeply, or contains itself"
    raise _refusal(freehand, url, name, value, reason)


def _refusal(
    freehand: ManualRequest, url: httpx.URL, parameter: str, value: object, reason: str
) -> RequestValidationError:
    return RequestValidationError(
        f"{parameter}: {reason}",
        httpx.Request(
            "GET" if parameter == "method" else freehand.method, masked_url(url)
        ),
        parameter=parameter,
        value=value,
        bound=_BOUNDS.get(parameter, "JSON"),
        pointer="",
    )
