"""Copies of requests without their secrets, for errors, logs and pickles."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import httpx

MASK = "***"
_USER_INFO = re.compile(r"(^|//)[^/?#\s]*@")
ALWAYS_SECRET = frozenset({"authorization", "proxy-authorization", "cookie"})


def masked_headers(
    headers: httpx.Headers, secret: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield the headers with the values of the secret ones (lower case) masked."""
    for name, value in headers.multi_items():
        lower = name.lower()
        hidden = lower in ALWAYS_SECRET or lower in secret
        yield name, MASK if hidden else value


def masked_url(url: httpx.URL) -> httpx.URL:
    return url.copy_with(username=None, password=None) if url.userinfo else url


def masked_text(url: str) -> str:
    """Mask the user name and password in the text of a URL, also of a wrong one."""
    return _USER_INFO.sub(rf"\g<1>{MASK}@", url)


def masked_request(request: httpx.Request, secret: Collection[str]) -> httpx.Request:
    """Copy a request with its secret headers (lower case) masked; the body stays."""
    return httpx.Request(
        request.method,
        masked_url(request.url),
        headers=list(masked_headers(request.headers, secret)),
        content=_content(request),
    )


def _content(request: httpx.Request) -> bytes | None:
    try:
        return request.content
    except httpx.RequestNotRead:  # a body that was streamed is gone
        return None
