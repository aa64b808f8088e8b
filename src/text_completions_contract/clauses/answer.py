"""Section `answer`: the completion, in either form, and its independence of others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .._bench import LIMIT_NAMES, Bench, dialogue, new_request
from .._contract import COMPLETE, JSON
from .._judgement import Deviation, NotJudged, assume, expect
from .._registry import Level, invariant, must, section, should
from .._responses import (
    accepted,
    completions_of,
    expect_media_type,
    expect_status,
    fails,
    last_of,
    payloads_of,
    read_object,
    text_of,
    usable,
)
from .._strict_json import difference, shown
from ..requests.exchange import Exchange

section("answer", "Completions", order=5)

SCHEMA = "#/components/schemas/Completion"
INDEPENDENT = "RFC 9110, 3.3: requests are independent of each other"
# Subjects with limits of their own: a server may mix up limits as well as texts.
PLACES = {"a lake": 12, "a forest": 3, "a market": 7}
ROUNDS = 2
# How often a text must come again before the server passes for deterministic.
STEADY = 2
VERY_STEADY = 12
# Names of models may end in a date, such as `-20231121`.
DATE = re.compile(r"[-@]\d{8}$")


@must("answer/1", SCHEMA)
def _media_type(bench: Bench) -> None:
    """A completion is a 200 of type `application/json`."""
    exchange = bench.post(bench.body())
    expect_status(exchange, 200)
    expect_media_type(exchange, JSON)


@invariant("answer/2", SCHEMA)
def _schema(bench: Bench, exchange: Exchange) -> None:
    """A completion has `type`, `id`, `completion`, `stop_reason` and `model`, each of
    its type.
    """
    assume(exchange.is_whole and exchange.request.path == COMPLETE)
    assume(not exchange.is_stream)
    members = read_object(exchange)
    problem = bench.contract.response_problem(COMPLETE, members)
    expect(problem is None, str(problem), exchange)


@invariant("answer/5", f"{SCHEMA}/properties/log_id; recorded 33 of 33")
def _log_id(_: Bench, exchange: Exchange) -> None:
    """`log_id` is the same as `id`."""
    completions = [
        item for item in completions_of(exchange) if {"id", "log_id"} <= set(item)
    ]
    assume(completions)
    for item in completions:
        message = f"`log_id` is {shown(item['log_id'])}, `id` {shown(item['id'])}"
        expect(item["log_id"] == item["id"], message, exchange)


@invariant("answer/8", "recorded 36 of 36, undocumented", level=Level.SHOULD)
def _undocumented(_: Bench, exchange: Exchange) -> None:
    """A completion has `stop` and `log_id`."""
    completions = [] if exchange.is_stream else completions_of(exchange)
    assume(completions)
    for item in completions:
        missing = sorted({"stop", "log_id"} - set(item))
        expect(not missing, f"there is no {' and no '.join(missing)}", exchange)


@should("answer/9", "recorded")
def _space(bench: Bench) -> None:
    """The text begins with a space where the prompt ends in `Assistant:`."""
    reply = bench.long()
    assume(reply.text != "", "the text is empty")
    message = f"the text begins with {shown(reply.text[:12])}"
    expect(reply.text.startswith(" "), message, reply.exchange)


@invariant("answer/10", f"{SCHEMA}/properties/id")
def _ids(bench: Bench, exchange: Exchange) -> None:
    """No two responses of a run have the same `id`."""
    ids = {payload.get("id") for payload in payloads_of(exchange)} - {None}
    assume(ids)
    for one in ids:
        expect(one != "", "the `id` is empty", exchange)
        first = bench.ids.setdefault(str(one), exchange)
        message = f"an earlier response has the same `id` {shown(one)}"
        expect(first is exchange, message, exchange)


@invariant("answer/11", f"{SCHEMA}/properties/model")
def _models(bench: Bench, exchange: Exchange) -> None:
    """Every response, streamed or not, names the model that was asked for, or what an
    alias stands for.
    """
    asked = exchange.request.json.get("model")
    names = [payload.get("model") for payload in payloads_of(exchange)]
    assume(asked == bench.settings.model and any(names))
    for name in names:
        if name is not None:
            check_model(bench, exchange, name)


@invariant("answer/12", f"{SCHEMA}/properties/stop; recorded 36 of 36")
def _endings(_: Bench, exchange: Exchange) -> None:
    """Every completion says why it ended, and `stop` is null at `max_tokens`."""
    completions = completions_of(exchange)
    assume(completions and exchange.fault is None and not fails(exchange))
    reason = completions[-1].get("stop_reason")
    message = f"`stop_reason` is {shown(reason)}, not a string"
    expect(isinstance(reason, str), message, exchange)
    if "stop" in completions[-1]:
        check_stop(completions[-1]["stop"], reason, exchange)


@invariant(
    "answer/15", f"{SCHEMA}/properties/stop; recorded 36 of 36", level=Level.SHOULD
)
def _named_stop(_: Bench, exchange: Exchange) -> None:
    """Where `stop_reason` is `stop_sequence`, `stop` names the sequence."""
    last = last_of(completions_of(exchange))
    # Null is right where the reason is one that the operation has no word for.
    assume(last.get("stop_reason") == "stop_sequence")
    expect(last.get("stop", "") is not None, "`stop` is null", exchange)


@must("answer/13", INDEPENDENT)
def _parallel(bench: Bench) -> None:
    """Concurrent requests get the responses they get alone."""
    version, *_ = *bench.other_versions, bench.version
    alone = [
        about(bench, "a lake", stream=True),
        about(bench, "a forest", version, stream=True),
        # A letter that appears in most texts.
        about(bench, "a market", stop_sequences=["e"]),
    ]
    expect_independent(bench, alone)


@must("answer/14", INDEPENDENT)
def _memory(bench: Bench) -> None:
    """A response does not depend on earlier requests, also on its connection."""
    plain = bench.long().exchange
    oldest = bench.versions[-1]
    after = [bench.post_long(oldest, stream=True), plain]
    for exchange in after:
        _expect_steady(bench, exchange, times=1)
    alone = [text_of(exchange) for exchange in after]
    # The text may be empty then, which other clauses judge.
    cut = bench.long_body(stop_sequences=[alone[-1][:3]], max_tokens_to_sample=2)
    before = new_request(COMPLETE, cut, bench.headers())
    requests = [before, *(exchange.request for exchange in after)]
    _, *later = map(usable, bench.wire.send_in_turn(requests))
    texts = [text_of(exchange) for exchange in later]
    if texts == alone:
        return
    for _ in range(STEADY):
        _, *again = bench.wire.send_in_turn(requests)
        if texts != [text_of(exchange) for exchange in again]:
            raise NotJudged("the server is non-deterministic")
    at = next(at for at, text in enumerate(texts) if text != alone[at])
    change = difference(texts[at], alone[at])
    message = f"after another request on its connection the text has {change}"
    raise Deviation(message, later[at])


def expect_independent(bench: Bench, alone: Sequence[Exchange]) -> None:
    """Expect requests that were sent alone to get the same texts when concurrent."""
    for _ in range(ROUNDS):
        found = _mixed_up(bench, alone)
        if found is not None:
            _blame(bench, alone, *found)


def about(
    bench: Bench,
    place: str,
    version: str | None = None,
    *,
    path: str = COMPLETE,
    **changes: Any,
) -> Exchange:
    """The response to a request about a place, with the limit of that place."""
    changes |= dialogue(path, f"Describe {place} in about ten words.")
    changes[LIMIT_NAMES[path]] = PLACES[place]
    exchange = bench.post_long(version, path=path, **changes)
    expect_status(exchange, 200)
    return exchange


def check_model(bench: Bench, exchange: Exchange, model: object) -> None:
    """Expect a model name that agrees with the one that was asked for."""
    asked = bench.settings.model
    message = f"`model` is {shown(model)}, not a name"
    expect(isinstance(model, str) and model != "", message, exchange)
    known = bench.contract.models.get(asked)
    # Nobody can tell what a name stands for that the document does not list.
    if known is not None and "resolves" not in known:
        message = f"`model` is {shown(model)}, but {shown(asked)} was asked for"
        expect(DATE.sub("", str(model)) == asked, message, exchange)


def check_stop(stop: object, reason: object, exchange: Exchange) -> None:
    """Expect `stop` to be null where the reason is `max_tokens`."""
    message = f"`stop` is {shown(stop)} where `stop_reason` is {shown(reason)}"
    expect(stop is None or reason != "max_tokens", message, exchange)


def _mixed_up(
    bench: Bench, alone: Sequence[Exchange]
) -> tuple[Exchange, Exchange] | None:
    """A request that got another text when sent with others: alone, and with them."""
    for one, mixed in zip(alone, bench.together(alone), strict=True):
        accepted(mixed, "one of several concurrent requests")
        if text_of(mixed) != text_of(one):
            return one, mixed
    return None


def _blame(
    bench: Bench, alone: Sequence[Exchange], one: Exchange, mixed: Exchange
) -> None:
    """Report that responses are mixed up, unless load or chance explains it."""
    # The text of another request is hardly chance; any other text may be.
    is_sure = text_of(mixed) in map(text_of, alone)
    if not is_sure and not all(_mixed_up(bench, alone) for _ in range(ROUNDS)):
        raise NotJudged("a request got another text once, and not every time")
    _expect_steady(bench, one, times=STEADY if is_sure else VERY_STEADY)
    for _ in range(1 if is_sure else ROUNDS):
        same = bench.together([one] * 4)
        if any(text_of(item) != text_of(one) for item in same):
            raise NotJudged("the same request gets other texts when sent concurrently")
    change = difference(text_of(mixed), text_of(one))
    message = f"sent with others, the text has {change}, which comes alone"
    raise Deviation(message, mixed)


def _expect_steady(bench: Bench, exchange: Exchange, times: int = STEADY) -> None:
    """Raise `NotJudged` unless the request gets the same text every time."""
    text = text_of(exchange)
    if any(text_of(bench.send_again(exchange.request)) != text for _ in range(times)):
        raise NotJudged("the server is non-deterministic")
