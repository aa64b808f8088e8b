"""What code written for the official SDK, up to 0.125.0, finds here.

The names and figures are those of that SDK. Where it was weak, the test says what
holds instead. Faults, streams, redirects, types and logs have tests of their own.
"""

from __future__ import annotations

import copy
import datetime
import email.utils
import inspect
import json
import logging
import math
import pickle
import re
import socket
from collections.abc import Callable
from typing import Any, Required, get_origin, get_type_hints

import httpx
import pytest

import text_completions
from text_completions import (
    NOT_GIVEN,
    AnthropicError,
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AsyncClient,
    Client,
    DefaultAsyncHttpxClient,
    DefaultHttpxClient,
    NotGiven,
    not_given,
    omit,
)
from text_completions.types import Completion, CompletionCreateParams

from .calls import ARGUMENTS, kinds, settings
from .raw_server import RawServer, whole
from .test_client_calls import body_of, headers_of
from .test_client_raw import Entered, done, with_client

GOOD_BODY = {
    "type": "completion",
    "id": "compl_1",
    "completion": " Hello",
    "stop_reason": "stop_sequence",
    "model": "claude-2.1",
    "stop": "\n\nHuman:",
    "of_a_later_day": {"a": [1]},
}
GOOD = whole(
    200,
    json.dumps(GOOD_BODY).encode(),
    "application/json",
    "request-id: req_1",
    "anthropic-workspace-id: wrkspc_1",
)
BOTH = pytest.mark.parametrize("made", [Client, AsyncClient])

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


@pytest.mark.parametrize("name", MODULE.split())
def test_the_module_has_the_name(name: str) -> None:
    assert hasattr(text_completions, name)
    assert name in text_completions.__all__


@pytest.mark.parametrize("name", SETTINGS.split())
@BOTH
def test_a_client_takes_the_setting(name: str, made: Any) -> None:
    assert name in inspect.signature(made).parameters


@pytest.mark.parametrize("name", CLIENT.split())
@BOTH
def test_a_client_has_the_attribute(name: str, made: Any) -> None:
    assert hasattr(made("k"), name)


@pytest.mark.parametrize("name", CREATE.split())
@pytest.mark.parametrize("way", ["", "with_raw_response", "with_streaming_response"])
@BOTH
def test_a_call_takes_the_argument_by_its_name_only(
    name: str, way: str, made: Any
) -> None:
    resource = made("k").completions
    method = getattr(resource, way).create if way else resource.create
    parameter = inspect.signature(method).parameters[name]
    assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
    required = name in {"max_tokens_to_sample", "model", "prompt"}
    assert (parameter.default is inspect.Parameter.empty) is required


@pytest.mark.parametrize("name", COPY.split())
@BOTH
def test_a_copy_takes_the_setting(name: str, made: Any) -> None:
    assert name in inspect.signature(made.copy).parameters
    assert made.with_options is made.copy


@pytest.mark.parametrize("name", COMPLETION.split())
def test_a_completion_has_the_attribute(name: str) -> None:
    assert hasattr(Completion.from_dict(GOOD_BODY), name)


@pytest.mark.parametrize(
    ("cls", "name"), [(cls, name) for cls in STREAM for name in STREAM[cls].split()]
)
def test_a_stream_has_the_attribute(cls: str, name: str) -> None:
    assert hasattr(getattr(text_completions, cls), name)


@pytest.mark.parametrize("name", RAW.split())
def test_a_raw_answer_has_the_attribute(name: str) -> None:
    with RawServer(GOOD) as server, Client(**settings(server.url)) as client:
        answer = client.completions.with_raw_response.create(**ARGUMENTS)
        assert hasattr(answer, name)


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


def sent(kind: str = "sync", call: dict[str, Any] | None = None, **given: Any) -> bytes:
    """Make a call, and return the request that came of it."""

    async def use(client: Any) -> None:
        await done(client.completions.create(**ARGUMENTS | (call or {})))

    with RawServer(GOOD) as server:
        with_client(kind, server.url, use, **given)
    return server.requests[0]


@kinds
def test_betas_are_a_header_and_not_a_member(kind: str) -> None:
    request = sent(kind, {"betas": ["a", "b"]})
    assert headers_of(request)["anthropic-beta"] == "a,b"
    assert "betas" not in body_of(request)


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
def test_nothing_of_the_platform_is_told(kind: str) -> None:
    headers = headers_of(sent(kind))
    assert headers["anthropic-version"] == "2023-06-01"
    version = text_completions.__version__
    assert headers["user-agent"] == f"text-completions/{version}"
    assert not any(name.startswith("x-stainless") for name in headers)
    assert "idempotency-key" not in headers


# Timeouts and retries ---------------------------------------------------------


@kinds
@pytest.mark.parametrize(
    ("client", "call", "expected"),
    [
        ({}, {}, httpx.Timeout(600, connect=5)),
        ({"timeout": 20.0}, {}, httpx.Timeout(20, connect=5)),
        ({"timeout": 2}, {}, httpx.Timeout(2)),
        ({"timeout": None}, {}, httpx.Timeout(None)),
        ({"timeout": httpx.Timeout(7, pool=1)}, {}, httpx.Timeout(7, pool=1)),
        ({}, {"timeout": 30}, httpx.Timeout(30, connect=5)),
        ({"timeout": 2}, {"timeout": None}, httpx.Timeout(None)),
        ({"timeout": 2}, {"timeout": NOT_GIVEN}, httpx.Timeout(2)),
    ],
    ids=str,
)
def test_a_timeout_is_a_number_a_timeout_or_none(
    client: Any, call: Any, expected: httpx.Timeout, kind: str
) -> None:
    seen: list[Any] = []

    def answered(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200, json=GOOD_BODY)

    async def use(client: Any) -> None:
        await done(client.completions.create(**ARGUMENTS, **call))

    made: Any = httpx.Client if kind == "sync" else httpx.AsyncClient
    http = made(transport=httpx.MockTransport(answered))
    given = {"timeout": httpx.Timeout(600, connect=5)} | client
    with_client(kind, "http://a.test", use, http_client=http, **given)
    assert seen == [expected.as_dict()]


@BOTH
def test_the_timeout_of_an_own_http_client_is_adopted(made: Any) -> None:
    own: Any = httpx.Client if made is Client else httpx.AsyncClient
    assert made("k", http_client=own(timeout=17)).timeout == httpx.Timeout(17)
    assert made("k", http_client=own(timeout=17), timeout=9).timeout == (
        httpx.Timeout(9, connect=5)
    )


@BOTH
def test_an_http_client_of_another_kind_is_a_type_error(made: Any) -> None:
    other: Any = httpx.AsyncClient if made is Client else httpx.Client
    for wrong in (object(), other()):
        with pytest.raises(TypeError, match="Invalid `http_client` argument"):
            made("k", http_client=wrong)
        with pytest.raises(TypeError, match="Invalid `http_client` argument"):
            made("k").copy(http_client=wrong)


@BOTH
def test_a_number_of_retries_is_a_setting(made: Any) -> None:
    client = made("k")
    assert client.max_retries == 2
    assert client.with_options(max_retries=5).max_retries == 5
    assert made("k", max_retries=math.inf).max_retries == math.inf
    with pytest.raises(TypeError, match="max_retries"):
        made("k", max_retries=None)


class Waits(list[float]):
    """The seconds that a call waited between its attempts."""

    def sleep(self, seconds: float) -> None:
        self.append(seconds)

    async def pause(self, seconds: float) -> None:
        self.append(seconds)


def waited(
    monkeypatch: pytest.MonkeyPatch, kind: str, *answers: Any, retries: int = 0
) -> list[float]:
    """Let a call be answered so, and return how long it waited each time."""
    waits = Waits()
    monkeypatch.setattr("text_completions_runtime._sync_client.time.sleep", waits.sleep)
    monkeypatch.setattr("text_completions_runtime._async_client.pause", waits.pause)
    left = list(answers)

    def answered(_: httpx.Request) -> httpx.Response:
        if not left:
            return httpx.Response(200, json=GOOD_BODY)
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        # Another each time, for the tests share them.
        return httpx.Response(answer.status_code, headers=answer.headers)

    async def use(client: Any) -> None:
        await done(client.completions.create(**ARGUMENTS))

    made: Any = httpx.Client if kind == "sync" else httpx.AsyncClient
    http = made(transport=httpx.MockTransport(answered))
    most = retries or len(answers)
    with_client(kind, "http://a.test", use, http_client=http, max_retries=most)
    return waits


def busy(status: int = 503, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named)


def named(trouble: Any) -> str:
    return str(getattr(trouble, "status_code", type(trouble).__name__))


@kinds
@pytest.mark.parametrize(
    "trouble",
    [busy(status) for status in (408, 409, 429, 500, 502, 503, 504, 529, 599)]
    + [busy(400, x_should_retry="true")]
    + [httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x")],
    ids=named,
)
def test_what_may_pass_is_tried_again(
    trouble: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(waited(monkeypatch, kind, trouble)) == 1


@kinds
@pytest.mark.parametrize(
    "trouble",
    [busy(status) for status in (400, 401, 402, 403, 404, 405, 413, 422)]
    + [busy(503, x_should_retry="false")],
    ids=named,
)
def test_what_will_not_pass_is_not_tried_again(
    trouble: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(APIStatusError) as caught:
        waited(monkeypatch, kind, trouble)
    assert caught.value.status_code == trouble.status_code


@kinds
def test_waits_double_from_half_a_second_to_eight(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = waited(monkeypatch, kind, *[busy()] * 6)
    for seconds, most in zip(waits, (0.5, 1, 2, 4, 8, 8), strict=True):
        assert 0.75 * most <= seconds <= most


def in_a_while(value: str) -> str:
    """Write the time that is in so many seconds; other values stay."""
    match = re.fullmatch(r"in (-?\d+) s", value)
    if match is None:
        return value
    now = datetime.datetime.now(datetime.UTC)
    date = now + datetime.timedelta(seconds=int(match[1]))
    return email.utils.format_datetime(date, usegmt=True)


@kinds
@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"retry_after": "3"}, 3, 3),
        ({"retry_after": "1.5"}, 1.5, 1.5),
        ({"retry_after": "60"}, 60, 60),
        ({"retry_after_ms": "250", "retry_after": "9"}, 0.25, 0.25),
        ({"retry_after": "in 50 s"}, 1, 51),
        ({"retry_after": "61"}, 0.375, 0.5),
        ({"retry_after": "0"}, 0.375, 0.5),
        ({"retry_after": "-1"}, 0.375, 0.5),
        ({"retry_after": "soon"}, 0.375, 0.5),
        ({"retry_after": "in -50 s"}, 0.375, 0.5),
    ],
    ids=str,
)
def test_a_wait_that_the_server_names_is_kept_up_to_a_minute(
    headers: dict[str, str],
    least: float,
    most: float,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = {name: in_a_while(value) for name, value in headers.items()}
    (seconds,) = waited(monkeypatch, kind, busy(429, **told))
    assert least <= seconds <= most


# Errors -----------------------------------------------------------------------

STATUSES = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    413: "RequestTooLargeError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
    500: "InternalServerError",
    502: "InternalServerError",
    529: "OverloadedError",
}
REQUEST = httpx.Request("POST", "http://a.test/")


@kinds
@pytest.mark.parametrize("status", STATUSES)
def test_a_status_has_its_error_with_its_fields(status: int, kind: str) -> None:
    body = {"type": "error", "error": {"type": "of_a_kind", "message": "m"}}

    async def use(client: Any) -> None:
        await done(client.completions.create(**ARGUMENTS))

    answer = whole(
        status,
        json.dumps(body).encode(),
        "application/json",
        "request-id: req_1",
        "anthropic-workspace-id: wrkspc_1",
    )
    with RawServer(answer) as server, pytest.raises(APIStatusError) as caught:
        with_client(kind, server.url, use)
    error = caught.value
    assert isinstance(error, getattr(text_completions, STATUSES[status]))
    assert str(error) == error.message == f"Error code: {status} - {body}"
    assert error.body == body
    assert (error.status_code, error.type) == (status, "of_a_kind")
    assert (error.request_id, error.workspace_id) == ("req_1", "wrkspc_1")
    assert error.response.status_code == status
    assert error.request.url == f"{server.url}/v1/complete"


def test_the_errors_are_one_tree() -> None:
    for name in {
        *STATUSES.values(),
        "ServiceUnavailableError",
        "DeadlineExceededError",
    }:
        assert issubclass(getattr(text_completions, name), APIStatusError)
    for cls in (APIStatusError, APIConnectionError, APIResponseValidationError):
        assert issubclass(cls, APIError)
    assert issubclass(APITimeoutError, APIConnectionError)
    assert issubclass(APIError, AnthropicError)
    assert issubclass(AnthropicError, Exception)


RESPONSE = httpx.Response(
    429,
    request=REQUEST,
    headers={"request-id": "r"},
    json={"error": {"type": "rate_limit_error"}},
)
MADE: list[tuple[Any, str]] = [
    (APIError("m", REQUEST, body={"a": 1}), "m"),
    (APIConnectionError(request=REQUEST), "Connection error."),
    (APIConnectionError(message="m", request=REQUEST), "m"),
    (APITimeoutError(REQUEST), "Request timed out."),
    (APITimeoutError(request=REQUEST), "Request timed out."),
    (
        APIResponseValidationError(RESPONSE, None),
        "Data returned by API invalid for expected schema.",
    ),
    (
        text_completions.RateLimitError("m", response=RESPONSE, body=RESPONSE.json()),
        "m",
    ),
]


@pytest.mark.parametrize(("error", "message"), MADE, ids=lambda it: type(it).__name__)
def test_an_error_can_be_made_by_hand_and_pickled(error: Any, message: str) -> None:
    copied = pickle.loads(pickle.dumps(error))
    for one in (error, copied, copy.copy(error)):
        assert str(one) == one.message == message
        assert one.request.url == REQUEST.url
        assert one.body == error.body
    if isinstance(error, APIStatusError):
        assert (copied.type, copied.request_id) == ("rate_limit_error", "r")


# Settings ---------------------------------------------------------------------


@BOTH
def test_the_environment_is_read(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "t")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://a.test/b")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-A: 1\nX-B: 2: 3")
    client = made()
    assert (client.api_key, client.auth_token) == ("k", "t")
    assert client.base_url == "http://a.test/b/"
    assert client.default_headers == {"X-A": "1", "X-B": "2: 3"}
    given = made(api_key="other", base_url="http://c.test")
    assert (given.api_key, given.auth_token) == ("other", None)
    assert given.base_url == "http://c.test/"


@pytest.mark.parametrize("level", ["debug", "info"])
def test_the_environment_switches_the_log_on(
    level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = logging.getLogger("text_completions")
    monkeypatch.setattr(logger, "level", logging.NOTSET)
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)
    monkeypatch.setenv("ANTHROPIC_LOG", level)
    Client("k")
    assert logger.level == getattr(logging, level.upper())


@kinds
def test_a_key_and_a_token_are_sent_together(kind: str) -> None:
    headers = headers_of(sent(kind, auth_token="t", api_key="k"))
    assert (headers["x-api-key"], headers["authorization"]) == ("k", "Bearer t")


def test_the_key_may_be_the_first_argument() -> None:
    assert Client("k").api_key == AsyncClient("k").api_key == "k"
    with pytest.raises(TypeError):
        Client("k", "t")  # type: ignore[misc]


@kinds
def test_without_a_key_the_first_request_is_a_type_error(kind: str) -> None:
    async def use(client: Any) -> None:
        await done(client.completions.create(**ARGUMENTS))

    with RawServer(GOOD) as server, pytest.raises(TypeError) as caught:
        with_client(kind, server.url, use, api_key=None)
    told = str(caught.value)
    assert told.startswith("Could not resolve authentication method. Expected ")
    assert "api_key or auth_token to be set" in told
    assert told.lower().endswith(
        "or for one of the `x-api-key` or `authorization` headers to be explicitly "
        "omitted"
    )
    assert isinstance(caught.value, AnthropicError)
    assert server.requests == []


@kinds
def test_a_credential_may_be_explicitly_omitted(kind: str) -> None:
    given = {"api_key": None, "default_headers": {"X-Api-Key": omit}}
    assert "x-api-key" not in headers_of(sent(kind, **given))


@BOTH
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_base_url_may_have_a_path_and_be_set(slash: str, made: Any) -> None:
    client = made("k", base_url=f"http://a_b.test/c{slash}")
    assert client.base_url == "http://a_b.test/c/"
    assert isinstance(client.base_url, httpx.URL)
    client.base_url = f"http://d.test/e{slash}"
    assert client.base_url == "http://d.test/e/"


@kinds
def test_a_copy_shares_the_http_client(kind: str) -> None:
    seen: list[str] = []

    def answered(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["x-api-key"])
        return httpx.Response(200, json=GOOD_BODY)

    async def use(client: Any) -> None:
        copied = client.with_options(api_key="other", max_retries=0)
        await done(copied.completions.create(**ARGUMENTS))
        await done(client.completions.create(**ARGUMENTS))

    made: Any = httpx.Client if kind == "sync" else httpx.AsyncClient
    http = made(transport=httpx.MockTransport(answered))
    with_client(kind, "http://a.test", use, http_client=http, api_key="k")
    assert seen == ["other", "k"]


# Connections ------------------------------------------------------------------


@kinds
def test_a_client_is_closed_by_leaving_it_and_by_hand(kind: str) -> None:
    made: Any = Client if kind == "sync" else AsyncClient

    async def use(client: Any) -> Any:
        async with Entered(made("k")) as entered:
            assert not entered.is_closed()
        assert entered.is_closed()
        await done(client.close())
        assert client.is_closed()
        with pytest.raises(RuntimeError, match="closed"):
            await done(client.completions.create(**ARGUMENTS))

    with_client(kind, "http://a.test", use)


@pytest.mark.parametrize("made", [DefaultHttpxClient, DefaultAsyncHttpxClient])
def test_the_default_http_clients_keep_the_defaults(made: Any) -> None:
    http = made()
    assert isinstance(http, httpx.Client | httpx.AsyncClient)
    assert http.timeout == httpx.Timeout(600, connect=5)
    assert http.follow_redirects
    assert made(timeout=3, follow_redirects=False).timeout == httpx.Timeout(3)


@kinds
def test_connections_are_kept_alive_by_probes(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: list[tuple[Any, ...]] = []

    class Noted(socket.socket):
        def setsockopt(self, *given: Any) -> None:
            options.append(given)
            super().setsockopt(*given)

    monkeypatch.setattr(socket, "socket", Noted)
    sent(kind)
    assert (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1) in options
    assert (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 5) in options
    assert (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 60) in options


@kinds
def test_proxies_come_from_the_environment(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def use(client: Any) -> None:
        await done(client.completions.create(**ARGUMENTS))

    with RawServer(GOOD) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with_client(kind, "http://a.test", use)
    assert proxy.requests[0].startswith(b"POST http://a.test/v1/complete HTTP/1.1")


@kinds
def test_an_own_http_client_brings_its_proxy_mounts_and_hooks(kind: str) -> None:
    hooked: list[str] = []

    def on_sync(request: httpx.Request) -> None:
        hooked.append(request.method)

    async def on_async(request: httpx.Request) -> None:
        hooked.append(request.method)

    def answered(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=GOOD_BODY)

    async def use(client: Any) -> None:
        await done(client.completions.create(**ARGUMENTS))

    sync = kind == "sync"
    made: Any = DefaultHttpxClient if sync else DefaultAsyncHttpxClient
    http = made(
        mounts={"all://a.test": httpx.MockTransport(answered)},
        event_hooks={"request": [on_sync if sync else on_async]},
        http2=False,
    )
    with_client(kind, "http://a.test", use, http_client=http)
    with RawServer(GOOD) as proxy:
        with_client(kind, "http://b.test", use, http_client=made(proxy=proxy.url))
    assert hooked == ["POST"]
    assert proxy.requests[0].startswith(b"POST http://b.test/v1/complete")


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
    assert one.model_dump(exclude_unset=True) == GOOD_BODY
    assert one.model_dump().items() >= GOOD_BODY.items()
    assert one.model_dump()["log_id"] is None
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


def test_a_model_of_a_later_day_is_asked_for() -> None:
    assert body_of(sent(call={"model": "claude-99"}))["model"] == "claude-99"


def test_any_sequence_of_texts_is_taken() -> None:
    request = sent(call={"stop_sequences": ("a", "b")})
    assert body_of(request)["stop_sequences"] == ["a", "b"]
