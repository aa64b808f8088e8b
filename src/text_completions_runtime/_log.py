"""What a client writes to its logger: never a credential, and bodies only if asked."""

from __future__ import annotations

import logging
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx

from ._spec import ApiSpec
from ._urls import MASK

_masking: ContextVar[bool] = ContextVar("masking", default=False)


@contextmanager
def masked_query_in_log() -> Generator[None, None, None]:
    """Mask the query of a URL that httpx logs within the `with` block.

    httpx writes the whole URL at the level INFO, and a query may hold a key.
    """
    token = _masking.set(True)
    try:
        yield
    finally:
        _masking.reset(token)


def _mask_query(record: logging.LogRecord) -> bool:
    if _masking.get() and isinstance(record.args, tuple):
        record.args = tuple(
            one.copy_with(query=MASK.encode())
            if isinstance(one, httpx.URL) and one.query
            else one
            for one in record.args
        )
    return True


for _name in ("httpx", "httpx2"):
    logging.getLogger(_name).addFilter(_mask_query)


class Log:
    """Writes the calls of one client, at the level DEBUG.

    Args:
        api_spec: Names the logger, and the header with the request id.
        bodies: Whether bodies and events are written too.
        secrets: What is masked wherever it occurs.
    """

    def __init__(
        self, api_spec: ApiSpec, *, bodies: bool, secrets: Collection[str]
    ) -> None:
        self.bodies = bodies
        self._logger = logging.getLogger(api_spec.name)
        self._request_id = api_spec.request_id
        self._secrets = secrets

    def response(self, response: httpx.Response, retries: int) -> None:
        """Write that a call succeeded, without its query and its headers."""
        if not self._logger.isEnabledFor(logging.DEBUG):
            return
        request = response.request
        self._logger.debug(
            "%s %s: %d after %d retries, request-id %s",
            request.method,
            request.url.path,
            response.status_code,
            retries,
            response.headers.get(self._request_id),
        )
        if self.bodies:
            self._logger.debug("sent: %s", self._masked(request.content))
            if response.is_stream_consumed:
                self._logger.debug("received: %s", self._masked(response.content))

    def event(self, name: str, payload: Mapping[str, Any]) -> None:
        """Write an event of a stream, where bodies are written."""
        if self.bodies and self._logger.isEnabledFor(logging.DEBUG):
            self._logger.debug("event %s: %s", name, self._masked(str(payload)))

    def _masked(self, body: bytes | str) -> str:
        text = body if isinstance(body, str) else body.decode("utf-8", "replace")
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text
