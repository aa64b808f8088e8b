"""What a client is told, by its caller or by the environment. Pure but for reading."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from .._defaults import DEFAULT_TIMEOUT
from .._errors import MissingCredentialsError
from .._spec import ApiSpec, Credential
from .._types import NotGiven, Omit
from .._urls import NO_URL, is_http

__all__ = [
    "auth_headers",
    "custom_headers",
    "join_words",
    "require_credentials",
    "resolved_credentials",
    "resolved_limit",
    "resolved_timeout",
    "resolved_url",
    "start_logging",
]

_FOR_EVER = 1e9  # seconds, some 31 years; clocks of the system overflow later
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO}


def variable(name: str | None) -> str | None:
    """Read an environment variable; one that is empty or blank counts as unset."""
    value = os.environ.get(name, "") if name else ""
    return value.strip() or None


def resolved_credentials(
    api_spec: ApiSpec, given: Mapping[str, str | None]
) -> dict[str, str | None]:
    """Return the secrets by argument.

    The environment is read only where no secret is given: whoever passes one means
    that one, and a second would go to a server that it was not made for.
    """
    if any(value is not None for value in given.values()):
        return dict(given)
    return {one.argument: variable(one.environment) for one in api_spec.credentials}


def resolved_url(api_spec: ApiSpec, given: str | httpx.URL | None) -> httpx.URL:
    """Return the base URL, ending in a slash so that paths go below it.

    Raises:
        ValueError: It is not an absolute URL of HTTP.
    """
    value = given or variable(api_spec.environment.base_url) or api_spec.base_url
    url = _usable_url(value)
    if url is None:
        message = (
            f"base_url must be an absolute http or https URL without query or "
            f"fragment, not {str(value)!r}; it comes from the argument, from "
            f"{api_spec.environment.base_url}, or from {api_spec.document}"
        )
        raise ValueError(message)
    text = str(url)
    return url if text.endswith("/") else httpx.URL(text + "/")


def _usable_url(value: str | httpx.URL) -> httpx.URL | None:
    try:
        url = httpx.URL(value)
    except NO_URL:
        return None
    plain = not url.query and not url.fragment
    return url if is_http(url) and plain else None


def resolved_timeout(
    given: float | httpx.Timeout | NotGiven | None, default: httpx.Timeout
) -> httpx.Timeout:
    """Return the timeouts: a number of seconds leaves the one for connecting.

    Raises:
        TypeError: It is neither a number of seconds, an `httpx.Timeout` nor None.
        ValueError: It is less than 0, or no number at all.
    """
    if isinstance(given, NotGiven):
        return default
    if isinstance(given, httpx.Timeout) or given is None:
        return httpx.Timeout(given)
    _check_seconds(
        given, "timeout must be a number of seconds from 0, an httpx.Timeout"
    )
    connect = DEFAULT_TIMEOUT.connect
    return httpx.Timeout(given, connect=min(given, connect) if connect else given)


def resolved_limit(
    name: str, given: float | NotGiven | None, default: float | None
) -> float | None:
    """Return the seconds of a limit, None for no limit.

    Args:
        name: What the setting is called.
        given: Seconds, None for no limit, or `not_given` for the default.
        default: The limit where none is given.

    Raises:
        TypeError: It is neither a number of seconds nor None.
        ValueError: It is less than 0, or no number at all.
    """
    if isinstance(given, NotGiven):
        return default
    if given is None:
        return None
    _check_seconds(given, f"{name} must be a number of seconds from 0")
    return None if given >= _FOR_EVER else float(given)


def _check_seconds(given: Any, said: str) -> None:
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise TypeError(f"{said} or None, not {given!r}")
    if not given >= 0:
        raise ValueError(f"{said} or None, not {given!r}")


def custom_headers(api_spec: ApiSpec) -> dict[str, str]:
    """Read headers from the environment: lines of `Name: value`."""
    lines = (variable(api_spec.environment.custom_headers) or "").splitlines()
    pairs = [line.partition(":") for line in lines if ":" in line]
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def auth_headers(
    credentials: tuple[Credential, ...], values: Mapping[str, str | None]
) -> dict[str, str]:
    """Return the headers that carry the secrets there are."""
    return {
        one.header: one.prefix + value
        for one in credentials
        if (value := values.get(one.argument)) is not None
    }


def require_credentials(api_spec: ApiSpec, headers: Mapping[str, str | Omit]) -> None:
    """See that a request authenticates, or that its caller wants it not to.

    Raises:
        MissingCredentialsError: None of the headers is there.
    """
    if not api_spec.credentials:
        return
    names = {name.lower() for name in headers}
    if api_spec.secret_headers & names:
        return
    arguments = join_words(one.argument for one in api_spec.credentials)
    variables = join_words(
        one.environment for one in api_spec.credentials if one.environment
    )
    header_names = join_words(f"`{one.header}`" for one in api_spec.credentials)
    message = (
        f"Could not resolve authentication method. Expected one of {arguments} to be "
        f"set: pass it, or set the environment variable {variables}. Or for one of "
        f"the {header_names} headers to be explicitly omitted"
    )
    raise MissingCredentialsError(message)


def join_words(words: Iterable[str]) -> str:
    """Join words as a sentence does: `a, b or c`."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return ", ".join(listed[:-1]) + " or " + listed[-1]


def start_logging(api_spec: ApiSpec) -> None:
    """Let the environment switch the logger on, at `debug` or `info`."""
    level = _LEVELS.get((variable(api_spec.environment.log) or "").lower())
    if level is not None:
        logging.basicConfig(
            format="[%(asctime)s - %(name)s:%(lineno)d - %(levelname)s] %(message)s"
        )
        logging.getLogger(api_spec.name).setLevel(level)
