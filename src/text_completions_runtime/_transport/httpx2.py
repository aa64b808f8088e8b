"""Http clients of httpx2, the fork of httpx, as http clients of httpx.

This package speaks the types of httpx. A client of httpx2 that a caller passes is
used through a transport: it sends the requests with its own settings, connections and
authentication, and its responses and errors become those of httpx. Nothing here
imports httpx2, which need not be installed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, NoReturn

import httpx


def adopt_httpx2(client: Any) -> Any:
    """Return a client of httpx2 as one of httpx, and any other value as it is."""
    if isinstance(client, (httpx.Client, httpx.AsyncClient)):
        return client  # also where httpx2 stands in for httpx
    names = {f"{cls.__module__}.{cls.__name__}" for cls in type(client).__mro__}
    settings: dict[str, Any] = {"trust_env": False}
    if names & {"httpx2.Client", "httpx2._client.Client"}:
        settings["transport"] = _Transport(client)
        made: httpx.Client | httpx.AsyncClient = httpx.Client(**settings)
    elif names & {"httpx2.AsyncClient", "httpx2._client.AsyncClient"}:
        settings["transport"] = _AsyncTransport(client)
        made = httpx.AsyncClient(**settings)
    else:
        return client
    made.timeout = httpx.Timeout(**client.timeout.as_dict())
    made.follow_redirects = client.follow_redirects
    return made


class _Transport(httpx.BaseTransport):
    def __init__(self, client: Any) -> None:
        self._client = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = self._client.send(
                _rebuilt(self._client, request), stream=True, follow_redirects=False
            )
        except Exception as error:
            response = _response_of(error)
        return _as_httpx(response, _Body(response))

    def close(self) -> None:
        self._client.close()


class _AsyncTransport(httpx.AsyncBaseTransport):
    def __init__(self, client: Any) -> None:
        self._client = client

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._client.send(
                _rebuilt(self._client, request), stream=True, follow_redirects=False
            )
        except Exception as error:
            response = _response_of(error)
        return _as_httpx(response, _AsyncBody(response))

    async def aclose(self) -> None:
        await self._client.aclose()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: Any) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._response.iter_raw()
        except Exception as error:
            _raise_as_httpx(error)

    def close(self) -> None:
        self._response.close()


class _AsyncBody(httpx.AsyncByteStream):
    def __init__(self, response: Any) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.aiter_raw():
                yield chunk
        except Exception as error:
            _raise_as_httpx(error)

    async def aclose(self) -> None:
        await self._response.aclose()


def _response_of(error: Exception) -> Any:
    """Return the response whose status a hook of the client raised."""
    response = getattr(error, "response", None)
    return _raise_as_httpx(error) if response is None else response


def _raise_as_httpx(error: Exception) -> NoReturn:
    """Raise the httpx error that has the name of an error of httpx2."""
    ours: Any = getattr(httpx, type(error).__name__, None)
    if ours is None or not type(error).__module__.startswith("httpx2"):
        raise error
    raise ours(str(error)) from error


def _rebuilt(client: Any, request: httpx.Request) -> Any:
    """Return a request of httpx2; its client adds what it adds to every request."""
    skipped = ("host", "content-length", "transfer-encoding")
    return client.build_request(
        request.method,
        str(request.url),
        headers=[one for one in request.headers.multi_items() if one[0] not in skipped],
        content=request.content,
        extensions=dict(request.extensions),
    )


def _as_httpx(
    response: Any, body: httpx.SyncByteStream | httpx.AsyncByteStream
) -> httpx.Response:
    headers = response.headers.raw
    if response.is_closed:  # a hook read it or raised its status, or it came whole
        content = response.content if response.is_stream_consumed else b""
        body = httpx.ByteStream(content)
        headers = [one for one in headers if one[0].lower() != b"content-encoding"]
    return httpx.Response(
        response.status_code,
        headers=headers,
        stream=body,
        extensions=response.extensions,
    )
