"""From what is to be sent to the request that httpx sends."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from ._request import Outgoing

__all__ = ["built", "with_client_headers"]


def built(
    http: httpx.Client | httpx.AsyncClient,
    outgoing: Outgoing,
    headers: Mapping[str, str],
    timeout: httpx.Timeout,
    *,
    own: bool,
) -> httpx.Request:
    """Build a request.

    An http client of the caller's builds it itself, for it may have a base URL,
    headers, parameters, cookies, or a `build_request` of its caller's. One of our own
    has but headers and cookies, and without its merging it takes half the time. A
    request that goes elsewhere has nothing of either.

    Args:
        http: What will send the request.
        outgoing: What is to be sent.
        headers: All headers that it shall have; `with_client_headers`, where `own`.
        timeout: How long to wait for what.
        own: Whether the http client was made by the client itself.
    """
    if outgoing.authenticated and not own:
        return http.build_request(
            outgoing.method,
            outgoing.url,
            headers=headers,
            content=outgoing.content,
            timeout=timeout,
        )
    return httpx.Request(
        outgoing.method,
        outgoing.url,
        headers=headers,
        cookies=http.cookies if outgoing.authenticated else None,
        content=outgoing.content,
        extensions={"timeout": timeout.as_dict()},
    )


def with_client_headers(
    usual: httpx.Headers, headers: Mapping[str, str]
) -> dict[str, str]:
    """Add the headers that an http client sends with every request."""
    given = {name.lower() for name in headers}
    added = {name: value for name, value in usual.items() if name not in given}
    return {**headers, **added}
