"""What every emitted client is: its settings, and all that goes around the I/O."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

import httpx

from ._answers import decode_answer
from ._contract import Contract, Operation, StreamSpec, VersionRule
from ._defaults import DEFAULT_TIMEOUT
from ._exchange import Call, checked_retries
from ._failures import Failures
from ._headers import merged_headers, sendable_headers
from ._redact import masked_url
from ._request import Options, Outgoing, prepare
from ._sentinels import NotGiven, Omit
from ._settings import (
    auth_headers,
    custom_headers,
    require_credentials,
    resolved_credentials,
    resolved_timeout,
    resolved_url,
    start_logging,
)

__all__ = ["BaseClient"]

H = TypeVar("H", httpx.Client, httpx.AsyncClient)


class BaseClient(Generic[H]):
    """What both clients share: the settings, and everything before and after I/O.

    Args:
        credentials: The secrets by argument; where all are None, the environment
            variables that the document names are read.
        base_url: Where the service is; None reads the environment, then takes the
            document's.
        timeout: Seconds for an answer or a gap within it (connecting stays at
            5 s), an `httpx.Timeout`, or None to wait for ever.
        max_retries: Attempts that may follow the first, from 0; `math.inf` for all.
        default_headers: Headers of every call.
        default_query: Query parameters of every call.
        http_client: The httpx client to use instead of one of the client's own.
        validate_requests: Whether arguments are checked before sending.
        strict: Whether answers are checked against the document.
    """

    contract: ClassVar[Contract]
    max_retries: float
    timeout: httpx.Timeout
    validate_requests: bool
    strict: bool

    def __init__(
        self,
        *,
        credentials: Mapping[str, str | None],
        base_url: str | httpx.URL | None,
        timeout: float | httpx.Timeout | NotGiven | None,
        max_retries: float,
        default_headers: Mapping[str, str | Omit] | None,
        default_query: Mapping[str, object] | None,
        http_client: H | None,
        validate_requests: bool,
        strict: bool,
    ) -> None:
        own = DEFAULT_TIMEOUT if http_client is None else http_client.timeout
        for argument, value in resolved_credentials(self.contract, credentials).items():
            setattr(self, argument, value)
        self.base_url = base_url
        self.timeout = resolved_timeout(timeout, own)
        self.max_retries = checked_retries(max_retries)
        self.validate_requests = validate_requests
        self.strict = strict
        self._default_headers = merged_headers(
            custom_headers(self.contract), default_headers
        )
        self._default_query = dict(default_query or {})
        self._http: H | None = http_client
        self._closed = False
        self._failures = Failures(self.contract)
        self._logger = logging.getLogger(self.contract.name)
        start_logging(self.contract)

    @property
    def base_url(self) -> httpx.URL:
        """Where the service is; it ends in a slash."""
        return self._base_url

    @base_url.setter
    def base_url(self, value: str | httpx.URL | None) -> None:
        self._base_url = resolved_url(self.contract, value)

    @property
    def is_closed(self) -> bool:
        """Whether the client was closed, or the http client that it was given."""
        return self._closed or (self._http is not None and self._http.is_closed)

    def _require_open(self) -> None:
        if self._closed:
            raise RuntimeError("Cannot send a request, as the client has been closed.")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={str(masked_url(self.base_url))!r})"

    def _prepared(
        self,
        operation: Operation[Any, Any],
        arguments: Mapping[str, Any],
        options: Options,
    ) -> Outgoing:
        return prepare(
            self.contract,
            operation,
            arguments,
            options,
            base_url=self.base_url,
            default_query=self._default_query,
            validate=self.validate_requests,
        )

    def _call(self, http: H, outgoing: Outgoing, options: Options) -> Call:
        headers = self._headers(outgoing)
        require_credentials(self.contract, headers)
        request = http.build_request(
            outgoing.method,
            outgoing.url,
            headers=sendable_headers(
                headers,
                self.contract.secret_headers,
                outgoing.method,
                outgoing.url,
            ),
            content=outgoing.content,
            timeout=resolved_timeout(options.timeout, self.timeout),
        )
        return Call(
            request=request,
            stream=outgoing.stream,
            max_retries=self.max_retries,
            follow_redirects=http.follow_redirects,
            failures=self._failures,
        )

    def _headers(self, outgoing: Outgoing) -> dict[str, str | Omit]:
        secrets = {
            one.argument: getattr(self, one.argument, None)
            for one in self.contract.credentials
        }
        return merged_headers(
            {"user-agent": self.contract.user_agent},
            outgoing.defaults,
            auth_headers(self.contract.credentials, secrets),
            self._default_headers,
            outgoing.headers,
        )

    def _rule(self, spec: StreamSpec[Any], request: httpx.Request) -> VersionRule:
        return spec.rule(request.headers.get(spec.version) if spec.version else None)

    def _decoded(self, operation: Operation[Any, Any], response: httpx.Response) -> Any:
        return decode_answer(
            response, operation.answer, self._failures, strict=self.strict
        )

    def _note(self, response: httpx.Response, retries: int) -> None:
        """Log a call: never its body, its query or its headers."""
        if not self._logger.isEnabledFor(logging.DEBUG):
            return
        self._logger.debug(
            "%s %s: %d after %d retries, request-id %s",
            response.request.method,
            response.request.url.path,
            response.status_code,
            retries,
            response.headers.get(self.contract.request_id),
        )
