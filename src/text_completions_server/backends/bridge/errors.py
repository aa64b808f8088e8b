"""What a failure of the upstream means for the caller."""

from __future__ import annotations

import logging
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import text_completions as client
from text_completions_document import mapping

from ...errors import ApiError
from ..base import Caller

_log = logging.getLogger(__name__)

_PATH: Final = "/v1/messages"
_STATUS_OF_TYPE: Final = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_PASSED: Final = (401, 402, 403, 413, 429, 504, 529)
_STATUSES: Final = {each: each for each in _PASSED} | {408: 504, 502: 529, 503: 529}
"""The status for the caller by that of the upstream; others are 400 or 500."""

# Where the document's example would say too much about what failed.
_WITHOUT_MESSAGE: Final = {
    400: "The upstream refused the request without saying why.",
    401: "The upstream refused the API key.",
    402: "The upstream refused the request because of billing.",
    403: "The upstream refused access.",
    429: "The upstream limits the rate of requests.",
    504: "The upstream did not respond in time.",
}
_LIMIT_HEADERS: Final = "anthropic-ratelimit-"
_RETRY: Final = {"x-should-retry": "true"}
_QUOTED: Final = re.compile(r":? (bytearray\()?b['\"].*", re.DOTALL)
"""What an error of HTTP quotes: the bytes that it could not read, maybe a text."""

_LASTING: Final = {"DecodingError", "TooManyRedirects", "UnsupportedProtocol"}
"""Errors of httpx that another attempt would meet again: a body that is not packed as
it says, redirects in a circle, certificates that are not there."""

_MASK: Final = "***"
_SHORTEST_SECRET: Final = 8  # a shorter key, such as "none", would garble messages


class UpstreamError(ApiError):
    """The upstream failed, and the caller gets another status and message for it.

    The reason is for the log; it quotes nothing of the exchange.
    """

    def __init__(
        self,
        status: int,
        message: str | None = None,
        *,
        reason: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        message = _WITHOUT_MESSAGE.get(status) if message is None else message
        super().__init__(status, message, headers=headers)
        self.reason = reason


@contextmanager
def failures_logged(caller: Caller) -> Generator[None]:
    """Log why the upstream failed, with the id of the caller's request."""
    try:
        yield
    except UpstreamError as error:
        level = logging.WARNING if error.status >= 500 else logging.INFO
        _log.log(level, "%s: %s", caller.request_id, error.reason)
        raise


@dataclass(slots=True)
class Call:
    """A call to the upstream, without its body, and how it goes."""

    model: str  # as the caller wrote it
    key: str = field(repr=False)
    is_own_key: bool  # and not that of the caller
    headers: Mapping[str, str | client.Omit] = field(repr=False)
    notes: dict[str, object] = field(default_factory=dict[str, object])
    query: str = field(default="", repr=False)
    limit: float | None = None  # the latest time of the event loop
    has_text: bool = False  # whether the first token of its stream has come
    response: Any = None  # to the latest attempt

    @property
    def path(self) -> str:
        """The path and the query of the URL."""
        return f"{_PATH}?{self.query}" if self.query else _PATH


def of_response(
    status: int, body: object, headers: Mapping[str, str], call: Call
) -> UpstreamError:
    """Return what a response with a status of failure means."""
    reason = f"the upstream answered {status}"
    message = _message(body, call.key)
    if 300 <= status < 400:
        return UpstreamError(500, reason=f"{reason}, a redirect that is not followed")
    if status in (401, 403) and call.is_own_key:
        return UpstreamError(500, reason=f"{reason}: it refuses the bridge's own key")
    if status == 404 and "model" in (message or "").lower():
        return UpstreamError(404, f"model: {call.model}", reason=f"{reason} to a model")
    if status == 404:
        return UpstreamError(500, reason=f"{reason}: no /v1/messages is at that URL")
    if status == 429:
        return UpstreamError(429, message, reason=reason, headers=_limits(headers))
    too_long = _too_long(body)
    if too_long is not None:
        return UpstreamError(400, too_long, reason=f"{reason}: the prompt is too long")
    ours = _STATUSES.get(status, 400 if status < 500 else 500)
    retry = _RETRY if ours in (504, 529) else None
    return UpstreamError(ours, message, reason=reason, headers=retry)


def of_event(payload: object, call: Call) -> UpstreamError:
    """Return what an error that comes after the status 200 means."""
    error = mapping(mapping(payload).get("error"))
    code = str(error.get("code"))
    status = _STATUS_OF_TYPE.get(str(error.get("type")), 500)
    if status == 500 and re.fullmatch("[45][0-9][0-9]", code):
        status = int(code)
    failure = of_response(status, payload, {}, call)
    failure.reason = f"the upstream sent an error of status {status} after a 200"
    return failure


def of_client(error: client.APIError, call: Call) -> UpstreamError:
    """Return what an error of the client that calls the upstream means."""
    if isinstance(error, client.APIStatusError):
        return of_response(error.status_code, error.body, error.response.headers, call)
    if isinstance(error, client.APITimeoutError):
        return timed_out("the upstream did not respond in time")
    if isinstance(error, client.RequestValidationError):
        status = 400 if error.parameter.startswith("anthropic-") else 401
        message = f"{error.parameter}: must be printable ASCII text"
        return UpstreamError(status, message, reason="a header cannot be sent upstream")
    if isinstance(error, client.APIConnectionError):
        return of_connection(error)
    return invalid("the upstream's response is not what a Messages API answers")


def of_connection(error: client.APIConnectionError) -> UpstreamError:
    """Return what an error of the connection to the upstream means."""
    if type(error.__cause__).__name__ in _LASTING:
        return invalid(f"the upstream cannot be used: {error.message}")
    return broken(f"the upstream cannot be reached: {error.message}")


def timed_out(reason: str) -> UpstreamError:
    """Return what it means that the upstream takes too long."""
    return UpstreamError(504, reason=reason, headers=_RETRY)


def broken(reason: str) -> UpstreamError:
    """Return what it means that the upstream is gone, or does not speak HTTP."""
    return UpstreamError(529, reason=_QUOTED.sub("", reason), headers=_RETRY)


def invalid(reason: str) -> UpstreamError:
    """Return what it means that the upstream says something else than a message."""
    return UpstreamError(500, reason=_QUOTED.sub("", reason))


def whole_characters(text: str) -> str:
    """Join the halves of surrogate pairs; replace halves alone, which nobody reads."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _message(body: object, key: str) -> str | None:
    """Return the message of an error, without the key; never HTML."""
    node = mapping(body)
    error = node.get("error")
    places = (mapping(error).get("message"), node.get("message"), node.get("detail"))
    for value in (*places, error):
        if isinstance(value, str) and value.strip() and value.lstrip()[0] != "<":
            text = whole_characters(value)
            return text.replace(key, _MASK) if len(key) >= _SHORTEST_SECRET else text
    return None


def _too_long(body: object) -> str | None:
    """Return the message of the service for llama.cpp's error of a long prompt."""
    error = mapping(mapping(body).get("error"))
    if error.get("type") != "exceed_context_size_error":
        return None
    tokens, maximum = error.get("n_prompt_tokens"), error.get("n_ctx")
    if not isinstance(tokens, int) or not isinstance(maximum, int):
        return "prompt is too long"
    return f"prompt is too long: {tokens} tokens > {maximum} maximum"


def _limits(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a rate limit, which come back to the caller."""
    return {
        name: value
        for name, value in headers.items()
        if (name == "retry-after" or name.startswith(_LIMIT_HEADERS))
        and value.isascii()
        and value.isprintable()
    }
