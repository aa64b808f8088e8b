"""Completions made of messages: spaces, echoes, halves of characters, reasons."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_upstream import START, STOP, delta, message

from text_completions_server import Finish, Ping, Usage
from text_completions_server.backends.bridge.errors import (
    Call,
    UpstreamError,
    of_response,
)
from text_completions_server.backends.bridge.responses import (
    CompletionText,
    MessageReader,
)


def a_call():
    return Call("claude-2", "sk-secret", is_own_key=False, headers={})


def a_reader():
    return MessageReader(CompletionText([]), a_call())


def joined(text, *pieces):
    return "".join([*map(text.feed, pieces), text.flush()])


def whole(body, prefill="", stops=(), *, instructed=False):
    call = a_call()
    text = CompletionText(stops, prefill, echoed=instructed)
    finish = MessageReader(text, call).read_whole(json.dumps(body).encode())
    return finish, call.notes


def streamed(*payloads, prefill="", stops=()):
    """Return the pieces that events make."""
    reader = MessageReader(CompletionText(stops, prefill), a_call())
    pieces = [reader.read_event(each["type"], json.dumps(each)) for each in payloads]
    return [piece for piece in pieces if piece is not None]


def ended(reason="end_turn", stop=None):
    return {
        "type": "message_delta",
        "delta": {"stop_reason": reason, "stop_sequence": stop},
        "usage": {"output_tokens": 7},
    }


# The text


@pytest.mark.parametrize(
    ("text", "expected"), [("Hi", " Hi"), (" Hi", " Hi"), ("\nHi", " \nHi"), ("", "")]
)
def test_a_text_begins_with_one_space(text, expected):
    assert joined(CompletionText([]), text) == expected
    assert joined(CompletionText([]), *text) == expected


def test_a_text_after_a_prefill_begins_as_it_is():
    assert joined(CompletionText([], "The sky is"), "blue") == "blue"


@pytest.mark.parametrize("pieces", [["1. One"], ["1", ". O", "ne"]])
def test_an_echoed_prefill_is_cut(pieces):
    assert joined(CompletionText([], "1. ", echoed=True), *pieces) == "One"


@pytest.mark.parametrize("pieces", [["1) One"], ["1", ") O", "ne"], ["1"], []])
def test_a_text_that_only_begins_like_the_prefill_stays(pieces):
    text = CompletionText([], "1. ", echoed=True)
    assert joined(text, *pieces) == "".join(pieces)


@given(st.lists(st.text()))
def test_halves_of_characters_are_joined(parts):
    halves = [
        half.decode("utf-16-le", "surrogatepass")
        for part in parts
        for half in _units(part)
    ]
    assert joined(CompletionText([], "x"), *halves) == "".join(parts)


@given(
    st.lists(st.text("ab ", max_size=5)),
    st.lists(st.text("ab ", min_size=1, max_size=3)),
    st.text("ab ", max_size=4),
    st.booleans(),
)
def test_pieces_make_the_text_of_the_whole(pieces, stops, prefill, echoed):
    apart = CompletionText(stops, prefill, echoed=echoed)
    whole = CompletionText(stops, prefill, echoed=echoed)
    assert joined(apart, *pieces) == joined(whole, "".join(pieces))
    assert apart.stop == whole.stop


def test_a_call_does_not_show_its_key():
    assert "secret" not in repr(a_call())


def _units(text):
    data = text.encode("utf-16-le")
    return [data[at : at + 2] for at in range(0, len(data), 2)]


def test_half_a_character_alone_is_replaced():
    assert joined(CompletionText([], "x"), "a\ud83d", "b", "\ude00", "\ud83d") == (
        "a\ufffdb\ufffd\ufffd"
    )


# Whole messages


def test_the_texts_of_all_blocks_are_joined_with_nothing_between():
    blocks = [
        {"type": "thinking", "thinking": "Hm", "text": "no"},
        {"type": "text", "text": "a"},
        {"type": "text", "text": "b"},
        "not a block",
    ]
    finish, notes = whole(message(content=blocks))
    assert finish == Finish("end_turn", None, " ab", Usage(3, 2))
    assert notes == {
        "upstream_model": "real",
        "upstream_stop_reason": "end_turn",
        "input_tokens": 3,
        "output_tokens": 2,
    }


@pytest.mark.parametrize("count", [10**400, -1, True, 1.5, "2", None])
def test_a_count_of_tokens_that_cannot_be_is_left_out(count):
    usage = {"input_tokens": count, "output_tokens": count}
    finish, notes = whole(message("a", stop_reason="end_turn", usage=usage))
    assert finish.usage == Usage(None, None)
    assert not notes.keys() & {"input_tokens", "output_tokens"}


def test_cached_tokens_of_a_prompt_count_as_well():
    # As llama.cpp counts a prompt that it has just seen.
    usage = {"cache_read_input_tokens": 35, "input_tokens": 1, "output_tokens": 2}
    finish, notes = whole({**message("a"), "usage": usage})
    assert finish.usage == Usage(36, 2)
    assert notes["input_tokens"] == 36


def test_a_whole_text_is_cut_at_a_stop_sequence_of_the_caller():
    finish, _ = whole(message("one\ntwo", stop_reason="max_tokens"), stops=["\n"])
    assert (finish.reason, finish.stop, finish.text) == ("stop_sequence", "\n", " one")


def test_the_stop_sequence_of_the_upstream_counts_more_than_its_reason():
    finish, _ = whole(message(stop_sequence="###"))
    assert (finish.reason, finish.stop) == ("stop_sequence", "###")


@pytest.mark.parametrize("reason", ["refusal", "tool_use", "pause_turn", "new"])
def test_a_stop_reason_that_this_api_lacks_is_in_a_header(reason):
    finish, _ = whole(message(stop_reason=reason))
    assert (finish.reason, finish.stop) == (reason, None)
    assert finish.headers == {"x-upstream-stop-reason": reason}


@pytest.mark.parametrize("reason", ["end_turn", "max_tokens"])
def test_other_reasons_are_in_no_header(reason):
    assert whole(message(stop_reason=reason))[0].headers == {}


def test_names_of_the_upstream_cannot_break_a_line():
    finish, notes = whole(message(stop_reason="a\nb", model="\u00fc\n"))
    assert finish.headers == {"x-upstream-stop-reason": "'a\\nb'"}
    assert notes["upstream_model"] == "'\\xfc\\n'"


@pytest.mark.parametrize(
    ("id", "text"), [("chatcmpl-1", " blue"), ("msg_1", "The sky is blue")]
)
def test_a_prefill_is_cut_where_the_upstream_is_known_to_echo(id, text):
    finish, _ = whole(message("The sky is blue", id=id), "The sky is")
    assert finish.text == text


def test_a_prefill_in_the_system_text_is_cut_if_the_model_repeats_it():
    finish, _ = whole(message("1. One"), "1.", instructed=True)
    assert finish.text == " One"


@pytest.mark.parametrize(
    "body",
    [[], None, {}, {"content": "Hi"}, {"error": "x"}, message(stop_reason=None)],
    ids=str,
)
def test_what_is_not_a_message_is_an_error_of_the_upstream(body):
    with pytest.raises(UpstreamError) as caught:
        whole(body)
    assert caught.value.status == 500


def test_a_body_that_is_not_json_is_an_error_of_the_upstream():
    with pytest.raises(UpstreamError):
        a_reader().read_whole(b"<html>")


# Streams


def test_each_delta_is_a_piece_and_the_finish_waits_for_the_last_event():
    assert streamed(START, delta("a"), {"type": "ping"}, delta("b"), ended()) == [
        " a",
        Ping(),
        "b",
    ]
    last = streamed(START, delta("a"), ended(), STOP)[-1]
    assert last == Finish("end_turn", None, "", Usage(3, 7))


def test_text_that_was_held_back_comes_with_the_finish():
    *pieces, last = streamed(delta("a EN"), ended("max_tokens"), STOP, stops=["END"])
    assert pieces == [" a "]
    assert (last.text, last.reason) == ("EN", "max_tokens")


def test_a_stop_sequence_across_deltas_ends_the_stream():
    pieces = streamed(START, delta("a E"), delta("ND b"), stops=["END"])
    assert pieces == [" a ", Finish("stop_sequence", "END", "", Usage(3, None))]


def test_events_and_parts_of_other_kinds_make_nothing():
    others = [
        {"type": "content_block_start", "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_delta", "delta": {"type": "thinking_delta"}},
        {"type": "content_block_delta"},
        {"type": "new"},
    ]
    assert streamed(*others) == []


def test_the_text_of_a_block_that_starts_with_some_is_kept():
    block = {"type": "text", "text": "Once"}
    assert streamed({"type": "content_block_start", "content_block": block}) == [
        " Once"
    ]


@pytest.mark.parametrize("data", ["", "{}", '{"type": "ping"}'])
def test_a_ping_needs_no_data(data):
    assert a_reader().read_event("ping", data) == Ping()


def test_the_mark_at_the_end_of_other_streams_is_ignored():
    reader = a_reader()
    assert reader.read_event("", "[DONE]") is None


@pytest.mark.parametrize("data", ["", "[]", "{", "1", "null", "[" * 100_000])
def test_an_event_that_is_not_an_object_is_an_error(data):
    with pytest.raises(UpstreamError) as caught:
        a_reader().read_event("content_block_delta", data)
    assert caught.value.status == 500


@pytest.mark.parametrize("data", ["0.25", "text", '{"error": null}'])
def test_an_event_of_an_unknown_name_is_ignored(data):
    reader = a_reader()
    assert reader.read_event("timing", data) is None


def test_a_reason_of_any_length_fits_a_header():
    finish, notes = whole(message(stop_reason="r" * 100_000))
    assert finish.headers == {"x-upstream-stop-reason": "r" * 200}
    assert notes["upstream_stop_reason"] == "r" * 200


@pytest.mark.parametrize("name", ["error", ""])
def test_an_error_without_an_outer_type_is_an_error(name):
    reader = a_reader()
    data = {"error": {"code": 503, "message": "Loading", "type": "unavailable_error"}}
    with pytest.raises(UpstreamError) as caught:
        reader.read_event(name, json.dumps(data))
    assert (caught.value.status, caught.value.message) == (529, "Loading")


def test_a_stream_without_a_reason_is_an_error():
    with pytest.raises(UpstreamError):
        streamed(START, delta("a"), STOP)


# Anything


NAMES = [
    "type", "delta", "message", "usage", "error", "content_block", "content", "text",
    "stop_reason", "stop_sequence", "input_tokens", "model", "id", "code", "detail",
    "n_prompt_tokens", "n_ctx",
]  # fmt: skip
TEXTS = st.sampled_from(
    [
        "message_start", "content_block_start", "content_block_delta", "message_delta",
        "message_stop", "error", "text", "text_delta", "end_turn", "\ud83d", "<", "",
        "exceed_context_size_error", "400", "999",
    ]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    ),
    max_leaves=6,
)


def outcome_of(function, *arguments):
    """Return the result or the error, after it was written as the server writes it."""
    try:
        result = function(*arguments)
    except UpstreamError as error:
        result = error
    written = getattr(result, "message", asdict(result) if _is_finish(result) else "")
    json.dumps(written, ensure_ascii=False).encode()
    return result


def _is_finish(result):
    return isinstance(result, Finish)


@given(
    st.lists(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4), max_size=3)
)
def test_events_of_any_form_make_pieces_or_an_error(payloads):
    reader = MessageReader(CompletionText(["a"]), a_call())
    for payload in payloads:
        piece = outcome_of(reader.read_event, "", json.dumps(payload))
        assert piece is None or isinstance(piece, (str, Ping, Finish, UpstreamError))
        if isinstance(piece, (Finish, UpstreamError)):
            break


@given(VALUES)
def test_a_body_of_any_form_is_a_message_or_an_error(value):
    outcome = outcome_of(lambda: whole(value)[0])
    assert _is_finish(outcome) or outcome.status == 500


@given(st.integers(300, 599), VALUES)
def test_an_error_of_any_form_has_a_status_and_a_message_of_ours(status, body):
    error = of_response(status, body, {"retry-after": "\u00fc"}, a_call())
    assert error.status in {400, 401, 402, 403, 404, 413, 429, 500, 504, 529}
    assert str(error.message).encode()
    assert error.headers in ({}, {"x-should-retry": "true"})
