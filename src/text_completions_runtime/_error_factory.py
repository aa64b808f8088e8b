"""Makes the errors of a client. No error holds a credential."""

from __future__ import annotations

import codecs
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx

from ._encoding import parse_json
from ._errors import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
)
from ._headers import masked_request
from ._spec import ApiSpec

_SHOWN = 200  # characters of a body that an error message quotes


def json_or_text(text: str) -> Any:
    try:
        return parse_json(text)
    except ValueError:
        return text


def text_of(response: httpx.Response) -> str:
    """Return the body as text, also where the server names a charset that is wrong."""
    mend_charset(response)
    return response.text


def mend_charset(response: httpx.Response) -> None:
    """Replace a charset that is not one of texts by UTF-8: any codec may be named."""
    try:
        decoder = codecs.getincrementaldecoder(response.encoding or "utf-8")("replace")
        decoder.decode("üü".encode())
    except Exception:  # of `rot13`, `punycode`, `zlib`, …: each has its own
        response.encoding = "utf-8"


def decoded_or_text(response: httpx.Response) -> Any:
    """Return the body: its decoded JSON, or its text where it is not JSON."""
    try:
        return parse_json(response.content)
    except ValueError:
        return text_of(response)


def _place(request: httpx.Request) -> str:
    url = request.url.copy_with(query=None, fragment=None)  # a query may hold a key
    return f"{request.method} {url}"


class ErrorFactory:
    """Makes the errors of one client's calls.

    Args:
        api_spec: What the document says.
        secret_headers: Names of the caller's headers whose values no error shows, in
            lower case, beside those of the document.
    """

    def __init__(
        self, api_spec: ApiSpec, secret_headers: frozenset[str] = frozenset()
    ) -> None:
        self.api_spec = api_spec
        self._secret_headers = api_spec.secret_headers | secret_headers

    def request(self, request: httpx.Request) -> httpx.Request:
        return masked_request(request, self._secret_headers)

    def response(
        self, response: httpx.Response, *, of_error: bool = True
    ) -> httpx.Response:
        """Mask the credentials in the requests that a response holds.

        The response of an error is shown to others, in logs and reports. There the
        headers of the caller are masked too.
        """
        secret = self._secret_headers if of_error else self.api_spec.secret_headers
        response.request = masked_request(response.request, secret)
        if response.next_request is not None:  # where a redirect would have led
            response.next_request = self.request(response.next_request)
        return response

    def connection(
        self, error: httpx.HTTPError, request: httpx.Request
    ) -> APIConnectionError:
        """Return the error of a network failure; mask the request of its cause too."""
        masked = error.request = self.request(request)
        detail = f"{str(error) or type(error).__name__} ({_place(masked)})"
        if isinstance(error, httpx.TimeoutException):
            return APITimeoutError(masked, message=f"Request timed out: {detail}")
        return APIConnectionError(message=f"Connection error: {detail}", request=masked)

    @contextmanager
    def reading(self, response: httpx.Response) -> Generator[None, None, None]:
        """Raise this client's error for a network failure while a body is read."""
        try:
            yield
        except httpx.HTTPError as error:
            raise self.connection(error, response.request) from error

    def timeout(self, request: httpx.Request, reason: str) -> APITimeoutError:
        """Return the error of a call that has passed a time limit of its own."""
        masked = self.request(request)
        message = f"Request timed out: {reason} ({_place(masked)})"
        return APITimeoutError(masked, message=message)

    def ended_early(self, request: httpx.Request) -> APIConnectionError:
        """Return the error of a stream that stops before its last event."""
        masked = self.request(request)
        message = (
            f"Connection error: stream ended early, before the event that says why the "
            f"response ended ({_place(masked)})"
        )
        return APIConnectionError(message=message, request=masked)

    def status(self, response: httpx.Response) -> APIStatusError:
        code = response.status_code
        shown = body = decoded_or_text(response)
        if isinstance(body, str):
            shown = body = body.strip()
            if len(shown) > _SHOWN:
                shown = shown[:_SHOWN] + "…"
        message = f"Error code: {code}" + (f" - {shown}" if shown != "" else "")
        cls = self.api_spec.errors.of_status(code)
        return cls(message, response=self.response(response), body=body)

    def in_success(self, payload: Any, response: httpx.Response) -> APIStatusError:
        """Return the error that an event, or a body, of a success says."""
        cls = self.api_spec.errors.of_payload(payload)
        message = f"Error within a response of status {response.status_code}: {payload}"
        return cls(message, response=self.response(response), body=payload)

    def unexpected(
        self, response: httpx.Response, body: object, reason: str
    ) -> APIResponseValidationError:
        return APIResponseValidationError(
            self.response(response),
            body,
            message=f"Unexpected response (status {response.status_code}): {reason}",
        )
