"""What a response says, in either form: its text, and why it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ._contract import COMPLETE, MESSAGES, OLD, SSE
from ._judgement import Deviation, NotJudged, WronglyAccepted, expect
from ._strict_json import NotStrictJson, as_list, as_object, as_text, read_json, shown
from .requests.budget import BUSY
from .requests.exchange import Exchange
from .requests.sse import Event

TEXT_EVENTS = ("content_block_start", "content_block_delta")
DONE = "[DONE]"


@dataclass(frozen=True)
class Reply:
    """A good response of either operation, read.

    Args:
        exchange: The exchange that it came with.
        text: All of its text.
        members: The members of the JSON object, or of a stream's last event.
        pieces: The texts of a stream's events in order, as they were sent.
        payloads: The data of a stream's events that carry text, as objects.
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


def usable(exchange: Exchange) -> Exchange:
    """Return the exchange, if its response is whole and the server was not busy."""
    if exchange.fault is not None and exchange.fault.kind == "unreachable":
        raise NotJudged("the server could no longer be reached")
    if exchange.fault is not None and not exchange.is_readable:
        raise NotJudged(exchange.fault.message)
    if exchange.fault is not None:
        raise Deviation(exchange.fault.message, exchange)
    if exchange.status in BUSY:
        raise NotJudged(f"the server was busy: it answered {exchange.status}")
    return exchange


def expect_status(exchange: Exchange, status: int, what: str = "") -> None:
    """Expect a whole response with this status."""
    usable(exchange)
    if exchange.status == status:
        return
    cause = f"answered {exchange.status}, not {status}"
    is_accepted = status >= 400 and 200 <= exchange.status < 300
    kind = WronglyAccepted if is_accepted else Deviation
    raise kind(f"{what}: {cause}" if what else cause, exchange, cause=cause)


def read_object(exchange: Exchange) -> Mapping[str, Any]:
    """The members of a 200 whose body is a JSON object."""
    expect_status(exchange, 200)
    try:
        members = as_object(exchange.json)
    except NotStrictJson as error:
        raise Deviation(f"the body holds {error}", exchange) from error
    if members is None:
        raise Deviation("the body is not a JSON object", exchange)
    return members


def read_completion(exchange: Exchange) -> Reply:
    """Read a JSON response of `/v1/complete`."""
    members = read_object(exchange)
    text = as_text(members.get("completion"))
    if text is None:
        raise Deviation("`completion` is not a string", exchange)
    return Reply(exchange, text, members)


def read_message(exchange: Exchange) -> Reply:
    """Read a JSON response of `/v1/messages`."""
    members = read_object(exchange)
    blocks = [as_object(block) or {} for block in as_list(members.get("content"))]
    texts = [as_text(block.get("text")) or "" for block in blocks]
    return Reply(exchange, "".join(texts), members)


def read_stream(exchange: Exchange) -> Reply:
    """Read a stream of `/v1/complete`, of either version."""
    payloads = tuple(_payloads(exchange, ("completion", None)))
    pieces = tuple(as_text(payload.get("completion")) or "" for payload in payloads)
    expect(bool(pieces), "the stream has no completion event", exchange)
    is_cumulative = exchange.request.header("anthropic-version") == OLD
    text = pieces[-1] if is_cumulative else "".join(pieces)
    return Reply(exchange, text, payloads[-1], pieces, payloads)


def read_message_stream(exchange: Exchange) -> Reply:
    """Read a stream of `/v1/messages`."""
    payloads = tuple(_payloads(exchange, TEXT_EVENTS))
    # A block may begin with text.
    parts = (item.get("delta") or item.get("content_block") for item in payloads)
    texts = (as_text((as_object(part) or {}).get("text")) or "" for part in parts)
    pieces = tuple(text for text in texts if text)
    endings = [*_payloads(exchange, ("message_delta",))]
    ending = as_object(endings[-1].get("delta")) if endings else None
    return Reply(exchange, "".join(pieces), ending or {}, pieces, payloads)


def read_reply(exchange: Exchange) -> Reply:
    """Read a good response, whichever operation and form it has."""
    if exchange.request.path == MESSAGES:
        reader = read_message_stream if exchange.is_stream else read_message
    else:
        reader = read_stream if exchange.is_stream else read_completion
    return reader(exchange)


def text_of(exchange: Exchange) -> str:
    """The text of a good response."""
    return read_reply(exchange).text


def good_reply(exchange: Exchange) -> Reply | None:
    """The response read, or None where it is not good; other clauses judge that."""
    try:
        return read_reply(exchange) if exchange.status == 200 else None
    except (Deviation, NotJudged):
        return None


def events_of(exchange: Exchange) -> tuple[Event, ...]:
    """The events of a 200 whose body is a stream."""
    expect_status(exchange, 200)
    message = f"the content type is {shown(exchange.media_type)}, not `{SSE}`"
    expect(exchange.is_stream, message, exchange)
    return exchange.events.events


def payloads_of(exchange: Exchange) -> list[Mapping[str, Any]]:
    """The objects of a good response: its body, or the data of its text events.

    Empty where the response is not good or cannot be read; other clauses judge that.
    """
    if exchange.status != 200:
        return []
    try:
        if not exchange.is_stream:
            return [read_object(exchange)]
        payloads = list(_payloads(exchange, ("completion", None, "message_start")))
    except (Deviation, NotJudged):
        return []
    return [as_object(item.get("message")) or item for item in payloads]


def completions_of(exchange: Exchange) -> list[Mapping[str, Any]]:
    """The objects of a good response of `/v1/complete`; see `payloads_of`."""
    return payloads_of(exchange) if exchange.request.path == COMPLETE else []


def fails(exchange: Exchange) -> bool:
    """Whether a stream has an `error` event; it need not say anything after that."""
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
        raise Deviation("an event's data is not a JSON object", exchange)
    return payload


def _payloads(
    exchange: Exchange, names: tuple[str | None, ...]
) -> Iterator[Mapping[str, Any]]:
    for event in events_of(exchange):
        if event.name in names and event.data != DONE:
            yield payload_of(exchange, event)
