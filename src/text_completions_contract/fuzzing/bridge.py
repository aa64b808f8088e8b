"""The WSGI application through which schemathesis reaches the server.

So every generated request passes over the suite's own wire. It is counted and limited
in time and bytes, gets the real key last, and is seen by the invariants.

Generated prompts are random characters and generated models unknown names; a strict
server rightly refuses both. So each member that fits the document is replaced by one
that the service accepts. A member that breaks the document stays, so that a forbidden
request is forbidden for that reason alone.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from text_completions_document import sequence

from .._bench import ACCEPT, PROMPT, Bench
from .._contract import NEW
from .._judgement import NotJudged
from .._strict_json import as_text
from ..requests.exchange import Exchange, Request

# Stands for the key inside schemathesis, so that its output cannot contain the key.
PLACEHOLDER = "sk-placeholder"
CASE_HEADER = "x-schemathesis-testcaseid"
# What the transport adds, and betas, whose names only a server knows.
DROPPED = frozenset(
    {
        CASE_HEADER,
        "host",
        "connection",
        "accept",
        "accept-encoding",
        "user-agent",
        "anthropic-beta",
        "content-length",
    }
)
# Headers of a response that describe how its bytes were sent.
FRAMING = frozenset(
    {"transfer-encoding", "content-length", "connection", "content-encoding"}
)
# Cheap, and more than any generated bound needs.
MAX_TOKENS = 16
MAX_TOP_K = 500
# The sources disagree about longer ones, up to 512 characters.
MAX_USER_ID = 256


class GivenUp(Exception):
    """The request is not sent, because the run is over or the server hangs."""


@dataclass
class Bridge:
    """Sends requests of schemathesis to the server under test, until a deadline."""

    bench: Bench
    deadline: float
    exchanges: dict[str, Exchange] = field(default_factory=dict[str, Exchange])

    def __call__(
        self, environ: dict[str, Any], start: Callable[..., object]
    ) -> Iterable[bytes]:
        """Respond as WSGI demands."""
        if self.is_over:
            raise GivenUp
        try:
            exchange = self.bench.send_again(self._request(environ))
        except NotJudged as reason:
            self.deadline = 0.0
            raise GivenUp from reason
        case = environ.get("HTTP_" + CASE_HEADER.upper().replace("-", "_"), "")
        self.exchanges[case] = exchange
        if exchange.fault is not None:
            raise GivenUp(exchange.fault.message)
        headers = [item for item in exchange.headers if item[0].lower() not in FRAMING]
        start(f"{exchange.status} -", headers)
        return [exchange.body]

    @property
    def is_over(self) -> bool:
        """Whether no more requests are sent."""
        return time.monotonic() > self.deadline

    def _request(self, environ: dict[str, Any]) -> Request:
        """The request, its good members replaced by ones that the service accepts."""
        path = str(environ["PATH_INFO"])
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        request = Request(
            method=str(environ["REQUEST_METHOD"]),
            path=path,
            headers=(*self._headers(environ), *ACCEPT),
            body=body or None,
        )
        members = request.json.items()
        shaped = {name: self._member(path, name, value) for name, value in members}
        return replace(request, body=json.dumps(shaped).encode()) if shaped else request

    def _headers(self, environ: dict[str, Any]) -> Iterator[tuple[str, str]]:
        later = self.bench.contract.later_versions
        for variable, value in environ.items():
            name = variable.removeprefix("HTTP_").replace("_", "-").lower()
            if name == "x-api-key":
                # Any other key that was generated is not a key of the server.
                is_ours = value == PLACEHOLDER
                key = self.bench.key if is_ours else f"invalid-{value}"
                header = self.bench.key_header
                yield header, self.bench.headers(key=key)[header]
            elif name == "anthropic-version":
                yield name, NEW if value in later else value
            elif (name == "content-type" and value) or (
                variable.startswith("HTTP_") and name not in DROPPED
            ):
                yield name, str(value)

    def _member(self, path: str, name: str, value: Any) -> Any:
        contract = self.bench.contract
        pointer, schema = contract.request_schema(path, "properties", name)
        if schema is None or contract.problem(pointer, value) is not None:
            return value
        if name == "model":
            return self.bench.settings.model
        return CHANGES[name](value) if name in CHANGES else value


def _tokens(value: Any) -> int:
    return min(int(value), MAX_TOKENS)


def _metadata(value: Mapping[str, Any]) -> dict[str, Any]:
    user = as_text(value.get("user_id"))
    return {**value, "user_id": user[:MAX_USER_ID]} if user else dict(value)


def _turns(value: list[Any]) -> list[dict[str, Any]]:
    roles = ("user", "assistant")
    turns = [
        {**turn, "role": roles[place % 2], "content": _content(turn["content"])}
        for place, turn in enumerate(value)
    ]
    # Not every model accepts a prefill, so the last turn is the user's.
    return turns if len(turns) % 2 else turns[:-1]


def _content(value: Any) -> Any:
    if isinstance(value, str):
        return "Hello, Claude"
    return [{"type": "text", "text": "Hello, Claude"} for _ in sequence(value) or [0]]


CHANGES: dict[str, Callable[[Any], Any]] = {
    "prompt": lambda _: PROMPT,
    "max_tokens_to_sample": _tokens,
    "max_tokens": _tokens,
    # Not every server accepts -1.
    "top_k": lambda value: min(max(int(value), 0), MAX_TOP_K),
    "top_p": lambda value: max(value, 0),
    # Some servers refuse empty and blank sequences. None of these appears in a text.
    "stop_sequences": lambda value: [f"###{number}" for number in range(len(value))],
    "metadata": _metadata,
    "messages": _turns,
    "system": lambda _: "You are terse.",
}
