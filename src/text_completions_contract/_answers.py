"""What an answer comes down to in either form: its text, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ._document import MESSAGES, OLD
from ._judgement import Deviation, NotJudged, expect
from ._strict_json import NotStrictJson, as_list, as_object, as_text, read_json
from .requests.budget import BUSY
from .requests.exchange import Exchange
from .requests.sse import Event

TEXT_EVENTS = ("content_block_start", "content_block_delta")


@dataclass(frozen=True)
class Answer:
    """An answer of either operation.

    Args:
        exchange: The exchange that it came with.
        text: All of its text.
        members: The members of the JSON object, or of a stream's last event.
        pieces: The texts of a stream's events in order, as they were sent.
        payloads: The decoded data of a stream's events that carry text.
    """

    exchange: Exchange
    text: str
    members: Mapping[str, Any]
    pieces: tuple[str, ...] = ()
    payloads: tuple[Mapping[str, Any], ...] = ()

    @property
    def reason(self) -> str | None:
        """Why the text ended."""
        return as_text(self.members.get("stop_reason"))

    @property
    def words(self) -> int:
        """How many words the text has; it has at least as many tokens."""
        return len(self.text.split())


def sound(exchange: Exchange) -> Exchange:
    """The exchange, if it is whole and the server was not merely busy."""
    if exchange.fault is not None and exchange.fault.kind == "unreachable":
        raise NotJudged("the server could no longer be reached")
    if exchange.fault is not None:
        raise Deviation(exchange.fault.message, exchange)
    if exchange.status in BUSY:
        raise NotJudged(f"the server was busy: it answered {exchange.status}")
    return exchange


def read_object(exchange: Exchange) -> Mapping[str, Any]:
    """The members of a 200 answered with JSON."""
    sound(exchange)
    expect(exchange.status == 200, f"answered {exchange.status}, not 200", exchange)
    try:
        members = as_object(exchange.json)
    except NotStrictJson as error:
        raise Deviation(f"the body holds {error}", exchange) from error
    if members is None:
        raise Deviation("the body is no JSON object", exchange)
    return members


def read_completion(exchange: Exchange) -> Answer:
    """The answer in a JSON object of `/v1/complete`."""
    members = read_object(exchange)
    text = as_text(members.get("completion"))
    if text is None:
        raise Deviation("`completion` is no string", exchange)
    return Answer(exchange, text, members)


def read_message(exchange: Exchange) -> Answer:
    """The answer in a JSON object of `/v1/messages`."""
    members = read_object(exchange)
    blocks = [as_object(block) or {} for block in as_list(members.get("content"))]
    texts = [as_text(block.get("text")) or "" for block in blocks]
    return Answer(exchange, "".join(texts), members)


def read_stream(exchange: Exchange, *, cumulative: bool) -> Answer:
    """The answer in a stream of `/v1/complete`."""
    payloads = tuple(_payloads(exchange, ("completion", None)))
    pieces = tuple(as_text(payload.get("completion")) or "" for payload in payloads)
    expect(bool(pieces), "the stream has no completion event", exchange)
    text = pieces[-1] if cumulative else "".join(pieces)
    return Answer(exchange, text, payloads[-1], pieces, payloads)


def read_message_stream(exchange: Exchange) -> Answer:
    """The answer in a stream of `/v1/messages`."""
    payloads = tuple(_payloads(exchange, TEXT_EVENTS))
    # A block may begin with text.
    parts = (item.get("delta") or item.get("content_block") for item in payloads)
    texts = (as_text((as_object(part) or {}).get("text")) or "" for part in parts)
    pieces = tuple(text for text in texts if text)
    last = [*_payloads(exchange, ("message_delta",))]
    ending = as_object(last[-1].get("delta")) if last else None
    return Answer(exchange, "".join(pieces), ending or {}, pieces, payloads)


def text_of(exchange: Exchange) -> str:
    """The text of a good answer, whichever operation and form it is of."""
    old = exchange.request.header("anthropic-version") == OLD
    if exchange.request.path == MESSAGES:
        reader = read_message_stream if exchange.is_stream else read_message
        return reader(exchange).text
    if exchange.is_stream:
        return read_stream(exchange, cumulative=old).text
    return read_completion(exchange).text


def events_of(exchange: Exchange) -> tuple[Event, ...]:
    """The events of a 200 answered with a stream."""
    sound(exchange)
    expect(exchange.status == 200, f"answered {exchange.status}, not 200", exchange)
    expect(exchange.is_stream, f"answered {exchange.media_type}, no stream", exchange)
    return exchange.events.events


def _payloads(
    exchange: Exchange, names: tuple[str | None, ...]
) -> Iterator[Mapping[str, Any]]:
    for event in events_of(exchange):
        if event.name in names and event.data != "[DONE]":
            yield payload_of(exchange, event)


def payloads_of(exchange: Exchange) -> list[Mapping[str, Any]]:
    """The objects that a good answer consists of: one, or the data of its events.

    Empty where the answer is none, or cannot be read; others judge that.
    """
    if exchange.status != 200:
        return []
    if not exchange.is_stream:
        return [read_object(exchange)] if _is_readable(exchange) else []
    names = ("completion", None, "message_start")
    try:
        payloads = list(_payloads(exchange, names))
    except Deviation:
        return []
    wrapped = (as_object(payload.get("message")) for payload in payloads)
    return [
        message or payload for message, payload in zip(wrapped, payloads, strict=True)
    ]


def _is_readable(exchange: Exchange) -> bool:
    try:
        return exchange.fault is None and as_object(exchange.json) is not None
    except NotStrictJson:
        return False


def fails(exchange: Exchange) -> bool:
    """Whether a stream ends with an error: it need not say anything after that."""
    return exchange.is_stream and any(
        event.name == "error" for event in exchange.events.events
    )


def payload_of(exchange: Exchange, event: Event) -> Mapping[str, Any]:
    """The data of an event as a JSON object."""
    try:
        payload = as_object(read_json(event.data))
    except NotStrictJson as error:
        raise Deviation(f"an event's data holds {error}", exchange) from error
    if payload is None:
        raise Deviation("an event's data is no JSON object", exchange)
    return payload
