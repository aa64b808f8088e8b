"""Scripted replies, in Python and from a file."""

from __future__ import annotations

import asyncio
import json
import math
import re

import pytest

from text_completions_server import (
    ApiError,
    Backend,
    Control,
    MockServer,
    RepliesError,
    Reply,
)
from text_completions_server.control.admin_document import admin_document

HELLO = "\n\nHuman: Hello\n\nAssistant:"


@pytest.fixture
def door(open_door, control):
    return open_door(control=control)


def said(answer):
    body = answer.json()
    return body["completion"], body["stop_reason"], body["stop"]


def test_a_scripted_text_is_sent_word_for_word(door, control):
    control.reply(" Grüße,\n  東京 🙂 ")
    expected = (" Grüße,\n  東京 🙂 ", "stop_sequence", "\n\nHuman:")
    assert said(door.complete()) == expected
    assert said(door.complete()) == expected


def test_a_scripted_text_is_streamed_alike(door, control):
    control.reply(" one two three")
    lines = door.complete(stream=True).text.splitlines()
    data = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    pieces = [each["completion"] for each in data if "completion" in each]
    assert pieces == [" one", " two", " three", ""]


def test_replies_come_in_order_and_the_last_again(door, control):
    control.reply(" 1", " 2")
    assert [said(door.complete())[0] for _ in range(3)] == [" 1", " 2", " 2"]


def test_a_script_is_used_up_after_so_many_times(door, control):
    made_up = said(door.complete())
    control.reply(" 1", times=2)
    texts = [said(door.complete()) for _ in range(3)]
    assert [text for text, *_ in texts[:2]] == [" 1", " 1"]
    assert texts[2] == made_up


def test_a_prompt_comes_before_a_pattern_and_that_before_anything(door, control):
    control.reply(" prompt", prompt=HELLO)
    control.reply(" pattern", pattern="Hel+o")
    control.reply(" anything")
    assert said(door.complete())[0] == " prompt"
    other = "\n\nHuman: Hello you\n\nAssistant:"
    assert said(door.complete(prompt=other))[0] == " pattern"
    third = "\n\nHuman: Bye\n\nAssistant:"
    assert said(door.complete(prompt=third))[0] == " anything"


def test_of_equal_scripts_the_last_one_answers(door, control):
    control.reply(" first")
    control.reply(" second", times=1)
    assert [said(door.complete())[0] for _ in range(2)] == [" second", " first"]


@pytest.mark.parametrize("prompt", [HELLO, f"{HELLO}  ", HELLO.lstrip()])
def test_a_prompt_is_compared_as_the_service_repairs_it(door, control, prompt):
    control.reply(" yes", prompt=prompt)
    assert said(door.complete())[0] == " yes"


def test_a_compiled_pattern_is_taken(door, control):
    control.reply(" yes", pattern=re.compile("HELLO", re.IGNORECASE))
    assert said(door.complete())[0] == " yes"


def test_a_scripted_text_keeps_to_the_limits_of_the_request(door, control):
    control.reply(" one two three")
    assert said(door.complete(max_tokens_to_sample=2)) == (
        " one two",
        "max_tokens",
        None,
    )
    assert said(door.complete(stop_sequences=["two"])) == (
        " one ",
        "stop_sequence",
        "two",
    )


@pytest.mark.parametrize(
    ("reason", "stop", "told"),
    [
        ("max_tokens", None, ("max_tokens", None)),
        ("end_turn", None, ("stop_sequence", "\n\nHuman:")),
        ("stop_sequence", None, ("stop_sequence", "###")),
        ("stop_sequence", "END", ("stop_sequence", "END")),
    ],
)
def test_a_reason_of_its_own_sends_the_text_whole(door, control, reason, stop, told):
    control.reply(" one two ### three", stop_reason=reason, stop=stop)
    answer = door.complete(max_tokens_to_sample=1, stop_sequences=["###"])
    assert said(answer) == (" one two ### three", *told)


def test_an_empty_text_can_be_a_reply(door, control):
    control.reply("")
    assert said(door.complete()) == ("", "stop_sequence", "\n\nHuman:")
    control.reply("", stop_reason="max_tokens")
    assert said(door.complete()) == ("", "max_tokens", None)


def test_messages_are_scripted_too(door, control):
    control.reply("Hi", prompt=HELLO)
    assert door.message().json()["content"] == [{"type": "text", "text": "Hi"}]
    control.reply("Hi", stop_reason="stop_sequence")
    assert door.message().json()["stop_reason"] == "end_turn"


def test_a_reply_with_a_delay_and_pauses_comes_whole(control, door):
    control.reply(Reply(text=" a b", delay=0.01, pause=0.01), " c")
    assert said(door.complete())[0] == " a b"
    assert said(door.complete())[0] == " c"


@pytest.mark.parametrize(("settings", "count"), [({"delay": 600}, 0), ({}, 1)])
def test_what_a_reply_holds_back_never_comes_and_the_server_can_stop(
    settings, count, connect, wait_until, capfd, caplog
):
    body = {"model": "claude-2", "prompt": HELLO, "max_tokens_to_sample": 9}
    with MockServer() as server:
        server.reply(" a b", pause=600, **settings)
        connection = connect(server, body | {"stream": True})
        wait_until(lambda: server.requests)
        (record,) = server.requests
        wait_until(lambda: record.event_count == count)
    with connection:
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.count(b"event: ") == record.event_count == count
    assert capfd.readouterr().err == ""
    assert caplog.records == []


def test_a_function_computes_the_reply_from_the_request(door, control):
    control.reply(lambda request: f" {request.model}", times=1)
    control.reply(lambda _: Reply(text=" short", stop_reason="max_tokens"), times=1)
    assert said(door.complete())[:2] == (" short", "max_tokens")
    assert said(door.complete())[0] == " claude-2.1"


def test_a_coroutine_function_computes_the_reply(door, control):
    async def reply(request):
        await asyncio.sleep(0)
        return f" {request.max_tokens}"

    control.reply(reply)
    assert said(door.complete(max_tokens_to_sample=7))[0] == " 7"
    assert door.message(max_tokens=8).json()["content"][0]["text"] == " 8"


def test_a_text_that_a_function_returns_has_the_settings_beside_the_function(
    door, control
):
    control.reply(lambda _: " short", stop_reason="max_tokens")
    assert said(door.complete()) == (" short", "max_tokens", None)


def test_a_function_can_let_the_request_fail(door, control):
    def refuse(request):
        raise ApiError(400, f"no {request.model} today")

    control.reply(refuse, times=1)
    control.reply(lambda _: 5, times=1)
    assert door.complete().status_code == 500
    answer = door.complete()
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "no claude-2.1 today"


def test_what_a_function_returns_must_be_a_text(door, control, caplog):
    control.reply(lambda _: 5)
    assert door.complete().status_code == 500
    assert "<lambda> returns must be a string or a Reply, not 5" in caplog.text


def test_the_list_of_replies_names_a_function(door, control):
    control.reply(str.upper, delay=0.5)
    (script,) = door.send("GET", "/__mock__/replies").json()["scripts"]
    assert script["replies"][0]["text"] == "<what str.upper returns>"
    assert script["replies"][0]["delay"] == 0.5


@pytest.mark.parametrize(
    ("replies", "settings", "error", "reason"),
    [
        ((), {}, ValueError, "at least one reply is needed"),
        ((5,), {}, TypeError, r"a reply must be a string, a Reply or a function"),
        ((" a",), {"prompt": "a", "pattern": "b"}, ValueError, "not both"),
        ((" a\ud83d",), {}, ValueError, "text has half of a character"),
        ((" a",), {"prompt": 5}, TypeError, "prompt must be a string"),
        ((" a",), {"times": 0}, ValueError, "times must be at least 1, not 0"),
        ((" a",), {"times": "2"}, TypeError, "such as times=2, not '2'"),
        ((" a",), {"times": True}, TypeError, "such as times=2, not True"),
        ((" a",), {"delay": -1}, ValueError, "delay must be at least 0 seconds"),
        ((" a",), {"pause": math.nan}, ValueError, "pause must be at least 0 seconds"),
        ((" a",), {"pause": "1"}, TypeError, "such as pause=2, not '1'"),
        ((" a",), {"stop": 1}, TypeError, "stop must be a string or None"),
        ((" a",), {"stop_reason": "end"}, ValueError, "must be end_turn, stop_seq"),
        ((" a",), {"stop": "b"}, ValueError, 'stop needs stop_reason="stop_sequence"'),
        ((" a",), {"pattern": "("}, ValueError, "is not a regular expression"),
        ((" a",), {"pattern": re.compile(b"a")}, TypeError, "pattern must be a regu"),
    ],
)
def test_a_wrong_reply_is_refused_with_the_right_form(
    control, replies, settings, error, reason
):
    with pytest.raises(error, match=reason):
        control.reply(*replies, **settings)


def test_a_reply_has_a_text():
    with pytest.raises(TypeError, match=r'text must be a string, such as " Yes\."'):
        Reply(text=5)


FILE = r"""
- prompt: "\n\nHuman: Hello\n\nAssistant:"
  replies: [' Hi', {text: ' Hi again', stop_reason: max_tokens}]
- pattern: capital of (France|Spain)
  times: 1
  replies: [{text: ' A city', delay: 0.01, pause: 0.01}]
- replies: [' Anything']
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        file = tmp_path / "replies.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_a_file_of_replies_is_sent_and_a_reset_starts_it_anew(open_door, written):
    control = Control(replies=written(FILE))
    door = open_door(control=control)
    control.reply(" over it")
    for _ in range(2):
        assert said(door.complete())[0] == " Hi"
        assert said(door.complete())[:2] == (" Hi again", "max_tokens")
        spain = "\n\nHuman: The capital of Spain?\n\nAssistant:"
        assert said(door.complete(prompt=spain))[0] == " A city"
        control.reset()
    assert said(door.complete(prompt="\n\nHuman: b\n\nAssistant:"))[0] == " Anything"


def test_a_file_is_an_option_of_the_application(open_door, written):
    door = open_door(replies=written(FILE))
    assert said(door.complete())[0] == " Hi"


BROKEN = {
    "not YAML": ("[", "is not YAML"),
    "no list": ("{}", "body: Input should be a valid list"),
    "no replies": ("- {}", "0.replies: Field required"),
    "no reply": ("- replies: []", "0.replies: List should have at least 1 item"),
    "an unknown member": ("- {replies: [a], p: 1}", "0.p: Extra inputs"),
    "an unknown member of a reply": (
        "- replies: [{text: a, dealy: 1}]",
        "0.replies.0.dealy: Extra inputs",
    ),
    "a negative delay": ("- replies: [{text: a, delay: -1}]", "0.replies.0.delay: "),
    "both": (
        "- {replies: [a], prompt: b, pattern: c}",
        "0: give a prompt or a pattern",
    ),
    "a bad pattern": (
        "- {replies: [a], pattern: (}",
        "0: '(' is not a regular expression",
    ),
    "no number": ("- replies: [{text: a, delay: .nan}]", "replies.yaml: "),
}


@pytest.mark.parametrize(("text", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_reported_in_one_line(written, text, reason):
    file = written(text)
    with pytest.raises(RepliesError) as caught:
        Control(replies=file)
    message = str(caught.value)
    assert message.startswith(f"{file}: ")
    assert reason in message
    assert "\n" not in message


def test_a_missing_file_and_one_that_is_not_utf_8_are_reported(tmp_path):
    with pytest.raises(RepliesError, match="No such file"):
        Control(replies=tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"\xff")
    with pytest.raises(RepliesError, match=r"latin\.yaml: .*utf-8"):
        Control(replies=tmp_path / "latin.yaml")


def test_replies_go_to_the_control_that_is_passed(open_door, written):
    with pytest.raises(ValueError, match="the Control that you pass"):
        open_door(control=Control(), replies=written(FILE))


def test_a_custom_backend_has_a_journal_and_replies_only_with_a_control(open_door):
    class Saying(Backend):
        async def generate(self, *_):
            from text_completions_server import Finish

            yield Finish("end_turn", text=" own")

    assert (
        open_door(backend=Saying()).send("GET", "/__mock__/journal").status_code == 404
    )
    control = Control()
    door = open_door(backend=Saying(), control=control)
    assert said(door.complete())[0] == " own"
    control.reply(" scripted")
    assert said(door.complete())[0] == " scripted"


def test_the_admin_document_is_read_once():
    assert admin_document() is admin_document()
