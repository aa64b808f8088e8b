"""The calls to the upstream, made with this project's client."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final

from text_completions import (
    APIConnectionError,
    APIError,
    AsyncAnthropic,
    DefaultAsyncHttpxClient,
    Omit,
    Timeout,
    omit,
)
from text_completions_runtime import load_transport, retry_delay

from ...errors import ServerError
from ..base import Caller
from .errors import Call, invalid, of_client, of_connection, of_response, timed_out
from .settings import BridgeSettings

_EVENT_STREAM: Final = "text/event-stream"
_KEY_HEADERS: Final = ("x-api-key", "authorization")


_call: ContextVar[Call] = ContextVar("upstream_call")


class Upstream:
    """Sends requests to `/v1/messages` of the upstream.

    Failed requests are sent again as the client's policy says. Cookies are not kept,
    and redirects to another origin are not followed.
    """

    def __init__(self, settings: BridgeSettings) -> None:
        self._settings = settings
        self._client = AsyncAnthropic(
            api_key="",  # or the client would read one from the environment
            base_url=settings.upstream,
            timeout=Timeout(None, connect=settings.connect_timeout),
            max_retries=settings.max_retries,
            http_client=DefaultAsyncHttpxClient(
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                event_hooks={"request": [self._on_request], "response": [_on_response]},
            ),
        )
        # The client reads headers from the environment; only documented ones go out.
        self._client.default_headers = {}
        self._origin = _origin(self._client.base_url)

    async def load(self) -> None:
        """Load what the first request would load, 0.1 s of imports among it.

        Raises:
            ServerError: The upstream is https, and the certificates cannot be loaded.
        """
        try:
            await load_transport(tls=self._client.base_url.scheme == "https")
        except OSError as error:
            raise ServerError(
                f"the certificates for {self._settings.upstream} cannot be loaded: "
                f"{error}; SSL_CERT_FILE and SSL_CERT_DIR say where they are"
            ) from error

    def is_closed(self) -> bool:
        """Tell whether `close` was called."""
        return self._client.is_closed()

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    def call(
        self,
        caller: Caller,
        model: str,
        *,
        version: str | None = None,
        query: str = "",
    ) -> Call:
        """Return the call to make for a caller, who wrote this name of a model.

        Without a version it has that of the settings; an empty one is left out.
        """
        settings, own_key = self._settings, self._settings.upstream_key
        version = settings.upstream_version if version is None else version
        headers: dict[str, str | Omit] = {"anthropic-version": version or omit}
        if own_key is None:
            names = [name for name in _KEY_HEADERS if caller.headers.get(name)]
            headers |= {name: caller.headers[name] for name in names[:1]}
        elif settings.upstream_auth == "bearer":
            headers["authorization"] = f"Bearer {own_key}"
        else:
            headers["x-api-key"] = own_key
        if "anthropic-beta" in caller.headers:
            headers["anthropic-beta"] = caller.headers["anthropic-beta"]
        key = caller.key if own_key is None else own_key
        return Call(model, key, own_key is not None, headers, caller.notes, query)

    async def send(self, body: object, call: Call) -> bytes:
        """Send JSON, or bytes as they are, and return the body of the response.

        Raises:
            UpstreamError: It failed, or took longer than the deadline.
        """
        call.limit = asyncio.get_running_loop().time() + self._settings.deadline
        async with _within(call):
            response = await self._client.request(
                "POST", call.path, json=body, headers=call.headers
            )
        return response.content

    async def stream(self, body: object, call: Call) -> AsyncGenerator[bytes]:
        """Send JSON, or bytes as they are, and yield the bytes of the events.

        They are read from the connection when they are asked for. Once the call
        `has_text`, the idle timeout counts instead of that of the first token.

        Raises:
            UpstreamError: It failed, took too long, or is not a stream of events.
        """
        first, idle = self._settings.first_token_timeout, self._settings.idle_timeout
        seconds = min(self._settings.deadline, first or math.inf)
        time = asyncio.get_running_loop().time
        call.limit = time() + seconds
        headers = {**call.headers, "accept": _EVENT_STREAM}
        async with _within(call):
            response = await self._client.request(
                "POST", call.path, json=body, headers=headers, stream=True
            )
        async with response:
            media_type = response.headers.get("content-type", "").lower()
            if not media_type.startswith(_EVENT_STREAM):
                raise invalid("the upstream's response is not a stream of events")
            chunks = response.iter_bytes()
            while True:
                limit: float | None = call.limit
                if call.has_text:
                    limit = None if idle is None else time() + idle
                try:
                    async with asyncio.timeout_at(limit):
                        chunk = await anext(chunks, None)
                except TimeoutError:
                    raise timed_out(
                        f"nothing came from the upstream for {idle:g} s"
                        if call.has_text
                        else f"no first token came from the upstream in {seconds:g} s"
                    ) from None
                except APIConnectionError as error:
                    raise of_connection(error) from error
                if chunk is None:
                    return
                yield chunk

    async def _on_request(self, request: Any) -> None:
        """Count an attempt; do not follow a redirect to another origin.

        Raises:
            UpstreamError: It is such a redirect.
        """
        if _origin(request.url) != self._origin:
            target = f"{request.url.scheme}://{request.url.host}"
            raise invalid(f"the upstream redirects to {target}, which is not followed")
        notes = _call.get().notes
        attempts = notes.get("upstream_attempts")
        notes["upstream_attempts"] = attempts + 1 if isinstance(attempts, int) else 1


async def _on_response(response: Any) -> None:
    """Note the response to an attempt, the last if no other would be in time."""
    call = _call.get()
    call.response = response
    call.notes["upstream_status"] = response.status_code
    if call.limit is not None and not response.is_success:
        left = call.limit - asyncio.get_running_loop().time()
        if retry_delay(0, response.headers) > left:
            response.headers["x-should-retry"] = "false"  # the client goes by that


@asynccontextmanager
async def _within(call: Call) -> AsyncGenerator[None]:
    """Let a call take until its limit, and raise errors of ours."""
    token = _call.set(call)
    try:
        async with asyncio.timeout_at(call.limit):
            yield
    except TimeoutError:
        latest = call.response
        if latest is None or latest.is_success:
            raise timed_out("the upstream did not respond in time") from None
        # It waited to try again, or for the body.
        raise of_response(latest.status_code, None, latest.headers, call) from None
    except APIError as error:
        raise of_client(error, call) from error
    finally:
        _call.reset(token)


def _origin(url: Any) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
