"""What code for the official SDK, up to 0.125.0, finds: names, calls, answers.

The names and figures are those of that SDK. Where it was weak, the test says what
holds instead. Faults, streams, redirects, types and logs have tests of their own.
"""

from __future__ import annotations

import copy
import inspect
import json
import pickle
from collections.abc import Callable
from typing import Any, Required, get_origin, get_type_hints

import httpx
import pytest

import text_completions
from text_completions import (
    NOT_GIVEN,
    APIResponseValidationError,
    Client,
    NotGiven,
    not_given,
    omit,
)
from text_completions.types import Completion, CompletionCreateParams

from .calls import ARGUMENTS, done, kinds, settings, with_client
from .drop_in import BOTH, GOOD, GOOD_BODY, sent
from .raw_server import RawServer, whole
from .test_client_calls import body_of, headers_of

# The names --------------------------------------------------------------------

MODULE = """
Anthropic AsyncAnthropic Client AsyncClient HUMAN_PROMPT AI_PROMPT Stream AsyncStream
NOT_GIVEN NotGiven not_given Omit omit Timeout DEFAULT_TIMEOUT DEFAULT_MAX_RETRIES
DEFAULT_CONNECTION_LIMITS DefaultHttpxClient DefaultAsyncHttpxClient AnthropicError
APIError APIStatusError APIConnectionError APITimeoutError APIResponseValidationError
BadRequestError AuthenticationError PermissionDeniedError NotFoundError ConflictError
RequestTooLargeError UnprocessableEntityError RateLimitError InternalServerError
ServiceUnavailableError OverloadedError DeadlineExceededError types __version__
"""
SETTINGS = """
api_key auth_token base_url timeout max_retries default_headers default_query
http_client
"""
CLIENT = """
api_key auth_token base_url timeout max_retries default_headers default_query
HUMAN_PROMPT AI_PROMPT completions copy with_options close is_closed with_raw_response
with_streaming_response get post put patch delete
"""
CREATE = """
max_tokens_to_sample model prompt metadata stop_sequences stream temperature top_k
top_p betas extra_headers extra_query extra_body timeout
"""
COPY = """
api_key auth_token base_url timeout max_retries http_client default_headers
set_default_headers default_query set_default_query
"""
COMPLETION = """
id completion model stop_reason type to_dict to_json model_dump model_dump_json
model_copy model_fields_set model_extra _request_id _workspace_id
"""
STREAM = {
    "Stream": "__iter__ __next__ __enter__ __exit__ close response",
    "AsyncStream": "__aiter__ __anext__ __aenter__ __aexit__ close response",
}
RAW = """
headers request_id workspace_id status_code http_request http_response retries_taken
is_closed elapsed text content parse url method http_version
"""


def missing(names: str, thing: Any) -> list[str]:
    return [name for name in names.split() if not hasattr(thing, name)]


def test_the_module_has_the_names_of_the_sdk() -> None:
    assert missing(MODULE, text_completions) == []
    assert set(MODULE.split()) <= set(text_completions.__all__)


@BOTH
def test_a_client_has_the_names_of_the_sdk(made: Any) -> None:
    assert missing(CLIENT, made("k")) == []
    assert inspect.signature(made).parameters.keys() >= set(SETTINGS.split())
    assert inspect.signature(made.copy).parameters.keys() >= set(COPY.split())
    assert made.with_options is made.copy


@pytest.mark.parametrize("way", ["", "with_raw_response", "with_streaming_response"])
@BOTH
def test_a_call_takes_its_arguments_by_name_only(way: str, made: Any) -> None:
    resource = made("k").completions
    method = getattr(resource, way).create if way else resource.create
    parameters = inspect.signature(method).parameters
    named = [parameters[name] for name in CREATE.split()]
    assert {one.kind for one in named} == {inspect.Parameter.KEYWORD_ONLY}
    required = {one.name for one in named if one.default is one.empty}
    assert required == {"max_tokens_to_sample", "model", "prompt"}


def test_answers_and_streams_have_the_names_of_the_sdk() -> None:
    assert missing(COMPLETION, Completion.from_dict(GOOD_BODY)) == []
    for cls, names in STREAM.items():
        assert missing(names, getattr(text_completions, cls)) == []
    with RawServer(GOOD) as server, Client(**settings(server.url)) as client:
        assert (
            missing(RAW, client.completions.with_raw_response.create(**ARGUMENTS)) == []
        )


def test_the_parameters_of_a_call_are_a_typed_dictionary() -> None:
    hints = get_type_hints(
        CompletionCreateParams, vars(text_completions.types), include_extras=True
    )
    required = {name for name in hints if get_origin(hints[name]) is Required}
    assert required == {"model", "prompt", "max_tokens_to_sample"}
    assert hints.keys() >= {"stream", "stop_sequences", "temperature", "metadata"}


def test_the_defaults_are_those_of_the_sdk() -> None:
    assert text_completions.Timeout is httpx.Timeout
    assert httpx.Timeout(600, connect=5.0) == text_completions.DEFAULT_TIMEOUT
    assert text_completions.DEFAULT_MAX_RETRIES == 2
    assert (
        httpx.Limits(max_connections=1000, max_keepalive_connections=100)
        == text_completions.DEFAULT_CONNECTION_LIMITS
    )
    assert (text_completions.HUMAN_PROMPT, text_completions.AI_PROMPT) == (
        "\n\nHuman:",
        "\n\nAssistant:",
    )


# Calls ------------------------------------------------------------------------


@kinds
def test_the_extras_of_a_call_go_over_everything(kind: str) -> None:
    request = sent(
        kind,
        {
            "extra_headers": {"X-Default": "call", "X-Gone": omit},
            "extra_query": {"default": "call"},
            "extra_body": {"model": "other", "more": 1},
            "timeout": httpx.Timeout(3),
        },
        default_headers={"x-default": "client", "x-gone": "client", "x-stays": "1"},
        default_query={"default": "client", "stays": "1"},
    )
    headers, body = headers_of(request), body_of(request)
    assert (headers["x-default"], headers["x-stays"]) == ("call", "1")
    assert "x-gone" not in headers
    assert b"?default=call&stays=1 " in request
    assert (body["model"], body["more"]) == ("other", 1)


@kinds
@pytest.mark.parametrize("nothing", [omit, not_given, NOT_GIVEN, NotGiven(), None])
def test_what_is_not_given_is_not_sent(nothing: Any, kind: str) -> None:
    assert body_of(
        sent(kind, {"temperature": nothing, "metadata": nothing})
    ).keys() == (ARGUMENTS.keys())
    assert not nothing


@BOTH
@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((), {"model": "m"}, "missing"),
        ((), ARGUMENTS | {"temprature": 1}, "temprature"),
        (("m",), ARGUMENTS, "positional"),
    ],
    ids=["missing", "unknown", "positional"],
)
def test_a_call_that_does_not_fit_is_a_type_error(
    arguments: tuple[Any, ...], options: Any, words: str, made: Any
) -> None:
    async def use() -> None:
        await done(made("k").completions.create(*arguments, **options))

    with pytest.raises(TypeError, match=words):
        httpx_run(use)


def httpx_run(use: Callable[[], Any]) -> Any:
    import anyio

    return anyio.run(use)


@kinds
def test_nothing_about_the_platform_is_sent(kind: str) -> None:
    headers = headers_of(sent(kind))
    assert headers["anthropic-version"] == "2023-06-01"
    version = text_completions.__version__
    assert headers["user-agent"] == f"text-completions/{version}"
    assert not any(name.startswith("x-stainless") for name in headers)
    assert "idempotency-key" not in headers


# Answers ----------------------------------------------------------------------


@kinds
def test_a_completion_is_what_the_sdk_made_of_it(kind: str) -> None:
    async def use(client: Any) -> Any:
        return await done(client.completions.create(**ARGUMENTS))

    with RawServer(GOOD) as server:
        one: Any = with_client(kind, server.url, use)
    assert (one.id, one.completion, one.type) == ("compl_1", " Hello", "completion")
    assert (one.model, one.stop_reason) == ("claude-2.1", "stop_sequence")
    assert (one.stop, one.of_a_later_day) == ("\n\nHuman:", {"a": [1]})
    assert (one._request_id, one._workspace_id) == ("req_1", "wrkspc_1")
    assert one.to_dict() == GOOD_BODY
    assert json.loads(one.to_json()) == GOOD_BODY
    assert one.model_dump() == one.dict() == dict(one) == GOOD_BODY
    assert one.model_dump(exclude_unset=False)["log_id"] is None
    assert json.loads(one.model_dump_json()) == one.model_dump()
    assert one.model_extra["of_a_later_day"] == {"a": [1]}
    for copied in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):
        assert copied == one
    assert one.model_copy(update={"completion": "x"}).completion == "x"
    with pytest.raises(TypeError):
        one["completion"]


@kinds
@pytest.mark.parametrize("name", ["strict", "_strict_response_validation"])
def test_answers_are_read_loosely_unless_one_is_strict(name: str, kind: str) -> None:
    odd = {"type": "completion", "completion": 7, "model": None}

    async def use(client: Any) -> Any:
        return await done(client.completions.create(**ARGUMENTS))

    with RawServer(whole(200, json.dumps(odd).encode())) as server:
        one = with_client(kind, server.url, use)
        assert (one.completion, one.model, one.id) == (7, None, None)
        with pytest.raises(APIResponseValidationError):
            with_client(kind, server.url, use, **{name: True})


def test_an_unknown_model_is_sent_as_it_is() -> None:
    assert body_of(sent(call={"model": "claude-99"}))["model"] == "claude-99"
