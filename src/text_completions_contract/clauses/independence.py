"""Section `answer`, go on: no answer depends on what else is asked, or was."""

from __future__ import annotations

from collections.abc import Sequence

from .._answers import sound, text_of
from .._bench import HUMAN, Bench
from .._expectations import accepted
from .._judgement import Deviation, NotJudged, expect
from .._registry import must
from ..requests.exchange import Exchange

SOURCE = "RFC 9110, 3.3: requests are independent of each other"
# With limits of their own, for a limit can be mixed up as a text can.
PLACES = {"a lake": 12, "a forest": 3, "a market": 7}
TIMES = 2
# So often an answer must come again before a server passes for deterministic.
STEADY = 2
OFTEN = 12


@must("answer/13", "Requests at the same time get the answers they get alone.", SOURCE)
def _parallel(bench: Bench) -> None:
    alone = [_about(bench, place, streamed=place != "a market") for place in PLACES]
    texts = [text_of(exchange) for exchange in alone]
    for _ in range(TIMES):
        for text, exchange in zip(texts, bench.together(alone), strict=True):
            accepted(exchange, "one of several at the same time")
            if text_of(exchange) != text:
                others = [other for other in texts if other != text]
                _blame(bench, alone[texts.index(text)], exchange, others)


def _blame(
    bench: Bench, alone: Exchange, mixed: Exchange, others: Sequence[str]
) -> None:
    """Say that answers are mixed up, unless they waver by load or chance alone."""
    # What was answered to another request is hardly chance; any other text may be.
    sure = text_of(mixed) in others
    _steady(bench, alone, times=STEADY if sure else OFTEN)
    for _ in range(1 if sure else TIMES):
        same = bench.together([alone] * 4)
        if any(text_of(item) != text_of(alone) for item in same):
            raise NotJudged("the same request at the same time is answered differently")
    said = f"alone it ends {text_of(alone)[-30:]!r}, here {text_of(mixed)[-30:]!r}"
    raise Deviation(said, mixed)


@must("answer/14", "An answer does not depend on requests before it.", SOURCE)
def _memory(bench: Bench) -> None:
    first = bench.long()
    before = _steady(bench, first.exchange, times=1)
    for changes in (
        # Its text may well be empty, which is a case of its own for other clauses.
        {"stop_sequences": [first.text[:3]]},
        {"max_tokens_to_sample": 2, "stream": True},
    ):
        sound(bench.post(bench.body(**bench.long_form(**changes)), fresh=True))
    after = bench.repeat(first.exchange)
    if text_of(after) == before:
        return
    _steady(bench, after)
    said = f"it had {len(before)} characters, and {len(text_of(after))} afterwards"
    expect(False, said, after)


def _about(bench: Bench, place: str, *, streamed: bool) -> Exchange:
    prompt = f"{HUMAN} Describe {place} in about ten words.\n\nAssistant:"
    body = bench.body(prompt=prompt, temperature=0, max_tokens_to_sample=PLACES[place])
    exchange = sound(bench.post({**body, "stream": True} if streamed else body))
    expect(exchange.status == 200, f"answered {exchange.status}", exchange)
    return exchange


def _steady(bench: Bench, exchange: Exchange, times: int = STEADY) -> str:
    """The text that comes every time; otherwise nothing can be compared."""
    text = text_of(exchange)
    if any(text_of(bench.repeat(exchange)) != text for _ in range(times)):
        raise NotJudged("the server is not deterministic")
    return text
