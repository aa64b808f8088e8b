"""From the arguments of a call to what is sent."""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from text_completions_runtime import (
    Body,
    Operation,
    Options,
    Parameter,
    RequestValidationError,
    not_given,
    omit,
)
from text_completions_runtime._headers import merged_headers, sendable_headers
from text_completions_runtime._request import Outgoing, prepare

from .contracts import BODY, CONTRACT, CREATE, KEY, SCHEMAS, STREAM, parameter

BASE = httpx.URL("https://things.test/v0/")


def prepared(
    arguments: Mapping[str, Any],
    operation: Operation = CREATE,
    options: Options | None = None,
    **settings: Any,
) -> Outgoing:
    defaults = {"base_url": BASE, "default_query": {}, "validate": True}
    return prepare(
        CONTRACT, operation, arguments, options or Options(), **(defaults | settings)
    )


def sent(
    arguments: Mapping[str, Any], *parameters: Parameter, path: str = "/x", **given: Any
) -> Outgoing:
    operation: Operation = Operation(
        name="x.get", method="GET", path=path, parameters=parameters
    )
    return prepared(arguments, operation, **given)


def body_of(outgoing: Outgoing) -> Any:
    assert outgoing.content is not None
    return json.loads(outgoing.content)


def refusal(arguments: Mapping[str, Any], **given: Any) -> RequestValidationError:
    with pytest.raises(RequestValidationError) as caught:
        prepared(arguments, **given)
    return caught.value


# The body --------------------------------------------------------------------


def test_what_is_given_becomes_the_body() -> None:
    outgoing = prepared({"name": "n", "count": 2, "part": {"text": "t"}})

    assert outgoing.method == "POST"
    assert str(outgoing.url) == "https://things.test/v0/things"
    assert body_of(outgoing) == {"name": "n", "count": 2, "part": {"text": "t"}}
    assert outgoing.document_headers == {
        "accept": "application/json",
        "content-type": "application/json",
        "x-version": "2",
    }


@pytest.mark.parametrize("nothing", [None, omit, not_given], ids=repr)
def test_nothing_given_is_left_out(nothing: object) -> None:
    assert body_of(prepared({"name": "n", "count": nothing})) == {"name": "n"}


def test_extra_members_go_over_the_body_unchecked() -> None:
    options = Options(extra_body={"count": 99, "new": datetime.date(2024, 1, 2)})

    outgoing = prepared({"name": "n", "count": 2}, options=options)

    assert body_of(outgoing) == {"name": "n", "count": 99, "new": "2024-01-02"}


def test_an_extra_body_that_is_not_an_object_is_refused() -> None:
    error = refusal({"name": "n"}, options=Options(extra_body=[1]))

    assert (error.parameter, error.value) == ("extra_body", [1])


def test_an_extra_body_must_still_be_json() -> None:
    error = refusal({"name": "n"}, options=Options(extra_body={"a": {1}}))

    assert error.parameter == "extra_body.a"


def test_a_body_may_be_one_argument() -> None:
    operation = CREATE._replace(body=BODY._replace(members=None), stream=None)

    assert body_of(prepared({"body": {"name": "n"}}, operation)) == {"name": "n"}
    error = refusal({"body": {"name": 1}}, operation=operation)
    assert error.parameter == "body.name"


def test_a_form_is_written_as_one() -> None:
    members = {"a": "a", "b": "b c"}
    form = Body("application/x-www-form-urlencoded", SCHEMAS.at("#/x", {}), members)
    operation = CREATE._replace(body=form, stream=None)

    outgoing = prepared({"a": [1, True], "b": "x&y"}, operation)

    assert outgoing.content == b"a=1&a=true&b+c=x%26y"
    assert (
        outgoing.document_headers["content-type"] == "application/x-www-form-urlencoded"
    )


def test_a_call_without_body_sends_none() -> None:
    assert sent({}).content is None
    assert "content-type" not in sent({}).document_headers


def test_the_callers_arguments_are_not_changed() -> None:
    arguments = {"name": "n", "part": {"text": "t"}, "count": None}
    options = Options({"A": "b"}, {"q": [1]}, {"part": {"text": "u"}})
    before = copy.deepcopy((arguments, options.extra_query, options.extra_body))

    prepared(arguments, options=options)

    assert (arguments, options.extra_query, options.extra_body) == before


@pytest.mark.parametrize(
    ("arguments", "stream"),
    [({"stream": True}, True), ({"stream": False}, False), ({}, False)],
)
def test_the_switch_asks_for_a_stream(arguments: dict[str, Any], stream: bool) -> None:
    outgoing = prepared({"name": "n"} | arguments)

    assert outgoing.stream is stream
    expected = "text/event-stream" if stream else "application/json"
    assert outgoing.document_headers["accept"] == expected


def test_without_a_switch_an_operation_streams_always_or_never() -> None:
    always = CREATE._replace(response=None, stream=STREAM._replace(switch=None))

    assert prepared({"name": "n"}, always).stream
    assert not prepared({"name": "n"}, CREATE._replace(stream=None)).stream


# Refusals --------------------------------------------------------------------


def test_a_refusal_names_path_value_bound_and_place() -> None:
    error = refusal({"name": "n", "part": {"text": "too long"}})

    assert error.parameter == "part.text"
    assert error.value == "too long"
    assert error.bound == "maxLength 5"
    assert error.pointer == "#/components/schemas/Part/properties/text"
    assert str(error) == (
        "part.text: 'too long' is longer than 5 "
        "(things.yaml#/components/schemas/Part/properties/text)"
    )
    assert isinstance(error, ValueError)
    assert str(error.request.url) == "https://things.test/v0/things"


@pytest.mark.parametrize(
    ("arguments", "name", "words"),
    [
        ({}, "name", "name: is missing and required"),
        ({"name": "n", "count": True}, "count", "True is not of type integer"),
        ({"name": "n", "part": {}}, "part.text", "is missing and required"),
        ({"name": float("nan")}, "name", "nan is not a finite number"),
        ({"name": "a\ud800"}, "name", r"'a\ud800' is not valid Unicode text"),
        ({"name": "n", "count": 10**5000}, "count", "a int has too many digits"),
        ({"name": ["x" * 200]}, "name", "…"),
    ],
)
def test_a_refusal_says_what_is_wrong(
    arguments: dict[str, Any], name: str, words: str
) -> None:
    error = refusal(arguments)

    assert error.parameter == name
    assert words in str(error)
    assert len(str(error)) < 200


def test_a_value_that_contains_itself_is_refused() -> None:
    circle: list[Any] = []
    circle.append(circle)

    assert "contains itself" in str(refusal({"name": circle}))


def test_a_password_of_the_base_url_is_not_in_a_refusal() -> None:
    base_url = httpx.URL(f"https://me:{KEY}@things.test/")

    error = refusal({}, base_url=base_url)

    assert KEY not in f"{error.request.url!s}{error.request.headers!r}{error!r}"


# Parameters ------------------------------------------------------------------


def test_a_path_parameter_is_quoted_whole() -> None:
    outgoing = sent(
        {"id": "a/b?c#d%é ü{other}", "other": 5},
        parameter("id", "path"),
        parameter("other", "path"),
        path="/x/{id}/y/{other}",
    )

    assert outgoing.url.raw_path.decode() == (
        "/v0/x/a%2Fb%3Fc%23d%25%C3%A9%20%C3%BC%7Bother%7D/y/5"
    )


@pytest.mark.parametrize("dots", [".", ".."])
def test_a_path_parameter_of_dots_does_not_lead_elsewhere(dots: str) -> None:
    outgoing = sent({"id": dots}, parameter("id", "path"), path="/x/{id}/y")

    escaped = dots.replace(".", "%2E")
    assert outgoing.url.raw_path.decode() == f"/v0/x/{escaped}/y"


def test_query_parameters_take_every_kind_of_value() -> None:
    outgoing = sent(
        {"text": "a b&", "yes": True, "many": [1, 2], "each": ["x", "y"], "none": None},
        parameter("text", "query"),
        parameter("yes", "query"),
        parameter("many", "query"),
        parameter("each", "query", explode=True),
        parameter("none", "query"),
    )

    assert outgoing.url.query == b"text=a+b%26&yes=true&many=1%2C2&each=x&each=y"


def test_query_layers_go_over_each_other() -> None:
    outgoing = sent(
        {"a": 2, "b": 2},
        parameter("a", "query"),
        parameter("b", "query"),
        default_query={"a": 1, "c": 1, "d": omit},
        options=Options(extra_query={"b": 3, "e": {"x": [1]}, "f": None}),
    )

    assert dict(outgoing.url.params) == {"a": "2", "b": "3", "c": "1", "e[x][]": "1"}


@pytest.mark.parametrize(
    ("extra", "query"),
    [
        ({"a": ["x", "y"]}, "a[]=x&a[]=y"),
        ({"a": {"b": 1, "c": [True]}}, "a[b]=1&a[c][]=true"),
        ({"a": ""}, "a="),
        ({"a": []}, ""),
    ],
    ids=str,
)
def test_extra_query_is_written_as_the_official_sdk_writes_it(
    extra: dict[str, Any], query: str
) -> None:
    outgoing = sent({}, options=Options(extra_query=extra))

    assert unquote(outgoing.url.query.decode()) == query


@pytest.mark.parametrize("value", ["", []])
@pytest.mark.parametrize("validate", [True, False])
def test_an_empty_path_parameter_is_refused(value: Any, validate: bool) -> None:
    with pytest.raises(RequestValidationError, match=r"id: .* is empty"):
        sent({"id": value}, parameter("id", "path"), path="/x/{id}", validate=validate)


def test_a_query_that_is_not_text_is_refused() -> None:
    error = refusal({"name": "n"}, options=Options(extra_query={"a": "\ud800"}))
    assert error.parameter == "a"
    error = refusal({"name": "n"}, options=Options(extra_query={"\ud800": 1}))
    assert error.bound == "JSON"


def test_an_endless_url_is_refused() -> None:
    error = refusal({"name": "n"}, options=Options(extra_query={"a": "x" * 70_000}))

    assert error.bound == "URL"


def test_header_parameters_and_cookies_are_written() -> None:
    outgoing = sent(
        {"x_list": ["a", "b"], "x_flag": False, "one": 1, "two": "b"},
        parameter("x-list", "header"),
        parameter("x-flag", "header"),
        parameter("one", "cookie"),
        parameter("two", "cookie"),
    )

    assert outgoing.headers == {
        "x-list": "a,b",
        "x-flag": "false",
        "cookie": "one=1; two=b",
    }


def test_a_cookie_cannot_add_another() -> None:
    outgoing = sent({"one": "1; two=2"}, parameter("one", "cookie"))

    assert outgoing.headers == {"cookie": "one=1%3B%20two=2"}


def test_a_required_parameter_without_default_must_be_given() -> None:
    needed = parameter("id", "query", required=True)

    with pytest.raises(RequestValidationError, match="id: is missing and required"):
        sent({}, needed)
    assert sent({}, needed, validate=False).url.query == b""


def test_a_parameter_is_checked() -> None:
    with pytest.raises(RequestValidationError) as caught:
        sent({"n": 5}, parameter("n", "query", schema={"maximum": 4}))

    assert caught.value.pointer == "#/components/parameters/n"
    assert caught.value.parameter == "n"


# Headers ---------------------------------------------------------------------


def test_headers_are_merged_whatever_their_letter_case() -> None:
    merged = merged_headers({"A": "1", "b": "1"}, None, {"a": "2"}, {"B": omit})

    assert merged == {"a": "2", "B": omit}


def test_extra_headers_go_over_parameters() -> None:
    options = Options(extra_headers={"X-VERSION": "9"})

    assert prepared({"name": "n", "version": "1"}, options=options).headers == {
        "X-VERSION": "9"
    }


def sendable(headers: dict[str, Any]) -> dict[str, str]:
    return sendable_headers(headers, "POST", BASE)


def test_headers_that_are_not_given_are_left_out() -> None:
    assert sendable({"a": "b \t c", "e": "", "x": omit, "y": None}) == {
        "a": "b \t c",
        "e": "",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("a", "b\r\nc: d", id="two lines"),
        pytest.param("a", "b\n", id="a line end"),
        pytest.param("a", " b", id="white space"),
        pytest.param("a", "é", id="not ASCII"),
        pytest.param("a", "\0", id="control"),
        pytest.param("a", 5, id="a number"),
        pytest.param("a", b"b", id="bytes"),
        pytest.param("a b", "c", id="name with a space"),
        pytest.param("", "c", id="no name"),
        pytest.param("é", "c", id="name not ASCII"),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused(name: str, value: object) -> None:
    with pytest.raises(RequestValidationError) as caught:
        sendable({"good": "x", name: value})

    assert caught.value.parameter == name
    assert caught.value.value == "***"


@pytest.mark.parametrize("name", ["X-Key", "authorization", "Cookie"])
def test_a_key_that_cannot_be_sent_is_not_shown(name: str) -> None:
    with pytest.raises(RequestValidationError) as caught:
        sendable({name: f"{KEY}\n"})

    assert KEY not in f"{caught.value} {caught.value!r} {vars(caught.value)}"
