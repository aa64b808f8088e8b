"""The settings of a client, from its caller or from the environment."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

import httpx

from .._encoding import by_name
from .._errors import MissingCredentialsError
from .._headers import merged_headers
from .._spec import ApiSpec
from .._transport.http_clients import DEFAULT_TIMEOUT
from .._types import NotGiven, Omit
from .._urls import URL_ERRORS, is_http, masked_text

DEFAULT_MAX_RETRIES = 2
"""Attempts that may follow the first."""

_FOR_EVER = 1e9  # seconds, some 31 years; clocks of the system overflow later
_SHORTEST = 1e-6  # seconds; a socket takes 0 as non-blocking, not as a timeout
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO}


def resolved_timeout(timeout: float | httpx.Timeout | None) -> httpx.Timeout:
    """Return the timeouts; a number of seconds changes all but the one for connecting.

    A time too large for the clocks of the system is taken as no limit.

    Raises:
        TypeError: It is neither a number of seconds, an `httpx.Timeout` nor None.
        ValueError: It is less than 0, or not a number.
    """
    if timeout is not None and not isinstance(timeout, httpx.Timeout):
        _check_seconds(
            timeout, "timeout must be a number of seconds from 0, an httpx.Timeout"
        )
        connect = DEFAULT_TIMEOUT.connect or timeout
        timeout = httpx.Timeout(timeout, connect=min(timeout, connect))
    limits: dict[str, float | None] = {}
    for name, seconds in httpx.Timeout(timeout).as_dict().items():
        limit = resolved_limit(f"timeout.{name}", seconds)
        limits[name] = None if limit is None else max(limit, _SHORTEST)
    return httpx.Timeout(**limits)


def resolved_limit(name: str, seconds: float | None) -> float | None:
    """Return the seconds of a time limit, None for no limit.

    Raises:
        TypeError: It is neither a number of seconds nor None.
        ValueError: It is less than 0, or not a number.
    """
    if seconds is None:
        return None
    _check_seconds(seconds, f"{name} must be a number of seconds from 0")
    return None if seconds >= _FOR_EVER else float(seconds)


def checked_retries(max_retries: Any) -> float:
    """Return a number of retries.

    Raises:
        TypeError: It is neither a whole number from 0 nor `math.inf`.
    """
    allowed = isinstance(max_retries, int) or max_retries == math.inf
    if isinstance(max_retries, bool) or not allowed or max_retries < 0:
        raise TypeError(
            f"max_retries must be a whole number from 0, or math.inf for no limit, "
            f"not {max_retries!r}"
        )
    retries: float = max_retries
    return retries


def _check_seconds(value: Any, expected: str) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{expected} or None, not {value!r}")
    if not value >= 0:
        raise ValueError(f"{expected} or None, not {value!r}")


@dataclass(frozen=True, kw_only=True, repr=False)
class Settings:
    """The settings of a client, as its documentation describes them.

    A new setting is an attribute here, a `Setting` of the client and an entry of the
    list in the template of the clients.
    """

    credentials: Mapping[str, str | None]
    base_url: httpx.URL
    timeout: httpx.Timeout
    deadline: float | None
    idle_timeout: float | None
    max_retries: float
    default_headers: Mapping[str, str | Omit]
    default_query: Mapping[str, object]
    validate_requests: bool
    strict: bool
    log_bodies: bool

    def evolve(self, **changes: Any) -> Self:
        """Return settings with some of them changed, each checked and copied."""
        return replace(self, **_checked(changes))

    def evolve_given(self, **changes: Any) -> Self:
        """Change what a caller gave. None is a value only of time limits."""
        given = {
            name: value
            for name, value in changes.items()
            if not isinstance(value, NotGiven)
            and (value is not None or name in _NULLABLE)
        }
        return self.evolve(**given) if given else self


def _checked_credentials(values: Mapping[str, Any]) -> Mapping[str, str | None]:
    for name, value in values.items():
        if value is not None and not isinstance(value, str):
            raise TypeError(
                f"{name} must be a string or None, not of type {type(value).__name__}"
            )
    return values


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "credentials": _checked_credentials,
    "timeout": resolved_timeout,
    "deadline": partial(resolved_limit, "deadline"),
    "idle_timeout": partial(resolved_limit, "idle_timeout"),
    "max_retries": checked_retries,
    "default_headers": merged_headers,
    "default_query": partial(by_name, argument="default_query"),
}
_NULLABLE = frozenset({"timeout", "deadline", "idle_timeout"})


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _CHECKS[name](value) if name in _CHECKS else value
        for name, value in values.items()
    }


def read_settings(
    api_spec: ApiSpec,
    *,
    credentials: Mapping[str, str | None],
    base_url: str | httpx.URL | None,
    default_headers: Mapping[str, str | Omit] | None,
    default_query: Mapping[str, object] | None,
    **others: Any,
) -> Settings:
    """Return the settings of a new client: its arguments, then the environment."""
    values = {
        "credentials": resolved_credentials(api_spec, credentials),
        "base_url": resolved_url(api_spec, base_url),
        "default_headers": merged_headers(custom_headers(api_spec), default_headers),
        "default_query": default_query or {},
        **others,
    }
    return Settings(**_checked(values))


def variable(name: str | None) -> str | None:
    """Read an environment variable; one that is empty or blank counts as unset."""
    value = os.environ.get(name, "") if name else ""
    return value.strip() or None


def resolved_credentials(
    api_spec: ApiSpec, credentials: Mapping[str, str | None]
) -> dict[str, str | None]:
    """Return the secrets by argument.

    The environment is read only if no secret is passed: a second secret would go to a
    server that it was not made for.
    """
    if any(value is not None for value in credentials.values()):
        return dict(credentials)
    return {one.argument: variable(one.environment) for one in api_spec.credentials}


def resolved_url(api_spec: ApiSpec, base_url: str | httpx.URL | None) -> httpx.URL:
    """Return the base URL, ending in a slash so that paths go below it.

    Raises:
        ValueError: It is not an absolute http or https URL.
    """
    value = base_url or variable(api_spec.environment.base_url) or api_spec.base_url
    try:
        url = httpx.URL(value)
    except URL_ERRORS:
        url = httpx.URL()
    if not is_http(url) or url.query or url.fragment:
        shown = masked_text(str(value))
        raise ValueError(
            f"base_url must be an absolute http or https URL without query or "
            f"fragment, not {shown!r}; it comes from the argument, from "
            f"{api_spec.environment.base_url}, or from {api_spec.document}"
        )
    text = str(url)
    return url if text.endswith("/") else httpx.URL(text + "/")


def custom_headers(api_spec: ApiSpec) -> dict[str, str]:
    """Read headers from the environment: lines of `Name: value`."""
    lines = (variable(api_spec.environment.custom_headers) or "").splitlines()
    pairs = [line.partition(":") for line in lines if ":" in line]
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def require_credentials(api_spec: ApiSpec, headers: Mapping[str, str | Omit]) -> None:
    """Check that a request authenticates, or that its caller does not want it to.

    Raises:
        MissingCredentialsError: None of the headers that authenticate is present.
    """
    if not api_spec.credentials:
        return
    names = {name.lower() for name in headers}
    if api_spec.secret_headers & names:
        return
    ways = api_spec.credentials
    arguments = " or ".join(one.argument for one in ways)
    variables = " or ".join(one.environment for one in ways if one.environment)
    header_names = " or ".join(f"`{one.header}`" for one in ways)
    message = (
        f"Could not resolve authentication method. Expected one of {arguments} to be "
        f"set: pass it, or set the environment variable {variables}. Or for one of "
        f"the {header_names} headers to be explicitly omitted"
    )
    raise MissingCredentialsError(message)


def start_logging(api_spec: ApiSpec) -> None:
    """Turn the logger on if an environment variable says `debug` or `info`."""
    level = _LEVELS.get((variable(api_spec.environment.log) or "").lower())
    if level is not None:
        logging.basicConfig(
            format="[%(asctime)s - %(name)s:%(lineno)d - %(levelname)s] %(message)s"
        )
        logging.getLogger(api_spec.name).setLevel(level)
