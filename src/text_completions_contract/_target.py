"""Whom a run asks, and with what: settings that are refused before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from ._errors import SetupError
from ._settings import Settings
from .requests.wire import is_loopback

# Not a secret: a server on this machine that takes any key takes this one, too.
THROWAWAY_KEY = "sk-throwaway-key-of-the-contract-suite"
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# What clauses are about, or what the body decides.
OWN_HEADERS = frozenset(
    {
        "x-api-key",
        "anthropic-version",
        "content-type",
        "content-length",
        "transfer-encoding",
        "accept-encoding",
    }
)


def checked_url(url: str) -> str:
    """The base URL without its last slash; raises `SetupError` for anything else."""
    try:
        parts = urlsplit(url)
        bare = not (parts.query or parts.fragment or parts.username)
        good = parts.scheme in {"http", "https"} and parts.port != 0 and bare
    except ValueError:
        parts, good = urlsplit(""), False
    if not good or not parts.hostname:
        example = "http://127.0.0.1:8000"
        raise SetupError(f"{url!r} is no URL of a server; it looks like {example}")
    return url.rstrip("/")


def usable_key(base: str, settings: Settings) -> str:
    """The key to send; raises `SetupError` where there is none."""
    key = settings.api_key or (THROWAWAY_KEY if is_loopback(base) else None)
    if key is None:
        raise SetupError(f"there is no key: set the variable {settings.key_name}")
    if not (key.isascii() and key.isprintable()) or key != key.strip():
        name = settings.key_name
        raise SetupError(f"the key in {name} holds characters that no header may carry")
    return key


def checked_prefix(prefix: str) -> str:
    """The prefix with a slash before it and none after it."""
    if re.search(r"[\s?#]", prefix) or "://" in prefix:
        raise SetupError(f"{prefix!r} is no path; it looks like /gateway/anthropic")
    bare = prefix.strip("/")
    return f"/{bare}" if bare else ""


def check_headers(headers: Iterable[tuple[str, str]]) -> None:
    """Raise `SetupError` for a header that cannot be added to every request."""
    for name, value in headers:
        if name.lower() in OWN_HEADERS:
            raise SetupError(f"the header {name!r} is set by the suite itself")
        good = value.isascii() and value.isprintable() and value == value.strip()
        if not HEADER_NAME.fullmatch(name) or not good:
            raise SetupError(f"the header {name!r} holds what no header may carry")
