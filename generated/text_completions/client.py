# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""The clients."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar, Self

import httpx

from text_completions_runtime import (
    DEFAULT_MAX_RETRIES,
    ApiSpec,
    Credential,
    CredentialSetting,
    Environment,
    Headers,
    NotGiven,
    Query,
    not_given,
)
from text_completions_runtime import (
    AsyncClient as _AsyncClient,
)
from text_completions_runtime import (
    SyncClient as _SyncClient,
)

from . import resources as _resources
from ._schemas import SCHEMAS
from ._streaming import AsyncStream, Stream
from .errors import ERRORS

API_SPEC = ApiSpec(
    name="text_completions",
    user_agent="text-completions/0.1.0",
    base_url="https://api.anthropic.com",
    credentials=(
        Credential(
            argument="api_key",
            header="x-api-key",
            prefix="",
            environment="ANTHROPIC_API_KEY",
        ),
        Credential(
            argument="auth_token",
            header="authorization",
            prefix="Bearer ",
            environment="ANTHROPIC_AUTH_TOKEN",
        ),
    ),
    environment=Environment(
        base_url="ANTHROPIC_BASE_URL",
        custom_headers="ANTHROPIC_CUSTOM_HEADERS",
        log="ANTHROPIC_LOG",
    ),
    errors=ERRORS,
    request_id="request-id",
    schemas=SCHEMAS,
    document="openapi.yaml",
    workspace_id="anthropic-workspace-id",
    headers={"anthropic-version": "2023-06-01"},
)


class Anthropic(_SyncClient):
    """A client for the API of openapi.yaml.

    Every argument has a default: the credentials and the base URL come from the
    environment, and the other defaults suit most programs.

    Args:
        api_key: Sent as the header `x-api-key`. Default, if no credential is
            passed: `ANTHROPIC_API_KEY`.
        auth_token: Sent as the header `authorization`. Default, if no credential is
            passed: `ANTHROPIC_AUTH_TOKEN`.
        base_url: Where the service is, without the path of an operation. Default:
            `ANTHROPIC_BASE_URL`, then the document's.
        timeout: Seconds for each wait on the network (connecting stays at 5 s), an
            `httpx.Timeout`, or None to wait for ever. Default: 600.
        deadline: Seconds from 0 for a whole call: its attempts, the waits between
            them, redirects, and the body or the stream to its last event. Default:
            None, no deadline.
        idle_timeout: Seconds from 0 to wait for the next event of a stream; neither
            pings nor the caller's own time between two events count. Default: None, no
            limit.
        max_retries: Attempts that may follow the first, `math.inf` for no limit.
            Default: 2.
        default_headers: Headers of every call; `omit` removes one.
        default_query: Query parameters of every call.
        http_client: The httpx client to use instead of one of its own.
        validate_requests: Whether arguments are checked before they are sent.
            Default: True.
        strict: Whether responses are checked against the document. Default: False.
        log_bodies: Whether the logger `text_completions` writes, at the level
            DEBUG, what is sent and received; credentials are masked even then. Default:
            False.
        _strict_response_validation: The same as `strict`, by another name.
    """

    api_spec: ClassVar[ApiSpec] = API_SPEC
    stream_class = Stream
    moved: ClassVar[Mapping[str, str]] = {
        "completion": "completions.create(...)",
        "completion_stream": "completions.create(..., stream=True)",
        "acompletion": "completions.create(...) of AsyncAnthropic",
        "acompletion_stream": "completions.create(..., stream=True) of AsyncAnthropic",
    }
    HUMAN_PROMPT: ClassVar[str] = "\n\nHuman:"
    AI_PROMPT: ClassVar[str] = "\n\nAssistant:"

    api_key = CredentialSetting()
    auth_token = CredentialSetting()

    def __init__(
        self,
        api_key: str | None = None,
        *,
        auth_token: str | None = None,
        base_url: str | httpx.URL | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | None = None,
        idle_timeout: float | None = None,
        max_retries: float = DEFAULT_MAX_RETRIES,
        default_headers: Headers | None = None,
        default_query: Query | None = None,
        http_client: httpx.Client | None = None,
        validate_requests: bool = True,
        strict: bool = False,
        log_bodies: bool = False,
        _strict_response_validation: bool = False,
    ) -> None:
        super().__init__(
            credentials={
                "api_key": api_key,
                "auth_token": auth_token,
            },
            base_url=base_url,
            timeout=timeout,
            deadline=deadline,
            idle_timeout=idle_timeout,
            max_retries=max_retries,
            default_headers=default_headers,
            default_query=default_query,
            http_client=http_client,
            validate_requests=validate_requests,
            strict=strict or _strict_response_validation,
            log_bodies=log_bodies,
        )

    def copy(
        self,
        *,
        api_key: str | None = None,
        auth_token: str | None = None,
        base_url: str | httpx.URL | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
        max_retries: float | NotGiven = not_given,
        default_headers: Headers | None = None,
        set_default_headers: Headers | None = None,
        default_query: Query | None = None,
        set_default_query: Query | None = None,
        http_client: httpx.Client | None = None,
        validate_requests: bool | None = None,
        strict: bool | None = None,
        log_bodies: bool | None = None,
    ) -> Self:
        """Return a client with some settings changed, on the same connections.

        What is not passed stays as it is. `default_headers` and `default_query` add
        to the present ones; those that begin with `set_` replace them.
        """
        return self._copy(
            credentials={
                "api_key": api_key,
                "auth_token": auth_token,
            },
            base_url=base_url,
            timeout=timeout,
            deadline=deadline,
            idle_timeout=idle_timeout,
            max_retries=max_retries,
            default_headers=default_headers,
            set_default_headers=set_default_headers,
            default_query=default_query,
            set_default_query=set_default_query,
            http_client=http_client,
            validate_requests=validate_requests,
            strict=strict,
            log_bodies=log_bodies,
        )

    with_options = copy

    @cached_property
    def completions(self) -> _resources.Completions:
        """Text Completions, the legacy API that this document keeps."""
        return _resources.Completions(self._clone())

    @cached_property
    def messages(self) -> _resources.Messages:
        """Messages, in the form in which it replaced Text Completions."""
        return _resources.Messages(self._clone())

    @cached_property
    def with_raw_response(self) -> AnthropicWithRawResponse:
        """The same calls; each returns the HTTP response, `RawResponse`."""
        return AnthropicWithRawResponse(self._clone())

    @cached_property
    def with_streaming_response(self) -> AnthropicWithStreamingResponse:
        """The same calls; each opens the HTTP response, its body unread, in `with`."""
        return AnthropicWithStreamingResponse(self._clone())


class AnthropicWithRawResponse:
    """The resources of a client, for HTTP responses: see `Anthropic.with_raw_response`."""

    def __init__(self, client: Anthropic) -> None:
        self._client = client

    @cached_property
    def completions(self) -> _resources.CompletionsWithRawResponse:
        """Text Completions, the legacy API that this document keeps."""
        return self._client.completions.with_raw_response

    @cached_property
    def messages(self) -> _resources.MessagesWithRawResponse:
        """Messages, in the form in which it replaced Text Completions."""
        return self._client.messages.with_raw_response


class AnthropicWithStreamingResponse:
    """The resources of a client, for HTTP responses: see `Anthropic.with_streaming_response`."""

    def __init__(self, client: Anthropic) -> None:
        self._client = client

    @cached_property
    def completions(self) -> _resources.CompletionsWithStreamingResponse:
        """Text Completions, the legacy API that this document keeps."""
        return self._client.completions.with_streaming_response

    @cached_property
    def messages(self) -> _resources.MessagesWithStreamingResponse:
        """Messages, in the form in which it replaced Text Completions."""
        return self._client.messages.with_streaming_response


class AsyncAnthropic(_AsyncClient):
    """An asynchronous client for the API of openapi.yaml.

    Every argument has a default: the credentials and the base URL come from the
    environment, and the other defaults suit most programs.

    Args:
        api_key: Sent as the header `x-api-key`. Default, if no credential is
            passed: `ANTHROPIC_API_KEY`.
        auth_token: Sent as the header `authorization`. Default, if no credential is
            passed: `ANTHROPIC_AUTH_TOKEN`.
        base_url: Where the service is, without the path of an operation. Default:
            `ANTHROPIC_BASE_URL`, then the document's.
        timeout: Seconds for each wait on the network (connecting stays at 5 s), an
            `httpx.Timeout`, or None to wait for ever. Default: 600.
        deadline: Seconds from 0 for a whole call: its attempts, the waits between
            them, redirects, and the body or the stream to its last event. Default:
            None, no deadline.
        idle_timeout: Seconds from 0 to wait for the next event of a stream; neither
            pings nor the caller's own time between two events count. Default: None, no
            limit.
        max_retries: Attempts that may follow the first, `math.inf` for no limit.
            Default: 2.
        default_headers: Headers of every call; `omit` removes one.
        default_query: Query parameters of every call.
        http_client: The httpx client to use instead of one of its own.
        validate_requests: Whether arguments are checked before they are sent.
            Default: True.
        strict: Whether responses are checked against the document. Default: False.
        log_bodies: Whether the logger `text_completions` writes, at the level
            DEBUG, what is sent and received; credentials are masked even then. Default:
            False.
        _strict_response_validation: The same as `strict`, by another name.
    """

    api_spec: ClassVar[ApiSpec] = API_SPEC
    stream_class = AsyncStream
    moved: ClassVar[Mapping[str, str]] = {
        "completion": "completions.create(...)",
        "completion_stream": "completions.create(..., stream=True)",
        "acompletion": "completions.create(...) of AsyncAnthropic",
        "acompletion_stream": "completions.create(..., stream=True) of AsyncAnthropic",
    }
    HUMAN_PROMPT: ClassVar[str] = "\n\nHuman:"
    AI_PROMPT: ClassVar[str] = "\n\nAssistant:"

    api_key = CredentialSetting()
    auth_token = CredentialSetting()

    def __init__(
        self,
        api_key: str | None = None,
        *,
        auth_token: str | None = None,
        base_url: str | httpx.URL | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | None = None,
        idle_timeout: float | None = None,
        max_retries: float = DEFAULT_MAX_RETRIES,
        default_headers: Headers | None = None,
        default_query: Query | None = None,
        http_client: httpx.AsyncClient | None = None,
        validate_requests: bool = True,
        strict: bool = False,
        log_bodies: bool = False,
        _strict_response_validation: bool = False,
    ) -> None:
        super().__init__(
            credentials={
                "api_key": api_key,
                "auth_token": auth_token,
            },
            base_url=base_url,
            timeout=timeout,
            deadline=deadline,
            idle_timeout=idle_timeout,
            max_retries=max_retries,
            default_headers=default_headers,
            default_query=default_query,
            http_client=http_client,
            validate_requests=validate_requests,
            strict=strict or _strict_response_validation,
            log_bodies=log_bodies,
        )

    def copy(
        self,
        *,
        api_key: str | None = None,
        auth_token: str | None = None,
        base_url: str | httpx.URL | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        idle_timeout: float | NotGiven | None = not_given,
        max_retries: float | NotGiven = not_given,
        default_headers: Headers | None = None,
        set_default_headers: Headers | None = None,
        default_query: Query | None = None,
        set_default_query: Query | None = None,
        http_client: httpx.AsyncClient | None = None,
        validate_requests: bool | None = None,
        strict: bool | None = None,
        log_bodies: bool | None = None,
    ) -> Self:
        """Return a client with some settings changed, on the same connections.

        What is not passed stays as it is. `default_headers` and `default_query` add
        to the present ones; those that begin with `set_` replace them.
        """
        return self._copy(
            credentials={
                "api_key": api_key,
                "auth_token": auth_token,
            },
            base_url=base_url,
            timeout=timeout,
            deadline=deadline,
            idle_timeout=idle_timeout,
            max_retries=max_retries,
            default_headers=default_headers,
            set_default_headers=set_default_headers,
            default_query=default_query,
            set_default_query=set_default_query,
            http_client=http_client,
            validate_requests=validate_requests,
            strict=strict,
            log_bodies=log_bodies,
        )

    with_options = copy

    @cached_property
    def completions(self) -> _resources.AsyncCompletions:
        """Text Completions, the legacy API that this document keeps."""
        return _resources.AsyncCompletions(self._clone())

    @cached_property
    def messages(self) -> _resources.AsyncMessages:
        """Messages, in the form in which it replaced Text Completions."""
        return _resources.AsyncMessages(self._clone())

    @cached_property
    def with_raw_response(self) -> AsyncAnthropicWithRawResponse:
        """The same calls; each returns the HTTP response, `RawResponse`."""
        return AsyncAnthropicWithRawResponse(self._clone())

    @cached_property
    def with_streaming_response(self) -> AsyncAnthropicWithStreamingResponse:
        """The same calls; each opens the HTTP response, its body unread, in `async with`."""
        return AsyncAnthropicWithStreamingResponse(self._clone())


class AsyncAnthropicWithRawResponse:
    """The resources of a client, for HTTP responses: see `AsyncAnthropic.with_raw_response`."""

    def __init__(self, client: AsyncAnthropic) -> None:
        self._client = client

    @cached_property
    def completions(self) -> _resources.AsyncCompletionsWithRawResponse:
        """Text Completions, the legacy API that this document keeps."""
        return self._client.completions.with_raw_response

    @cached_property
    def messages(self) -> _resources.AsyncMessagesWithRawResponse:
        """Messages, in the form in which it replaced Text Completions."""
        return self._client.messages.with_raw_response


class AsyncAnthropicWithStreamingResponse:
    """The resources of a client, for HTTP responses: see `AsyncAnthropic.with_streaming_response`."""

    def __init__(self, client: AsyncAnthropic) -> None:
        self._client = client

    @cached_property
    def completions(self) -> _resources.AsyncCompletionsWithStreamingResponse:
        """Text Completions, the legacy API that this document keeps."""
        return self._client.completions.with_streaming_response

    @cached_property
    def messages(self) -> _resources.AsyncMessagesWithStreamingResponse:
        """Messages, in the form in which it replaced Text Completions."""
        return self._client.messages.with_streaming_response


Client = Anthropic
AsyncClient = AsyncAnthropic
