"""Section `errors`: the form of errors, and which error belongs to what."""

from __future__ import annotations

import json
from dataclasses import replace

from .._bench import INVENTED_MODEL, UNKNOWN_MEMBER, Bench, new_request
from .._contract import COMPLETE, JSON, POST_COMPLETE, POST_MESSAGES
from .._judgement import NotJudged, assume, expect
from .._parameters import bad_bodies
from .._registry import invariant, must, must_both, section, should
from .._responses import (
    INVALID_REQUEST,
    NOT_FOUND,
    accepted,
    begins_with_error,
    error_of,
    expect_error,
    expect_media_type,
    refused,
    strict_json,
    usable,
)
from .._strict_json import shown
from ..requests.exchange import Exchange

section("errors", "Errors", order=4)

RESPONSES = f"{POST_COMPLETE}/responses"
NO_SUCH_PATH = "/v1/no-such-path-of-the-contract-suite"


@invariant("errors/1", "#/components/schemas/ErrorResponse")
def _form(bench: Bench, exchange: Exchange) -> None:
    """Every error is `{"type":"error","error":{"type":…,"message":…}}` as JSON."""
    assume(exchange.status >= 400)
    expect_media_type(exchange, JSON)
    # The document describes apart what a proxy in front writes into a 413.
    schema = "BareErrorResponse" if exchange.status == 413 else "ErrorResponse"
    value = strict_json(exchange, exchange.body, "the body")
    problem = bench.contract.problem(f"#/components/schemas/{schema}", value)
    expect(problem is None, f"the body: {problem}", exchange)


@invariant("errors/2", RESPONSES)
def _type(bench: Bench, exchange: Exchange) -> None:
    """`error.type` is the one that belongs to the status."""
    known = bench.contract.error_type(exchange.status)
    assume(known is not None)
    kind, _ = error_of(exchange)
    message = f'a {exchange.status} has the type {shown(kind)}, not "{known}"'
    expect(kind == known, message, exchange)


@invariant("errors/3", "#/components/schemas/ErrorResponse/properties/request_id")
def _request_id(_: Bench, exchange: Exchange) -> None:
    """The body's `request_id` is the header `request-id`, or null."""
    assume(exchange.status >= 400 and exchange.media_type == JSON)
    value = exchange.json.get("request_id")
    assume(value is not None)
    header = exchange.header("request-id")
    message = f"the body says {shown(value)}, the header {shown(header)}"
    expect(value == header, message, exchange)


@must("errors/4", f"{RESPONSES}/404", needs="key")
def _unknown_path(bench: Bench) -> None:
    """A path that does not exist is answered 404 `not_found_error`."""
    # The second one begins as the path of the operation does.
    for path in (NO_SUCH_PATH, f"{COMPLETE}/x"):
        exchange = bench.post(bench.body(), path=path)
        expect_error(exchange, f"the path {path}", 404, NOT_FOUND)
    # A web server may have a page for every path.
    page = usable(
        bench.send(new_request(NO_SUCH_PATH, None, bench.headers(), method="GET"))
    )
    message = f"GET {NO_SUCH_PATH}: answered {page.status}, not 404"
    expect(300 <= page.status < 500, message, page)


@must_both(
    "errors/5",
    f"{RESPONSES}/404",
    messages=("messages/18", f"{POST_MESSAGES}/responses/404"),
)
def _unknown_model(bench: Bench, path: str) -> None:
    """A model that is not served is answered 404 `not_found_error`."""
    body = bench.body(path, model=INVENTED_MODEL)
    exchange = usable(bench.post(body, path=path))
    assume(exchange.status != 200, "the server accepts any model name")
    expect_error(exchange, "an unknown model", 404, NOT_FOUND)


@must_both(
    "errors/6",
    "docs 2024, streaming; recorded",
    messages=("messages/19", "docs 2024, streaming Messages; recorded"),
)
def _refused_stream(bench: Bench, path: str) -> None:
    """A request that is refused before the first byte gets a JSON error, also where a
    stream was asked for.
    """
    broken = json.dumps(bench.body(path, stream=True)).encode()[:-1]
    exchanges = {
        what: bench.post(body | {"stream": True}, path=path)
        for body, what in bad_bodies(bench, path)
    }
    exchanges["JSON without its end"] = bench.post(broken, path=path)
    for what, exchange in exchanges.items():
        expect_error(exchange, f"`stream: true`, {what}", 400, INVALID_REQUEST)
    body = bench.body(path, stream=True, model=INVENTED_MODEL)
    exchange = usable(bench.post(body, path=path))
    if exchange.status != 200 or begins_with_error(exchange):
        expect_error(exchange, "`stream: true`, an unknown model", 404, NOT_FOUND)


@should("errors/7", "texts quoted in public issues")
def _names_parameter(bench: Bench) -> None:
    """The message of a 400 names the wrong parameter."""
    wrong = {"temperature": 1.0001, UNKNOWN_MEMBER: 1, "max_tokens_to_sample": 0}
    for field, value in wrong.items():
        body = bench.body() | {field: value}
        if bench.allows(body):
            continue
        exchange = bench.post(body)
        refused(exchange, field)
        _, text = error_of(exchange)
        expect(field in text, f"{shown(text)} does not name `{field}`", exchange)


@invariant("errors/8", "RFC 9110, 15.6; recorded: one 500 by chance in 3559")
def _no_crash(_: Bench, exchange: Exchange) -> None:
    """No request is answered 500, 501 or 502, also when it is repeated."""
    # 503, 504 and 529 come from load; 501 says that there is no such operation.
    crashes = {500, 502} if exchange.request.path != COMPLETE else {500, 501, 502}
    message = f"answered {exchange.status}, not 200 or 4xx"
    expect(exchange.status not in crashes, message, exchange)


@must("errors/9", f"{RESPONSES}/413")
def _too_large(bench: Bench) -> None:
    """A body that is refused for its size is answered 413 `request_too_large`."""
    exchange = _oversized(bench)
    assume(exchange.status != 200, "the server takes bodies of any size")
    expect_error(exchange, "a body over the limit", 413, "request_too_large")


@must("errors/10", f"{POST_COMPLETE}/requestBody/x-contract-max-bytes")
def _large(bench: Bench) -> None:
    """A body of two megabytes is accepted, and of ten: the limit is 32."""
    size = _max_bytes(bench)
    small = _padded(bench, min(2 * 2**20, size // 2))
    accepted(small, f"{len(small.request.body or b'')} bytes, most of them white space")
    exchange = _padded(bench, size // 3)
    # On a slow connection it may not arrive in time.
    if exchange.fault is None:
        accepted(exchange, "a third of the limit, most of it white space")


@should("errors/11", f"{POST_COMPLETE}/requestBody/x-contract-max-bytes")
def _limited(bench: Bench) -> None:
    """A body of more than 32 MB is refused."""
    exchange = _oversized(bench)
    expect(exchange.status != 200, "a body over the limit was accepted", exchange)


@must("errors/12", "RFC 9112, 9.3 and 9.6")
def _in_step(bench: Bench) -> None:
    """After an error the next request on the same connection is answered."""
    padded = json.dumps(bench.body()).encode() + b" " * 2_000
    good = new_request(COMPLETE, padded, bench.headers())
    text = bench.headers(content_type="text/plain")
    for what, wrong in {
        "no key": new_request(COMPLETE, padded, bench.headers(key=None)),
        "another content type": new_request(COMPLETE, padded, text),
        "the method PUT": replace(good, method="PUT"),
        "an unknown path": replace(good, path=NO_SUCH_PATH),
    }.items():
        after = bench.wire.send_in_turn([wrong, good])[-1]
        accepted(after, f"the request after one with {what}")


def _oversized(bench: Bench) -> Exchange:
    exchange = _padded(bench, _max_bytes(bench))
    if exchange.fault is not None:
        # A server may close the connection before it has read all of the body. It may
        # have sent a response then, but no client can read it.
        raise NotJudged(f"a body over the limit: {exchange.fault.message}")
    return usable(exchange)


def _max_bytes(bench: Bench) -> int:
    _, size = bench.contract.find(
        "paths", COMPLETE, "post", "requestBody", "x-contract-max-bytes"
    )
    if not isinstance(size, int):
        raise NotJudged("the document has no limit")
    return size


def _padded(bench: Bench, size: int) -> Exchange:
    """Send a good body that white space makes longer than so many bytes."""
    assume(not bench.is_paid, "no large bodies are sent in this run")
    body = json.dumps(bench.body()).encode()
    return bench.post(body[:-1] + b" " * size + b"}")
