"""The mock follows whatever document it is given: parameters, answers, streams."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlencode

import jsonschema_rs
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from text_completions_server import DocumentError, create_app

PACKAGED = (Path(__file__).parents[2] / "openapi.yaml").read_text("utf-8")
DOCUMENT = Path(__file__).with_name("follows.yaml")
BOOK = "/v1/shelves/a%2Fb/books/7"


@pytest.fixture(scope="module")
def there(open_door):
    return open_door(document=DOCUMENT)


def get(there, path=BOOK, headers=None, **query):
    query = {"limit": 1, **query}
    return there.send("GET", f"{path}?{urlencode(query, doseq=True)}", None, headers)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"kind": ["a", "b"]},
        {"ids": "1,2"},
        {"exact": "true"},
        {"level": "3"},
        {"level": "none"},
        {"unknown": "fine"},
    ],
    ids=str,
)
def test_parameters_that_keep_to_their_schemas_pass(there, query):
    assert get(there, **query).status_code == 200


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"limit": "10"}, "limit: Input should be less than or equal to 9"),
        ({"limit": "x"}, "limit: Input should be a valid integer"),
        ({"limit": ""}, "limit: Input should be a valid integer"),
        ({"kind": ["a", "c"]}, "kind.1: Input should be 'a' or 'b'"),
        ({"kind": ["a", "b", "a"]}, "kind: List should have at most 2 items"),
        ({"ids": "1,x"}, "ids.1: Input should be a valid integer"),
        ({"exact": "yes"}, "exact: Input should be a valid boolean"),
        ({"level": "some"}, "level: Input should be a valid integer"),
    ],
    ids=str,
)
def test_a_query_that_breaks_its_schema_is_refused(there, query, message):
    answer = get(there, **query)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == message


def test_parameters_are_checked_wherever_they_stand(there):
    assert there.send("GET", BOOK).json()["error"]["message"] == "limit: Field required"
    assert get(there, "/v1/shelves/abcdef/books/7").status_code == 400
    assert get(there, "/v1/shelves/abc/books/0").status_code == 400
    assert get(there, headers={"x-depth": "2.5"}).status_code == 400
    assert get(there, headers={"x-depth": "1.5"}).status_code == 200
    assert get(there, headers={"cookie": "a=1; session=x"}).status_code == 400
    assert get(there, headers={"cookie": "a=1; session=xy"}).status_code == 200


def test_a_query_that_is_not_utf_8_is_refused(there):
    assert there.send("GET", f"{BOOK}?limit=%ff").status_code == 400


def test_a_path_without_parameters_comes_first(there):
    answer = there.send("GET", "/v1/shelves/all/books/1")
    assert (answer.text, answer.headers["content-type"]) == (
        "all of them",
        "text/plain; charset=utf-8",
    )


def test_a_form_is_read_and_checked(there):
    form = "application/x-www-form-urlencoded"

    def post(content, kind=form):
        return there.post(content, BOOK, content_type=kind)

    assert post(b"title=a+b&pages=1&pages=2").status_code == 201
    assert post(b"pages=1").json()["error"]["message"] == "title: Field required"
    assert post(b"title=a&pages=0").status_code == 400
    assert post(b"title=a", "application/json").status_code == 400
    assert post(b"title=\xff").status_code == 400


def test_an_answer_is_made_of_its_schema_and_keeps_to_it(there):
    answer = get(there)
    document = yaml.safe_load(DOCUMENT.read_text("utf-8"))
    schema = {"$ref": "#/components/schemas/Book", **document}
    assert jsonschema_rs.is_valid(schema, answer.json())
    assert set(answer.json()) == {"id", "title", "sequel", "price", "tags"}
    assert answer.headers["x-total"] == "7"


def events(answer):
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = [part.splitlines() for part in answer.text.split("\n\n") if part]
    fields = [dict(line.split(": ", 1) for line in part) for part in lines]
    return [(one.get("event"), one["data"]) for one in fields]


def test_a_stream_that_is_asked_for_ends_as_its_version_does(there):
    live = b'{"live": true}'
    new = events(there.post(live, "/v1/watch", x_version="new"))
    assert [(name, json.loads(data)) for name, data in new] == [
        ("started", {"n": 1}),
        ("grown", {"text": " a", "why": None}),
        ("grown", {"text": " b", "why": "full"}),
    ]
    old = events(there.post(live, "/v1/watch", x_version="old"))
    assert old[0][0] == "started"
    assert [json.loads(data)["text"] for _, data in old[1:3]] == [" a", " a b"]
    assert [name for name, _ in old[1:]] == [None, None, None]
    assert old[3] == (None, "[DONE]")
    assert there.post(b"{}", "/v1/watch").json() == "whole"


def test_an_operation_that_only_streams_shows_its_examples(there):
    shown = events(there.send("GET", "/v1/watch"))
    assert [name for name, _ in shown] == ["grown", "grown", "started"]
    assert [json.loads(data).get("text") for _, data in shown] == ["x", "y", None]


@pytest.mark.parametrize("name", ["malformed_event", "truncated_json"])
def test_a_fault_breaks_json_of_every_type(name, open_door, tmp_path):
    file = tmp_path / "edited.json"
    for schema in (
        {"const": [1]},
        {"const": "a"},
        {"const": {"a": 1}},
        {"const": True},
    ):
        file.write_text(json.dumps(answering(schema)), "utf-8")
        door = open_door(document=file)
        response = door.send("GET", "/a", None, {"x-mock-fault": name})
        with pytest.raises(json.JSONDecodeError):
            response.json()


# The operations with a handler ------------------------------------------------


def test_members_and_events_that_are_added_to_the_document_are_sent(
    open_door, tmp_path
):
    document = yaml.safe_load(PACKAGED)
    schemas = document["components"]["schemas"]
    added = {"type": "array", "items": {"type": "number", "minimum": 3}}
    schemas["Completion"]["properties"]["logprobs"] = added
    schemas["CompletionEvent"]["properties"]["logprobs"] = added
    schemas["Message"]["properties"]["logprobs"] = added
    schemas["MessageStopEvent"]["properties"]["logprobs"] = added
    progress = {
        "properties": {
            "event": {"const": "progress"},
            "data": {"contentSchema": {"properties": {"done": {"const": 5}}}},
        }
    }
    schemas["CompletionStreamItem"]["anyOf"].append(progress)
    schemas["MessageStreamItem"]["anyOf"].append(progress)
    stream = document["paths"]["/v1/messages"]["post"]["responses"]["200"]["content"]
    versions = stream["text/event-stream"]["x-contract-stream"]["versions"]
    versions["2023-06-01"]["end"] = "[END]"
    file = tmp_path / "edited.yaml"
    file.write_text(json.dumps(document), encoding="utf-8")
    door = open_door(document=file)
    assert door.complete().json()["logprobs"] == [3.0]
    assert door.message().json()["logprobs"] == [3.0]
    completed = door.complete(stream=True).text.replace("\r\n", "\n")
    assert completed.startswith('event: progress\ndata: {"done":5}\n\n')
    assert completed.count('"logprobs":[3.0]') == completed.count("event: completion")
    told = door.message(stream=True).text
    assert 'event: progress\ndata: {"done":5}\n\n' in told
    assert told.endswith("data: [END]\n\n")
    assert told.count('"logprobs":[3.0]') == 2  # the message, and its last event


def test_members_that_stand_in_a_shared_schema_are_sent_too(open_door, tmp_path):
    document = yaml.safe_load(PACKAGED)
    schemas = document["components"]["schemas"]
    whole = open_door(document=None).complete()
    for name in ("Completion", "CompletionEvent"):
        properties = schemas[name].pop("properties")
        schemas[f"Core{name}"] = {"properties": properties}
        schemas[name]["allOf"] = [{"$ref": f"#/components/schemas/Core{name}"}]
        schemas[name]["properties"] = {"extra": {"const": 1}}
    asked = schemas.pop("CompletionCreateParams")
    schemas["CompletionCreateParams"] = {"allOf": [asked]}
    file = tmp_path / "edited.yaml"
    file.write_text(json.dumps(document), encoding="utf-8")
    door = open_door(document=file)
    assert door.complete().json() == {**whole.json(), "extra": 1}
    streamed = door.complete(stream=True).text
    assert streamed.count('"extra":1') == streamed.count("event: completion") > 2
    assert streamed.count('"completion":') == streamed.count("event: completion")


# Making values ----------------------------------------------------------------

NUMBERS = st.integers(-50, 50)
LEAVES = st.one_of(
    st.just({}),
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.builds(
        lambda low, more, step: {
            "type": "integer",
            "minimum": low,
            "maximum": low + more + step,
            "multipleOf": step,
        },
        NUMBERS,
        st.integers(0, 5),
        st.integers(1, 7),
    ),
    st.builds(
        lambda low, more: {
            "type": "number",
            "exclusiveMinimum": low / 4,
            "exclusiveMaximum": (low + more) / 4,
        },
        NUMBERS,
        st.integers(1, 9),
    ),
    st.builds(
        lambda least, more: {
            "type": "string",
            "minLength": least,
            "maxLength": least + more,
        },
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    st.builds(lambda options: {"enum": options}, st.lists(NUMBERS, min_size=1)),
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda one: {"type": "array", "minItems": 2, "items": one}, inner),
        st.builds(
            lambda one, other, names: {
                "type": "object",
                "properties": {"a": one, "b": other},
                "required": names,
                "additionalProperties": False,
            },
            inner,
            inner,
            st.lists(st.sampled_from(["a", "b"]), unique=True),
        ),
        st.builds(lambda one, other: {"anyOf": [one, other]}, inner, inner),
    ),
    max_leaves=6,
)


def answering(schema, **components):
    media = {"application/json": {"schema": schema}}
    operation = {"responses": {"200": {"description": "a", "content": media}}}
    return {
        "openapi": "3.1.0",
        "paths": {"/a": {"get": operation}},
        "components": {"schemas": components},
    }


@pytest.fixture(scope="module")
def sample(open_door, tmp_path_factory):
    """Returns the response that the mock makes of a schema."""
    file = tmp_path_factory.mktemp("sample") / "edited.json"

    def make(schema, **components):
        file.write_text(json.dumps(answering(schema, **components)), "utf-8")
        return open_door(document=file, admin="off").send("GET", "/a").json()

    return make


@given(SCHEMAS)
@settings(max_examples=50)
def test_a_response_matches_the_schema_that_it_is_made_of(sample, schema):
    assert jsonschema_rs.is_valid(schema, sample(schema))


A = {"$ref": "#/components/schemas/A"}


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"properties": {"b": {"not": {}}}}, 'the member b matches "not"'),
        ({"minimum": 3, "maximum": 2}, 'the value matches "minimum"'),
        ({"items": {"pattern": "(?=a)b"}}, 'the member 0 matches "pattern"'),
        ({"type": "string", "minLength": 10**9}, 'the value matches "minLength"'),
        ({"type": "string", "enum": []}, 'the value matches "enum"'),
        ({"properties": {"b": {"type": "null", "examples": [1]}}}, 'b matches "type"'),
        ({"items": {"enum": [1]}, "minItems": 2, "uniqueItems": True}, '"uniqueItems"'),
        (
            {"required": ["a"], "additionalProperties": False},
            "the member a matches false",
        ),
        (A, "the member a matches a schema that contains itself"),
    ],
    ids=str,
)
def test_what_needs_an_example_is_answered_501_with_the_member(sample, schema, reason):
    circular = {"required": ["a"], "properties": {"a": A}}
    error = sample(schema, A=circular)["error"]
    assert error["type"] == "api_error"
    assert re.search(f"~1a/get.*{reason}.*: write an example", error["message"])


def test_a_stream_whose_last_event_does_not_say_the_end_is_warned_of(tmp_path, caplog):
    document = yaml.safe_load(DOCUMENT.read_text("utf-8"))
    responses = document["paths"]["/v1/watch"]["post"]["responses"]
    del responses["200"]["content"]["text/event-stream"]["examples"]
    file = tmp_path / "edited.json"
    file.write_text(json.dumps(document), "utf-8")
    reason = "the event grown does not say the end: write an example"
    create_app(document=file)
    assert re.search(f"POST /v1/watch is answered 501: .*{reason}", caplog.text)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "minItems": "a"},
        {"type": "integer", "minimum": "a"},
        {"type": "string", "format": []},
        {"type": {}},
        {"properties": []},
        {"anyOf": [5]},
        5,
    ],
    ids=str,
)
def test_a_schema_with_a_malformed_keyword_is_refused(sample, schema):
    with pytest.raises(DocumentError, match="~1a/get/responses/200"):
        sample(schema)


def test_a_step_of_tenths_is_kept(sample):
    assert sample({"type": "number", "multipleOf": 0.1, "minimum": 0.25}) == 0.3


def test_whole_numbers_may_be_written_as_floats(sample):
    assert sample({"type": "array", "minItems": 2.0, "items": {"const": 1}}) == [1, 1]
    assert sample({"type": "string", "minLength": 6.0}) == "texttt"


def test_a_sample_that_would_be_huge_is_not_made(sample):
    twice = {
        f"S{level}": {"properties": {name: ref(level + 1) for name in "ab"}}
        for level in range(40)
    }
    for schema in (ref(0), {"type": "array", "minItems": 10**9}):
        message = sample(schema, **twice, S40={})["error"]["message"]
        assert "more than 10000 values: write an example" in message


def ref(level):
    return {"$ref": f"#/components/schemas/S{level}"}


def test_what_is_optional_and_contains_itself_is_left_out(sample):
    optional = {"properties": {"a": A, "b": {"anyOf": [A, {"type": "null"}]}}}
    assert sample(A, A=optional) == {"b": None}


def test_two_branches_may_share_a_schema(sample):
    branch = {"allOf": [A]}
    assert sample(
        {"allOf": [branch, branch]}, A={"properties": {"a": {"const": 1}}}
    ) == {"a": 1}


@pytest.mark.parametrize(
    ("kind", "discriminator", "value"),
    [
        ({}, {"propertyName": "kind"}, "Cat"),
        ({}, {"mapping": {"c": "Cat"}, "propertyName": "kind"}, "c"),
        ({"const": "tom"}, {"propertyName": "kind"}, "tom"),
        ({}, {"propertyName": "other"}, "text"),
    ],
)
def test_a_discriminator_names_the_branch(sample, kind, discriminator, value):
    pets = [{"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Dog")]
    cat = {"required": ["kind", "age"], "properties": {"kind": kind, "age": {}}}
    dog = {"required": ["kind", "size"], "properties": {"kind": {}, "size": {}}}
    schema = {"oneOf": pets, "discriminator": discriminator}
    made = sample(schema, Cat=cat, Dog=dog)
    assert made == {"kind": value, "age": "text"}


def test_a_member_that_is_only_written_is_not_sent(sample):
    password = {"type": "string", "writeOnly": True}
    schema = {"required": ["a", "b"], "properties": {"a": password, "b": {"const": 1}}}
    assert sample(schema) == {"b": 1}
    schema["properties"]["a"] = A
    assert sample(schema, A=password) == {"b": 1}


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/a/{b}/{b}", {}),
        ("/a", {"parameters": [{"name": "b", "in": "query", "schema": {"type": 1}}]}),
    ],
    ids=["a name twice", "a broken schema"],
)
def test_what_cannot_be_served_is_reported_at_the_start(tmp_path, path, operation):
    file = tmp_path / "edited.yaml"
    paths = {path: {"get": {"responses": {"204": {}}, **operation}}}
    file.write_text(json.dumps({"openapi": "3.1.0", "paths": paths}), encoding="utf-8")
    with pytest.raises(DocumentError, match="~1a"):
        create_app(document=file)
