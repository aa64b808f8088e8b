"""Section `methods`: every method but POST."""

from __future__ import annotations

from .._bench import Bench, new_request
from .._contract import COMPLETE, JSON, MESSAGES
from .._judgement import assume, expect
from .._registry import must, section, should
from .._responses import INVALID_REQUEST, expect_error, usable
from .._strict_json import shown
from ..requests.exchange import Exchange

section("methods", "Methods", order=11, needs="key")

ALLOW = "RFC 9110, 10.2.1 and 15.5.6"
OTHERS = ("GET", "PUT", "PATCH", "DELETE")


@must("methods/1", "RFC 9110, 9", needs="nothing")
def _others(bench: Bench) -> None:
    """No other method is answered 2xx or 5xx."""
    for method in OTHERS:
        _expect_unsupported(_send(bench, method))
    for method in ("HEAD", "OPTIONS"):
        exchange = _send(bench, method)
        message = f"{method} is answered {exchange.status}"
        expect(exchange.status < 500, message, exchange)
    for method in ("TRACE", "BREW"):
        exchange = _send(bench, method)
        # RFC 9110, 15.6.2: 501 is right for a method that the server does not know.
        is_refused = 400 <= exchange.status < 500 or exchange.status == 501
        expect(is_refused, f"{method} is answered {exchange.status}", exchange)


@must("methods/2", ALLOW)
def _allow(bench: Bench) -> None:
    """A 405 carries `Allow`, which names POST and not the refused method."""
    exchanges = [_send(bench, method) for method in OTHERS]
    refusals = [exchange for exchange in exchanges if exchange.status == 405]
    assume(refusals, "no method is answered 405")
    for exchange in refusals:
        _check_allow(exchange)


@must("methods/3", "RFC 9110, 9.3.2", needs="nothing")
def _head(bench: Bench) -> None:
    """HEAD is not answered 2xx where GET is not."""
    get, head = _send(bench, "GET"), _send(bench, "HEAD")
    assume(not 200 <= get.status < 300, "GET is answered 2xx")
    message = f"HEAD is answered {head.status}, GET {get.status}"
    expect(not 200 <= head.status < 300, message, head)


@must("methods/4", ALLOW)
def _options(bench: Bench) -> None:
    """`Allow` in the response to OPTIONS lists no method that is answered 405."""
    options = _send(bench, "OPTIONS")
    for method in sorted(_allowed(options) & {"GET", "HEAD", *OTHERS}):
        message = f"it lists {method}, which is answered 405"
        expect(_send(bench, method).status != 405, message, options)


@should("methods/5", "#/components/responses/MethodNotAllowedError")
def _form(bench: Bench) -> None:
    """Another method is answered 405 `invalid_request_error`."""
    for method in OTHERS:
        expect_error(_send(bench, method), method, 405, INVALID_REQUEST)


@should("methods/6", "#/components/headers/RequestId")
def _request_id(bench: Bench) -> None:
    """The responses to other methods carry `request-id`, too."""
    for method in OTHERS:
        exchange = _send(bench, method)
        message = f"{method}: there is no `request-id`"
        expect(exchange.header("request-id"), message, exchange)


@must("methods/7", f"RFC 9110, 9; {ALLOW}", needs="messages")
def _others_of_messages(bench: Bench) -> None:
    """No other method of `/v1/messages` is answered 2xx, except OPTIONS, or 5xx, and a
    405 carries `Allow`.
    """
    for method in ("HEAD", *OTHERS):
        exchange = _send(bench, method, MESSAGES)
        _expect_unsupported(exchange)
        if exchange.status == 405:
            _check_allow(exchange)
    options = _send(bench, "OPTIONS", MESSAGES)
    message = f"OPTIONS is answered {options.status}, not 2xx or 4xx"
    expect(options.status < 500, message, options)


@must("methods/8", "RFC 9110, 9.3.2", needs="nothing")
def _head_has_no_body(bench: Bench) -> None:
    """A response to HEAD has no body."""
    exchange = bench.wire.send_unparsed(_send(bench, "HEAD").request)
    # Sent past any proxy, through which the server may be reached alone.
    assume(exchange.fault is None, "the server could not be reached directly")
    message = f"{len(exchange.body)} bytes follow the headers"
    expect(not exchange.body, message, exchange)


def _send(bench: Bench, method: str, path: str = COMPLETE) -> Exchange:
    # A good body: the server must not do for PUT what it does for POST.
    body = bench.body(path) if method in {"PUT", "PATCH", "DELETE"} else None
    media_type = None if body is None else JSON
    headers = bench.headers(content_type=media_type)
    return usable(bench.send(new_request(path, body, headers, method=method)))


def _expect_unsupported(exchange: Exchange) -> None:
    message = f"{exchange.request.method} is answered {exchange.status}, not 4xx"
    is_good = not 200 <= exchange.status < 300 and exchange.status < 500
    expect(is_good, message, exchange)


def _check_allow(exchange: Exchange) -> None:
    """Expect the `Allow` of a 405 to name POST and not the refused method."""
    allowed, method = _allowed(exchange), exchange.request.method
    value = shown(exchange.header("allow"))
    message = f"`Allow` is {value} in the response to {method}"
    expect("POST" in allowed and method not in allowed, message, exchange)


def _allowed(exchange: Exchange) -> set[str]:
    values = [value for name, value in exchange.headers if name.lower() == "allow"]
    methods = {item.strip().upper() for value in values for item in value.split(",")}
    return methods - {""}
