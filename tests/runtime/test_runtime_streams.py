"""Events and streams: from the bytes of an answer to what a caller sees."""

from __future__ import annotations

import gc
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from text_completions_runtime import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    Stream,
    VersionRule,
)
from text_completions_runtime._streaming.reader import EventReader

from .contracts import (
    FAILURES,
    KEY,
    STREAM,
    Part,
    StatusError,
    TeapotError,
    Thing,
    request,
)

NEW, OLD = STREAM.versions["2"], STREAM.versions["1"]


def sse(name: str, data: object) -> bytes:
    text = data if isinstance(data, str) else json.dumps(data)
    return (f"event: {name}\n" if name else "").encode() + f"data: {text}\n\n".encode()


def thing(text: str = "", **more: Any) -> dict[str, Any]:
    return {"name": "n", "part": {"text": text}} | more


LAST = sse("thing", thing("z", type="done"))


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Chunks, then perhaps a fault; knows whether it was closed."""

    def __init__(self, *chunks: bytes | Exception) -> None:
        self.chunks = chunks
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk

    def close(self) -> None:
        self.closed += 1

    async def aclose(self) -> None:
        self.closed += 1


def answer(body: Body) -> httpx.Response:
    headers = {"x-request": "r", "content-type": "text/event-stream"}
    return httpx.Response(200, stream=body, request=request(), headers=headers)


def reader(rule: VersionRule = NEW, *, strict: bool = False) -> EventReader:
    return EventReader(STREAM, rule, answer(Body()), FAILURES, strict=strict)


def opened(body: Body, rule: VersionRule) -> tuple[httpx.Response, EventReader]:
    response = answer(body)
    return response, EventReader(STREAM, rule, response, FAILURES, strict=False)


def stream(*chunks: bytes | Exception, rule: VersionRule = NEW) -> Stream[Any]:
    return Stream(*opened(Body(*chunks), rule))


def body_of(one: Stream[Any]) -> Body:
    assert isinstance(one.response.stream, Body)
    return one.response.stream


# Events ----------------------------------------------------------------------


def test_events_that_the_contract_names_are_seen() -> None:
    events = list(reader().feed(sse("thing", thing("a")) + sse("end", {"text": "b"})))

    assert events == [("thing", thing("a")), ("end", {"text": "b"})]


def test_pings_unknown_and_unnamed_events_are_passed_over() -> None:
    chunks = (
        sse("ping", {})
        + sse("later", "no JSON")
        + sse("", thing("a"))
        + sse("ping", "")
    )

    assert list(reader().feed(chunks)) == []


def test_an_unnamed_event_is_what_the_version_says() -> None:
    assert list(reader(OLD).feed(sse("", thing("a")))) == [("thing", thing("a"))]


@pytest.mark.parametrize("kind", ["thing", "ping", "later", 1, None])
def test_an_event_that_lost_its_name_is_what_its_type_says(kind: object) -> None:
    payload = {"type": kind, "name": "n"}
    expected = [("thing", payload)] if kind == "thing" else []

    assert list(reader().feed(sse("", payload))) == expected


@pytest.mark.parametrize(
    "payload", [{"type": "error", "message": "no more"}, {"error": "no more"}]
)
def test_an_error_event_that_lost_its_name_is_raised(payload: object) -> None:
    with pytest.raises(APIStatusError, match="no more"):
        list(reader().feed(sse("", payload)))


def test_white_space_around_the_data_is_allowed() -> None:
    chunk = sse("end", '  {"text": "b"   } \t')

    assert list(reader().feed(chunk)) == [("end", {"text": "b"})]


@pytest.mark.parametrize(
    "data", ["", "{", "{} {}", "[1]", "null", "text", '{"a":1}x', "[" * 100_000]
)
def test_data_that_is_not_an_object_is_an_error(data: str) -> None:
    with pytest.raises(APIResponseValidationError, match="event 'thing'") as caught:
        list(reader().feed(sse("thing", data)))

    assert caught.value.body is not None
    assert caught.value.status_code == 200


def test_a_strict_reader_checks_the_payload() -> None:
    wrong = sse("thing", {"part": {}})

    assert len(list(reader().feed(wrong))) == 1
    with pytest.raises(
        APIResponseValidationError, match="event 'thing': name: is missing"
    ):
        list(reader(strict=True).feed(wrong))
    assert len(list(reader(strict=True).feed(sse("thing", thing("a"))))) == 1


def test_only_a_strict_reader_refuses_numbers_that_json_does_not_have() -> None:
    event = sse("thing", '{"name": "n", "new": NaN}')

    assert len(list(reader().feed(event))) == 1
    with pytest.raises(APIResponseValidationError, match="NaN is not a number of JSON"):
        list(reader(strict=True).feed(event))


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"type": "error", "error": {"type": "teapot_error"}}, TeapotError),
        ({"error": {"type": "teapot_error", "details": None}}, TeapotError),
        ({"error": {"type": "new_error"}}, StatusError),
        ({"error": {"type": 5}}, StatusError),
        ({"error": "text"}, StatusError),
        ({}, StatusError),
    ],
)
def test_an_error_event_raises_the_class_of_its_type(
    payload: dict[str, Any], expected: type[StatusError]
) -> None:
    with pytest.raises(StatusError) as caught:
        list(reader().feed(sse("error", payload)))

    assert type(caught.value) is expected
    assert caught.value.body == payload
    assert caught.value.status_code == 200
    assert KEY not in str(caught.value.request.headers.raw)


def test_events_before_an_error_in_one_chunk_are_seen_first() -> None:
    events = reader().feed(sse("thing", thing("a")) + sse("error", {}))

    assert next(events)[0] == "thing"
    with pytest.raises(StatusError):
        next(events)


@pytest.mark.parametrize(
    ("rule", "chunk"),
    [(NEW, LAST), (OLD, LAST), (OLD, sse("", "[DONE]"))],
    ids=["last event", "last event of old", "end marker"],
)
def test_the_end_is_recognised(rule: VersionRule, chunk: bytes) -> None:
    one = reader(rule)
    list(one.feed(chunk))

    one.finish()
    one.finish(httpx.ReadError("after the end"))


@pytest.mark.parametrize(
    "chunk",
    [b"", sse("thing", thing("a")), LAST[:-1], sse("", "[DONE]"), sse("ping", {})],
    ids=["nothing", "no reason", "unfinished", "marker of old", "ping"],
)
def test_without_its_end_a_stream_ended_early(chunk: bytes) -> None:
    one = reader()
    list(one.feed(chunk))

    with pytest.raises(APIConnectionError, match="ended early"):
        one.finish()
    with pytest.raises(APITimeoutError, match="slow"):
        one.finish(httpx.ReadTimeout("slow"))


# Text ------------------------------------------------------------------------


def added_texts(rule: VersionRule, *events: tuple[str, Any]) -> list[str]:
    one = reader(rule)
    chunk = b"".join(sse(name, payload) for name, payload in events)
    return [one.added_text(event) for event in one.feed(chunk)]


def texts(*values: Any) -> list[tuple[str, Any]]:
    return [("thing", {"part": {"text": value}}) for value in values]


def test_incremental_text_is_what_it_is() -> None:
    assert added_texts(NEW, *texts("a", "", "ab")) == ["a", "", "ab"]


def test_cumulative_text_adds_what_is_new() -> None:
    assert added_texts(OLD, *texts("a", "ab", "ab", "abcd")) == ["a", "b", "", "cd"]


@pytest.mark.parametrize("rule", [NEW, OLD], ids=["incremental", "cumulative"])
def test_data_that_is_not_text_adds_nothing(rule: VersionRule) -> None:
    events = texts(None, 5, ["a"])
    others = [("end", {"text": "a"}), ("thing", {"part": None}), ("thing", {})]

    assert added_texts(rule, *events, *others) == [""] * 6


@given(st.lists(st.sampled_from(["next", "iter", "text"]), max_size=8))
def test_a_text_stream_adds_to_what_was_read_before(ways: list[str]) -> None:
    pieces = [f"{number}," for number in range(10)]
    states = ["".join(pieces[: size + 1]) for size in range(len(pieces))]
    one = stream(*(sse("thing", thing(state)) for state in states), LAST, rule=OLD)
    iterators = {"next": one, "iter": iter(one), "text": one.text_stream}

    for piece, way in zip(pieces, ways, strict=False):
        value: Any = next(iterators[way])
        if way == "text":
            assert value == piece
    assert "".join(one.text_stream) == "".join(pieces[len(ways) :])


@given(st.text(st.sampled_from("aé😀🎉\U00010000"), max_size=6), st.booleans())
def test_a_character_in_two_events_is_one_character(text: str, is_old: bool) -> None:
    units = text.encode("utf-16-le")
    pieces = [
        units[at : at + 2].decode("utf-16-le", "surrogatepass")
        for at in range(0, len(units), 2)
    ]
    states = ["".join(pieces[: size + 1]) for size in range(len(pieces))]
    chunks = [sse("thing", thing(state)) for state in (states if is_old else pieces)]
    end = sse("thing", thing(text if is_old else "", type="done"))

    added = list(stream(*chunks, end, rule=OLD if is_old else NEW).text_stream)

    assert "".join(added) == text
    assert all(piece.encode() for piece in added), "no half of a character"


# Streams ---------------------------------------------------------------------


def test_a_stream_yields_models_and_closes() -> None:
    one = stream(sse("thing", thing("a")), sse("end", {"text": "b"}), LAST)

    first, second, third = one

    assert isinstance(first, Thing)
    assert second == Part(text="b")
    assert third.kind == "done"
    assert body_of(one).closed
    assert one.request_id == "r"
    assert list(one) == []


def test_text_comes_in_pieces_whatever_the_version() -> None:
    new = stream(sse("thing", thing("a")), sse("thing", thing("")), LAST)
    old = stream(sse("", thing("a")), sse("", thing("ab")), sse("", "[DONE]"), rule=OLD)

    assert list(new.text_stream) == ["a", "z"]
    assert list(old.text_stream) == ["a", "b"]
    assert body_of(new).closed
    assert body_of(old).closed


def test_an_event_cut_in_the_middle_of_a_character_is_whole() -> None:
    data = sse("end", '{"text": "😀"}') + LAST
    one = stream(*(bytes([byte]) for byte in data))

    assert next(one) == Part(text="😀")
    one.close()


def test_a_stream_that_could_not_be_made_is_forgotten_silently() -> None:
    response, reads = opened(Body(), NEW)

    class Unmade(Stream[Any]):
        def __init__(self) -> None:
            super().__init__(response, reads, unknown=None)  # type: ignore[call-arg]

    with pytest.raises(TypeError, match="unknown"):
        Unmade()
    gc.collect()  # an error in `__del__` would be reported, which fails the test
