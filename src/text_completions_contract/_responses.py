"""What a response says, in either form, and what clauses expect of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from text_completions_document import mapping, sequence

from ._contract import COMPLETE, MESSAGES, OLD, SSE
from ._judgement import (
    Deviation,
    NotJudged,
    WronglyAccepted,
    WronglyRefused,
    assume,
    expect,
)
from ._strict_json import NotStrictJson, as_object, as_text, read_json, shown
from .requests.budget import BUSY
from .requests.exchange import Exchange
from .requests.sse import Event

TEXT_EVENTS = ("content_block_start", "content_block_delta")
DONE = "[DONE]"
AUTHENTICATION_ERROR = "authentication_error"
INVALID_REQUEST = "invalid_request_error"
NOT_FOUND = "not_found_error"


@dataclass(frozen=True)
class Reply:
    """A good response of either operation, read.

    Args:
        exchange: The exchange that it came with.
        text: All of its text.
        members: The members of the JSON object, or of the event that ends a stream.
        pieces: The texts of a stream's events in order, as they were sent.
    """

    exchange: Exchange
    text: str
    members: Mapping[str, Any]
    pieces: tuple[str, ...] = ()

    @property
    def reason(self) -> str | None:
        """Why the text ended."""
        return as_text(self.members.get("stop_reason"))

    @property
    def words(self) -> int:
        """How many words the text has; it has at least as many tokens."""
        return len(self.text.split())


# What clauses expect of a response.


def usable(exchange: Exchange) -> Exchange:
    """Return the exchange, if its response is whole and the server was not busy."""
    fault = exchange.fault
    if fault is not None and fault.kind == "unreachable":
        raise NotJudged("the server could no longer be reached")
    if fault is not None and not exchange.is_readable:
        raise NotJudged(fault.message)
    if fault is not None:
        raise Deviation(fault.message, exchange)
    if exchange.status in BUSY:
        raise NotJudged(f"the server was busy: it answered {exchange.status}")
    return exchange


def expect_status(exchange: Exchange, status: int, what: str = "") -> None:
    """Expect a whole response with this status."""
    usable(exchange)
    if exchange.status == status:
        return
    cause = f"answered {exchange.status}, not {status}"
    kind = Deviation
    if status >= 400 and 200 <= exchange.status < 300:
        kind = WronglyAccepted
    elif status == 200 and 400 <= exchange.status < 500:
        kind = WronglyRefused
    raise kind(f"{what}: {cause}" if what else cause, exchange, cause=cause)


def accepted(exchange: Exchange, what: str) -> None:
    """Expect a 200."""
    expect_status(exchange, 200, what)


def refused(exchange: Exchange, what: str) -> None:
    """Expect a request to be refused; the section `errors` judges the form."""
    expect_status(exchange, 400, what)


def survived(exchange: Exchange, what: str) -> None:
    """Expect a 200 or a proper error, but no crash."""
    usable(exchange)
    message = f"{what}: answered {exchange.status}, not 200 or 4xx"
    expect(200 <= exchange.status < 500, message, exchange)
    if exchange.status >= 400:
        error_of(exchange)


def expect_error(exchange: Exchange, what: str, status: int, kind: str) -> None:
    """Expect this error."""
    expect_status(exchange, status, what)
    found, _ = error_of(exchange)
    message = f'{what}: error.type is {shown(found)}, not "{kind}"'
    expect(found == kind, message, exchange)


def expect_media_type(exchange: Exchange, media_type: str) -> None:
    """Expect this content type, whatever its parameters."""
    message = f"the content type is {shown(exchange.media_type)}, not `{media_type}`"
    expect(exchange.media_type == media_type, message, exchange)


def expect_between(holds: bool, message: str, reply: Reply, other: Reply) -> None:
    """Raise a `Deviation` of the first unless a relation of two texts holds.

    Both are repeated before the server is blamed; see `Deviation.compared`.
    """
    if not holds:
        raise Deviation(message, reply.exchange, (other.exchange, reply.exchange))


# Errors.


def error_of(exchange: Exchange) -> tuple[str, str]:
    """The type and the message of an error."""
    body = mapping(strict_json(exchange, exchange.body, "the error's body"))
    error = mapping(body.get("error"))
    kind, message = as_text(error.get("type")), as_text(error.get("message"))
    if kind is None or message is None:
        raise Deviation("the body is not an error object", exchange)
    return kind, message


def begins_with_error(exchange: Exchange) -> bool:
    """Whether a stream has nothing but an error, apart from pings."""
    names = [event.name for event in exchange.events.events if event.name != "ping"]
    return exchange.is_stream and names[:1] == ["error"]


def fails(exchange: Exchange) -> bool:
    """Whether a stream has an `error` event; it need not say anything after that."""
    return exchange.is_stream and any(
        event.name == "error" for event in exchange.events.events
    )


# Texts.


def read_reply(exchange: Exchange, *, stream: bool | None = None) -> Reply:
    """Read a good response of either operation.

    Args:
        exchange: The exchange.
        stream: Whether it must be a stream. Default: it may have either form.
    """
    is_message = exchange.request.path == MESSAGES
    if exchange.is_stream if stream is None else stream:
        reader = _read_message_stream if is_message else _read_stream
    else:
        reader = _read_message if is_message else _read_completion
    return reader(exchange)


def text_of(exchange: Exchange) -> str:
    """The text of a good response."""
    return read_reply(exchange).text


def good_reply(exchange: Exchange) -> Reply:
    """Read a response, unless it is not good: other clauses judge that."""
    assume(exchange.status == 200)
    try:
        return read_reply(exchange)
    except Deviation as deviation:
        raise NotJudged(deviation.message) from deviation


def _read_completion(exchange: Exchange) -> Reply:
    members = read_object(exchange)
    text = as_text(members.get("completion"))
    if text is None:
        raise Deviation("`completion` is not a string", exchange)
    return Reply(exchange, text, members)


def _read_message(exchange: Exchange) -> Reply:
    members = read_object(exchange)
    blocks = map(mapping, sequence(members.get("content")))
    texts = (as_text(block.get("text")) or "" for block in blocks)
    return Reply(exchange, "".join(texts), members)


def _read_stream(exchange: Exchange) -> Reply:
    payloads = [*_payloads(exchange, ("completion", None))]
    pieces = tuple(as_text(payload.get("completion")) or "" for payload in payloads)
    expect(pieces, "the stream has no completion event", exchange)
    is_cumulative = exchange.request.header("anthropic-version") == OLD
    text = pieces[-1] if is_cumulative else "".join(pieces)
    return Reply(exchange, text, payloads[-1], pieces)


def _read_message_stream(exchange: Exchange) -> Reply:
    # A block may begin with text.
    parts = (
        mapping(payload.get("delta") or payload.get("content_block"))
        for payload in _payloads(exchange, TEXT_EVENTS)
    )
    pieces = tuple(text for part in parts if (text := as_text(part.get("text"))))
    last = last_of([*_payloads(exchange, ("message_delta",))])
    members = {**last, **mapping(last.get("delta"))}
    return Reply(exchange, "".join(pieces), members, pieces)


# The JSON objects of a response.


def read_object(exchange: Exchange) -> Mapping[str, Any]:
    """The members of a 200 whose body is a JSON object."""
    expect_status(exchange, 200)
    return _object(exchange, exchange.body, "the body")


def strict_json(exchange: Exchange, text: bytes | str, what: str) -> Any:
    """Read JSON of a response; raises a `Deviation` where it is not strict."""
    try:
        return read_json(text)
    except NotStrictJson as error:
        raise Deviation(f"{what} holds {error}", exchange) from error


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


def last_of(payloads: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The last of some objects, or an empty one."""
    return payloads[-1] if payloads else {}


def completions_of(exchange: Exchange) -> list[Mapping[str, Any]]:
    """The objects of a good response of `/v1/complete`; see `payloads_of`."""
    return payloads_of(exchange) if exchange.request.path == COMPLETE else []


def payload_of(exchange: Exchange, event: Event) -> Mapping[str, Any]:
    """The data of an event as a JSON object."""
    return _object(exchange, event.data, "an event's data")


def _object(exchange: Exchange, text: bytes | str, what: str) -> Mapping[str, Any]:
    members = as_object(strict_json(exchange, text, what))
    if members is None:
        raise Deviation(f"{what} is not a JSON object", exchange)
    return members


def _payloads(
    exchange: Exchange, names: tuple[str | None, ...]
) -> Iterator[Mapping[str, Any]]:
    """The data of the events with these names of a 200 whose body is a stream."""
    expect_status(exchange, 200)
    expect_media_type(exchange, SSE)
    for event in exchange.events.events:
        if event.name in names and event.data != DONE:
            yield payload_of(exchange, event)
