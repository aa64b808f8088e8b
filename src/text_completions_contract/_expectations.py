"""What clauses of all sections ask in the same way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ._answers import sound
from ._bench import HUMAN, Bench
from ._judgement import Deviation, expect
from ._strict_json import NotStrictJson, as_object, as_text
from .requests.exchange import Exchange

PARAMS = "#/components/schemas/CompletionCreateParams"
MESSAGE_PARAMS = "#/components/schemas/MessageCreateParams"
# A prompt whose answer is short, whatever limit it is given.
SHORT = f"{HUMAN} Say yes.\n\nAssistant:"
POST_COMPLETE = "#/paths/~1v1~1complete/post"


def error_of(exchange: Exchange) -> tuple[str, str]:
    """The type and the message of an error answer."""
    try:
        body = as_object(exchange.json) or {}
    except NotStrictJson as problem:
        raise Deviation(f"the error's body holds {problem}", exchange) from problem
    error = as_object(body.get("error")) or {}
    kind, message = as_text(error.get("type")), as_text(error.get("message"))
    if kind is None or message is None:
        raise Deviation("the body is no error object", exchange)
    return kind, message


def refused(
    exchange: Exchange,
    what: str,
    status: int = 400,
    kind: str = "invalid_request_error",
) -> None:
    """Expect this error."""
    sound(exchange)
    answered = f"{what}: answered {exchange.status}, not {status}"
    expect(exchange.status == status, answered, exchange)
    found, _ = error_of(exchange)
    expect(found == kind, f"{what}: error.type is {found!r}, not {kind!r}", exchange)


def accepted(exchange: Exchange, what: str) -> None:
    """Expect a 200."""
    sound(exchange)
    answered = f"{what}: answered {exchange.status}, not 200"
    expect(exchange.status == 200, answered, exchange)


def survived(exchange: Exchange, what: str) -> None:
    """Expect anything but a crash: a 200 or a proper error."""
    sound(exchange)
    answered = f"{what}: answered {exchange.status}"
    expect(200 <= exchange.status < 500, answered, exchange)
    if exchange.status >= 400:
        error_of(exchange)


def refuses(bench: Bench, field: str, values: Iterable[Any]) -> None:
    """Expect each value of a parameter to be refused."""
    for value in values:
        refused(bench.post(bench.body(**{field: value})), spell(field, value))


def spell(field: str, value: Any) -> str:
    """A parameter and its value, for people."""
    text = json.dumps(value)
    return f"{field}: {text if len(text) < 60 else text[:56] + ' …'}"


def with_everything(bench: Bench) -> dict[str, Any]:
    """A good body with parameters that are rarely given together."""
    body = bench.body(temperature=0.7, top_p=0.9, top_k=40, stream=False)
    return {**body, "metadata": {"user_id": "13803d75-b4b5-4c3e-b2a2-6f21399b021b"}}


def bad_bodies(bench: Bench) -> Iterator[tuple[dict[str, Any], str]]:
    """A body for each way to be wrong but in its types, and how to name it."""
    yield bench.body(temperature=1.01), "temperature: 1.01"
    yield bench.body(best_of=1), "best_of: 1"
    yield bench.body(without="max_tokens_to_sample"), "no max_tokens_to_sample"
