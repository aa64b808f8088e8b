"""The server under test, and the requests that clauses send it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from text_completions_document import sequence

from ._contract import COMPLETE, MESSAGES, NEW, VERSIONS, Contract
from ._judgement import NotJudged
from ._responses import Reply, read_reply
from ._settings import THROWAWAY_KEY, Settings
from .requests.exchange import Exchange, Request
from .requests.wire import Wire

HUMAN: Final = "\n\nHuman:"
ASSISTANT: Final = "\n\nAssistant:"
QUESTION: Final = "Describe a walk along a river in about fifty words."
PROMPT: Final = f"{HUMAN} {QUESTION}{ASSISTANT}"
# A prompt whose response is short, whatever its limit.
SHORT: Final = f"{HUMAN} Say yes.{ASSISTANT}"
# A name that no schema of any document has.
UNKNOWN_MEMBER: Final = "member_of_the_contract_suite"
# A server that writes the name back must escape and count it.
INVENTED_MODEL: Final = 'no-such-"módel"-of-the-contract-suite'
# The wrong keys that are tried, each with a description.
WRONG_KEY: Final = "invalid-key-of-the-contract-suite"
WITHOUT_KEY: Final = (("no key", None), ("a wrong key", WRONG_KEY))
# The parameter that limits the text, by the path of the operation.
LIMIT_NAMES: Final = {COMPLETE: "max_tokens_to_sample", MESSAGES: "max_tokens"}
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
    """The server under test, and what is known of it."""

    wire: Wire
    contract: Contract
    settings: Settings
    # The first exchange with each `id` and with each `request-id`.
    ids: dict[str, Exchange] = field(default_factory=dict[str, Exchange])
    request_ids: dict[str, Exchange] = field(default_factory=dict[str, Exchange])
    _sent: dict[Request, Exchange] = field(default_factory=dict[Request, Exchange])
    _hangs: dict[tuple[str, bool], int] = field(
        default_factory=dict[tuple[str, bool], int]
    )

    @property
    def key(self) -> str:
        """The key to send."""
        return self.settings.api_key or THROWAWAY_KEY

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
        members = {"model": self.settings.model, **dialogue(path, QUESTION)}
        members |= {LIMIT_NAMES[path]: 8, **self._also_required(path), **changes}
        return {key: members[key] for key in members if key != without}

    def _also_required(self, path: str) -> dict[str, Any]:
        """Examples of the parameters that an edited document requires as well."""
        _, required = self.contract.request_schema(path, "required")
        usual = {"model", "prompt", "messages", LIMIT_NAMES[path]}
        names = [name for name in sequence(required) if name not in usual]
        return {name: self.contract.example(path, name) for name in names}

    def post(
        self,
        body: Mapping[str, Any] | bytes,
        *,
        path: str = COMPLETE,
        headers: Mapping[str, str] | None = None,
        is_chunked: bool = False,
    ) -> Exchange:
        """Post a body. The same request is sent only once."""
        chosen = self.headers() if headers is None else headers
        return self.send(new_request(path, body, chosen, is_chunked=is_chunked))

    def send(self, request: Request) -> Exchange:
        """Send any request. The same is sent only once."""
        if request not in self._sent:
            self._sent[request] = self.send_again(request)
        return self._sent[request]

    def send_again(self, request: Request) -> Exchange:
        """Send a request, unless requests of this kind hang."""
        kind = (request.path, request.json.get("stream") is True)
        if self._hangs.get(kind, 0) >= MAX_HANGS:
            raise NotJudged("requests of this kind hang and were given up")
        exchange = self.wire.send(request)
        if exchange.fault is not None and exchange.fault.kind in HANGING:
            self._hangs[kind] = self._hangs.get(kind, 0) + 1
        return exchange

    def together(self, exchanges: Sequence[Exchange]) -> list[Exchange]:
        """Send the requests of exchanges once more, all at the same time."""
        if self.is_paid or self.settings.rate is not None:
            raise NotJudged("requests are sent one by one in this run")
        return self.wire.send_together([item.request for item in exchanges])

    def allows(self, body: object, path: str = COMPLETE) -> bool:
        """Whether the contract allows the body of a request."""
        pointer, schema = self.contract.request_schema(path)
        return schema is None or self.contract.problem(pointer, body) is None

    def is_allowed(self, request: Request) -> bool:
        """Whether the contract allows the path, the key, the version and the body."""
        _, schema = self.contract.request_schema(request.path)
        is_ours = request.header(self.key_header) == self.headers()[self.key_header]
        return schema is not None and is_ours and self.fits(request)

    def fits(self, request: Request) -> bool:
        """Whether the contract allows the version and the body, whatever the key."""
        is_known = request.header("anthropic-version") in VERSIONS
        return is_known and self.allows(request.json, request.path)

    # Texts long enough to compare; at temperature 0, which makes them repeatable.

    def long_body(self, path: str = COMPLETE, **changes: Any) -> dict[str, Any]:
        """The body of a request for a long text."""
        form: dict[str, Any] = {LIMIT_NAMES[path]: self.limit, "temperature": 0}
        return self.body(path, **form | changes)

    def post_long(
        self, version: str | None = None, *, path: str = COMPLETE, **changes: Any
    ) -> Exchange:
        """Post a request for a long text."""
        headers = self.headers(anthropic_version=version or self.version)
        return self.post(self.long_body(path, **changes), path=path, headers=headers)

    def long(
        self, version: str | None = None, *, path: str = COMPLETE, **changes: Any
    ) -> Reply:
        """A response with a long text: JSON, or with `stream=True` a stream."""
        exchange = self.post_long(version, path=path, **changes)
        return read_reply(exchange, stream="stream" in changes)


def dialogue(path: str, question: str) -> dict[str, Any]:
    """The member of a body that asks a question."""
    if path == COMPLETE:
        return {"prompt": f"{HUMAN} {question}{ASSISTANT}"}
    return {"messages": [{"role": "user", "content": question}]}


def new_request(
    path: str,
    body: Mapping[str, Any] | bytes | None,
    headers: Mapping[str, str],
    *,
    method: str = "POST",
    is_chunked: bool = False,
) -> Request:
    """A request that says, unless its headers do, which responses it accepts."""
    added = tuple(item for item in ACCEPT if item[0] not in headers)
    return Request(
        method=method,
        path=path,
        headers=tuple(headers.items()) + added,
        body=json.dumps(body).encode() if isinstance(body, Mapping) else body,
        is_chunked=is_chunked,
    )
