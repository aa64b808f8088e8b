"""Http clients of httpx2, the fork of httpx, as http clients of httpx.

This package speaks the types of httpx. A client of httpx2 that a caller passes is
used through a transport: it sends the requests with its own settings, connections and
authentication, and its responses and errors become those of httpx. Nothing here
imports httpx2, which need not be installed.

Requests to another origin are sent with `auth=None`, redirected ones too, and must
get nothing of the client's. All others pass `_mark`.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

_MARK = "text_completions.own"


def adopt_httpx2(client: Any) -> Any:
    """Return a client of httpx2 as one of httpx, and any other value as it is."""
    if isinstance(client, (httpx.Client, httpx.AsyncClient)):
        return client  # also where httpx2 stands in for httpx
    names = {f"{cls.__module__}.{cls.__name__}" for cls in type(client).__mro__}
    settings: dict[str, Any] = {"trust_env": False, "auth": _mark}
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
            response = self._client.send(**_sending(self._client, request))
        except Exception as error:
            response = _raise_as_httpx(error)
        return _as_httpx(response, _Body(response), request)

    def close(self) -> None:
        self._client.close()


class _AsyncTransport(httpx.AsyncBaseTransport):
    def __init__(self, client: Any) -> None:
        self._client = client

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._client.send(**_sending(self._client, request))
        except Exception as error:
            response = _raise_as_httpx(error)
        return _as_httpx(response, _AsyncBody(response), request)

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


def _raise_as_httpx(error: Exception) -> Any:
    """Raise the httpx error that has the name of an error of httpx2.

    Returns:
        Where a hook of the client raised the status of a response, that response.
    """
    is_theirs = type(error).__module__.startswith("httpx2")
    ours: Any = getattr(httpx, type(error).__name__, None) if is_theirs else None
    if ours is httpx.HTTPStatusError:
        theirs: Any = error
        return theirs.response
    if ours is None:
        raise error
    raise ours(str(error)) from error


def _mark(request: httpx.Request) -> httpx.Request:
    request.extensions[_MARK] = True
    return request


def _sending(client: Any, request: httpx.Request) -> dict[str, Any]:
    """Return what a client of httpx2 needs to send a request of httpx."""
    is_own = request.extensions.pop(_MARK, False)
    build = client.build_request if is_own else sys.modules["httpx2"].Request
    skipped = ("host", "content-length", "transfer-encoding")
    built = build(
        request.method,
        str(request.url),
        headers=[one for one in request.headers.multi_items() if one[0] not in skipped],
        content=request.read(),
        extensions=dict(request.extensions),
    )
    arguments = {"request": built, "stream": True, "follow_redirects": False}
    return arguments if is_own else arguments | {"auth": None}


def _as_httpx(
    response: Any,
    body: httpx.SyncByteStream | httpx.AsyncByteStream,
    request: httpx.Request,
) -> httpx.Response:
    """Return a response of httpx, and note in its request what was added to it."""
    request.headers = httpx.Headers(response.request.headers.raw)
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
