"""What a client writes to its logger: never a secret, and bodies only when asked to."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import httpx

from ._redact import MASK
from ._spec import ApiSpec

__all__ = ["Log"]


class Log(NamedTuple):
    """Writes what one client does, all of it at the level DEBUG.

    Attributes:
        logger: Where to.
        api_spec: Names the header with the request id.
        bodies: Whether bodies and events are written too.
        secrets: Returns what is masked wherever it occurs.
    """

    logger: logging.Logger
    api_spec: ApiSpec
    bodies: bool
    secrets: Callable[[], Mapping[str, str | None]]

    def answered(self, response: httpx.Response, retries: int) -> None:
        """Write an exchange: not its query and not its headers."""
        if not self.logger.isEnabledFor(logging.DEBUG):
            return
        request = response.request
        self.logger.debug(
            "%s %s: %d after %d retries, request-id %s",
            request.method,
            request.url.path,
            response.status_code,
            retries,
            response.headers.get(self.api_spec.request_id),
        )
        if self.bodies:
            self.logger.debug("sent: %s", self._masked(request.content))
            if response.is_stream_consumed:
                self.logger.debug("received: %s", self._masked(response.content))

    def event(self, name: str, payload: Mapping[str, Any]) -> None:
        """Write an event of a stream, where bodies are written."""
        if self.bodies and self.logger.isEnabledFor(logging.DEBUG):
            self.logger.debug("event %s: %s", name, self._masked(str(payload)))

    def _masked(self, body: bytes | str) -> str:
        text = body if isinstance(body, str) else body.decode("utf-8", "replace")
        for secret in self.secrets().values():
            text = text.replace(secret, MASK) if secret else text
        return text
