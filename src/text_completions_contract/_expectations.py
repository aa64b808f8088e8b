"""Expectations and requests that clauses of several sections share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import cycle
from typing import Any

from ._bench import ASSISTANT, HUMAN, Bench
from ._contract import COMPLETE, MESSAGES
from ._judgement import Deviation, expect
from ._responses import expect_status, usable
from ._strict_json import NotStrictJson, as_object, as_text, shown
from .requests.budget import BUSY
from .requests.exchange import Exchange

POST_COMPLETE = "#/paths/~1v1~1complete/post"
# A prompt whose response is short, whatever its limit.
SHORT = f"{HUMAN} Say yes.{ASSISTANT}"
# A name that no schema of any document has.
UNKNOWN_MEMBER = "member_of_the_contract_suite"
INVENTED_MODEL = "no-such-model-of-the-contract-suite"
# The wrong keys that are tried, each with a description.
WRONG_KEY = "invalid-key-of-the-contract-suite"
WITHOUT_KEY = (("no key", None), ("a wrong key", WRONG_KEY))
AUTHENTICATION_ERROR = "authentication_error"
INVALID_REQUEST = "invalid_request_error"

# Prompts that are not a dialogue.
BAD_PROMPTS = (
    "Hello, world",
    f"{ASSISTANT} Hello, world{HUMAN} Hello, Claude{ASSISTANT}",
    f"{HUMAN} Hello, Claude",
)
# Good values of each parameter; see `takes`.
GOOD: dict[str, dict[str, list[Any]]] = {COMPLETE: {}, MESSAGES: {}}


def error_of(exchange: Exchange) -> tuple[str, str]:
    """The type and the message of an error."""
    try:
        body = as_object(exchange.json) or {}
    except NotStrictJson as problem:
        raise Deviation(f"the error's body holds {problem}", exchange) from problem
    error = as_object(body.get("error")) or {}
    kind, message = as_text(error.get("type")), as_text(error.get("message"))
    if kind is None or message is None:
        raise Deviation("the body is not an error object", exchange)
    return kind, message


def refused(exchange: Exchange, what: str) -> None:
    """Expect a request to be refused; the section `errors` judges the form."""
    expect_status(exchange, 400, what)


def expect_error(exchange: Exchange, what: str, status: int, kind: str) -> None:
    """Expect this error."""
    expect_status(exchange, status, what)
    found, _ = error_of(exchange)
    message = f'{what}: error.type is {shown(found)}, not "{kind}"'
    expect(found == kind, message, exchange)


def accepted(exchange: Exchange, what: str) -> None:
    """Expect a 200."""
    expect_status(exchange, 200, what)


def survived(exchange: Exchange, what: str) -> None:
    """Expect a 200 or a proper error, but no crash."""
    usable(exchange)
    message = f"{what}: answered {exchange.status}, not 200 or 4xx"
    expect(200 <= exchange.status < 500, message, exchange)
    if exchange.status >= 400:
        error_of(exchange)


def begins_with_error(exchange: Exchange) -> bool:
    """Whether a stream has nothing but an error, apart from pings."""
    names = [event.name for event in exchange.events.events if event.name != "ping"]
    return exchange.is_stream and names[:1] == ["error"]


def refuses(
    bench: Bench, field: str, values: Iterable[Any], path: str = COMPLETE
) -> None:
    """Expect each value of a parameter to be refused; see `request_forms`."""
    forms = cycle(request_forms(bench, field))
    for value, (members, headers, description) in zip(values, forms, strict=False):
        body = bench.body(path, **{field: value, **members})
        exchange = bench.post(body, path=path, headers=headers)
        refused(exchange, f"{spell(field, value)}{description}")


def request_forms(
    bench: Bench, field: str
) -> list[tuple[Mapping[str, Any], Mapping[str, str], str]]:
    """Members and headers that give a request its form, and a description.

    A server may check JSON responses and streams, or the two versions, in different
    places. So requests with wrong values of a parameter take turns in their form.
    """
    streams: tuple[Mapping[str, Any], ...] = ({}, {"stream": True})
    return [
        (
            members,
            bench.headers(anthropic_version=version),
            (", `stream: true`" if members else "")
            + (f", under {version}" if version != bench.version else ""),
        )
        for version in (bench.version, *bench.other_versions)
        for members in (streams[:1] if field == "stream" else streams)
    ]


def good(field: str, *values: Any, path: str = COMPLETE) -> tuple[Any, ...]:
    """Register values of a parameter that every server takes, and return them."""
    GOOD[path].setdefault(field, []).extend(values)
    return values


def takes(
    bench: Bench, field: str, values: Iterable[Any], path: str = COMPLETE
) -> None:
    """Expect each registered value of a parameter to be accepted.

    To save requests, one good value of every parameter is sent together. Where that
    is refused, the value is sent alone.
    """
    for value in values:
        row = GOOD[path][field].index(value)
        others = {
            name: good_values[row]
            for name, good_values in GOOD[path].items()
            if row < len(good_values)
        }
        exchange = bench.post(bench.body(path, **others), path=path)
        # A busy server would be busy for the value alone, too.
        if exchange.status != 200 and exchange.status not in BUSY:
            exchange = bench.post(bench.body(path, **{field: value}), path=path)
        accepted(exchange, spell(field, value))


def spell(field: str, value: Any) -> str:
    """A parameter and its value, for people."""
    return f"{field}: {shown(value)}"


def with_everything(bench: Bench) -> dict[str, Any]:
    """A good body with parameters that are rarely given together."""
    body = bench.body(temperature=0.7, top_p=0.9, top_k=40, stream=False)
    return {**body, "metadata": {"user_id": "13803d75-b4b5-4c3e-b2a2-6f21399b021b"}}


def bad_prompts(bench: Bench) -> Iterator[tuple[dict[str, Any], str]]:
    """A body for each way in which a prompt is not a dialogue, with a description."""
    for prompt in BAD_PROMPTS:
        yield bench.body(prompt=prompt), spell("prompt", prompt)


def bad_bodies(bench: Bench) -> Iterator[tuple[dict[str, Any], str]]:
    """A body for each way to be wrong, apart from types, with its description."""
    yield bench.body(temperature=1.01), "temperature: 1.01"
    yield bench.body() | {UNKNOWN_MEMBER: 1}, f"{UNKNOWN_MEMBER}: 1"
    yield bench.body(without="max_tokens_to_sample"), "no max_tokens_to_sample"
