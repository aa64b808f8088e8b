"""Section `errors`: how a server says no."""

from __future__ import annotations

from typing import Any

from .._answers import sound
from .._bench import Bench
from .._clause import NotJudged, always, expect, must, should
from .._document import JSON
from .._exchange import Exchange
from .._json import NotStrictJson, as_object
from ._asking import POST_COMPLETE, error_of, refused

RESPONSES = f"{POST_COMPLETE}/responses"
INVENTED = "no-such-model-of-the-contract-suite"


@always(
    "errors/1",
    'Every error is `{"type":"error","error":{"type":…,"message":…}}` as JSON.',
    "#/components/schemas/ErrorResponse",
)
def _form(bench: Bench, exchange: Exchange) -> bool:
    if exchange.status < 400:
        return False
    expect(exchange.media_type == JSON, f"it is {exchange.media_type!r}", exchange)
    # What a proxy in front writes into a 413 is documented apart.
    bare = exchange.status == 413
    schema = "BareErrorResponse" if bare else "ErrorResponse"
    try:
        value = exchange.json
    except NotStrictJson as error:
        expect(False, f"the body holds {error}", exchange)
        return True
    problem = bench.document.problems(f"#/components/schemas/{schema}", value)
    expect(problem is None, f"the body: {problem}", exchange)
    return True


@always(
    "errors/2",
    "`error.type` is the one that goes with the status.",
    RESPONSES,
)
def _type(bench: Bench, exchange: Exchange) -> bool:
    known = bench.document.error_type(exchange.status)
    if known is None:
        return False
    kind, _ = error_of(exchange)
    expect(kind == known, f"{exchange.status} comes with {kind!r}", exchange)
    return True


@always(
    "errors/3",
    "The body's `request_id` is the header `request-id`, or null.",
    "#/components/schemas/ErrorResponse/properties/request_id",
)
def _request_id(_: Bench, exchange: Exchange) -> bool:
    if exchange.status < 400 or exchange.media_type != JSON:
        return False
    try:
        value = (as_object(exchange.json) or {}).get("request_id")
    except NotStrictJson:
        return False
    header = exchange.header("request-id")
    expect(value in {None, header}, f"{value!r} is not {header!r}", exchange)
    return value is not None


@must(
    "errors/4",
    "A path that does not exist is answered 404 `not_found_error`.",
    f"{RESPONSES}/404",
    needs="key",
)
def _unknown_path(bench: Bench) -> None:
    exchange = bench.post(bench.body(), path="/v1/no-such-path-of-the-contract-suite")
    refused(exchange, "an unknown path", 404, "not_found_error")


@must(
    "errors/5",
    "A model that is not served is answered 404 `not_found_error`.",
    f"{RESPONSES}/404",
)
def _unknown_model(bench: Bench) -> None:
    exchange = sound(bench.post(bench.body(model=INVENTED)))
    if exchange.status == 200:
        raise NotJudged("the server answers to any name of a model")
    refused(exchange, "an unknown model", 404, "not_found_error")


@must(
    "errors/6",
    "A request that is refused before its first byte gets a JSON error, "
    "also where a stream was asked for.",
    "docs 2024, streaming; recorded",
)
def _refused_stream(bench: Bench) -> None:
    exchange = bench.post(bench.body(stream=True, temperature=2))
    refused(exchange, "`stream: true` with a bad temperature")
    expect(exchange.media_type == JSON, f"it is {exchange.media_type!r}", exchange)


@should(
    "errors/7",
    "The message of a 400 names the parameter at fault.",
    "texts quoted in public issues",
)
def _names_parameter(bench: Bench) -> None:
    wrong: dict[str, Any] = {"temperature": 2, "best_of": 1, "top_k": -1}
    for field, value in wrong.items():
        exchange = bench.post(bench.body(**{field: value}))
        refused(exchange, field)
        _, message = error_of(exchange)
        expect(field in message, f"{message!r} does not name {field}", exchange)


@always(
    "errors/8",
    "No request is answered 500, 501 or 502.",
    f"{RESPONSES}/500",
)
def _no_crash(_: Bench, exchange: Exchange) -> bool:
    # 503, 504 and 529 are matters of load.
    crashed = exchange.status in {500, 501, 502}
    expect(not crashed, f"answered {exchange.status}", exchange)
    return True
