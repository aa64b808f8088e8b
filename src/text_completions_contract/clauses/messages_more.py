"""Section `messages`, continued: what it has in common with `/v1/complete`."""

from __future__ import annotations

from typing import Any

from .._accepting import good, takes
from .._answers import sound
from .._bench import MANY_WORDS, Bench
from .._document import MESSAGES
from .._expectations import MESSAGE_PARAMS, refused
from .._judgement import NotJudged, expect
from .._registry import must
from ..requests.exchange import Exchange
from .auth import KIND, WITHOUT_KEY
from .errors import INVENTED
from .messages import STREAM
from .stop import probe_sequence

BOUNDS: dict[str, tuple[Any, ...]] = {
    "temperature": (0, 1),
    "top_p": (0, 1),
    "top_k": (100_000, 0),
    "stop_sequences": ([], ["###"]),
    "metadata": ({}, {"user_id": None}),
    "max_tokens": (1, 8.0),
    "stream": (False,),
}
for _name, _values in BOUNDS.items():
    good(_name, *_values, path=MESSAGES)


@must(
    "messages/15",
    "The key and the version are asked for, as at `/v1/complete`.",
    "#/paths/~1v1~1messages/post/parameters",
    needs="messages",
)
def _headers(bench: Bench) -> None:
    for what, key in WITHOUT_KEY:
        refused(_post(bench, x_api_key=key), what, 401, KIND)
    for version in (None, "2023-12-01"):
        exchange = _post(bench, anthropic_version=version)
        refused(exchange, f"the version {version}" if version else "no version")


@must(
    "messages/16",
    "All parameters may be given together, at their bounds, too.",
    MESSAGE_PARAMS,
    needs="messages",
)
def _together(bench: Bench) -> None:
    for name, values in BOUNDS.items():
        takes(bench, name, values, MESSAGES)


@must(
    "messages/18",
    "A model that is not served is answered 404 `not_found_error`.",
    "#/paths/~1v1~1messages/post/responses/404",
    needs="messages",
)
def _unknown_model(bench: Bench) -> None:
    body = bench.message_body(model=INVENTED)
    exchange = sound(bench.post(body, path=MESSAGES))
    if exchange.status == 200:
        raise NotJudged("the server answers to any name of a model")
    refused(exchange, "an unknown model", 404, "not_found_error")


@must(
    "messages/19",
    "A request that is refused gets a JSON error, also where a stream was asked for.",
    STREAM,
    needs="messages",
)
def _refused_stream(bench: Bench) -> None:
    body = bench.message_body(stream=True, model=5)
    refused(bench.post(body, path=MESSAGES), "`stream: true`, model: 5")


@must(
    "messages/20",
    "A streamed message obeys its limit and its stop sequences.",
    MESSAGE_PARAMS,
    needs="messages",
)
def _bounded_stream(bench: Bench) -> None:
    whole = bench.message(**bench.long_message())
    part = bench.message_stream(**bench.long_message(max_tokens=2))
    expect(part.words <= 2, f"{part.words} words came at a limit of 2", part.exchange)
    sequence = probe_sequence(whole)
    cut = bench.message_stream(**bench.long_message(stop_sequences=[sequence]))
    expected = whole.text[: whole.text.index(sequence)]
    said = f"with the stop sequence {sequence!r} it ends {cut.text[-30:]!r}"
    pair = (whole.exchange, cut.exchange)
    expect(cut.text == expected, said, cut.exchange, *pair)


@must("messages/22", "A long text takes more than one delta.", STREAM, needs="messages")
def _many_deltas(bench: Bench) -> None:
    answer = bench.message_stream(**bench.long_message())
    if answer.words < MANY_WORDS:
        raise NotJudged(f"the text has fewer than {MANY_WORDS} words")
    pieces = [piece for piece in answer.pieces if piece]
    expect(len(pieces) > 1, f"{answer.words} words came in one", answer.exchange)


def _post(bench: Bench, **headers: str | None) -> Exchange:
    body, changed = bench.message_body(), bench.headers(**headers)
    return bench.post(body, path=MESSAGES, headers=changed)
