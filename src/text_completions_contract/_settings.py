"""The settings of a run, and their checks before anything is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias, get_args
from urllib.parse import urlsplit

Profile: TypeAlias = Literal["quick", "full", "paid"]
Auth: TypeAlias = Literal["x-api-key", "bearer"]

# What the suite adds to the base URL, or what is added by mistake.
ENDPOINTS = ("/v1/complete", "/v1/messages", "/v1")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# Not a secret: sent to servers on this machine where the user has set no key.
THROWAWAY_KEY = "sk-throwaway-key-of-the-contract-suite"
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# Headers that clauses set, or that follow from the body.
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


class SetupError(Exception):
    """The run cannot begin: a bad URL, document, section, clause, or no key.

    The message says in one line what is wrong and what to do.
    """


def reason_of(error: Exception) -> str:
    """Why something failed, in one line."""
    return getattr(error, "strerror", None) or " ".join(str(error).split())


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to judge a server.

    Args:
        model: A model name that the server is expected to serve.
        api_key: The key to send. Default: a throwaway key on a loopback address.
        key_name: The environment variable that stands for the key in a report.
        auth: How to send the key: in `x-api-key`, or as `Authorization: Bearer`.
        headers: Headers to add to every request. Reports do not show their values.
        path_prefix: What stands before `/v1/complete` on this server.
        version: Judge only this version of the wire format. Default: all.
        ca: A file of certificates to trust. Default: SSL_CERT_FILE, or the usual
            authorities.
        document: The OpenAPI document. Default: the installed one.
        only: Sections or ids of clauses to judge; empty means all.
        skip: Sections or ids of clauses to leave out.
        strict: Whether a failed SHOULD also makes the server deviate.
        profile: `quick`; `full`, which sends more generated requests; or `paid`, for
            a live service: only examples and directed requests, and short responses.
        seed: The seed of generated requests.
        max_requests: Stop the run after so many requests.
        max_tokens: Stop the run before successful responses may have more tokens.
        rate: The highest rate of requests, such as `30/m`: a number per `s`, `m` or
            `h`.
        timeout: Seconds after which an unfinished response is given up.
    """

    model: str = "claude-2.1"
    api_key: str | None = field(default=None, repr=False)
    key_name: str = "ANTHROPIC_API_KEY"
    auth: Auth = "x-api-key"
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    path_prefix: str = ""
    version: str | None = None
    ca: Path | None = None
    document: Path | None = None
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    strict: bool = False
    profile: Profile = "quick"
    seed: int = 1
    max_requests: int | None = None
    max_tokens: int | None = None
    rate: str | None = None
    timeout: float = 10.0


def check_settings(base: str, settings: Settings) -> None:
    """Raise `SetupError` for a value that no run of the server at a URL can use."""
    for name, value in settings.headers:
        if name.lower() in OWN_HEADERS:
            raise SetupError(f"the header {name!r} is set by the suite itself")
        if not HEADER_NAME.fullmatch(name) or not _fits_header(value):
            raise SetupError(
                f"the header {name!r} has characters that no header may carry"
            )
    variable = settings.key_name
    if not settings.api_key and not is_loopback(base):
        raise SetupError(f"there is no key: set the variable {variable}")
    if not _fits_header(settings.api_key or ""):
        message = f"the key in {variable} has characters that no header may carry"
        raise SetupError(message)
    choices = {"profile": get_args(Profile), "auth": get_args(Auth)}
    for name, known in choices.items():
        value = getattr(settings, name)
        if value not in known:
            expected = " or ".join(known)
            raise SetupError(f"{name} must be {expected}, not {value!r}")
    for name in ("only", "skip"):
        value = getattr(settings, name)
        if isinstance(value, str):
            raise SetupError(f"{name} must be a tuple, such as ({value!r},)")
    for name in ("max_requests", "max_tokens", "timeout"):
        value = getattr(settings, name)
        if value is not None and not value > 0:
            raise SetupError(f"{name} must be greater than 0, not {value!r}")


def is_loopback(url: str) -> bool:
    """Whether the URL names this machine."""
    return (urlsplit(url).hostname or "") in LOOPBACK


def checked_url(url: str, prefix: str = "") -> str:
    """The base URL and the path prefix, without white space or a slash at the end.

    Raises:
        SetupError: The URL does not name a server, or the prefix is not a path.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        bare = not (parts.query or parts.fragment or "@" in parts.netloc)
        good = parts.scheme in {"http", "https"} and parts.port != 0 and bare
    except ValueError:
        parts, good = urlsplit(""), False
    if not good or not parts.hostname:
        raise SetupError(
            f"{without_secrets(url)!r} is not the URL of a server; it looks like "
            "http://127.0.0.1:8000, without credentials, query or fragment"
        )
    for path in ENDPOINTS:
        if parts.path.rstrip("/").endswith(path):
            base = url.rstrip("/").removesuffix(path) or url
            raise SetupError(
                f"{url!r} is not the base URL of the server; the base URL is {base!r}"
            )
    if re.search(r"[\s?#]", prefix) or "://" in prefix:
        raise SetupError(f"{prefix!r} is not a path; it looks like /gateway/anthropic")
    return "/".join([url.rstrip("/"), *filter(None, [prefix.strip("/")])])


def without_secrets(url: str) -> str:
    """A URL for messages: its credentials and its query may be secrets."""
    bare, _, query = re.sub(r"//[^/?#]*@", "//…@", url).partition("?")
    return f"{bare}?…" if query else bare


def _fits_header(value: str) -> bool:
    return value.isascii() and value.isprintable() and value == value.strip()
