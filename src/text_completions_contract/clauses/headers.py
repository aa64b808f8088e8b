"""Section `headers`: what every answer carries beside its body."""

from __future__ import annotations

import re

from .._bench import Bench
from .._document import COMPLETE
from .._expectations import accepted
from .._judgement import NotJudged, expect
from .._registry import Level, invariant, must, section
from .._strict_json import as_list
from ..requests.exchange import Exchange

section("headers", "Response headers", order=2)

REQUEST_ID = re.compile(r"req_[0-9A-Za-z]+")
HOPELESS = frozenset({400, 401, 404})


@invariant(
    "headers/1",
    "Every answer carries `request-id`, errors too.",
    "#/components/headers/RequestId; recorded",
)
def _request_id(_: Bench, exchange: Exchange) -> bool:
    # The proxy in front answers the 413 and may know no id.
    if exchange.status == 413:
        return False
    expect(bool(exchange.header("request-id")), "there is no `request-id`", exchange)
    return True


@invariant(
    "headers/2",
    "A `request-id` is `req_` and letters and digits.",
    "#/components/headers/RequestId; recorded",
    level=Level.SHOULD,
)
def _request_id_form(_: Bench, exchange: Exchange) -> bool:
    value = exchange.header("request-id")
    if value is None:
        return False
    expect(bool(REQUEST_ID.fullmatch(value)), f"it is {value!r}", exchange)
    return True


@invariant(
    "headers/3",
    "No two answers carry the same `request-id`.",
    "#/components/headers/RequestId",
)
def _own_request_id(bench: Bench, exchange: Exchange) -> bool:
    value = exchange.header("request-id")
    if not value:
        return False
    first = bench.request_ids.setdefault(value, exchange)
    expect(first is exchange, f"an earlier answer carries {value!r}, too", exchange)
    return True


@invariant(
    "headers/4",
    "An error 400, 401 or 404 says `x-should-retry: false`.",
    "#/components/headers/DoNotRetry; recorded",
)
def _do_not_retry(_: Bench, exchange: Exchange) -> bool:
    if exchange.status not in HOPELESS:
        return False
    said = exchange.header("x-should-retry")
    expect(said == "false", f"`x-should-retry` is {said!r}", exchange)
    return True


@invariant(
    "headers/5",
    "An answer 408, 409 or 429 does not say `x-should-retry: false`.",
    "docs of the SDK's retry policy",
)
def _may_retry(_: Bench, exchange: Exchange) -> bool:
    if exchange.status not in {408, 409, 429}:
        return False
    said = exchange.header("x-should-retry")
    expect(said != "false", "it forbids the retry that may succeed", exchange)
    return True


@invariant(
    "headers/6",
    "Answers of `/v1/complete` carry no `anthropic-ratelimit-*`.",
    "recorded: 0 of 32",
    level=Level.SHOULD,
)
def _no_rate_limits(_: Bench, exchange: Exchange) -> bool:
    if exchange.request.path != COMPLETE:
        return False
    names = [name for name, _ in exchange.headers]
    found = [name for name in names if name.lower().startswith("anthropic-ratelimit")]
    expect(not found, f"it carries {', '.join(found)}", exchange)
    return True


@must(
    "headers/7",
    "A request may carry `anthropic-beta`.",
    "#/components/parameters/AnthropicBeta",
)
def _beta(bench: Bench) -> None:
    found = bench.document.at("components", "parameters", "AnthropicBeta", "example")
    if not as_list(found):
        raise NotJudged("the document names no beta")
    headers = bench.headers(anthropic_beta=",".join(as_list(found)))
    accepted(bench.post(bench.body(), headers=headers), "anthropic-beta")


@invariant(
    "headers/8",
    "Documented headers have the form that the document gives them.",
    "#/components/headers",
)
def _documented(bench: Bench, exchange: Exchange) -> bool:
    found = False
    for name, value in exchange.headers:
        # RFC 9110, 10.2.3 allows a date as well.
        if name.lower() == "retry-after":
            continue
        schema = bench.document.header_schema(
            exchange.request.path, exchange.status, name
        )
        if schema is not None:
            found = True
            problem = bench.document.text_problem(schema, value)
            expect(problem is None, f"`{name}`: {problem}", exchange)
    return found
