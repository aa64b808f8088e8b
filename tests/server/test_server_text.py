"""The text: always the same, and cut where the request says."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

# Turn markers and the names of enum members are refused: they need these characters.
PROMPTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\n:.{="), max_size=40
).map("\n\nHuman: {}\n\nAssistant:".format)


def completion(door, **changes):
    answer = door.complete(**changes)
    assert answer.status_code == 200, answer.text
    return answer.json()


@settings(max_examples=60, deadline=None)
@given(PROMPTS)
def test_a_text_is_long_and_varied_and_comes_to_an_end(door, prompt):
    body = completion(door, prompt=prompt)
    text = body["completion"]
    assert 20 < len(text.split()) < 160
    assert "\n" in text
    assert not text.isascii()
    assert re.search(r"[.!?:]", text)
    assert re.match(r" \S", text)
    assert "Human:" not in text
    assert (body["stop_reason"], body["stop"]) == ("stop_sequence", "\n\nHuman:")


def test_prompts_get_texts_of_their_own(door):
    texts = {
        completion(door, prompt=f"\n\nHuman: {n}\n\nAssistant:")["completion"]
        for n in range(50)
    }
    assert len(texts) == 50


def test_the_text_depends_on_prompt_and_parameters_and_seed_alone(door, open_door):
    text = completion(door)["completion"]
    assert completion(open_door())["completion"] == text
    assert completion(door, metadata={"user_id": "u"})["completion"] == text
    assert completion(door, model="claude-2")["completion"] == text
    assert completion(open_door(seed=1))["completion"] != text
    assert completion(door, temperature=0.5)["completion"] != text
    assert completion(door, top_p=0.5)["completion"] != text
    assert completion(door, top_k=5)["completion"] != text
    same = {completion(door, top_k=each)["completion"] for each in (5, 5.0)}
    assert len(same) == 1
    same = {completion(door, temperature=each)["completion"] for each in (1, 1.0)}
    assert len(same) == 1


def test_the_text_is_the_same_on_every_machine_and_python(door):
    assert completion(door, max_tokens_to_sample=12)["completion"] == (
        " That depends, but in short: The lighthouse keeper hides a recipe for"
    )


@settings(max_examples=60, deadline=None)
@given(PROMPTS, st.integers(1, 200))
def test_a_limit_cuts_the_text_at_so_many_words(door, prompt, limit):
    whole = completion(door, prompt=prompt)["completion"]
    body = completion(door, prompt=prompt, max_tokens_to_sample=limit)
    words = len(whole.split())
    assert whole.startswith(body["completion"])
    assert len(body["completion"].split()) == min(limit, words)
    if limit <= words:
        assert (body["stop_reason"], body["stop"]) == ("max_tokens", None)
    else:
        assert (body["stop_reason"], body["stop"]) == ("stop_sequence", "\n\nHuman:")


@settings(max_examples=100, deadline=None)
@given(PROMPTS, st.data())
def test_a_stop_sequence_taken_from_the_text_cuts_exactly_there(door, prompt, data):
    whole = completion(door, prompt=prompt)["completion"]
    start = data.draw(st.integers(0, len(whole) - 1))
    stop = whole[start : start + data.draw(st.integers(1, 30))]
    body = completion(door, prompt=prompt, stop_sequences=[stop, "never there"])
    assert body["completion"] == whole[: whole.index(stop)]
    assert (body["stop_reason"], body["stop"]) == ("stop_sequence", stop)


@settings(max_examples=60, deadline=None)
@given(PROMPTS, st.lists(st.text(" abcdeino.\n", min_size=1, max_size=4), max_size=4))
@example("\n\nHuman: Hi\n\nAssistant:", ["e", "the", "he"])
def test_the_match_that_is_complete_first_wins(door, prompt, stops):
    whole = completion(door, prompt=prompt)["completion"] + "\n\nHuman:"
    body = completion(door, prompt=prompt, stop_sequences=stops)
    text, stop = body["completion"], body["stop"]
    assert whole.startswith(text + stop)
    seen = whole[: len(text + stop) - 1]
    assert not any(each in seen for each in stops)


def test_a_stop_sequence_may_end_the_text_before_it_begins(door):
    body = completion(door, stop_sequences=[" "])
    assert (body["completion"], body["stop"]) == ("", " ")


def test_a_limit_comes_before_a_stop_sequence_behind_it(door):
    words = completion(door)["completion"].split()
    body = completion(door, max_tokens_to_sample=3, stop_sequences=[words[4]])
    assert body["stop_reason"] == "max_tokens"


def test_both_operations_read_a_conversation_alike(door):
    prompt = "Be terse.\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Bye\n\nAssistant:"
    turns = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [{"type": "text", "text": "Hello"}]},
        {"role": "user", "content": "Bye"},
    ]
    one = door.complete(prompt=prompt).json()["completion"]
    other = door.message(messages=turns, system="Be terse.").json()["content"]
    assert one == f" {other[0]['text']}"
