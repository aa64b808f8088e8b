"""From what went wrong to the error that says so. No error holds a credential."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx

from ._decode import parse_json
from ._errors import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
)
from ._redact import masked_request
from ._spec import ApiSpec

__all__ = ["ErrorFactory"]

_SHOWN = 200  # characters of a body that an error message quotes


class ErrorFactory(NamedTuple):
    """Makes the errors of one client's calls."""

    api_spec: ApiSpec

    def request(self, request: httpx.Request) -> httpx.Request:
        """Copy a request for keeping: its credentials are masked."""
        return masked_request(request, self.api_spec.secret_headers)

    def response(self, response: httpx.Response) -> httpx.Response:
        """Make a response fit for keeping: the requests it holds are masked."""
        response.request = self.request(response.request)
        if response.next_request is not None:  # where a redirect would have led
            response.next_request = self.request(response.next_request)
        return response

    def connection(
        self, error: httpx.HTTPError, request: httpx.Request
    ) -> APIConnectionError:
        """The network failed. The httpx error keeps no credential either."""
        masked = error.request = self.request(request)
        detail = str(error) or type(error).__name__
        if isinstance(error, httpx.TimeoutException):
            return APITimeoutError(masked, message=f"Request timed out: {detail}")
        return APIConnectionError(message=f"Connection error: {detail}", request=masked)

    @contextmanager
    def reading(self, response: httpx.Response) -> Generator[None, None, None]:
        """Turn a fault of the network while a body is read into the client's error."""
        try:
            yield
        except httpx.HTTPError as error:
            raise self.connection(error, response.request) from error

    def deadline(
        self, request: httpx.Request, seconds: float, passed: str
    ) -> APITimeoutError:
        """The call took, or would take, longer than its caller allows."""
        message = f"Request timed out: the deadline of {seconds:g} s {passed}."
        return APITimeoutError(self.request(request), message=message)

    def idle(self, request: httpx.Request, seconds: float | None) -> APITimeoutError:
        """A stream has been without an event for longer than its caller allows."""
        message = (
            f"Request timed out: no event of the stream came within the idle timeout "
            f"of {seconds:g} s."
        )
        return APITimeoutError(self.request(request), message=message)

    def ended_early(self, request: httpx.Request) -> APIConnectionError:
        """A stream stopped before its end."""
        return APIConnectionError(
            message=(
                "Connection error: stream ended early, before the event that "
                "says why the answer ended."
            ),
            request=self.request(request),
        )

    def status(self, response: httpx.Response) -> APIStatusError:
        """The server answered with an error; its body has been read."""
        text = response.text.strip()
        code = response.status_code
        body: object
        try:
            body = parse_json(text)
            message = f"Error code: {code} - {body}"
        except ValueError:
            body = text
            message = f"Error code: {code}" + (f" - {_shortened(text)}" if text else "")
        cls = self.api_spec.errors.of_status(code)
        return cls(message, response=self.response(response), body=body)

    def event(self, payload: Any, response: httpx.Response) -> APIStatusError:
        """An event of the stream says that the answer failed."""
        cls = self.api_spec.errors.of_payload(payload)
        message = f"The stream ended with an error event: {payload}"
        return cls(message, response=self.response(response), body=payload)

    def unexpected(
        self, response: httpx.Response, body: object, reason: str
    ) -> APIResponseValidationError:
        """The answer is not what the call asked for."""
        return APIResponseValidationError(
            self.response(response),
            body,
            message=f"Unexpected answer (status {response.status_code}): {reason}",
        )


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
