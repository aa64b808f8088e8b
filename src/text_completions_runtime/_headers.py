"""Merge headers in layers, check them before they are sent, and mask secret ones."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, TypeAlias, TypeVar

import httpx

from ._errors import RequestValidationError
from ._types import Omit, is_given, require_mapping
from ._urls import MASK, masked_url

V = TypeVar("V")

Headers: TypeAlias = Mapping[str, str | Omit]
"""Headers by name; `omit` removes one that would be sent."""

ALWAYS_SECRET = frozenset({"authorization", "proxy-authorization", "cookie"})
"""Headers that nobody else may see, in lower case."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_FRAMING = frozenset({"content-length", "transfer-encoding"})
_VALUE = re.compile(r"([!-~]([ \t!-~]*[!-~])?)?")  # section 5.5, without obs-text


def is_token(text: str) -> bool:
    """Return whether a text can be the name of a header, or a method."""
    return _TOKEN.fullmatch(text) is not None


def merged_headers(*layers: Mapping[str, V] | None) -> dict[str, V]:
    """Merge headers, later layers over earlier ones, whatever the letter case.

    Raises:
        TypeError: A layer is not a mapping, or the name of a header is not a string.
    """
    merged: dict[str, tuple[str, V]] = {}
    for layer in layers:
        for name, value in require_mapping(layer or {}, "headers").items():
            if not isinstance(name, str):
                raise TypeError(f"the name of a header must be a string, not {name!r}")
            merged[name.lower()] = (name, value)
    return dict(merged.values())


def sendable_headers(
    headers: Mapping[str, Any], method: str, url: httpx.URL
) -> dict[str, str]:
    """Return the headers to send, without those that are omitted.

    Transports refuse wrong values too, but quote them: the message would show a key
    that was read with its line end.

    Raises:
        RequestValidationError: A name or a value cannot be sent.
    """
    given = {name: value for name, value in headers.items() if is_given(value)}
    for name, value in given.items():
        reason = _unsendable(name, value)
        if reason is not None:
            raise RequestValidationError(
                f"header {name!r}: the value {reason}",
                httpx.Request(method, masked_url(url)),
                parameter=name,
                value=MASK,
                bound="header",
                pointer="",
            )
    return given


def _unsendable(name: str, value: object) -> str | None:
    if not is_token(name):
        return "belongs to a name that no header can have"
    if name.lower() in _FRAMING:
        return "cannot be chosen: it follows from the body"
    if not isinstance(value, str):
        return f"is of type {type(value).__name__} and not a string"
    if _VALUE.fullmatch(value) is None:
        return "must be ASCII text in one line, without white space around it"
    return None


def basic_auth(url: httpx.URL) -> dict[str, str]:
    """Return the header for the user name and password of a URL."""
    if not url.userinfo:
        return {}
    pair = f"{url.username}:{url.password}".encode()
    return {"authorization": "Basic " + b64encode(pair).decode("ascii")}


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
