"""Copies of requests without their secrets, fit for errors, logs and pickles."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import httpx

__all__ = ["ALWAYS_SECRET", "MASK", "masked_headers", "masked_request"]

MASK = "***"
ALWAYS_SECRET = frozenset({"authorization", "proxy-authorization", "cookie"})


def masked_headers(
    headers: httpx.Headers, secret: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield the headers with the values of the secret ones (lower case) masked."""
    for name, value in headers.multi_items():
        lower = name.lower()
        hidden = lower in ALWAYS_SECRET or lower in secret
        yield name, MASK if hidden else value


def masked_request(request: httpx.Request, secret: Collection[str]) -> httpx.Request:
    """Copy a request with its secret headers masked; the body stays.

    Args:
        request: The request as it was sent.
        secret: Names of headers that carry credentials, in lower case.
    """
    url = request.url
    return httpx.Request(
        request.method,
        url.copy_with(password=MASK) if url.password else url,
        headers=list(masked_headers(request.headers, secret)),
        content=_content(request),
    )


def _content(request: httpx.Request) -> bytes | None:
    try:
        return request.content
    except httpx.RequestNotRead:  # a body that was streamed is gone
        return None
