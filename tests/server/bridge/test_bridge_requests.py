"""What is asked of the upstream: models, prefill, sampling, stop sequences."""

from __future__ import annotations

import pytest
from msgspec import structs

from text_completions_server import ApiError, CompletionRequest
from text_completions_server.backends.bridge import (
    Bridge,
    BridgeSettings,
    ModelTableError,
)
from text_completions_server.backends.bridge.requests import (
    ModelRule,
    SamplingRule,
    read_table,
    repaired_prompt,
    rule_for,
    upstream_request,
)

URL = "http://127.0.0.1:1"
TABLE = read_table()
ANY = ModelRule(match="*")


def rule_of(**changes):
    return structs.replace(ANY, **changes)


def outgoing(prompt="\n\nHuman: Hi\n\nAssistant:", /, rule=None, **changes):
    """Return the request for the upstream; settings begin with `with_`."""
    settings = {
        name.removeprefix("with_"): changes.pop(name)
        for name in list(changes)
        if name.startswith("with_")
    }
    asked = {"model": "claude-2.1", "requested_model": "claude-2", "max_tokens": 9}
    request = CompletionRequest(prompt=prompt, **asked | changes)
    bridge = BridgeSettings(upstream=URL, default_model="m", **settings)
    return upstream_request(request, "m", rule or ANY, bridge)


def test_a_plain_request_has_the_required_members_alone():
    assert outgoing().body == {
        "model": "m",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "Hi"}],
    }


def test_everything_that_the_caller_says_goes_upstream():
    asked = outgoing(
        "Be brief.\n\nHuman: Hi\n\nAssistant: Yes",
        stop_sequences=("#", "\n\nHuman:"),
        temperature=0.0,
        top_p=0.5,
        top_k=0,
        user_id="u",
        stream=True,
    )
    assert asked.body == {
        "model": "m",
        "max_tokens": 9,
        "system": "Be brief.",
        "messages": [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Yes"},
        ],
        "stop_sequences": ["#", "\n\nHuman:"],
        "temperature": 0.0,
        "top_p": 0.5,
        "top_k": 0,
        "metadata": {"user_id": "u"},
        "stream": True,
    }
    assert (asked.prefill, asked.instructed, asked.changed) == ("Yes", False, ())


@pytest.mark.parametrize(
    "prompt",
    [
        "\n\nHuman:\n\nAssistant:",
        "\n\nHuman: \n\nAssistant: Hi",
        "\n\nHuman:\n\nAssistant: Hi\n\nHuman: Yes\n\nAssistant:",
        "\n\nHuman: \n\nHuman: Hi\n\nAssistant:",
        "",
    ],
)
def test_a_prompt_that_makes_no_conversation_is_refused(prompt):
    with pytest.raises(ApiError) as caught:
        outgoing(prompt)
    assert caught.value.status == 400


# Stop sequences


def test_blank_stop_sequences_stay_here_and_four_go_upstream():
    stops = ("a", " ", "\n\n", "b", "", "c", "d", "e")
    assert outgoing(stop_sequences=stops).body["stop_sequences"] == list("abcd")


def test_the_table_says_how_many_stop_sequences_go_upstream():
    two, none = (
        rule_of(stop_sequences=2),
        rule_of(stop_sequences=0),
    )
    assert outgoing(stop_sequences=("a", "b", "c"), rule=two).body[
        "stop_sequences"
    ] == ["a", "b"]
    assert "stop_sequences" not in outgoing(stop_sequences=("a",), rule=none).body


# Sampling


SAMPLING = {"temperature": 0.5, "top_p": 0.9, "top_k": 5}
PICKY = ModelRule(
    match="*",
    sampling=SamplingRule(top_p="default", top_k="none", together=False),
    max_tokens=5,
)


def sampling_of(asked):
    return {name: asked.body[name] for name in SAMPLING if name in asked.body}


@pytest.mark.parametrize(
    ("mode", "sent", "max_tokens", "changed"),
    [
        ("keep", SAMPLING, 9, ()),
        (
            "drop",
            {},
            9,
            ("temperature:dropped", "top_p:dropped", "top_k:dropped"),
        ),
        ("auto", {"temperature": 0.5}, 9, ("top_p:dropped", "top_k:dropped")),
        (
            "clamp",
            {"temperature": 0.5},
            5,
            ("max_tokens:5", "top_p:dropped", "top_k:dropped"),
        ),
    ],
)
def test_sampling_is_sent_as_the_mode_says(mode, sent, max_tokens, changed):
    asked = outgoing(rule=PICKY, with_sampling=mode, **SAMPLING)
    assert sampling_of(asked) == sent
    assert asked.body["max_tokens"] == max_tokens
    assert asked.changed == changed


def test_of_temperature_and_top_p_the_temperature_is_kept():
    rule = rule_of(sampling=SamplingRule(together=False))
    both = outgoing(rule=rule, temperature=0.5, top_p=0.9)
    assert sampling_of(both) == {"temperature": 0.5}
    assert sampling_of(outgoing(rule=rule, top_p=0.9)) == {"top_p": 0.9}


def test_a_default_is_sent_where_only_that_is_accepted():
    rule = rule_of(sampling=SamplingRule(temperature="default"))
    assert sampling_of(outgoing(rule=rule, temperature=1.0)) == {"temperature": 1.0}
    assert sampling_of(outgoing(rule=rule, temperature=0.9)) == {}


def test_a_default_that_is_left_out_changes_nothing():
    assert outgoing(with_sampling="drop", temperature=1.0).changed == ()


# Prefill


PREFILLED = "Be brief.\n\nHuman: Hi\n\nAssistant: Yes"


@pytest.mark.parametrize(
    ("mode", "accepted", "kept"),
    [
        ("auto", True, True),
        ("auto", False, False),
        ("keep", False, True),
        ("instruct", True, False),
    ],
)
def test_a_prefill_is_kept_or_put_into_the_system_text(mode, accepted, kept):
    asked = outgoing(PREFILLED, rule=rule_of(prefill=accepted), with_prefill=mode)
    last = asked.body["messages"][-1]
    assert (last["role"] == "assistant") is kept
    assert asked.instructed is not kept
    assert asked.prefill == "Yes"
    assert ("Yes" in asked.body["system"]) is not kept
    assert asked.body["system"].startswith("Be brief.")
    assert asked.changed == (() if kept else ("prefill:instructed",))


def test_a_prefill_can_be_refused():
    with pytest.raises(ApiError) as caught:
        outgoing(PREFILLED, with_prefill="refuse")
    assert caught.value.status == 400
    assert outgoing(with_prefill="refuse").prefill == ""


# Doubled markers


def test_doubled_markers_are_repaired():
    doubled = "\n\nHuman: \n\nHuman: Hi\n\nAssistant:"
    assert repaired_prompt(doubled) == "\n\nHuman: Hi\n\nAssistant:"


def test_a_prompt_without_a_fault_stays_as_it_is():
    prompt = "\n\nHuman:  Hi \n\nAssistant:  a"
    assert repaired_prompt(prompt) == prompt


def test_a_prompt_that_cannot_be_repaired_is_refused():
    with pytest.raises(ApiError) as caught:
        repaired_prompt("[{'role': 'user', 'content': 'Hi'}]")
    assert caught.value.status == 400


# The table of models


@pytest.mark.parametrize(
    ("model", "prefill", "temperature", "together", "max_tokens"),
    [
        ("claude-3-haiku-20240307", True, "any", True, None),
        ("claude-3-5-sonnet-latest", True, "any", True, None),
        ("claude-sonnet-4-20250514", True, "any", True, None),
        ("claude-opus-4-0", True, "any", True, None),
        ("claude-opus-4@20250514", True, "any", True, None),
        ("claude-mythos-preview", False, "any", True, None),
        ("claude-opus-4-1-20250805", True, "any", False, 32000),
        ("claude-haiku-4-5", True, "any", False, 64000),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", True, "any", False, 64000),
        ("claude-opus-4-6", False, "any", False, 128000),
        ("anthropic/claude-opus-4-7", False, "default", False, 128000),
        ("claude-opus-5-5", False, "default", False, 128000),
        ("claude-sonnet-5", False, "default", False, 128000),
        ("llama3.2:1b", True, "any", True, None),
        ("smollm2-135m", True, "any", True, None),
    ],
)
def test_the_table_knows_the_models(model, prefill, temperature, together, max_tokens):
    rule = rule_for(model, TABLE)
    assert rule.prefill is prefill
    assert rule.sampling.temperature == temperature
    assert rule.sampling.together is together
    assert rule.max_tokens == max_tokens


def test_a_custom_table_replaces_the_whole_table(tmp_path):
    file = tmp_path / "models.yaml"
    file.write_text(
        "- {match: 'x*', prefill: false}\n"
        "- {match: '*', sampling: {top_k: none}, stop_sequences: 9, source: me}\n"
    )
    table = read_table(file)
    assert rule_for("x1", table) == ModelRule(match="x*", prefill=False)
    none = SamplingRule(top_k="none")
    other = ModelRule(match="*", sampling=none, stop_sequences=9, source="me")
    assert rule_for("claude-opus-4-6", table) == other


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("match: x", "a list of entries such as - match"),
        ("- {prefill: true}", "required field `match` - at `$[0]`"),
        ("- {match: x, prefil: true}", "unknown field `prefil` - at `$[0]`"),
        ("- {match: x, sampling: {top_p: some}}", "$[0].sampling.top_p"),
        ("- {match: x, max_tokens: 0}", "`int` >= 1 - at `$[0].max_tokens`"),
        ("- {match: x", "line"),
    ],
)
def test_a_table_that_is_invalid_is_refused_with_the_place(tmp_path, content, reason):
    file = tmp_path / "models.yaml"
    file.write_text(content)
    with pytest.raises(ModelTableError) as caught:
        Bridge(BridgeSettings(upstream=URL, default_model="m", models=file))
    assert str(caught.value).startswith(str(file))
    assert reason in str(caught.value)


def test_a_table_that_is_missing_is_refused():
    with pytest.raises(ModelTableError, match="No such file"):
        read_table("missing.yaml")


# Settings


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"upstream": "api.anthropic.com"}, "http or https URL"),
        ({"upstream": "ftp://host"}, "http or https URL"),
        ({"upstream": "http://"}, "http or https URL"),
        ({"upstream": "http://[::1"}, "is not a URL"),
        ({"upstream": "http://host:99999"}, "is not a URL"),
        ({"upstream": "https://user:secret@host"}, "no password"),
        ({"upstream": "https://host?x=1"}, "neither query nor fragment"),
        ({"upstream": "https://host/v1"}, "before /v1/messages"),
        ({"upstream": "https://host/v1/messages/"}, "before /v1/messages"),
        ({"default_model": None}, "no model can be served"),
        ({"default_model": ""}, "default_model"),
        ({"model_map": {"a": ""}}, "model_map"),
        ({"sampling": "some"}, "sampling must be auto, keep, drop or clamp"),
        ({"prefill": "some"}, "prefill must be"),
        ({"upstream_auth": "basic"}, "upstream_auth must be x-api-key or bearer"),
        ({"deadline": 0}, "deadline must be more than 0 seconds, not 0"),
        ({"deadline": None}, "deadline"),
        ({"deadline": "60"}, "deadline must be a number, such as deadline=2, not '60'"),
        ({"connect_timeout": None}, "connect_timeout"),
        ({"idle_timeout": float("nan")}, "idle_timeout"),
        ({"first_ping": -1}, "first_ping"),
        ({"max_retries": -1}, "max_retries"),
        (
            {"max_retries": "2"},
            "max_retries must be a whole number, such as max_retries=2, not '2'",
        ),
        ({"upstream_version": ""}, "upstream_version"),
        ({"upstream_key": "sk secret"}, "upstream_key must be printable"),
        ({"upstream_key": ""}, "upstream_key"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(changes, reason):
    with pytest.raises((ValueError, TypeError), match=reason) as caught:
        BridgeSettings(**{"upstream": URL, "default_model": "m"} | changes)
    assert "secret" not in str(caught.value)


def test_settings_do_not_show_the_key():
    settings = BridgeSettings(upstream=URL, any_model=True, upstream_key="sk-secret")
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("settings", "requested", "resolved", "expected"),
    [
        ({"model_map": {"claude-2.1": "a"}}, "claude-2.1", "claude-2.1", "a"),
        ({"model_map": {"claude-2.1": "a"}}, "claude-2", "claude-2.1", "a"),
        (
            {"model_map": {"claude-2.1": "a", "claude-2": "b"}},
            "claude-2",
            "claude-2.1",
            "b",
        ),
        ({"model_map": {"claude-2.1": "a"}}, "claude-1", "claude-1.3", None),
        ({"default_model": "d"}, "claude-1", "claude-1.3", "d"),
        ({"any_model": True}, "llama", "llama", "llama"),
        ({"any_model": True, "default_model": "d"}, "llama", "llama", "d"),
    ],
)
def test_a_name_leads_to_a_model(settings, requested, resolved, expected):
    settings = BridgeSettings(upstream=URL, **settings)
    assert settings.upstream_model(requested, resolved) == expected
