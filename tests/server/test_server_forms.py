"""Parameters, bodies, keys and paths of an edited document, in all their forms."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from text_completions_server import DocumentError

INTEGERS = {"type": "array", "items": {"type": "integer"}}
DATE = {"type": "string", "format": "date"}
DONE = {"200": {"description": "Done.", "content": {"text/plain": {"example": "done"}}}}
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def serve(open_door, tmp_path):
    """Serve a document of these paths."""

    def serve(paths, **others):
        file = tmp_path / "edited.json"
        file.write_text(json.dumps({"openapi": "3.1.0", "paths": paths, **others}))
        return open_door(document=file)

    return serve


def operation(path="/a", method="get", **members):
    return {path: {method: {"responses": DONE, **members}}}


def parameter(where="query", **members):
    return {"name": "q", "in": where, **members}


@pytest.mark.parametrize(
    ("described", "query", "status"),
    [
        ({"schema": INTEGERS}, "q=1&q=2", 200),
        ({"schema": INTEGERS}, "q=1,2", 400),
        ({"schema": INTEGERS, "explode": False}, "q=1,2", 200),
        ({"schema": INTEGERS, "style": "pipeDelimited"}, "q=1%7C2", 200),
        ({"schema": INTEGERS, "style": "spaceDelimited"}, "q=1%202", 200),
        ({"schema": {"anyOf": [INTEGERS, {"type": "null"}]}}, "q=1", 200),
        ({"schema": {"anyOf": [INTEGERS, {"type": "null"}]}}, "q=", 200),
        ({"schema": {"anyOf": [{"type": "integer"}, INTEGERS]}}, "q=1&q=2", 200),
        ({"schema": {"anyOf": [{"type": "integer"}, INTEGERS]}}, "q=x", 400),
        ({"schema": {"type": "string"}}, "q=5", 200),
        ({"schema": {"type": "string", "maxLength": 2}}, "q=500", 400),
        ({"schema": {"type": "boolean", "enum": [True]}}, "q=true", 200),
        ({"schema": {"type": "number"}}, "q=1e999", 400),
        (
            {"content": {JSON: {"schema": {"required": ["a"]}}}},
            "q={%22a%22:1}",
            200,
        ),
        ({"content": {JSON: {"schema": {"required": ["a"]}}}}, "q={}", 400),
        ({"content": {JSON: {}}}, "q={", 400),
        ({"schema": DATE}, "q=2023-06-01", 200),
        ({"schema": DATE}, "q=yesterday", 400),
        ({"schema": {"type": "boolean"}}, "q=", 400),
        ({"schema": {"type": "boolean"}, "allowEmptyValue": True}, "q", 200),
        ({}, "q=1", 200),
    ],
    ids=str,
)
def test_a_parameter_is_read_as_its_form_says(serve, described, query, status):
    door = serve(operation(parameters=[parameter(**described)]))
    assert door.send("GET", f"/a?{query}").status_code == status


@pytest.mark.parametrize("where", ["path", "header"])
@pytest.mark.parametrize("explode", [False, True])
def test_lists_in_paths_and_headers_are_separated_by_commas(serve, where, explode):
    described = parameter(where, schema=INTEGERS, explode=explode, required=True)
    door = serve(operation("/a/{q}", parameters=[described]))
    assert door.send("GET", "/a/1,2", None, {"q": "1,2"}).status_code == 200
    assert door.send("GET", "/a/1,x", None, {"q": "1,x"}).status_code == 400


@pytest.mark.parametrize(
    ("described", "reason"),
    [
        (parameter(style="deepObject", schema={}), "the style 'deepObject' of 'q'"),
        (parameter("path", style="label", schema={}), "the style 'label' of 'q'"),
        (parameter(schema={"type": "object"}), "'q' has objects"),
        (parameter(schema={"allOf": [{"properties": {"a": {}}}]}), "'q' has objects"),
        (parameter(schema={"items": {"type": "object"}}), "'q' has objects"),
        (parameter("path", schema={}), "the path has no {q}"),
        ({"in": "query"}, "has no name"),
        ("q", "is not an object"),
        (parameter(content={"text/plain": {}}), "'q' is not JSON"),
        (parameter("querystring", schema={}), "'q' is in 'querystring'"),
    ],
    ids=str,
)
def test_a_parameter_that_cannot_be_read_is_refused_at_start(serve, described, reason):
    with pytest.raises(
        DocumentError, match=rf"#/paths/~1a/get(/parameters/0)?: .*{reason}"
    ):
        serve(operation(parameters=[described]))


def test_a_list_in_a_header_may_stand_in_several_lines(serve):
    door = serve(operation(parameters=[parameter("header", schema=INTEGERS)]))
    assert door.send("GET", "/a", None, [("q", "1"), ("q", "2")]).status_code == 200
    assert door.send("GET", "/a", None, [("q", "1"), ("q", "x")]).status_code == 400
    letters = {"type": "array", "items": {"enum": ["a", "b"]}}
    door = serve(operation(parameters=[parameter("header", schema=letters)]))
    assert door.send("GET", "/a", None, [("q", "a"), ("q", "b")]).status_code == 200
    assert door.send("GET", "/a", None, {"q": "a , b"}).status_code == 200


def test_a_parameter_of_an_operation_overrides_that_of_its_path(serve):
    paths = operation(parameters=[parameter(schema={"type": "string"})])
    paths["/a"]["parameters"] = [parameter(schema={"type": "integer"}, required=True)]
    door = serve(paths)
    assert door.send("GET", "/a?q=x").status_code == 200
    assert door.send("GET", "/a").status_code == 200


def test_a_header_lists_its_values_whatever_their_type(serve):
    schema = {"type": "boolean", "enum": [True]}
    door = serve(operation(parameters=[parameter("header", schema=schema)]))
    assert door.send("GET", "/a", None, {"q": "true"}).status_code == 200
    wrong = door.send("GET", "/a", None, {"q": "false"})
    assert wrong.json()["error"]["message"] == 'q: "false" is not a valid q'


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/v1/{x}:cancel", "/v1/job:cancel"),
        ("/a@b/{x}", "/a@b/1"),
        ("/o(x)/{x}", "/o(x)/1"),
        ("/k,v=a;b/{x}", "/k,v=a;b/1"),
        ("/ä b/{x}", "/%c3%A4%20b/1"),
        ("/a%2Fb/{x}", "/a%2fb/1"),
        ("/a/{x}", "/%61/a%2Fb"),
        ("/a", "/%61"),
    ],
)
def test_paths_are_compared_decoded_but_for_their_escaped_slashes(
    serve, template, path
):
    assert serve(operation(template)).send("GET", path).status_code == 200


@pytest.mark.parametrize("path", ["/a%2Fb", "/a/b/", "/a/b%3A", "/A/b"])
def test_another_path_is_not_found(serve, path):
    assert serve(operation("/a/b")).send("GET", path).status_code == 404


@pytest.mark.parametrize(
    ("paths", "reason"),
    [
        (operation("/a?b=c"), "a path begins with a slash and has no query"),
        (operation("/a/{x}") | operation("/a/{y}"), "another path differs in the nam"),
    ],
)
def test_a_path_that_no_request_can_mean_is_refused_at_start(serve, paths, reason):
    with pytest.raises(DocumentError, match=reason):
        serve(paths)


SEPARATORS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}


@pytest.fixture(scope="module")
def lists(open_door, tmp_path_factory):
    """Serve a path for each way to write a list, and one with a parameter."""
    paths = operation("/path/{x}", parameters=[{"name": "x", "in": "path"}])
    for style in SEPARATORS:
        described = parameter(style=style, explode=False, schema=INTEGERS)
        paths |= operation(f"/{style}", parameters=[described])
    file = tmp_path_factory.mktemp("lists") / "lists.json"
    file.write_text(json.dumps({"openapi": "3.1.0", "paths": paths}))
    return open_door(document=file)


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(sorted(SEPARATORS)),
    st.lists(st.integers() | st.sampled_from(["x", "1.5", "true"]), min_size=1),
)
def test_a_list_of_integers_is_accepted_in_every_style(lists, style, items):
    text = quote(SEPARATORS[style].join(map(str, items)))
    status = lists.send("GET", f"/{style}?q={text}").status_code
    assert status == (200 if all(isinstance(each, int) for each in items) else 400)


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_segment_with_any_escaped_text_matches_a_parameter(lists, text):
    assume(text not in (".", ".."))  # httpx resolves these
    assert lists.send("GET", f"/path/{quote(text, safe='')}").status_code == 200


SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "bearer": {"type": "http", "scheme": "Bearer"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
}


@pytest.mark.parametrize(
    ("security", "headers", "message"),
    [
        ([{"key": []}], {"x-key": "sk-a"}, None),
        ([{"key": []}], {}, "x-key header is required"),
        ([{"key": []}], {"x-key": "a"}, "invalid x-key"),
        ([{"bearer": []}], {"authorization": "bearer sk-a"}, None),
        ([{"bearer": []}], {"authorization": "Bearer a"}, "invalid authorization"),
        ([{"bearer": []}], {"authorization": "Basic sk-a"}, "authorization header is"),
        ([{"bearer": []}, {"key": []}], {"x-key": "sk-a"}, None),
        ([{"key": []}, {"bearer": []}], {"authorization": "Bearer sk-a"}, None),
        ([{"key": [], "bearer": []}], {"x-key": "sk-a"}, "x-key header is required"),
        ([{"key": []}, {}], {}, None),
        ([], {}, None),
    ],
    ids=str,
)
def test_one_of_the_security_alternatives_is_enough(serve, security, headers, message):
    components = {"securitySchemes": SCHEMES}
    door = serve(operation(), security=security, components=components)
    response = door.send("GET", "/a", None, headers)
    assert response.status_code == (401 if message else 200)
    assert message is None or response.json()["error"]["message"].startswith(message)


@pytest.mark.parametrize("member", ["security", "parameters"])
def test_an_object_in_place_of_a_list_is_refused_at_start(serve, member):
    with pytest.raises(DocumentError, match=f"/get/{member}: is not a list"):
        serve(operation(**{member: {"key": []}}))


@pytest.mark.parametrize("name", ["query", "unknown"])
def test_a_security_scheme_that_cannot_be_checked_is_refused_at_start(serve, name):
    with pytest.raises(DocumentError, match=f"the security scheme '{name}' cannot be"):
        serve(operation(security=[{name: []}]), components={"securitySchemes": SCHEMES})


def body(*media_types, **schema):
    content = {each: {"schema": schema} for each in media_types}
    return operation(method="post", requestBody={"required": True, "content": content})


@pytest.mark.parametrize(
    ("described", "sent", "content", "status"),
    [
        ([JSON, FORM], FORM, b"a=1", 200),
        ([JSON, FORM], JSON, b'{"a": 1}', 200),
        ([JSON, FORM], "text/plain", b"a", 400),
        ([JSON], None, b'{"a": 1}', 400),
        (["application/vnd.api+json"], "application/vnd.api+json", b'{"a": "x"}', 400),
        (["application/json; charset=utf-8"], JSON, b'{"a": "x"}', 400),
        (["*/*"], JSON, b'{"a": "x"}', 400),
        (["*/*"], JSON, b'{"a": 1}', 200),
        ([JSON], "application/json; charset=latin-1", b'{"a": 1}', 400),
    ],
    ids=str,
)
def test_a_body_is_checked_as_its_media_type_says(
    serve, described, sent, content, status
):
    door = serve(body(*described, properties={"a": {"type": "integer"}}))
    headers = {"content-type": sent} if sent else {}
    assert door.send("POST", "/a", content, headers).status_code == status


@pytest.mark.parametrize(
    ("content", "status"), [(b"abc", 200), (b"abcd", 400), (b"\xff", 400)], ids=str
)
def test_a_text_is_checked_against_its_schema(serve, content, status):
    door = serve(body("text/plain", type="string", maxLength=3))
    headers = {"content-type": "text/plain"}
    assert door.send("POST", "/a", content, headers).status_code == status


def test_a_body_of_any_type_without_a_schema_is_not_looked_into(serve):
    door = serve(operation(method="post", requestBody={"content": {"*/*": {}}}))
    headers = {"content-type": "image/png"}
    assert door.send("POST", "/a", b"\xff", headers).status_code == 200


@pytest.mark.parametrize(
    ("media_type", "schema"),
    [
        ("multipart/form-data", {"properties": {"a": {"type": "string"}}}),
        ("text/plain", {"type": "integer"}),
        ("application/octet-stream", {"type": "string", "maxLength": 3}),
    ],
)
def test_a_body_that_cannot_be_checked_is_refused_at_start(serve, media_type, schema):
    with pytest.raises(DocumentError, match=f"a body of {media_type} cannot be"):
        serve(body(media_type, **schema))


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"properties": {"a": {"type": "object"}}}, "'a' has objects"),
        ({"oneOf": [{"properties": {"a": {}}}]}, "the fields of a form must all"),
        ({"additionalProperties": {"type": "integer"}}, "the fields of a form must al"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused_at_start(serve, schema, reason):
    with pytest.raises(DocumentError, match=reason):
        serve(body(FORM, **schema))


def test_a_form_with_fields_of_another_encoding_is_refused_at_start(serve):
    media = {
        "schema": {"type": "object"},
        "encoding": {"a": {"style": "pipeDelimited"}},
    }
    paths = operation(method="post", requestBody={"content": {FORM: media}})
    with pytest.raises(DocumentError, match="cannot be checked"):
        serve(paths)


def test_a_media_type_that_is_described_twice_is_refused_at_start(serve):
    with pytest.raises(DocumentError, match="a media type is described twice"):
        serve(body(f"{JSON}; v=1", f"{JSON}; v=2"))


def test_a_body_of_no_media_type_is_not_looked_into(serve):
    assert serve(body()).post(b"a", "/a").status_code == 200


def test_an_encoded_body_is_refused_by_the_name_of_its_encoding(door):
    response = door.post(b"\x1f\x8b", content_encoding="gzip")
    assert response.status_code == 400
    assert "content-encoding: gzip is not" in response.json()["error"]["message"]


def test_read_only_members_are_not_asked_for(serve):
    member = {"type": "string", "readOnly": True}
    paths = body(JSON, required=["id", "a"], properties={"id": member, "a": {}})
    assert serve(paths).post(b'{"a": 1}', "/a").status_code == 200
    assert serve(paths).post(b'{"id": "1"}', "/a").status_code == 400
    assert serve(paths).post(b'{"id": 1, "a": 1}', "/a").status_code == 400


def test_read_only_members_may_be_required_in_another_part_of_all_of(serve):
    member = {"type": "string", "readOnly": True}
    parts = [{"properties": {"id": member}}, {"required": ["id", "a"]}]
    assert serve(body(JSON, allOf=parts)).post(b'{"a": 1}', "/a").status_code == 200
    assert serve(body(JSON, allOf=parts)).post(b"{}", "/a").status_code == 400
