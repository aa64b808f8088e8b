"""The server under test, and the requests that clauses send it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ._contract import COMPLETE, MESSAGES, NEW, VERSIONS, Contract
from ._judgement import NotJudged
from ._responses import (
    Reply,
    read_completion,
    read_message,
    read_message_stream,
    read_stream,
)
from ._settings import Settings
from .requests.exchange import Exchange, Request
from .requests.wire import Wire

HUMAN: Final = "\n\nHuman:"
ASSISTANT: Final = "\n\nAssistant:"
QUESTION: Final = "Describe a walk along a river in about fifty words."
PROMPT: Final = f"{HUMAN} {QUESTION}{ASSISTANT}"
# Enough tokens for a text of many events; fewer where every token is paid for.
LIMIT: Final = 64
PAID_LIMIT: Final = 32
# A text of so many words comes in more than one event.
MANY_WORDS: Final = 20
# After so many hanging requests of one kind, no more of that kind are sent.
MAX_HANGS: Final = 2
HANGING: Final = frozenset({"silent", "endless", "huge"})
# Stands for the key of the settings.
DEFAULT_KEY: Final = "key of the settings"
# Sent with every request: any media type, and no compression.
ACCEPT: Final = (("accept", "*/*"), ("accept-encoding", "identity"))


@dataclass
class Bench:
    """The server under test, and what is known of it.

    Args:
        wire: The connections to the server.
        contract: The contract.
        settings: The settings of the run.
        key: The API key.
        ids: The first exchange with each `id`.
        request_ids: The first exchange with each `request-id`.
    """

    wire: Wire
    contract: Contract
    settings: Settings
    key: str = field(repr=False)
    ids: dict[str, Exchange] = field(default_factory=dict[str, Exchange])
    request_ids: dict[str, Exchange] = field(default_factory=dict[str, Exchange])
    _sent: dict[Request, Exchange] = field(default_factory=dict[Request, Exchange])
    _hangs: dict[tuple[str, bool], int] = field(
        default_factory=dict[tuple[str, bool], int]
    )

    @property
    def version(self) -> str:
        """The version of requests where it does not matter."""
        return self.settings.version or NEW

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions to judge."""
        return (self.settings.version,) if self.settings.version else VERSIONS

    @property
    def other_versions(self) -> tuple[str, ...]:
        """The versions to judge, without the usual one."""
        return tuple(item for item in self.versions if item != self.version)

    @property
    def is_paid(self) -> bool:
        """Whether somebody pays for every response."""
        return self.settings.profile == "paid"

    @property
    def limit(self) -> int:
        """The token limit of a long text."""
        return PAID_LIMIT if self.is_paid else LIMIT

    # Building and sending requests.

    @property
    def key_header(self) -> str:
        """The name of the header that carries the key."""
        return "authorization" if self.settings.auth == "bearer" else "x-api-key"

    def headers(
        self, *, key: str | None = DEFAULT_KEY, **changes: str | None
    ) -> dict[str, str]:
        """The headers of a good request; None drops one, `_` stands for `-`."""
        sent = self.key if key is DEFAULT_KEY else key
        if sent is not None and self.settings.auth == "bearer":
            sent = f"Bearer {sent}".strip()
        headers: dict[str, str | None] = {
            self.key_header: sent,
            "anthropic-version": self.version,
            "content-type": "application/json",
        }
        headers.update({name.replace("_", "-"): changes[name] for name in changes})
        return {name: value for name, value in headers.items() if value is not None}

    def body(
        self, path: str = COMPLETE, *, without: str = "", **changes: Any
    ) -> dict[str, Any]:
        """The body of a good request, changed."""
        members: dict[str, Any] = {"model": self.settings.model}
        if path == COMPLETE:
            members |= {"prompt": PROMPT, "max_tokens_to_sample": 8}
        else:
            turn = {"role": "user", "content": QUESTION}
            members |= {"max_tokens": 8, "messages": [turn]}
        members |= changes
        return {key: members[key] for key in members if key != without}

    def post(
        self,
        body: Mapping[str, Any] | bytes,
        *,
        path: str = COMPLETE,
        headers: Mapping[str, str] | None = None,
        is_chunked: bool = False,
        fresh: bool = False,
    ) -> Exchange:
        """Post a body. The same request is sent only once, unless `fresh` is set."""
        chosen = self.headers() if headers is None else headers
        request = post_request(path, body, chosen, is_chunked=is_chunked)
        return self._send_once(request, fresh=fresh)

    def send(
        self,
        method: str,
        path: str,
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes | None = None,
    ) -> Exchange:
        """Send any request. The same is sent only once."""
        request = Request(method=method, path=path, headers=headers + ACCEPT, body=body)
        return self._send_once(request)

    def is_allowed(self, request: Request) -> bool:
        """Whether the contract allows the key, the version and the body."""
        has_key = request.header(self.key_header) == self.headers()[self.key_header]
        has_version = request.header("anthropic-version") in VERSIONS
        pointer, schema = self.contract.request_schema(request.path)
        return (
            has_key
            and has_version
            and (schema is None or self.contract.problem(pointer, request.json) is None)
        )

    def repeat(self, exchange: Exchange) -> Exchange:
        """Send the request of an exchange once more."""
        return self._send(exchange.request)

    def together(self, exchanges: Sequence[Exchange]) -> list[Exchange]:
        """Send the requests of exchanges once more, all at the same time."""
        if self.is_paid or self.settings.rate is not None:
            raise NotJudged("requests are sent one by one in this run")
        return self.wire.send_together([item.request for item in exchanges])

    def _send_once(self, request: Request, *, fresh: bool = False) -> Exchange:
        if fresh or request not in self._sent:
            self._sent[request] = self._send(request)
        return self._sent[request]

    def _send(self, request: Request) -> Exchange:
        kind = (request.path, request.json.get("stream") is True)
        if self._hangs.get(kind, 0) >= MAX_HANGS:
            raise NotJudged("requests of this kind hang and were given up")
        exchange = self.wire.send(request)
        if exchange.fault is not None and exchange.fault.kind in HANGING:
            self._hangs[kind] = self._hangs.get(kind, 0) + 1
        return exchange

    # Good requests of /v1/complete, and their responses.

    def complete(self, version: str | None = None, **changes: Any) -> Reply:
        """The JSON response to a good request."""
        headers = self.headers(anthropic_version=version or self.version)
        return read_completion(self.post(self.body(**changes), headers=headers))

    def stream(self, version: str | None = None, **changes: Any) -> Reply:
        """The streamed response to a good request."""
        return read_stream(self.raw_stream(version, **changes))

    def raw_stream(self, version: str | None = None, **changes: Any) -> Exchange:
        """The exchange of a streamed response."""
        return self.post(
            self.body(stream=True, **changes),
            headers=self.headers(anthropic_version=version or self.version),
        )

    # Texts long enough to compare; at temperature 0, which makes them repeatable.

    def long(self, version: str | None = None, **changes: Any) -> Reply:
        """A long JSON response."""
        return self.complete(version, **self.long_form(**changes))

    def long_stream(self, version: str | None = None, **changes: Any) -> Reply:
        """A long streamed response."""
        return self.stream(version, **self.long_form(**changes))

    def raw_long_stream(self, version: str | None = None) -> Exchange:
        """The exchange of a long streamed response."""
        return self.raw_stream(version, **self.long_form())

    def long_form(self, **changes: Any) -> dict[str, Any]:
        """The members that ask for a long text."""
        return {"max_tokens_to_sample": self.limit, "temperature": 0, **changes}

    def raw_message(self, **changes: Any) -> Exchange:
        """The exchange of a long message."""
        form = {"max_tokens": self.limit, "temperature": 0}
        return self.post(self.body(MESSAGES) | form | changes, path=MESSAGES)

    def long_message(self, **changes: Any) -> Reply:
        """A long message."""
        return read_message(self.raw_message(**changes))

    def long_message_stream(self, **changes: Any) -> Reply:
        """A long streamed message."""
        return read_message_stream(self.raw_message(stream=True, **changes))


def post_request(
    path: str,
    body: Mapping[str, Any] | bytes,
    headers: Mapping[str, str],
    *,
    is_chunked: bool = False,
) -> Request:
    """The request that posts a body."""
    added = tuple(item for item in ACCEPT if item[0] not in headers)
    return Request(
        method="POST",
        path=path,
        headers=tuple(headers.items()) + added,
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        is_chunked=is_chunked,
    )
