"""Section `answer`: the JSON object that a completion is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._answers import fails, payloads_of, read_object, sound
from .._bench import Bench
from .._document import COMPLETE, JSON
from .._judgement import NotJudged, expect
from .._registry import Level, invariant, must, section, should
from ..requests.exchange import Exchange

section("answer", "Answers", order=5)

SCHEMA = "#/components/schemas/Completion"


@must("answer/1", "A completion is a 200 of type `application/json`.", SCHEMA)
def _media_type(bench: Bench) -> None:
    exchange = sound(bench.post(bench.body()))
    expect(exchange.status == 200, f"answered {exchange.status}", exchange)
    expect(exchange.media_type == JSON, f"it is {exchange.media_type!r}", exchange)


@invariant(
    "answer/2",
    "A completion has `type`, `id`, `completion`, `stop_reason` and `model`, "
    "each of its type.",
    SCHEMA,
)
def _schema(bench: Bench, exchange: Exchange) -> bool:
    good = (exchange.status, exchange.fault) == (200, None)
    if not good or exchange.is_stream or exchange.request.path != COMPLETE:
        return False
    members = read_object(exchange)
    problem = bench.document.answer_problem(COMPLETE, 200, members)
    expect(problem is None, str(problem), exchange)
    return True


@invariant(
    "answer/3",
    "`stop_reason` is never null in a JSON answer.",
    f"{SCHEMA}/properties/stop_reason",
)
def _reason(_: Bench, exchange: Exchange) -> bool:
    members = _members(exchange)
    if members is None:
        return False
    reason = members.get("stop_reason")
    expect(isinstance(reason, str), f"it is {reason!r}", exchange)
    return True


@invariant(
    "answer/4",
    "`stop` is null exactly when `stop_reason` is `max_tokens`.",
    f"{SCHEMA}/properties/stop; recorded 21 of 21",
)
def _stop(_: Bench, exchange: Exchange) -> bool:
    members = _members(exchange)
    if members is None or "stop" not in members:
        return False
    reason, stop = members.get("stop_reason"), members["stop"]
    agrees = (stop is None) == (reason == "max_tokens")
    expect(agrees, f"`stop` is {stop!r} at {reason!r}", exchange)
    return True


@invariant(
    "answer/5",
    "`log_id` is the same as `id`.",
    f"{SCHEMA}/properties/log_id; recorded 21 of 21",
)
def _log_id(_: Bench, exchange: Exchange) -> bool:
    told = [item for item in completions_of(exchange) if {"id", "log_id"} <= set(item)]
    for members in told:
        said = f"{members['log_id']!r} is not {members['id']!r}"
        expect(members["log_id"] == members["id"], said, exchange)
    return bool(told)


@must("answer/6", "No two completions have the same `id`.", f"{SCHEMA}/properties/id")
def _own_id(bench: Bench) -> None:
    first = bench.post(bench.body())
    second = bench.post(bench.body(), fresh=True)
    one, two = read_object(first).get("id"), read_object(second).get("id")
    expect(one is None or one != two, f"two answers are called {one!r}", second)


@must(
    "answer/7",
    "`model` is the model asked for, or what an alias stands for.",
    f"{SCHEMA}/properties/model",
)
def _model(bench: Bench) -> None:
    exchange = bench.post(bench.body())
    check_model(bench, exchange, read_object(exchange).get("model"))


@invariant(
    "answer/8",
    "A completion has `stop` and `log_id`.",
    "recorded 21 of 21, undocumented",
    level=Level.SHOULD,
)
def _undocumented(_: Bench, exchange: Exchange) -> bool:
    members = _members(exchange)
    if members is None:
        return False
    missing = {"stop", "log_id"} - set(members)
    expect(not missing, f"there is no {', '.join(sorted(missing))}", exchange)
    return True


@should(
    "answer/9",
    "The text begins with a space where the prompt ends in `Assistant:`.",
    "recorded",
)
def _space(bench: Bench) -> None:
    answer = bench.long()
    if not answer.text:
        raise NotJudged("the server answered with an empty text")
    begins = answer.text.startswith(" ")
    expect(begins, f"it begins {answer.text[:12]!r}", answer.exchange)


@invariant(
    "answer/10",
    "No two answers of a run have the same `id`.",
    f"{SCHEMA}/properties/id",
)
def _ids(bench: Bench, exchange: Exchange) -> bool:
    names = {payload.get("id") for payload in payloads_of(exchange)} - {None}
    for name in names:
        first = bench.ids.setdefault(str(name), exchange)
        expect(
            first is exchange, f"an earlier answer was called {name!r}, too", exchange
        )
        expect(name != "", "the `id` is empty", exchange)
    return bool(names)


@invariant(
    "answer/11",
    "Every answer, streamed or not, names the model that was asked for.",
    f"{SCHEMA}/properties/model",
)
def _models(bench: Bench, exchange: Exchange) -> bool:
    asked = exchange.request.json.get("model")
    names = [payload.get("model") for payload in payloads_of(exchange)]
    if asked != bench.settings.model or not any(names):
        return False
    for name in names:
        if name is not None:
            check_model(bench, exchange, name)
    return True


@invariant(
    "answer/12",
    "Every answer of `/v1/complete` says in the end why it ended: `stop` is null "
    "exactly at `max_tokens`.",
    f"{SCHEMA}/properties/stop; recorded",
)
def _endings(_: Bench, exchange: Exchange) -> bool:
    payloads = completions_of(exchange)
    if not payloads or exchange.fault is not None or fails(exchange):
        return False
    reason = payloads[-1].get("stop_reason")
    expect(isinstance(reason, str), f"`stop_reason` is {reason!r}", exchange)
    if "stop" in payloads[-1]:
        stop = payloads[-1]["stop"]
        agrees = (stop is None) == (reason == "max_tokens")
        expect(agrees, f"`stop` is {stop!r} at {reason!r}", exchange)
    return True


def check_model(bench: Bench, exchange: Exchange, model: object) -> None:
    """Expect a model's name that goes with the one asked for."""
    asked = bench.settings.model
    expect(isinstance(model, str) and model != "", f"it is {model!r}", exchange)
    known = bench.document.models.get(asked)
    # Of a name that the document does not know, nobody can say what it stands for.
    if known is not None and "resolves" not in known:
        said = f"{asked!r} was asked for, {model!r} came"
        # Its state of a day may be named, too.
        expect(re.sub(r"[-@]\d{8}$", "", str(model)) == asked, said, exchange)


def completions_of(exchange: Exchange) -> list[Mapping[str, Any]]:
    """The objects of a good answer of `/v1/complete`; see `payloads_of`."""
    return payloads_of(exchange) if exchange.request.path == COMPLETE else []


def _members(exchange: Exchange) -> Mapping[str, Any] | None:
    """The members of a good JSON answer of `/v1/complete`, or None if it is none."""
    return None if exchange.is_stream else next(iter(completions_of(exchange)), None)
