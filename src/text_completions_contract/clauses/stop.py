"""Section `stop`: what ends a text, and that it ends there."""

from __future__ import annotations

import re

from text_completions_document import sequence as as_list

from .._bench import HUMAN, QUESTION, Bench
from .._contract import COMPLETE, PARAMS
from .._judgement import NotJudged, assume, expect
from .._registry import invariant, must, section
from .._responses import Reply, completions_of, expect_between, good_reply, last_of
from .._strict_json import shown
from ..requests.exchange import Exchange

section("stop", "Stop sequences", order=8)

SOURCE = f"{PARAMS}/properties/stop_sequences"
STOP = "#/components/schemas/Completion/properties/stop"
FILLERS = [f"#{number}#" for number in range(8)]
# From the end of one word into the next, so that it crosses events, too.
ACROSS_WORDS = re.compile(r"\w\w \w\w")


@must("stop/1", SOURCE)
def _cuts(bench: Bench) -> None:
    """The text ends where a stop sequence would appear, and does not contain it."""
    full = bench.long()
    sequence = probe_sequence(full)
    for version in bench.versions:
        cut = bench.long(version, stop_sequences=[sequence])
        expect_cut(full, cut, sequence)


@must("stop/2", SOURCE)
def _cuts_stream(bench: Bench) -> None:
    """A streamed text ends there as well, and no part of the sequence is sent."""
    full = bench.long()
    sequence = probe_sequence(full)
    for version in bench.versions:
        cut = bench.long(version, stop_sequences=among(sequence), stream=True)
        expect_cut(full, cut, sequence)


@must("stop/3", SOURCE)
def _earliest(bench: Bench) -> None:
    """Of several stop sequences the first to appear ends the text."""
    full = bench.long()
    early, *later = probe_sequences(full)
    assume(later, "the text is too short for two stop sequences")
    # Wherever it stands in the list, and however long the list is.
    for listed in ([*FILLERS, later[-1], early], [early, later[-1], "###"]):
        cut = bench.long(stop_sequences=listed)
        expect_cut(full, cut, early)
        _expect_stop(full, cut, early)


@must("stop/4", STOP)
def _told(bench: Bench) -> None:
    """At a stop sequence `stop_reason` is `stop_sequence` and `stop` the sequence."""
    full = bench.long()
    sequence = probe_sequence(full)
    for version in bench.versions:
        for cut in (
            bench.long(version, stop_sequences=[sequence]),
            bench.long(version, stop_sequences=among(sequence), stream=True),
        ):
            message = f'`stop_reason` is {shown(cut.reason)}, not "stop_sequence"'
            expect_between(cut.reason == "stop_sequence", message, cut, full)
            _expect_stop(full, cut, sequence)


@must("stop/5", SOURCE)
def _idle(bench: Bench) -> None:
    """A stop sequence that does not appear changes nothing."""
    full = bench.long()
    other = bench.long(stop_sequences=["\u241f no such text \u241f"])
    _expect_unchanged(full, other)
    message = f"`stop_reason` is {shown(other.reason)}, not {shown(full.reason)}"
    expect_between(full.reason == other.reason, message, other, full)


@invariant("stop/6", SOURCE)
def _absent(_: Bench, exchange: Exchange) -> None:
    """No text contains a stop sequence of its request."""
    reply, sequences = good_reply(exchange), _sequences(exchange)
    assume(sequences)
    found = [sequence for sequence in sequences if sequence in reply.text]
    message = f"the text contains the stop sequence {shown(''.join(found[:1]))}"
    expect(not found, message, exchange)


@invariant("stop/7", f"{SOURCE}/x-contract-built-in")
def _built_in(_: Bench, exchange: Exchange) -> None:
    r"""No text contains `\n\nHuman:`, where the model always stops."""
    assume(exchange.request.path == COMPLETE)
    reply = good_reply(exchange)
    expect(HUMAN not in reply.text, "the text goes on with a human's turn", exchange)


@invariant("stop/8", STOP)
def _known_stop(_: Bench, exchange: Exchange) -> None:
    r"""`stop` is a sequence of the request, or `\n\nHuman:`."""
    last = last_of(completions_of(exchange))
    stop = last.get("stop")
    assume(stop is not None and last.get("stop_reason") == "stop_sequence")
    known = [*as_list(exchange.request.json.get("stop_sequences")), HUMAN]
    message = f"`stop` is {shown(stop)}, not one of {shown(known)}"
    expect(stop in known, message, exchange)


@must("stop/9", SOURCE)
def _resembling(bench: Bench) -> None:
    """What only resembles a stop sequence changes nothing: another letter case, a
    pattern, spaces around it, words of the prompt.
    """
    full = bench.long()
    idle = _similar(full, probe_sequence(full))
    _expect_unchanged(full, bench.long(stop_sequences=idle))


@must("stop/10", SOURCE)
def _any_length(bench: Bench) -> None:
    """A stop sequence may be one character, a long text, and of any script."""
    full = bench.long()
    sequences = _unusual_sequences(full.text)
    for sequence in sequences:
        expect_cut(full, bench.long(stop_sequences=[sequence]), sequence)
    # It crosses several events.
    longest = sequences[-1]
    expect_cut(full, bench.long(stop_sequences=[longest], stream=True), longest)


def probe_sequence(reply: Reply) -> str:
    """A stop sequence taken from the text of a response."""
    return probe_sequences(reply)[0]


def probe_sequences(reply: Reply) -> list[str]:
    """Stop sequences taken from a text, in the order of their appearance; at least one.

    Not from the first quarter, so that something remains before the cut.
    """
    found = ACROSS_WORDS.findall(reply.text, len(reply.text) // 4)
    assume(found, "the text is too short to take a stop sequence from")
    return sorted(set(found), key=reply.text.index)


def expect_cut(full: Reply, cut: Reply, sequence: str) -> None:
    """Expect a text to end where the full text has the stop sequence."""
    expected = full.text[: full.text.index(sequence)]
    message = (
        f"with the stop sequence {shown(sequence)} the text should have "
        f"{len(expected)} characters and end {shown(expected[-30:])}, but it has "
        f"{len(cut.text)} and ends {shown(cut.text[-30:])}"
    )
    expect_between(cut.text == expected, message, cut, full)


def among(sequence: str) -> list[str]:
    """A list in which a stop sequence is neither the first nor the last."""
    return ["###", sequence, "---"]


def among_similar(full: Reply) -> tuple[list[str], str]:
    """A list of stop sequences, and the one of them that ends the text.

    Others only resemble an earlier text, or appear later; this one is the last.
    """
    early, *others = probe_sequences(full)
    sequence, *later = others or [early]
    return [*later[:1], *_similar(full, early), sequence], sequence


def _similar(full: Reply, sequence: str) -> list[str]:
    """What resembles a stop sequence, and appears nowhere in a text."""
    similar = (sequence.swapcase(), f".{sequence[1:]}", f" {sequence} ", QUESTION[:15])
    return [item for item in similar if item not in full.text]


def _expect_stop(full: Reply, cut: Reply, sequence: str) -> None:
    stop = cut.members.get("stop", sequence)
    message = f"`stop` is {shown(stop)}, not {shown(sequence)}"
    expect_between(stop == sequence, message, cut, full)


def _expect_unchanged(full: Reply, other: Reply) -> None:
    message = (
        f"without stop sequences the text has {len(full.text)} characters, with them "
        f"{len(other.text)} and ends {shown(other.text[-30:])}"
    )
    expect_between(full.text == other.text, message, other, full)


def _unusual_sequences(text: str) -> list[str]:
    """One character, forty of them, and one beyond ASCII, where the text has them."""
    start = len(text) // 4
    # What appears in the first quarter would leave too little text.
    letters = [char for char in text[start:] if char not in text[:start]]
    letters = [char for char in letters if not char.isspace()]
    foreign = [char for char in letters if not char.isascii()]
    long = text[start : start + 40].strip()
    sequences = [*letters[:1], *foreign[:1], *([long] if len(long) > 20 else [])]
    if not sequences:
        raise NotJudged("the text is too short to take a stop sequence from")
    return list(dict.fromkeys(sequences))


def _sequences(exchange: Exchange) -> list[str]:
    listed = as_list(exchange.request.json.get("stop_sequences"))
    # An empty sequence is in every text; its meaning is not documented.
    return [item for item in listed if isinstance(item, str) and item]
