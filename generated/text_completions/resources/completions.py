# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""The operations of one tag."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal, overload

import httpx

from text_completions_runtime import (
    AsyncCallContextManager,
    AsyncClient,
    AsyncStreamedResponse,
    CallContextManager,
    Headers,
    NotGiven,
    Omit,
    Options,
    Query,
    RawResponse,
    SequenceNotStr,
    StreamedResponse,
    SyncClient,
    async_raw,
    async_streamed,
    not_given,
    omit,
    raw,
    streamed,
    with_signature_errors,
)

from .._streaming import AsyncStream, Stream
from ..api.completions import completions_create as _completions_create
from ..types.api_version import ApiVersion
from ..types.completion import Completion
from ..types.completion_event import CompletionEvent
from ..types.known_model import KnownModel
from ..types.metadata import Metadata


class Completions:
    """The operations of the tag completions."""

    def __init__(
        self,
        client: SyncClient,
        returned: type[StreamedResponse[Any] | RawResponse[Any]] | None = None,
    ) -> None:
        self._client = client
        self._returned = returned

    @cached_property
    def with_raw_response(self) -> CompletionsWithRawResponse:
        """The same methods, which return the HTTP response as `RawResponse`."""
        return CompletionsWithRawResponse(self._client)

    @cached_property
    def with_streaming_response(self) -> CompletionsWithStreamingResponse:
        """The same methods, for `with`: the body of the HTTP response is not read."""
        return CompletionsWithStreamingResponse(self._client)

    @overload
    def create(
        self,
        *,
        model: KnownModel | str,
        prompt: str,
        max_tokens_to_sample: int,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stream: Literal[False] | Omit | None = omit,
        anthropic_version: ApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> Completion: ...
    @overload
    def create(
        self,
        *,
        model: KnownModel | str,
        prompt: str,
        max_tokens_to_sample: int,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stream: Literal[True],
        anthropic_version: ApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> Stream[CompletionEvent]: ...
    @overload
    def create(
        self,
        *,
        model: KnownModel | str,
        prompt: str,
        max_tokens_to_sample: int,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stream: bool,
        anthropic_version: ApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> Completion | Stream[CompletionEvent]: ...

    @with_signature_errors
    def create(
        self,
        *,
        model: KnownModel | str,
        prompt: str,
        max_tokens_to_sample: int,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stream: bool | Omit | None = omit,
        anthropic_version: ApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> Completion | Stream[CompletionEvent]:
        """Create a text completion.

        Continues a prompt of `\\n\\nHuman:` and `\\n\\nAssistant:` turns until the model
        reaches a stop sequence or the token limit. With `stream: true` the answer
        arrives as server-sent events while it is made.

        Args:
            model: The model that completes the prompt.
                (#/components/schemas/CompletionCreateParams/properties/model)
            prompt: The text to continue: an optional system prompt, then turns that
                begin with `\\n\\nHuman:` and `\\n\\nAssistant:` in alternation. The last
                turn is the assistant's, and text after it is the start of the answer.
                Bounds: 1 or more characters.
                (#/components/schemas/CompletionCreateParams/properties/prompt)
            max_tokens_to_sample: The number of tokens after which the text is cut. The
                model may stop earlier. Bounds: at least 1.
                (#/components/schemas/CompletionCreateParams/properties/max_tokens_to_sample)
            stop_sequences: Texts that end the completion where they would appear; none
                of them is part of the answer. The model always ends at `\\n\\nHuman:`
                too.
                (#/components/schemas/CompletionCreateParams/properties/stop_sequences)
            temperature: How much randomness to use: near 0 for analysis and choice,
                near 1 for writing. The service takes 1.0 when it is absent. Bounds: at
                least 0, at most 1.
                (#/components/schemas/CompletionCreateParams/properties/temperature)
            top_p: Nucleus sampling: draw from the likeliest tokens that together reach
                this probability, from 0 to 1. Absent or -1, it is off.
                (#/components/schemas/CompletionCreateParams/properties/top_p)
            top_k: Draw from this many of the likeliest tokens only. Absent or -1, it is
                off. Bounds: at least -1.
                (#/components/schemas/CompletionCreateParams/properties/top_k)
            metadata: What the request says about itself.
                (#/components/schemas/CompletionCreateParams/properties/metadata)
            stream: Whether the answer comes as server-sent events while it is made. The
                service takes false when it is absent.
                (#/components/schemas/CompletionCreateParams/properties/stream)
            anthropic_version: The version of the wire format. It decides how a stream
                is written. A request without it is refused (until late 2023 it meant
                `2023-01-01`). Default: '2023-06-01'.
                (#/components/parameters/AnthropicVersion)
            betas: Names of beta features to switch on, separated by commas.
                (#/components/parameters/AnthropicBeta)
            extra_headers: Headers to add; `omit` takes one away.
            extra_query: Query parameters to add.
            extra_body: Members to put into the body last, unchecked.
            timeout: Seconds, or an `httpx.Timeout`, for this call alone.
            deadline: Seconds from 0 for this whole call: attempts, waits between them,
                redirects, and the body or the stream to its last event. None for no
                deadline.
            idle_timeout: Seconds from 0 that the next event of a stream may take;
                neither pings nor your own time between two events count. None for no
                limit.

        Returns:
            Completion; with `stream=True` a stream of CompletionEvent.

        Raises:
            RequestValidationError: An argument breaks a bound; nothing was sent.
            APIConnectionError: The network failed, or took too long.
            BadRequestError: 400. The request breaks a rule of this document: a header,
                a parameter, a bound, the form of the prompt, or the choice of the
                model.
            AuthenticationError: 401. The key is missing, unknown or revoked.
            BillingError: 402. The account cannot pay for the request.
            PermissionDeniedError: 403. The key may not use what the request asks for.
            NotFoundError: 404. The model is unknown or retired, or the path does not
                exist.
            MethodNotAllowedError: 405. The path does not answer this method. Never the
                answer to the method described here; every other method of the path gets
                it.
            RequestTooLargeError: 413. The body is larger than the service reads. A
                proxy in front answers this one, without the outer `type` and sometimes
                without `request-id`.
            RateLimitError: 429. The account has used up a rate or has too many requests
                in flight.
            InternalServerError: 500. Something broke inside the service.
            DeadlineExceededError: 504. The service took too long to answer.
            OverloadedError: 529. The service has more work than it can do.

        Source: openapi.yaml#/paths/~1v1~1complete/post
        """
        result: Completion | Stream[CompletionEvent] = self._client.call(
            _completions_create.OPERATION,
            {
                "model": model,
                "prompt": prompt,
                "max_tokens_to_sample": max_tokens_to_sample,
                "stop_sequences": stop_sequences,
                "temperature": temperature,
                "top_p": top_p,
                "top_k": top_k,
                "metadata": metadata,
                "stream": stream,
                "anthropic_version": anthropic_version,
                "betas": betas,
            },
            Options(
                extra_headers=extra_headers,
                extra_query=extra_query,
                extra_body=extra_body,
                timeout=timeout,
                deadline=deadline,
                idle_timeout=idle_timeout,
            ),
            self._returned,
        )
        return result

    def stream(
        self,
        *,
        model: KnownModel | str,
        prompt: str,
        max_tokens_to_sample: int,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        anthropic_version: ApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> CallContextManager[Stream[CompletionEvent]]:
        """Call `create` with a stream in `with`; it is closed at the end."""
        return CallContextManager(
            lambda: self.create(
                model=model,
                prompt=prompt,
                max_tokens_to_sample=max_tokens_to_sample,
                stop_sequences=stop_sequences,
                temperature=temperature,
                top_p=top_p,
                top_k=top_k,
                metadata=metadata,
                stream=True,
                anthropic_version=anthropic_version,
                betas=betas,
                extra_headers=extra_headers,
                extra_query=extra_query,
                extra_body=extra_body,
                timeout=timeout,
                deadline=deadline,
                idle_timeout=idle_timeout,
            )
        )


class CompletionsWithRawResponse:
    """The methods of `Completions.with_raw_response`."""

    def __init__(self, client: SyncClient) -> None:
        methods = Completions(client, RawResponse)
        self.create = raw(methods.create)


class CompletionsWithStreamingResponse:
    """The methods of `Completions.with_streaming_response`."""

    def __init__(self, client: SyncClient) -> None:
        methods = Completions(client, StreamedResponse)
        self.create = streamed(methods.create)


class AsyncCompletions:
    """The operations of the tag completions."""

    def __init__(
        self,
        client: AsyncClient,
        returned: type[AsyncStreamedResponse[Any] | RawResponse[Any]] | None = None,
    ) -> None:
        self._client = client
        self._returned = returned

    @cached_property
    def with_raw_response(self) -> AsyncCompletionsWithRawResponse:
        """The same methods, which return the HTTP response as `RawResponse`."""
        return AsyncCompletionsWithRawResponse(self._client)

    @cached_property
    def with_streaming_response(self) -> AsyncCompletionsWithStreamingResponse:
        """The same methods, for `async with`: the body of the HTTP response is not read."""
        return AsyncCompletionsWithStreamingResponse(self._client)

    @overload
    async def create(
        self,
        *,
        model: KnownModel | str,
        prompt: str,
        max_tokens_to_sample: int,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stream: Literal[False] | Omit | None = omit,
        anthropic_version: ApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> Completion: ...
    @overload
    async def create(
        self,
        *,
        model: KnownModel | str,
        prompt: str,
        max_tokens_to_sample: int,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stream: Literal[True],
        anthropic_version: ApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> AsyncStream[CompletionEvent]: ...
    @overload
    async def create(
        self,
        *,
        model: KnownModel | str,
        prompt: str,
        max_tokens_to_sample: int,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stream: bool,
        anthropic_version: ApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> Completion | AsyncStream[CompletionEvent]: ...

    @with_signature_errors
    async def create(
        self,
        *,
        model: KnownModel | str,
        prompt: str,
        max_tokens_to_sample: int,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stream: bool | Omit | None = omit,
        anthropic_version: ApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> Completion | AsyncStream[CompletionEvent]:
        """Create a text completion.

        Continues a prompt of `\\n\\nHuman:` and `\\n\\nAssistant:` turns until the model
        reaches a stop sequence or the token limit. With `stream: true` the answer
        arrives as server-sent events while it is made.

        Args:
            model: The model that completes the prompt.
                (#/components/schemas/CompletionCreateParams/properties/model)
            prompt: The text to continue: an optional system prompt, then turns that
                begin with `\\n\\nHuman:` and `\\n\\nAssistant:` in alternation. The last
                turn is the assistant's, and text after it is the start of the answer.
                Bounds: 1 or more characters.
                (#/components/schemas/CompletionCreateParams/properties/prompt)
            max_tokens_to_sample: The number of tokens after which the text is cut. The
                model may stop earlier. Bounds: at least 1.
                (#/components/schemas/CompletionCreateParams/properties/max_tokens_to_sample)
            stop_sequences: Texts that end the completion where they would appear; none
                of them is part of the answer. The model always ends at `\\n\\nHuman:`
                too.
                (#/components/schemas/CompletionCreateParams/properties/stop_sequences)
            temperature: How much randomness to use: near 0 for analysis and choice,
                near 1 for writing. The service takes 1.0 when it is absent. Bounds: at
                least 0, at most 1.
                (#/components/schemas/CompletionCreateParams/properties/temperature)
            top_p: Nucleus sampling: draw from the likeliest tokens that together reach
                this probability, from 0 to 1. Absent or -1, it is off.
                (#/components/schemas/CompletionCreateParams/properties/top_p)
            top_k: Draw from this many of the likeliest tokens only. Absent or -1, it is
                off. Bounds: at least -1.
                (#/components/schemas/CompletionCreateParams/properties/top_k)
            metadata: What the request says about itself.
                (#/components/schemas/CompletionCreateParams/properties/metadata)
            stream: Whether the answer comes as server-sent events while it is made. The
                service takes false when it is absent.
                (#/components/schemas/CompletionCreateParams/properties/stream)
            anthropic_version: The version of the wire format. It decides how a stream
                is written. A request without it is refused (until late 2023 it meant
                `2023-01-01`). Default: '2023-06-01'.
                (#/components/parameters/AnthropicVersion)
            betas: Names of beta features to switch on, separated by commas.
                (#/components/parameters/AnthropicBeta)
            extra_headers: Headers to add; `omit` takes one away.
            extra_query: Query parameters to add.
            extra_body: Members to put into the body last, unchecked.
            timeout: Seconds, or an `httpx.Timeout`, for this call alone.
            deadline: Seconds from 0 for this whole call: attempts, waits between them,
                redirects, and the body or the stream to its last event. None for no
                deadline.
            idle_timeout: Seconds from 0 that the next event of a stream may take;
                neither pings nor your own time between two events count. None for no
                limit.

        Returns:
            Completion; with `stream=True` a stream of CompletionEvent.

        Raises:
            RequestValidationError: An argument breaks a bound; nothing was sent.
            APIConnectionError: The network failed, or took too long.
            BadRequestError: 400. The request breaks a rule of this document: a header,
                a parameter, a bound, the form of the prompt, or the choice of the
                model.
            AuthenticationError: 401. The key is missing, unknown or revoked.
            BillingError: 402. The account cannot pay for the request.
            PermissionDeniedError: 403. The key may not use what the request asks for.
            NotFoundError: 404. The model is unknown or retired, or the path does not
                exist.
            MethodNotAllowedError: 405. The path does not answer this method. Never the
                answer to the method described here; every other method of the path gets
                it.
            RequestTooLargeError: 413. The body is larger than the service reads. A
                proxy in front answers this one, without the outer `type` and sometimes
                without `request-id`.
            RateLimitError: 429. The account has used up a rate or has too many requests
                in flight.
            InternalServerError: 500. Something broke inside the service.
            DeadlineExceededError: 504. The service took too long to answer.
            OverloadedError: 529. The service has more work than it can do.

        Source: openapi.yaml#/paths/~1v1~1complete/post
        """
        result: Completion | AsyncStream[CompletionEvent] = await self._client.call(
            _completions_create.OPERATION,
            {
                "model": model,
                "prompt": prompt,
                "max_tokens_to_sample": max_tokens_to_sample,
                "stop_sequences": stop_sequences,
                "temperature": temperature,
                "top_p": top_p,
                "top_k": top_k,
                "metadata": metadata,
                "stream": stream,
                "anthropic_version": anthropic_version,
                "betas": betas,
            },
            Options(
                extra_headers=extra_headers,
                extra_query=extra_query,
                extra_body=extra_body,
                timeout=timeout,
                deadline=deadline,
                idle_timeout=idle_timeout,
            ),
            self._returned,
        )
        return result

    def stream(
        self,
        *,
        model: KnownModel | str,
        prompt: str,
        max_tokens_to_sample: int,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        anthropic_version: ApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> AsyncCallContextManager[AsyncStream[CompletionEvent]]:
        """Call `create` with a stream in `async with`; it is closed at the end."""
        return AsyncCallContextManager(
            lambda: self.create(
                model=model,
                prompt=prompt,
                max_tokens_to_sample=max_tokens_to_sample,
                stop_sequences=stop_sequences,
                temperature=temperature,
                top_p=top_p,
                top_k=top_k,
                metadata=metadata,
                stream=True,
                anthropic_version=anthropic_version,
                betas=betas,
                extra_headers=extra_headers,
                extra_query=extra_query,
                extra_body=extra_body,
                timeout=timeout,
                deadline=deadline,
                idle_timeout=idle_timeout,
            )
        )


class AsyncCompletionsWithRawResponse:
    """The methods of `AsyncCompletions.with_raw_response`."""

    def __init__(self, client: AsyncClient) -> None:
        methods = AsyncCompletions(client, RawResponse)
        self.create = async_raw(methods.create)


class AsyncCompletionsWithStreamingResponse:
    """The methods of `AsyncCompletions.with_streaming_response`."""

    def __init__(self, client: AsyncClient) -> None:
        methods = AsyncCompletions(client, AsyncStreamedResponse)
        self.create = async_streamed(methods.create)


__all__ = [
    "AsyncCompletions",
    "AsyncCompletionsWithRawResponse",
    "AsyncCompletionsWithStreamingResponse",
    "Completions",
    "CompletionsWithRawResponse",
    "CompletionsWithStreamingResponse",
]
