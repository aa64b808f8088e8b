"""What both clients share: everything of a call before and after its I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

import httpx

from .._error_factory import decoded_or_text
from .._exchange import AsyncIO, Call, SyncIO, exchange
from .._headers import basic_auth, merged_headers, sendable_headers
from .._limits import TimeLimit
from .._manual import RequestOptions, call_options, prepare_manual
from .._request import Options, Outgoing, prepare
from .._response.decoding import (
    check_stream,
    decode_response,
)
from .._response.responses import BaseResponse, RawResponse
from .._spec import Operation
from .._types import not_given
from .options import require_credentials
from .state import ConfiguredClient, H

R = TypeVar("R", bound=BaseResponse[Any])
T = TypeVar("T")

_NO_CHANGES: Mapping[str, Any] = {  # of the settings, as in most calls
    "timeout": not_given,
    "deadline": not_given,
    "idle_timeout": not_given,
    "max_retries": None,
}


class BaseClient(ConfiguredClient[H]):
    """A client that makes calls; its methods are in `SyncClient` and `AsyncClient`."""

    io: ClassVar[SyncIO | AsyncIO]
    stream_class: ClassVar[type[Any]]

    @property
    def auth_headers(self) -> dict[str, str]:
        """The headers that authenticate."""
        settings = self._state.settings
        headers = basic_auth(settings.base_url)
        for one in self.api_spec.credentials:
            secret = settings.credentials.get(one.argument)
            if secret:
                headers[one.header] = one.prefix + secret
        return headers

    @property
    def user_agent(self) -> str:
        """The value of the header `user-agent`."""
        return self.api_spec.user_agent

    async def _call(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        options: Options,
        returned: type[BaseResponse[Any]] | None,
    ) -> Any:
        call = self._prepare(operation, arguments, options)
        if returned is not None:
            return await self._respond(call, returned)
        response = await exchange(call)
        return self._parse(call, response)

    async def _call_manually(
        self,
        method: str,
        path_or_url: str | httpx.URL,
        body: object,
        options: RequestOptions,
        returned: type[R],
    ) -> R:
        """Make a call that the document does not describe; see `_respond`."""
        own = call_options(options)
        outgoing = prepare_manual(
            self.api_spec,
            method,
            path_or_url,
            body,
            own,
            base_url=self._state.base_url,
            default_query=self._state.settings.default_query,
        )
        return await self._respond(self._new_call(outgoing, own), returned)

    async def _respond(self, call: Call, returned: type[R]) -> R:
        """Return a response, its body read if its class wants that, unless streamed."""
        call.read = returned.READ_FIRST and call.stream is None
        response = await exchange(call)
        is_unread = returned.READ_FIRST and not call.read
        if is_unread and not call.has_events(response):
            with call.errors.reading(response):
                await call.io.read(response)  # there is nothing to iterate over
        return returned(call, response, self._parse)

    async def _cast(
        self,
        method: str,
        path: str,
        body: object,
        options: RequestOptions | None,
        to: type[T],
    ) -> T:
        response = await self._call_manually(
            method, path, body, options or {}, RawResponse[Any]
        )
        return response.parse(to=to)

    def _prepare(
        self, operation: Operation, arguments: Mapping[str, Any], options: Options
    ) -> Call:
        settings = self._state.settings
        outgoing = prepare(
            self.api_spec,
            operation,
            arguments,
            options,
            base_url=self._state.base_url,
            default_query=settings.default_query,
            validate=settings.validate_requests,
        )
        return self._new_call(outgoing, options, operation)

    def _new_call(
        self, outgoing: Outgoing, options: Options, operation: Operation | None = None
    ) -> Call:
        state, errors = self._state, self._state.errors
        try:
            http: H = state.http or self._http_client()
        except httpx.HTTPError as error:
            request = httpx.Request(outgoing.method, outgoing.url)
            raise errors.connection(error, request) from error
        settings = state.settings
        changes = {
            "timeout": options.timeout,
            "deadline": options.deadline,
            "idle_timeout": options.idle_timeout,
            "max_retries": options.max_retries,
        }
        if changes != _NO_CHANGES:
            settings = settings.evolve_given(**changes)
        deadline, idle_timeout = settings.deadline, settings.idle_timeout
        has_limit = deadline is not None or idle_timeout is not None
        return Call(
            request=self._build_request(http, outgoing, settings.timeout),
            http=http,
            io=self.io,
            operation=operation,
            stream=operation.stream if operation and outgoing.stream else None,
            strict=settings.strict,
            max_retries=settings.max_retries,
            errors=errors,
            log=state.log,
            auth=outgoing.authenticated,
            document_headers=outgoing.document_headers,
            limit=TimeLimit(deadline, idle_timeout, errors) if has_limit else None,
        )

    def _build_request(
        self, http: H, outgoing: Outgoing, timeout: httpx.Timeout
    ) -> httpx.Request:
        """Build the request that httpx sends.

        The headers of the latest call are kept if it had none of its own: most calls
        have the same ones, and merging and encoding them takes longer than checking a
        body.

        The caller's own http client builds the request itself, because it may have a
        base URL, headers, parameters or cookies, or override `build_request`. A client
        that this package made has cookies alone, and building without it takes half
        the time. A request to another origin carries nothing of either.
        """
        state, defaults = self._state, outgoing.document_headers
        cache = state.header_cache
        is_usual = outgoing.authenticated and not outgoing.headers
        if is_usual and cache and cache[:2] == (state.settings, defaults):
            headers = cache[2]
        else:
            headers = self._merged_headers(http, outgoing)
            if is_usual:
                state.header_cache = state.settings, defaults, headers
        method, url, content = outgoing.method, outgoing.url, outgoing.content
        if outgoing.authenticated and not state.owns_http:
            return http.build_request(
                method, url, headers=headers, content=content, timeout=timeout
            )
        return httpx.Request(
            method,
            url,
            headers=headers,
            cookies=http.cookies if outgoing.authenticated else None,
            content=content,
            extensions={"timeout": timeout.as_dict()},
        )

    def _merged_headers(self, http: H, outgoing: Outgoing) -> httpx.Headers:
        defaults = {"user-agent": self.user_agent, **outgoing.document_headers}
        method, url = outgoing.method, outgoing.url
        if not outgoing.authenticated:  # another origin gets nothing of the client's
            merged = merged_headers(defaults, outgoing.headers)
            return httpx.Headers(sendable_headers(merged, method, url))
        own = self._state.settings.default_headers
        merged = merged_headers(defaults, self.auth_headers, own, outgoing.headers)
        require_credentials(self.api_spec, merged)
        sent = sendable_headers(merged, method, url)
        if self._state.owns_http:
            sent = merged_headers(http.headers, sent)
        return httpx.Headers(sent)

    def _parse(self, call: Call, response: httpx.Response) -> Any:
        """Return what a call returns: a model, another value, or a stream."""
        if call.operation is None:
            return decoded_or_text(response)
        if call.stream is None:
            return decode_response(
                response, call.operation.response, call.errors, strict=call.strict
            )
        if call.reader is None:
            check_stream(response, call.errors)
            call.reader = call.new_reader(call.stream, response)
        return self.stream_class(response, call.reader, call.events)
