"""The synchronous client: makes calls with an `httpx.Client`."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self, TypeVar, Unpack, overload

import httpx

from .._exchange import SyncIO, run_sync
from .._manual import RequestOptions
from .._request import Options
from .._response.responses import BaseResponse, RawResponse, StreamedResponse
from .._spec import Operation
from .._streaming.stream import Stream
from .._tokens import ApproximateTokenizer
from .._transport.http_clients import DefaultHttpxClient
from .base import BaseClient

T = TypeVar("T")
_new_client_lock = threading.Lock()


class SyncClient(BaseClient[httpx.Client]):
    """A client that blocks. Safe to share between threads."""

    http_class = httpx.Client
    io = SyncIO()
    stream_class: ClassVar[type[Stream[Any]]] = Stream

    def call(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        options: Options,
        returned: type[BaseResponse[Any]] | None = None,
    ) -> Any:
        """Make a call and return its result: a model, or a `Stream` of events.

        With `returned`, return the HTTP response as this class.
        """
        return run_sync(self._call(operation, arguments, options, returned))

    @overload
    def request(
        self,
        method: str,
        path_or_url: str | httpx.URL,
        *,
        json: object = None,
        stream: Literal[False] = False,
        **options: Unpack[RequestOptions],
    ) -> RawResponse[Any]: ...
    @overload
    def request(
        self,
        method: str,
        path_or_url: str | httpx.URL,
        *,
        json: object = None,
        stream: Literal[True],
        **options: Unpack[RequestOptions],
    ) -> StreamedResponse[Any]: ...
    def request(
        self,
        method: str,
        path_or_url: str | httpx.URL,
        *,
        json: object = None,
        stream: bool = False,
        **options: Unpack[RequestOptions],
    ) -> RawResponse[Any] | StreamedResponse[Any]:
        """Send a request that the document does not describe.

        Authentication, retries, timeouts and errors are those of every call.

        Args:
            method: The HTTP method.
            path_or_url: A path below the base URL, or a URL. To another origin than
                that of the base URL no credential of the client is sent.
            json: The body: any value that JSON can express; bytes are sent as they
                are.
            stream: Whether the body of the response is left to be read piece by piece;
                use the response in `with` then, which closes it.
            options: `headers` and `params` to add, `timeout`, `deadline` and
                `max_retries` of this call, `extra_json`: members to add to the body.

        Returns:
            The response, a success: its status, headers and body.

        Raises:
            RequestValidationError: JSON cannot express the body; nothing was sent.
            APIConnectionError: The network failed, or took too long.
            APIStatusError: The server answered with an error.
        """
        returned: type[Any] = StreamedResponse if stream else RawResponse
        response: RawResponse[Any] | StreamedResponse[Any] = run_sync(
            self._call_manually(method, path_or_url, json, options, returned)
        )
        return response

    def get(
        self, path: str, *, cast_to: type[T], options: RequestOptions | None = None
    ) -> T:
        """GET a path below the base URL, or a URL; see `post`."""
        return run_sync(self._cast("GET", path, None, options, cast_to))

    def post(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """POST to a path below the base URL, or to a URL.

        Args:
            path: The path or the URL.
            cast_to: What to return: `httpx.Response`, or `str` or `bytes` for the
                body, or for its JSON a model, `dict`, `list`, a number type, or
                `object` for any JSON.
            body: Any value that JSON can express; bytes are sent as they are.
            options: As for `request`.
        """
        return run_sync(self._cast("POST", path, body, options, cast_to))

    def put(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """PUT a body to a path below the base URL, or to a URL; see `post`."""
        return run_sync(self._cast("PUT", path, body, options, cast_to))

    def patch(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """PATCH a path below the base URL, or a URL; see `post`."""
        return run_sync(self._cast("PATCH", path, body, options, cast_to))

    def delete(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """DELETE a path below the base URL, or a URL; see `post`."""
        return run_sync(self._cast("DELETE", path, body, options, cast_to))

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text approximately; see `get_tokenizer`."""
        return len(self.get_tokenizer().encode(text).ids)

    def get_tokenizer(self) -> ApproximateTokenizer:
        """Return a tokenizer that is approximate: that of the service is not public."""
        return ApproximateTokenizer()

    def close(self) -> None:
        """Close all connections; the client cannot be used any more."""
        state = self._state
        state.closed, http, state.http = True, state.http, None
        if http is not None:
            http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _new_http_client(self) -> httpx.Client:
        with _new_client_lock:
            if self._state.http is None:
                self._state.http = DefaultHttpxClient(timeout=self.timeout)
        http: httpx.Client = self._state.http
        return http
