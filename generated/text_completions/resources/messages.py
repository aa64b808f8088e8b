# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""The operations of one tag."""

from __future__ import annotations

from collections.abc import Sequence
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
from ..api.messages import messages_create as _messages_create
from ..api.messages.messages_create import MessageStreamEvent
from ..types.known_model import KnownModel
from ..types.message import Message
from ..types.message_param import MessageParam
from ..types.messages_api_version import MessagesApiVersion
from ..types.metadata import Metadata
from ..types.text_block_param import TextBlockParam


class Messages:
    """The operations of the tag messages."""

    def __init__(
        self,
        client: SyncClient,
        returned: type[StreamedResponse[Any] | RawResponse[Any]] | None = None,
    ) -> None:
        self._client = client
        self._returned = returned

    @cached_property
    def with_raw_response(self) -> MessagesWithRawResponse:
        """The same methods, which return the HTTP response as `RawResponse`."""
        return MessagesWithRawResponse(self._client)

    @cached_property
    def with_streaming_response(self) -> MessagesWithStreamingResponse:
        """The same methods, for `with`: the body of the HTTP response is not read."""
        return MessagesWithStreamingResponse(self._client)

    @overload
    def create(
        self,
        *,
        model: KnownModel | str,
        max_tokens: int,
        messages: Sequence[MessageParam],
        system: str | Sequence[TextBlockParam] | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        stream: Literal[False] | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        anthropic_version: MessagesApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> Message: ...
    @overload
    def create(
        self,
        *,
        model: KnownModel | str,
        max_tokens: int,
        messages: Sequence[MessageParam],
        system: str | Sequence[TextBlockParam] | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        stream: Literal[True],
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        anthropic_version: MessagesApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> Stream[MessageStreamEvent]: ...
    @overload
    def create(
        self,
        *,
        model: KnownModel | str,
        max_tokens: int,
        messages: Sequence[MessageParam],
        system: str | Sequence[TextBlockParam] | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        stream: bool,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        anthropic_version: MessagesApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> Message | Stream[MessageStreamEvent]: ...

    @with_signature_errors
    def create(
        self,
        *,
        model: KnownModel | str,
        max_tokens: int,
        messages: Sequence[MessageParam],
        system: str | Sequence[TextBlockParam] | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        stream: bool | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        anthropic_version: MessagesApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> Message | Stream[MessageStreamEvent]:
        """Create a message.

        Continues a conversation given as a list of messages, the operation that
        replaced Text Completions, in its form of December 2023. Members that came later
        are not described here; answers may carry them.

        Args:
            model: The model that continues the conversation.
                (#/components/schemas/MessageCreateParams/properties/model)
            max_tokens: The number of tokens after which the text is cut. The model may
                stop earlier. Bounds: at least 1.
                (#/components/schemas/MessageCreateParams/properties/max_tokens)
            messages: The turns so far. The first is the user's; turns of one role in a
                row are one turn. A last turn of the assistant begins the answer.
                Bounds: 1 or more items.
                (#/components/schemas/MessageCreateParams/properties/messages)
            system: Context and instructions that come before the conversation.
                (#/components/schemas/MessageCreateParams/properties/system)
            metadata: What the request says about itself.
                (#/components/schemas/MessageCreateParams/properties/metadata)
            stop_sequences: Texts that end the message where they would appear; none of
                them is part of the answer.
                (#/components/schemas/MessageCreateParams/properties/stop_sequences)
            stream: Whether the answer comes as server-sent events while it is made. The
                service takes false when it is absent.
                (#/components/schemas/MessageCreateParams/properties/stream)
            temperature: How much randomness to use: near 0 for analysis and choice,
                near 1 for writing. The service takes 1.0 when it is absent. Bounds: at
                least 0, at most 1.
                (#/components/schemas/MessageCreateParams/properties/temperature)
            top_p: Nucleus sampling: draw from the likeliest tokens that together reach
                this probability, from 0 to 1. Absent or -1, it is off.
                (#/components/schemas/MessageCreateParams/properties/top_p)
            top_k: Draw from this many of the likeliest tokens only. Absent or -1, it is
                off. Bounds: at least -1.
                (#/components/schemas/MessageCreateParams/properties/top_k)
            anthropic_version: The version of the API. Every version writes messages in
                the same way. A request without it is refused (until late 2023 it meant
                `2023-01-01`). Default: '2023-06-01'.
                (#/components/parameters/MessagesVersion)
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
            Message; with `stream=True` a stream of MessageStreamEvent.

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

        Source: openapi.yaml#/paths/~1v1~1messages/post
        """
        result: Message | Stream[MessageStreamEvent] = self._client.call(
            _messages_create.OPERATION,
            {
                "model": model,
                "max_tokens": max_tokens,
                "messages": messages,
                "system": system,
                "metadata": metadata,
                "stop_sequences": stop_sequences,
                "stream": stream,
                "temperature": temperature,
                "top_p": top_p,
                "top_k": top_k,
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
        max_tokens: int,
        messages: Sequence[MessageParam],
        system: str | Sequence[TextBlockParam] | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        anthropic_version: MessagesApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> CallContextManager[Stream[MessageStreamEvent]]:
        """Call `create` with a stream in `with`; it is closed at the end."""
        return CallContextManager(
            lambda: self.create(
                model=model,
                max_tokens=max_tokens,
                messages=messages,
                system=system,
                metadata=metadata,
                stop_sequences=stop_sequences,
                stream=True,
                temperature=temperature,
                top_p=top_p,
                top_k=top_k,
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


class MessagesWithRawResponse:
    """The methods of `Messages.with_raw_response`."""

    def __init__(self, client: SyncClient) -> None:
        methods = Messages(client, RawResponse)
        self.create = raw(methods.create)


class MessagesWithStreamingResponse:
    """The methods of `Messages.with_streaming_response`."""

    def __init__(self, client: SyncClient) -> None:
        methods = Messages(client, StreamedResponse)
        self.create = streamed(methods.create)


class AsyncMessages:
    """The operations of the tag messages."""

    def __init__(
        self,
        client: AsyncClient,
        returned: type[AsyncStreamedResponse[Any] | RawResponse[Any]] | None = None,
    ) -> None:
        self._client = client
        self._returned = returned

    @cached_property
    def with_raw_response(self) -> AsyncMessagesWithRawResponse:
        """The same methods, which return the HTTP response as `RawResponse`."""
        return AsyncMessagesWithRawResponse(self._client)

    @cached_property
    def with_streaming_response(self) -> AsyncMessagesWithStreamingResponse:
        """The same methods, for `async with`: the body of the HTTP response is not read."""
        return AsyncMessagesWithStreamingResponse(self._client)

    @overload
    async def create(
        self,
        *,
        model: KnownModel | str,
        max_tokens: int,
        messages: Sequence[MessageParam],
        system: str | Sequence[TextBlockParam] | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        stream: Literal[False] | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        anthropic_version: MessagesApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> Message: ...
    @overload
    async def create(
        self,
        *,
        model: KnownModel | str,
        max_tokens: int,
        messages: Sequence[MessageParam],
        system: str | Sequence[TextBlockParam] | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        stream: Literal[True],
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        anthropic_version: MessagesApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> AsyncStream[MessageStreamEvent]: ...
    @overload
    async def create(
        self,
        *,
        model: KnownModel | str,
        max_tokens: int,
        messages: Sequence[MessageParam],
        system: str | Sequence[TextBlockParam] | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        stream: bool,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        anthropic_version: MessagesApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> Message | AsyncStream[MessageStreamEvent]: ...

    @with_signature_errors
    async def create(
        self,
        *,
        model: KnownModel | str,
        max_tokens: int,
        messages: Sequence[MessageParam],
        system: str | Sequence[TextBlockParam] | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        stream: bool | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        anthropic_version: MessagesApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> Message | AsyncStream[MessageStreamEvent]:
        """Create a message.

        Continues a conversation given as a list of messages, the operation that
        replaced Text Completions, in its form of December 2023. Members that came later
        are not described here; answers may carry them.

        Args:
            model: The model that continues the conversation.
                (#/components/schemas/MessageCreateParams/properties/model)
            max_tokens: The number of tokens after which the text is cut. The model may
                stop earlier. Bounds: at least 1.
                (#/components/schemas/MessageCreateParams/properties/max_tokens)
            messages: The turns so far. The first is the user's; turns of one role in a
                row are one turn. A last turn of the assistant begins the answer.
                Bounds: 1 or more items.
                (#/components/schemas/MessageCreateParams/properties/messages)
            system: Context and instructions that come before the conversation.
                (#/components/schemas/MessageCreateParams/properties/system)
            metadata: What the request says about itself.
                (#/components/schemas/MessageCreateParams/properties/metadata)
            stop_sequences: Texts that end the message where they would appear; none of
                them is part of the answer.
                (#/components/schemas/MessageCreateParams/properties/stop_sequences)
            stream: Whether the answer comes as server-sent events while it is made. The
                service takes false when it is absent.
                (#/components/schemas/MessageCreateParams/properties/stream)
            temperature: How much randomness to use: near 0 for analysis and choice,
                near 1 for writing. The service takes 1.0 when it is absent. Bounds: at
                least 0, at most 1.
                (#/components/schemas/MessageCreateParams/properties/temperature)
            top_p: Nucleus sampling: draw from the likeliest tokens that together reach
                this probability, from 0 to 1. Absent or -1, it is off.
                (#/components/schemas/MessageCreateParams/properties/top_p)
            top_k: Draw from this many of the likeliest tokens only. Absent or -1, it is
                off. Bounds: at least -1.
                (#/components/schemas/MessageCreateParams/properties/top_k)
            anthropic_version: The version of the API. Every version writes messages in
                the same way. A request without it is refused (until late 2023 it meant
                `2023-01-01`). Default: '2023-06-01'.
                (#/components/parameters/MessagesVersion)
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
            Message; with `stream=True` a stream of MessageStreamEvent.

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

        Source: openapi.yaml#/paths/~1v1~1messages/post
        """
        result: Message | AsyncStream[MessageStreamEvent] = await self._client.call(
            _messages_create.OPERATION,
            {
                "model": model,
                "max_tokens": max_tokens,
                "messages": messages,
                "system": system,
                "metadata": metadata,
                "stop_sequences": stop_sequences,
                "stream": stream,
                "temperature": temperature,
                "top_p": top_p,
                "top_k": top_k,
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
        max_tokens: int,
        messages: Sequence[MessageParam],
        system: str | Sequence[TextBlockParam] | Omit | None = omit,
        metadata: Metadata | Omit | None = omit,
        stop_sequences: SequenceNotStr[str] | Omit | None = omit,
        temperature: float | Omit | None = omit,
        top_p: float | Omit | None = omit,
        top_k: int | Omit | None = omit,
        anthropic_version: MessagesApiVersion | Omit | None = omit,
        betas: SequenceNotStr[str] | Omit | None = omit,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        extra_body: object | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
    ) -> AsyncCallContextManager[AsyncStream[MessageStreamEvent]]:
        """Call `create` with a stream in `async with`; it is closed at the end."""
        return AsyncCallContextManager(
            lambda: self.create(
                model=model,
                max_tokens=max_tokens,
                messages=messages,
                system=system,
                metadata=metadata,
                stop_sequences=stop_sequences,
                stream=True,
                temperature=temperature,
                top_p=top_p,
                top_k=top_k,
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


class AsyncMessagesWithRawResponse:
    """The methods of `AsyncMessages.with_raw_response`."""

    def __init__(self, client: AsyncClient) -> None:
        methods = AsyncMessages(client, RawResponse)
        self.create = async_raw(methods.create)


class AsyncMessagesWithStreamingResponse:
    """The methods of `AsyncMessages.with_streaming_response`."""

    def __init__(self, client: AsyncClient) -> None:
        methods = AsyncMessages(client, AsyncStreamedResponse)
        self.create = async_streamed(methods.create)


__all__ = [
    "AsyncMessages",
    "AsyncMessagesWithRawResponse",
    "AsyncMessagesWithStreamingResponse",
    "Messages",
    "MessagesWithRawResponse",
    "MessagesWithStreamingResponse",
]
