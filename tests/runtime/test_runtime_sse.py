"""The SSE decoder: bytes in any chunks, events out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from text_completions_runtime import ServerSentEvent, SSEDecoder
from text_completions_runtime._streaming.sse import LineDecoder

BOM = b"\xef\xbb\xbf"
LINES = st.sampled_from(
    [
        *[b"", b"", b"data: a", b"data:b", b"data", b"event: e", b"event", b"id: 1"],
        *[b"id: \0", b"id", b"retry: 10", b"retry: x", b": comment", b"data:  c"],
        *[b"data: \xff", "data: \u00e9\u2028".encode(), BOM, b"data: \x0b\x0c\x1c\x85"],
    ]
)
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])
TEXTS = st.lists(st.tuples(LINES, ENDS).map(b"".join)).map(b"".join)
STREAMS = st.one_of(st.binary(), TEXTS, TEXTS.map(BOM.__add__))


def decoded(chunks: Iterable[bytes]) -> list[ServerSentEvent]:
    decoder = SSEDecoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def datas(stream: bytes) -> list[str]:
    return [event.data for event in decoded([stream])]


def cut(stream: bytes, places: Iterable[int]) -> list[bytes]:
    ends = sorted({place % (len(stream) + 1) for place in places})
    starts = [0, *ends]
    return [stream[a:b] for a, b in zip(starts, [*ends, len(stream)], strict=True)]


def reference(stream: bytes) -> list[ServerSentEvent]:
    """The section 9.2.6 read aloud: slow, whole, and written another way."""
    text = stream.removeprefix(BOM).decode("utf-8", "replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]
    events: list[ServerSentEvent] = []
    name, data, last_id, retry = "", "", None, None
    for line in lines:
        if line == "":
            if data:
                events.append(ServerSentEvent(name, data[:-1], last_id, retry))
                retry = None
            name, data = "", ""
            continue
        field, colon, value = line.partition(":")
        value = value[1:] if colon and value.startswith(" ") else value
        if field == "event":
            name = value
        elif field == "data":
            data += value + "\n"
        elif field == "id" and "\0" not in value:
            last_id = value
        elif field == "retry" and value.isascii() and value.isdigit():
            retry = int(value)
    return events


# Within a byte order mark, and within line ends that are followed by an empty line or
# by another.
@example(BOM + b"data: a\n\n", [1])
@example(BOM + b"data: a\n\n", [2])
@example(BOM + b"data: a\n\n", [1, 2])
@example(BOM + b"data: a\n\n", [0, 1, 2, 3, 4])
@example(b"data: a\r\n\r\ndata: b\r\n\r\n", [8, 9, 9, 10, 19, 21])
@example(b"data: a\r\ndata: b\r\n\r\n", [8, 17, 18])
@example(b"data: a\rdata: b\n\n", [8, 16])
@given(STREAMS, st.lists(st.integers(min_value=0)))
def test_chunks_of_any_size_give_the_events_of_the_whole(
    stream: bytes, places: list[int]
) -> None:
    assert decoded(cut(stream, places)) == reference(stream)


@given(STREAMS)
def test_single_bytes_give_the_events_of_the_whole(stream: bytes) -> None:
    assert decoded(bytes([one]) for one in stream) == reference(stream)


def test_a_second_byte_order_mark_is_part_of_the_line() -> None:
    assert datas(BOM + BOM + b"data: a\n\n") == []


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"], ids=["LF", "CR", "CRLF"])
def test_every_line_end_ends_a_line(end: bytes) -> None:
    lines = [b"event: e", b"data: a", b"data: b", b"", b"data: c", b"", b""]

    events = decoded([end.join(lines)])

    assert [(event.event, event.data) for event in events] == [("e", "a\nb"), ("", "c")]


def test_other_line_separators_of_unicode_do_not_end_a_line() -> None:
    text = "a\x0b\x0c\x1c\x85\u2028b"

    assert datas(f"data: {text}\n\n".encode()) == [text]


def test_an_event_is_there_as_soon_as_its_last_byte_is() -> None:
    decoder = SSEDecoder()

    assert list(decoder.feed(b"data: a\r\n")) == []
    assert [event.data for event in decoder.feed(b"\r")] == ["a"]
    assert list(decoder.feed(b"\n")) == []


def test_lines_of_data_are_joined_by_line_feeds() -> None:
    assert datas(b"data: a\ndata\ndata:  b\n\n") == ["a\n\n b"]


def test_comments_and_unknown_fields_are_passed_over() -> None:
    assert datas(b": hello\ndata: a\n:\nfoo: bar\n\n") == ["a"]


def test_an_event_without_data_is_dropped_with_its_name() -> None:
    events = decoded([b"event: gone\n\ndata: a\n\n"])

    assert [(event.event, event.data) for event in events] == [("", "a")]


def test_empty_data_is_data() -> None:
    assert datas(b"data:\n\ndata\n\n") == ["", ""]


def test_an_event_that_has_not_ended_is_dropped() -> None:
    assert datas(b"data: a\n\ndata: b\n") == ["a"]


def test_an_id_stays_until_another_one_comes() -> None:
    events = decoded([b"id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n"])

    assert [event.id for event in events] == ["1", "1", ""]


def test_an_id_with_a_null_character_is_ignored() -> None:
    assert decoded([b"id: 1\nid: 2\0\ndata: a\n\n"])[0].id == "1"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(b"25", 25), (b"-1", None), (b"1.5", None), (b"", None), (b"9" * 400, None)],
    ids=["digits", "sign", "fraction", "empty", "absurd"],
)
def test_a_reconnection_time_is_digits(value: bytes, expected: int | None) -> None:
    assert decoded([b"retry: " + value + b"\ndata: a\n\n"])[0].retry == expected


def test_bytes_that_are_not_utf_8_are_replaced() -> None:
    assert datas(b"data: a\xffb\n\n") == ["a\ufffdb"]


class Counted(bytes):
    """Bytes that count how many of them are looked at or copied."""

    touched = 0

    def rfind(self, *arguments: Any) -> int:
        Counted.touched += len(self)
        return super().rfind(*arguments)


def test_a_long_line_in_small_chunks_is_joined_once() -> None:
    """Quadratic time would be seen as growth of what is kept being joined anew."""
    decoder = SSEDecoder()
    Counted.touched = 0
    chunk, count = Counted(b"x" * 100), 20_000

    assert list(decoder.feed(b"data: ")) == []
    assert all(list(decoder.feed(chunk)) == [] for _ in range(count))
    pieces = len(decoder._lines._partial)
    events = list(decoder.feed(b"\n\n"))

    assert pieces == count + 1, "the pieces wait unjoined"
    assert len(events[0].data) == 100 * count
    assert Counted.touched == 2 * 100 * count


@given(st.lists(st.text("a\r\n\u2028\x0b\x85"), max_size=8))
def test_lines_end_at_cr_lf_and_crlf_alone_however_they_are_cut(
    pieces: list[str],
) -> None:
    decoder = LineDecoder()
    lines = [line for piece in pieces for line in decoder.feed(piece.encode())]
    lines += decoder.end()

    expected = re.split("\r\n|\r|\n", "".join(pieces))
    assert [line.decode() for line in lines] == (
        expected if expected[-1] else expected[:-1]
    )
