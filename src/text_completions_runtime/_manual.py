"""Requests that the document does not describe: `client.request` and the verbs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

import httpx

from ._encoding import absolute_url, content_of, query_of
from ._headers import Headers, basic_auth, is_token, merged_headers
from ._request import Options, Outgoing, Query, RequestEncoder
from ._spec import ApiSpec
from ._types import NotGiven, is_given, not_given, omit
from ._urls import masked_url, origin
from ._validation import Violation


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
    """Return these options as those of any call.

    Raises:
        TypeError: An option is unknown.
    """
    unknown = options.keys() - RequestOptions.__annotations__.keys()
    if unknown:
        known = ", ".join(RequestOptions.__annotations__)
        raise TypeError(
            f"unknown option {', '.join(sorted(unknown))}; the options are {known}"
        )
    return Options(
        extra_headers=options.get("headers"),
        extra_query=options.get("params"),
        extra_body=options.get("extra_json"),
        timeout=options.get("timeout", not_given),
        max_retries=options.get("max_retries"),
        deadline=options.get("deadline", not_given),
    )


def prepare_manual(
    api_spec: ApiSpec,
    method: str,
    path_or_url: object,
    json: object,
    options: Options,
    *,
    base_url: httpx.URL,
    default_query: Query,
) -> Outgoing:
    """Encode a request. Credentials go to the origin of the base URL alone.

    Raises:
        RequestValidationError: JSON cannot express the body, or `extra_json` cannot
            be added to it, or the path makes no http or https URL, or the method is
            not valid.
    """
    encoder = RequestEncoder(api_spec.document, method, base_url)
    if not is_token(method):
        reason = "is not an HTTP method"
        raise encoder.refusal(Violation("token", reason, "", ("method",), method))
    if not isinstance(path_or_url, (str, httpx.URL)):
        reason = "is not a path or a URL"
        raise encoder.refusal(Violation("type", reason, "", ("path",), path_or_url))
    place = str(path_or_url).partition("#")[0]
    is_absolute = "://" in place.partition("?")[0]
    url = encoder.url(place if is_absolute else absolute_url(base_url, place), "path")
    is_same_origin = origin(url) == origin(base_url)
    own_query = encoder.query(default_query if is_same_origin else {})
    query = query_of(own_query | encoder.query(options.extra_query))
    if query:  # it goes behind the parameters that the path has
        if url.query:
            query = f"?{url.query.decode('ascii')}&{query[1:]}"
        url = encoder.url(str(url).partition("?")[0] + query, "query")
    if isinstance(json, (bytes, bytearray)):
        body: Any = bytes(json)
    else:
        body = encoder.encoded(json, "body") if is_given(json) else omit
    if options.extra_body is not None:
        body = encoder.with_members(body, options.extra_body, "extra_json")
    content = content_of(body, "application/json")
    document_headers = {"accept": "application/json", **api_spec.headers}
    if content is not None:
        document_headers["content-type"] = "application/json"
    return Outgoing(
        method=method.upper(),
        url=masked_url(url),  # httpx would log a password
        document_headers=document_headers,
        headers=merged_headers(basic_auth(url), options.extra_headers),
        content=content,
        stream=False,
        authenticated=is_same_origin,
    )
