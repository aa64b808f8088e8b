"""The bench on which a server lies: what clauses use to ask it things."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ._answers import (
    Answer,
    read_completion,
    read_message,
    read_message_stream,
    read_stream,
)
from ._document import COMPLETE, MESSAGES, NEW, OLD, Document
from ._judgement import NotJudged
from ._settings import Settings
from .requests.exchange import Exchange, Request
from .requests.wire import Wire

HUMAN: Final = "\n\nHuman:"
QUESTION: Final = "Describe a walk along a river in about fifty words."
PROMPT: Final = f"{HUMAN} {QUESTION}\n\nAssistant:"
# Enough for a text of many events; less where every token is paid for.
LIMIT: Final = 64
PAID_LIMIT: Final = 32
# A text of so many words does not fit one event of a stream that is a stream.
MANY_WORDS: Final = 20
# So many answers of one kind may hang before that kind is given up.
PATIENCE: Final = 2
HANGING: Final = frozenset({"silent", "endless", "huge"})


@dataclass
class Bench:
    """The server under test, what it is called by, and what is known of it."""

    wire: Wire
    document: Document
    settings: Settings
    key: str = field(repr=False)
    # Which answer first had an id, and which first a `request-id`.
    ids: dict[str, Exchange] = field(default_factory=dict[str, Exchange])
    request_ids: dict[str, Exchange] = field(default_factory=dict[str, Exchange])
    _known: dict[Request, Exchange] = field(default_factory=dict[Request, Exchange])
    _hangs: dict[tuple[str, bool], int] = field(
        default_factory=dict[tuple[str, bool], int]
    )

    @property
    def version(self) -> str:
        """The version that requests name where it does not matter."""
        return self.settings.version or NEW

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions to judge."""
        return (self.settings.version,) if self.settings.version else (NEW, OLD)

    @property
    def is_paid(self) -> bool:
        """Whether somebody pays for every answer."""
        return self.settings.profile == "paid"

    @property
    def limit(self) -> int:
        """The limit of a long text, in tokens."""
        return PAID_LIMIT if self.is_paid else LIMIT

    # What clauses send.

    def headers(self, **changes: str | None) -> dict[str, str]:
        """The headers of a good request; None drops one, `_` stands for `-`."""
        headers: dict[str, str | None] = {
            "x-api-key": self.key,
            "anthropic-version": self.version,
            "content-type": "application/json",
        }
        headers.update({key.replace("_", "-"): changes[key] for key in changes})
        return {key: value for key, value in headers.items() if value is not None}

    def body(self, *, without: str = "", **changes: Any) -> dict[str, Any]:
        """The body of a good request of `/v1/complete`, changed."""
        body = {"model": self.settings.model, "prompt": PROMPT}
        merged = {**body, "max_tokens_to_sample": 8, **changes}
        return {key: merged[key] for key in merged if key != without}

    def message_body(self, *, without: str = "", **changes: Any) -> dict[str, Any]:
        """The body of a good request of `/v1/messages`, changed."""
        turn = {"role": "user", "content": QUESTION}
        body = {"model": self.settings.model, "max_tokens": 8, "messages": [turn]}
        merged: dict[str, Any] = {**body, **changes}
        return {key: merged[key] for key in merged if key != without}

    def post(
        self,
        body: Mapping[str, Any] | bytes,
        *,
        path: str = COMPLETE,
        headers: Mapping[str, str] | None = None,
        fresh: bool = False,
    ) -> Exchange:
        """Post a body; the same request is sent once, unless a fresh answer is due."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        chosen = self.headers() if headers is None else headers
        return self.send("POST", path, tuple(chosen.items()), content, fresh=fresh)

    def send(
        self,
        method: str,
        path: str,
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes | None = None,
        *,
        fresh: bool = False,
    ) -> Exchange:
        """Send any request."""
        identity = (("accept", "*/*"), ("accept-encoding", "identity"))
        request = Request(
            method=method, path=path, headers=headers + identity, body=body
        )
        if fresh or request not in self._known:
            self._known[request] = self._send(request)
        return self._known[request]

    def repeat(self, exchange: Exchange) -> Exchange:
        """Send the request of an exchange once more."""
        return self._send(exchange.request)

    def together(self, exchanges: Sequence[Exchange]) -> list[Exchange]:
        """Send the requests of exchanges once more, all at the same time."""
        if self.is_paid or self.settings.rate is not None:
            raise NotJudged("requests are sent one by one in this run")
        return self.wire.send_together([item.request for item in exchanges])

    def _send(self, request: Request) -> Exchange:
        kind = (request.path, request.json.get("stream") is True)
        if self._hangs.get(kind, 0) >= PATIENCE:
            raise NotJudged("requests of this kind hang and were given up")
        exchange = self.wire.send(request)
        if exchange.fault is not None and exchange.fault.kind in HANGING:
            self._hangs[kind] = self._hangs.get(kind, 0) + 1
        return exchange

    # What clauses ask for.

    def complete(self, **changes: Any) -> Answer:
        """The JSON answer to a good request."""
        return read_completion(self.post(self.body(**changes)))

    def stream(self, version: str | None = None, **changes: Any) -> Answer:
        """The streamed answer to a good request."""
        cumulative = (version or self.version) == OLD
        return read_stream(self.raw_stream(version, **changes), cumulative=cumulative)

    def raw_stream(self, version: str | None = None, **changes: Any) -> Exchange:
        """The exchange of a streamed answer."""
        return self.post(
            self.body(stream=True, **changes),
            headers=self.headers(anthropic_version=version or self.version),
        )

    def message(self, **changes: Any) -> Answer:
        """The JSON answer of `/v1/messages`."""
        return read_message(self.post(self.message_body(**changes), path=MESSAGES))

    def message_stream(self, **changes: Any) -> Answer:
        """The streamed answer of `/v1/messages`."""
        return read_message_stream(self.raw_message_stream(**changes))

    def raw_message_stream(self, **changes: Any) -> Exchange:
        """The exchange of a streamed answer of `/v1/messages`."""
        return self.post(self.message_body(stream=True, **changes), path=MESSAGES)

    # Texts long enough to compare; at temperature 0, for servers that know chance.

    def long(self, **changes: Any) -> Answer:
        """A JSON answer of some length."""
        return self.complete(**self.long_form(**changes))

    def long_stream(self, version: str | None = None, **changes: Any) -> Answer:
        """A streamed answer of some length."""
        return self.stream(version, **self.long_form(**changes))

    def raw_long_stream(self, version: str | None = None) -> Exchange:
        """The exchange of a streamed answer of some length."""
        return self.raw_stream(version, **self.long_form())

    def long_form(self, **changes: Any) -> dict[str, Any]:
        """The members that ask for a long text."""
        return {"max_tokens_to_sample": self.limit, "temperature": 0, **changes}

    def long_message(self, **changes: Any) -> dict[str, Any]:
        """The members that ask for a long message."""
        return {"max_tokens": self.limit, "temperature": 0, **changes}
