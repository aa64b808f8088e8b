"""Copies of requests without their secrets, for errors, logs and pickles."""

from __future__ import annotations

import re

import httpx

MASK = "***"
_USER_INFO = re.compile(r"(^|//)[^/?#\s]*@")
ALWAYS_SECRET = frozenset({"authorization", "proxy-authorization", "cookie"})


def masked_url(url: httpx.URL) -> httpx.URL:
    return url.copy_with(username=None, password=None) if url.userinfo else url


def masked_text(url: str) -> str:
    """Mask the user name and password in the text of a URL, also of a wrong one."""
    return _USER_INFO.sub(rf"\g<1>{MASK}@", url)


def masked_request(request: httpx.Request, secret: frozenset[str]) -> httpx.Request:
    """Copy a request with its secret headers (lower case) masked; the body stays."""
    try:
        content = request.content
    except httpx.RequestNotRead:  # a body that was streamed is gone
        content = None
    hidden = ALWAYS_SECRET | secret
    headers = [
        (name, MASK if name.lower() in hidden else value)
        for name, value in request.headers.multi_items()
    ]
    url = masked_url(request.url)
    return httpx.Request(request.method, url, headers=headers, content=content)
