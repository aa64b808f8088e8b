"""Section `headers`: what every response carries beside its body."""

from __future__ import annotations

import re

from text_completions_document import sequence

from .._bench import Bench
from .._contract import COMPLETE
from .._judgement import assume, expect
from .._registry import Level, invariant, must, section
from .._responses import accepted, expect_between, read_reply
from .._strict_json import shown
from ..requests.exchange import Exchange

section("headers", "Response headers", order=2)

REQUEST_ID = re.compile(r"req_[0-9A-Za-z]+")
NEVER_RETRIED = frozenset({400, 401, 404})


@invariant("headers/1", "#/components/headers/RequestId; recorded")
def _request_id(_: Bench, exchange: Exchange) -> None:
    """Every response carries `request-id`, errors too."""
    # The proxy in front writes the 413 and may not know an id.
    assume(exchange.status != 413)
    expect(exchange.header("request-id"), "there is no `request-id`", exchange)


@invariant("headers/2", "#/components/headers/RequestId; recorded", level=Level.SHOULD)
def _request_id_form(_: Bench, exchange: Exchange) -> None:
    """A `request-id` is `req_` and letters and digits."""
    value = exchange.header("request-id")
    assume(value is not None)
    message = f"`request-id` is {shown(value)}"
    expect(REQUEST_ID.fullmatch(value or ""), message, exchange)


@invariant("headers/3", "#/components/headers/RequestId")
def _own_request_id(bench: Bench, exchange: Exchange) -> None:
    """No two responses carry the same `request-id`."""
    value = exchange.header("request-id") or ""
    assume(value != "")
    first = bench.request_ids.setdefault(value, exchange)
    message = f"an earlier response carries the same `request-id` {shown(value)}"
    expect(first is exchange, message, exchange)


@invariant("headers/4", "#/components/headers/DoNotRetry; recorded 110 of 110")
def _do_not_retry(_: Bench, exchange: Exchange) -> None:
    """An error 400, 401 or 404 says `x-should-retry: false`."""
    assume(exchange.status in NEVER_RETRIED)
    value = exchange.header("x-should-retry")
    found = shown(value) if value else "absent"
    expect(value == "false", f"`x-should-retry` is {found}, not `false`", exchange)


@invariant("headers/6", "recorded: 0 of 47", level=Level.SHOULD)
def _no_rate_limits(_: Bench, exchange: Exchange) -> None:
    """Responses of `/v1/complete` carry no `anthropic-ratelimit-*`."""
    assume(exchange.request.path == COMPLETE)
    names = [name.lower() for name, _ in exchange.headers]
    found = [name for name in names if name.startswith("anthropic-ratelimit")]
    expect(not found, f"it carries {', '.join(found)}", exchange)


@must("headers/7", "#/components/parameters/AnthropicBeta")
def _beta(bench: Bench) -> None:
    """A request may carry `anthropic-beta`."""
    _, example = bench.contract.find(
        "components", "parameters", "AnthropicBeta", "example"
    )
    assume(sequence(example), "the document has no example of a beta")
    headers = bench.headers(anthropic_beta=",".join(sequence(example)))
    accepted(bench.post(bench.body(), headers=headers), "anthropic-beta")


@invariant("headers/10", "RFC 9112, 6.2; RFC 9110, 5.3")
def _one_of_each(_: Bench, exchange: Exchange) -> None:
    """No response has both `content-length` and `transfer-encoding`, or `content-type`
    or `request-id` twice.
    """
    names = [name.lower() for name, _ in exchange.headers]
    assume(names)
    message = "it has `content-length` and `transfer-encoding`"
    expect(not {"content-length", "transfer-encoding"} <= set(names), message, exchange)
    for name in ("content-type", "request-id"):
        expect(names.count(name) < 2, f"it has `{name}` twice", exchange)


@invariant("headers/9", "RFC 9110, 12.5.3")
def _not_compressed(_: Bench, exchange: Exchange) -> None:
    """A response has no content coding that its request does not accept."""
    coding = (exchange.header("content-encoding") or "identity").lower()
    message = f"`content-encoding` is {shown(coding)}, against `accept-encoding`"
    is_asked = coding in {"identity", exchange.request.header("accept-encoding")}
    expect(is_asked, message, exchange)


@must("headers/11", "RFC 9110, 8.4", needs="model")
def _compressed(bench: Bench) -> None:
    """Where gzip is accepted, as by most clients, the response can be decoded."""
    headers = bench.headers(accept_encoding="gzip")
    body = bench.long_body()
    decoded = read_reply(bench.post(body, headers=headers), stream=False)
    expect_between(
        decoded.text == bench.long().text,
        "compressed, the response has another text",
        decoded,
        bench.long(),
    )
