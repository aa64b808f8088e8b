"""Section `stop`: what ends a text, and that it ends there."""

from __future__ import annotations

import re

from .._answers import Answer, text_of
from .._bench import HUMAN, Bench
from .._document import COMPLETE
from .._expectations import PARAMS
from .._judgement import Deviation, NotJudged, expect
from .._registry import invariant, must, section
from .._strict_json import as_list
from ..requests.exchange import Exchange
from .answer import completions_of

section("stop", "Stop sequences", order=8)

SOURCE = f"{PARAMS}/properties/stop_sequences"
STOP = "#/components/schemas/Completion/properties/stop"
# From the end of one word into the next: such a sequence crosses events, too.
FILLERS = [f"#{number}#" for number in range(8)]
BRIDGE = re.compile(r"\w(\w) (\w)\w")


@must(
    "stop/1",
    "The text ends where a stop sequence would appear, and without it.",
    SOURCE,
)
def _cuts(bench: Bench) -> None:
    whole = bench.long()
    sequence = probe_sequence(whole)
    cut = bench.long(stop_sequences=[sequence])
    _cut_at(whole, cut, sequence)


@must(
    "stop/2",
    "A streamed text ends there as well, and no part of the sequence is sent.",
    SOURCE,
)
def _cuts_stream(bench: Bench) -> None:
    whole = bench.long()
    sequence = probe_sequence(whole)
    for version in bench.versions:
        cut = bench.long_stream(version, stop_sequences=[sequence])
        _cut_at(whole, cut, sequence)


@must("stop/3", "Of several stop sequences the first to appear ends the text.", SOURCE)
def _earliest(bench: Bench) -> None:
    whole = bench.long()
    early, *others = probe_sequences(whole)
    place = whole.text.index(early)
    late = next((item for item in others if whole.text.index(item) > place), None)
    if late is None:
        raise NotJudged("the text is too short for two stop sequences")
    # Wherever it stands in the list, and however long the list is.
    for listed in ([*FILLERS, late, early], [early, late, "###"]):
        cut = bench.long(stop_sequences=listed)
        _cut_at(whole, cut, early)
        stop = cut.members.get("stop", early)
        pair = (whole.exchange, cut.exchange)
        expect(stop == early, f"`stop` is {stop!r}", cut.exchange, *pair)


@must(
    "stop/4",
    "At a stop sequence `stop_reason` is `stop_sequence` and `stop` the sequence.",
    STOP,
)
def _told(bench: Bench) -> None:
    whole = bench.long()
    sequence = probe_sequence(whole)
    for cut in (
        bench.long(stop_sequences=[sequence]),
        bench.long_stream(stop_sequences=[sequence]),
    ):
        pair = (whole.exchange, cut.exchange)
        said = f"`stop_reason` is {cut.reason!r}"
        expect(cut.reason == "stop_sequence", said, cut.exchange, *pair)
        stop = cut.members.get("stop", sequence)
        expect(stop == sequence, f"`stop` is {stop!r}", cut.exchange, *pair)


@must(
    "stop/5",
    "A stop sequence that does not appear changes nothing.",
    SOURCE,
)
def _idle(bench: Bench) -> None:
    whole = bench.long()
    other = bench.long(stop_sequences=["\u241f no such text \u241f"])
    pair = (whole.exchange, other.exchange)
    expect(whole.text == other.text, "the text is another", other.exchange, *pair)
    said = f"`stop_reason` is {other.reason!r}, not {whole.reason!r}"
    expect(whole.reason == other.reason, said, other.exchange, *pair)


@invariant("stop/6", "No text holds a stop sequence of its request.", SOURCE)
def _absent(_: Bench, exchange: Exchange) -> bool:
    text, sequences = good_text(exchange), _sequences(exchange)
    if text is None or not sequences:
        return False
    found = [sequence for sequence in sequences if sequence in text]
    expect(not found, f"the text holds {found[:1]}", exchange)
    return True


@invariant(
    "stop/7",
    "No text holds `\\n\\nHuman:`, where the model always stops.",
    f"{SOURCE}/x-contract-built-in",
)
def _built_in(_: Bench, exchange: Exchange) -> bool:
    text = good_text(exchange)
    if text is None or exchange.request.path != COMPLETE:
        return False
    expect(HUMAN not in text, "the text goes on with a human's turn", exchange)
    return True


@invariant(
    "stop/8",
    "`stop` is a sequence of the request, or `\\n\\nHuman:`.",
    STOP,
)
def _known_stop(_: Bench, exchange: Exchange) -> bool:
    payloads = completions_of(exchange)
    stop = payloads[-1].get("stop") if payloads else None
    if stop is None or payloads[-1].get("stop_reason") != "stop_sequence":
        return False
    known = [*_sequences(exchange), HUMAN]
    expect(stop in known, f"`stop` is {stop!r}", exchange)
    return True


@must(
    "stop/9",
    "What only resembles a stop sequence changes nothing: another letter case, "
    "a pattern, spaces around it, words of the prompt.",
    SOURCE,
)
def _resembling(bench: Bench) -> None:
    whole = bench.long()
    bridge = probe_sequence(whole)
    like = [bridge.swapcase(), f".{bridge[1:]}", f" {bridge} ", "Describe a walk"]
    idle = [item for item in like if item not in whole.text]
    other = bench.long(stop_sequences=idle)
    pair = (whole.exchange, other.exchange)
    said = f"the text has {len(whole.text)} characters, but {len(other.text)} came"
    expect(whole.text == other.text, said, other.exchange, *pair)


@must(
    "stop/10",
    "A stop sequence may be one character, a long text, and of any script.",
    SOURCE,
)
def _any_length(bench: Bench) -> None:
    whole = bench.long()
    for sequence in _spans(whole.text):
        _cut_at(whole, bench.long(stop_sequences=[sequence]), sequence)


def _spans(text: str) -> list[str]:
    """One character, forty of them, and one beyond ASCII, where the text has them."""
    start = len(text) // 4
    # What appears in the first quarter already would leave too little.
    rare = [char for char in text[start:] if char not in text[:start]]
    letters = [char for char in rare if not char.isspace()]
    foreign = [char for char in letters if not char.isascii()]
    long = text[start : start + 40].strip()
    spans = [*letters[:1], *foreign[:1], *([long] if len(long) > 20 else [])]
    if not spans:
        raise NotJudged("the text is too short to take a stop sequence from")
    return list(dict.fromkeys(spans))


def probe_sequence(answer: Answer) -> str:
    """A sequence from within the answer's own words."""
    return probe_sequences(answer)[0]


def probe_sequences(answer: Answer) -> list[str]:
    """Sequences from within the answer's own words; at least one."""
    # The first quarter is left, so that something remains before the cut.
    found = BRIDGE.finditer(answer.text, len(answer.text) // 4)
    sequences = [match[0] for match in found]
    if not sequences:
        raise NotJudged("the text is too short to take a stop sequence from")
    return sequences


def _cut_at(whole: Answer, cut: Answer, sequence: str) -> None:
    pair = (whole.exchange, cut.exchange)
    expected = whole.text[: whole.text.index(sequence)]
    if cut.text != expected:
        said = (
            f"the text up to {sequence!r} is {len(expected)} characters and ends "
            f"{expected[-30:]!r}, but {len(cut.text)} came, ending {cut.text[-30:]!r}"
        )
        raise Deviation(said, cut.exchange, pair)


def good_text(exchange: Exchange) -> str | None:
    """The text of a good answer; whether answers are good is judged elsewhere."""
    try:
        return text_of(exchange) if exchange.status == 200 else None
    except (Deviation, NotJudged):
        return None


def _sequences(exchange: Exchange) -> list[str]:
    listed = as_list(exchange.request.json.get("stop_sequences"))
    # An empty sequence is in every text; what it means is not documented.
    return [item for item in listed if isinstance(item, str) and item]
