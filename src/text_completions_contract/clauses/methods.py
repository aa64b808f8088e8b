"""Section `methods`: every method but POST."""

from __future__ import annotations

import json

from .._answers import sound
from .._bench import Bench
from .._document import COMPLETE, MESSAGES
from .._expectations import refused
from .._judgement import NotJudged, expect
from .._registry import must, section, should
from ..requests.exchange import Exchange

section("methods", "Methods", order=11)

ALLOW = "RFC 9110, 10.2.1 and 15.5.6"
OTHERS = ("GET", "PUT", "PATCH", "DELETE")


@must(
    "methods/1",
    "No other method is answered 2xx or 5xx.",
    "RFC 9110, 9",
    needs="nothing",
)
def _others(bench: Bench) -> None:
    for method in OTHERS:
        _not_welcome(_ask(bench, method))
    for method in ("HEAD", "OPTIONS"):
        exchange = _ask(bench, method)
        crashed = exchange.status >= 500
        expect(not crashed, f"{method} is answered {exchange.status}", exchange)


@must(
    "methods/2",
    "A 405 carries `Allow`, which names POST and not the method refused.",
    ALLOW,
    needs="key",
)
def _allow(bench: Bench) -> None:
    refusals = [
        exchange for method in OTHERS if (exchange := _ask(bench, method)).status == 405
    ]
    if not refusals:
        raise NotJudged("no method is answered 405")
    for exchange in refusals:
        _check_allow(exchange)


@must(
    "methods/3",
    "HEAD is not answered 2xx where GET is not.",
    "RFC 9110, 9.3.2",
    needs="nothing",
)
def _head(bench: Bench) -> None:
    get, head = _ask(bench, "GET"), _ask(bench, "HEAD")
    if 200 <= get.status < 300:
        raise NotJudged("GET is answered 2xx")
    expect(not 200 <= head.status < 300, f"answered {head.status}", head)


@must(
    "methods/4",
    "`Allow` in the answer to OPTIONS lists no method that is answered 405.",
    ALLOW,
    needs="key",
)
def _options(bench: Bench) -> None:
    options = _ask(bench, "OPTIONS")
    for method in sorted(_allowed(options) & {"GET", "HEAD", *OTHERS}):
        listed = _ask(bench, method).status != 405
        expect(listed, f"it lists {method}, which is answered 405", options)


@should(
    "methods/5",
    "Another method is answered 405 `invalid_request_error`.",
    "#/components/responses/MethodNotAllowedError",
    needs="key",
)
def _form(bench: Bench) -> None:
    for method in OTHERS:
        refused(_ask(bench, method), method, 405)


@should(
    "methods/6",
    "The answers to other methods carry `request-id`, too.",
    "#/components/headers/RequestId",
    needs="key",
)
def _request_id(bench: Bench) -> None:
    for method in OTHERS:
        exchange = _ask(bench, method)
        told = bool(exchange.header("request-id"))
        expect(told, f"{method}: there is no `request-id`", exchange)


@must(
    "methods/7",
    "No other method of `/v1/messages` is answered 2xx or 5xx, and a 405 carries "
    "`Allow`.",
    f"RFC 9110, 9; {ALLOW}",
    needs="messages",
)
def _others_of_messages(bench: Bench) -> None:
    for method in ("GET", "DELETE"):
        exchange = _ask(bench, method, MESSAGES)
        _not_welcome(exchange)
        if exchange.status == 405:
            _check_allow(exchange)


def _not_welcome(exchange: Exchange) -> None:
    fine = not 200 <= sound(exchange).status < 300 and exchange.status < 500
    said = f"{exchange.request.method} is answered {exchange.status}"
    expect(fine, said, exchange)


def _ask(bench: Bench, method: str, path: str = COMPLETE) -> Exchange:
    headers = bench.headers()
    body = None
    if method in {"PUT", "PATCH", "DELETE"}:
        # What was meant for POST must not be done by another name.
        good = bench.message_body() if path == MESSAGES else bench.body()
        body = json.dumps(good).encode()
    else:
        del headers["content-type"]
    return sound(bench.send(method, path, tuple(headers.items()), body))


def _check_allow(exchange: Exchange) -> None:
    """Expect the `Allow` of a 405."""
    allowed = _allowed(exchange)
    said = f"`Allow` is {exchange.header('allow')!r}"
    expect("POST" in allowed, said, exchange)
    expect(exchange.request.method not in allowed, said, exchange)


def _allowed(exchange: Exchange) -> set[str]:
    values = [value for name, value in exchange.headers if name.lower() == "allow"]
    return {item.strip().upper() for value in values for item in value.split(",")} - {
        ""
    }
