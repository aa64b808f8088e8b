"""Section `methods`: every method but POST."""

from __future__ import annotations

from .._answers import sound
from .._bench import Bench
from .._clause import NotJudged, expect, must, should
from .._document import COMPLETE
from .._exchange import Exchange
from ._asking import refused

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
        exchange = _ask(bench, method)
        fine = not 200 <= exchange.status < 300 and exchange.status < 500
        expect(fine, f"{method} is answered {exchange.status}", exchange)


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
        allowed = _allowed(exchange)
        said = f"`Allow` is {exchange.header('allow')!r}"
        expect("POST" in allowed, said, exchange)
        expect(exchange.request.method not in allowed, said, exchange)


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


def _ask(bench: Bench, method: str) -> Exchange:
    headers = bench.headers(content_type=None)
    return sound(bench.send(method, COMPLETE, tuple(headers.items())))


def _allowed(exchange: Exchange) -> set[str]:
    values = [value for name, value in exchange.headers if name.lower() == "allow"]
    return {item.strip().upper() for value in values for item in value.split(",")} - {
        ""
    }
