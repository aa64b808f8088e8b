"""The document: found, edited, missing, broken."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from text_completions_server import Control, DocumentError, create_app

PACKAGED = Path(__file__).parents[2] / "openapi.yaml"
TAKEN_OUT = {"completion", "log_id"}
MODELS = """
info: {title: Models, version: '1'}
security: [{ApiKey: []}]
paths:
  /v1/models/{id}:
    get:
      operationId: models_get
      responses:
        '200':
          content:
            application/json:
              examples:
                one: {value: {id: claude-2.1, type: model}}
                two: {value: {}}
    delete:
      operationId: models_delete
      security: []
      responses:
        '204': {description: Gone.}
  /v1/tokens:
    post:
      requestBody:
        content:
          application/json:
            schema: {type: object, required: [text]}
      responses:
        '200':
          content:
            application/json:
              example: {tokens: 3}
    put:
      parameters:
        - {name: x-colour, in: header, schema: {enum: [red]}}
      responses:
        '200':
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Tokens'}
components:
  securitySchemes:
    ApiKey: {type: apiKey, in: header, name: X-Key}
  schemas:
    Tokens:
      examples: [{tokens: 4}]
"""
BROKEN = {
    "what no reader takes": (
        "paths: {/a: {get: {responses: {'200': {$ref: '#/components/x~1y'}}}}}",
        "'#/components/x~1y' leads nowhere",
    ),
    "no paths": ("components: {}", "has no paths: describe an operation"),
    "an unknown type": (
        "paths: {/a: {post: {requestBody: {content: {application/json: {schema: "
        "{type: text}}}}, responses: {}}}}",
        "~1a/post/requestBody/content/application~1json/schema: ",
    ),
    "no path": ("paths: {a: {get: {responses: {}}}}", "#/paths/a: "),
}


@pytest.fixture
def written(tmp_path):
    def write(text):
        file = tmp_path / "edited.yaml"
        has_version = text.startswith("openapi") or "\nopenapi" in text
        head = "" if has_version else "openapi: 3.1.0\n"
        file.write_text(head + text, encoding="utf-8")
        return file

    return write


@pytest.fixture
def models(open_door, written):
    return open_door(document=written(MODELS))


def test_an_operation_without_a_handler_answers_its_first_example(models):
    key = {"x-key": "sk-a"}
    assert models.send("GET", "/v1/models/a", None, key).json() == {
        "id": "claude-2.1",
        "type": "model",
    }
    body = {**key, "content-type": "application/json"}
    assert models.send("POST", "/v1/tokens", b'{"text":1}', body).json()["tokens"] == 3
    assert models.send("PUT", "/v1/tokens", None, key).json() == {"tokens": 4}


def test_an_operation_without_a_body_answers_none(models):
    answer = models.send("DELETE", "/v1/models/a")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "request-id" in answer.headers


def test_an_operation_without_a_handler_is_checked_too(models):
    key = {"x-key": "sk-a"}
    body = {**key, "content-type": "application/json"}
    assert models.send("GET", "/v1/models/a").status_code == 401
    assert models.send("POST", "/v1/tokens", b"{}", body).status_code == 400
    assert models.send("POST", "/v1/tokens", b"", key).status_code == 200
    wrong = models.send("PUT", "/v1/tokens", None, {**key, "x-colour": "blue"})
    message = wrong.json()["error"]["message"]
    assert message == 'x-colour: "blue" is not a valid colour'


def test_an_operation_without_a_handler_has_the_mocks_own_side(open_door, written):
    control = Control()
    door = open_door(document=written(MODELS), control=control, rate_limit="2/h")
    key = {"x-key": "sk-a"}
    fault = {"x-mock-fault": "truncated_json"}
    broken = door.send("GET", "/v1/models/a", None, key | fault)
    assert broken.content == b'{"id":"claude-2.1"'[: len(broken.content)]
    assert door.send("GET", "/v1/models/a", None, key).status_code == 200
    assert door.send("PUT", "/v1/tokens", None, key).status_code == 429
    assert [(each.path, each.fault) for each in control.requests] == [
        ("/v1/models/a", "truncated_json"),
        ("/v1/models/a", None),
        ("/v1/tokens", None),
    ]
    assert door.send("GET", "/__mock__/journal").json()["total"] == 3


def test_an_operation_that_is_added_stands_beside_the_others(open_door, written):
    added = yaml.safe_load(PACKAGED.read_text("utf-8"))
    added["paths"]["/v1/models"] = yaml.safe_load(MODELS)["paths"]["/v1/models/{id}"]
    door = open_door(document=written(yaml.safe_dump(added)))
    assert door.send("GET", "/v1/models", None, {"x-api-key": "sk-a"}).json() == {
        "id": "claude-2.1",
        "type": "model",
    }
    assert door.complete().status_code == 200


def test_a_member_that_is_taken_out_of_the_answer_is_not_sent(open_door, written):
    edited = yaml.safe_load(PACKAGED.read_text("utf-8"))
    del edited["components"]["schemas"]["Completion"]["properties"]["log_id"]
    door = open_door(document=written(yaml.safe_dump(edited)))
    assert "log_id" not in door.complete().json()


def without(schema, *members):
    edited = yaml.safe_load(PACKAGED.read_text("utf-8"))
    described = edited["components"]["schemas"][schema]
    for name in members:
        del described["properties"][name]
    described["required"] = sorted(described["properties"].keys() & {"model"})
    return yaml.safe_dump(edited)


def events_of(door):
    """The data of all events, each of which must be JSON."""
    lines = door.complete(stream=True, max_tokens_to_sample=5).text.split("\r\n")
    return [json.loads(line[6:]) for line in lines if line.startswith("data: ")]


def test_the_members_of_events_are_not_those_of_the_whole_answer(open_door, written):
    edited = written(without("Completion", *TAKEN_OUT))
    whole = open_door(document=edited)
    assert events_of(whole) == events_of(open_door())
    assert whole.complete().json().keys().isdisjoint(TAKEN_OUT)


def test_a_member_that_is_taken_out_of_a_message_is_not_sent(open_door, written):
    door = open_door(document=written(without("Message", "usage", "role")))
    message = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 5}
    whole = door.message(**message).json()
    start = door.message(**message, stream=True).text.splitlines()[1]
    started = json.loads(start.removeprefix("data: "))["message"]
    assert whole.keys() == started.keys()
    assert whole.keys().isdisjoint({"usage", "role"})


def test_a_member_that_is_taken_out_of_an_event_of_a_message_is_not_sent(
    open_door, written
):
    edited = written(without("ContentBlockStopEvent", "index"))
    message = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 5}
    text = open_door(document=edited).message(**message, stream=True).text
    (stop,) = re.findall("^data: (.*content_block_stop.*)$", text, re.MULTILINE)
    assert json.loads(stop) == {"type": "content_block_stop"}


def test_events_without_their_text_are_whole(open_door, written):
    edited = written(without("CompletionEvent", *TAKEN_OUT))
    door = open_door(document=edited)
    assert events_of(door) == [
        {key: value for key, value in data.items() if key not in TAKEN_OUT}
        for data in events_of(open_door())
    ]
    assert len(door.complete().json()["completion"]) > 10


def test_a_member_that_is_added_without_a_sample_stops_its_operation_alone(
    open_door, written
):
    edited = yaml.safe_load(PACKAGED.read_text("utf-8"))
    members = edited["components"]["schemas"]["Completion"]["properties"]
    members["note"] = {"type": "string", "pattern": "^n[0-9]$"}
    door = open_door(document=written(yaml.safe_dump(edited)))
    refused = door.complete()
    assert refused.status_code == 501
    assert 'matches "pattern": write an example' in refused.json()["error"]["message"]
    assert door.message().status_code == 200


def test_a_path_of_two_operations_allows_both(models):
    answer = models.send("PATCH", "/v1/models/a")
    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET")


def test_an_edited_bound_is_served(open_door, written):
    text = PACKAGED.read_text("utf-8")
    first = "maximum: 1 # docs 2024, as above"
    assert text.count(first) == 2
    edited = open_door(document=written(text.replace(first, "maximum: 2", 1)))
    assert edited.complete(temperature=2).status_code == 200
    assert edited.complete(top_p=2).status_code == 400
    assert edited.complete(temperature=2.1).json()["error"]["message"] == (
        "temperature: Input should be less than or equal to 2"
    )


def test_an_edited_error_type_is_served(open_door, written):
    text = PACKAGED.read_text("utf-8").replace(
        "{const: not_found_error}", "{const: lost_error}"
    )
    answer = open_door(document=written(text)).complete(model="none")
    assert answer.json()["error"]["type"] == "lost_error"


def test_an_error_that_is_described_with_all_of_keeps_its_form(open_door, written):
    document = yaml.safe_load(PACKAGED.read_text("utf-8"))
    media = document["components"]["responses"]["NotFoundError"]["content"]
    schema = media["application/json"]["schema"]
    media["application/json"]["schema"] = {
        "allOf": [{"$ref": schema.pop("$ref")}, schema]
    }
    answer = open_door(document=written(yaml.safe_dump(document))).complete(
        model="none"
    )
    assert answer.json() == open_door().complete(model="none").json()
    assert answer.json()["type"] == "error"


def test_an_edited_model_is_served(open_door, written):
    text = PACKAGED.read_text("utf-8").replace("claude-instant-1.2", "claude-mini-1")
    door = open_door(document=written(text))
    assert door.complete(model="claude-instant-1").json()["model"] == "claude-mini-1"


@pytest.mark.parametrize(("text", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_document_is_reported_in_one_line(written, text, reason):
    file = written(text)
    with pytest.raises(DocumentError) as caught:
        create_app(document=file)
    message = str(caught.value)
    assert message.startswith(f"{file}:")
    assert reason in message
    assert "\n" not in message


ONE_WITHOUT_A_SAMPLE = """
paths:
  /a: {get: {responses: {'200': {content: {application/json: {schema:
    {properties: {b: {pattern: '^a'}}}}}}}}}
  /b: {get: {responses: {'200': {content: {application/xml: {schema:
    {properties: {b: {const: 1}}}}}}}}}
  /c: {get: {responses: {'204': {}}}}
"""


def test_an_operation_without_a_sample_does_not_stop_the_rest(
    open_door, written, caplog
):
    file = written(ONE_WITHOUT_A_SAMPLE)
    with caplog.at_level("WARNING"):
        mock = open_door(document=file)
    reasons = {
        "/a": 'no sample of the member b matches "pattern": write an example',
        "/b": "a response of application/xml needs an example that is a string",
    }
    warned = caplog.messages
    for path, reason in reasons.items():
        (warning,) = (text for text in warned if f"GET {path} is answered 501" in text)
        assert f"{file}:" in warning
        assert reason in warning
        response = mock.send("GET", path)
        assert response.status_code == 501
        assert reason in response.json()["error"]["message"]
    assert mock.send("GET", "/c").status_code == 204


def test_a_missing_document_is_reported(tmp_path):
    with pytest.raises(DocumentError, match="No such file or directory"):
        create_app(document=tmp_path / "none.yaml")


PROGRAM = """
import sys
from text_completions_server import create_app
create_app()
print([name for name in sys.modules if name.partition(".")[0] == "text_completions"])
"""


def test_the_document_is_found_without_importing_the_client():
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert told.stdout == "[]\n"


def test_a_client_that_is_not_installed_is_reported(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(DocumentError, match="package 'text_completions', which"):
        create_app()


BOUNDS = """
paths:
  /a:
    post:
      requestBody:
        content:
          application/json:
            schema:
              properties:
                above: {exclusiveMinimum: 0}
                below: {exclusiveMaximum: 9}
                few: {maxItems: 2}
                some: {minItems: 2}
                even: {multipleOf: 2}
                one: {oneOf: [{enum: [1]}, {enum: [2]}]}
      responses:
        '200': {description: Fine.}
"""


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"above":0}', "above: Input should be greater than 0"),
        (b'{"below":9}', "below: Input should be less than 9"),
        (b'{"few":[1,2,3]}', "few: List should have at most 2 items"),
        (b'{"some":[]}', "some: List should have at least 2 items"),
        (b'{"even":3}', "even: Input should be a multiple of 2"),
        (b'{"one":3}', "one: Input does not match the expected shape."),
    ],
)
def test_bounds_that_the_api_does_not_have_are_reported_too(
    open_door, written, body, message
):
    answer = open_door(document=written(BOUNDS)).post(body, "/a")
    assert answer.json()["error"]["message"] == message


@pytest.mark.parametrize(
    ("responses", "status", "media_type", "content"),
    [
        ("{}", 200, None, b""),
        ("{'101': {description: a}}", 200, None, b""),
        ("{'410': {description: a}, '4XX': {description: b}}", 410, None, b""),
        ("{'3XX': {description: a}, '404': {description: b}}", 300, None, b""),
        ("{'205': {content: {application/json: {example: a}}}}", 205, None, b""),
        ("{'302': {description: a}, '404': {description: b}}", 302, None, b""),
        ("{default: {content: {text/*: {example: a}}}}", 200, "text/plain", b"a"),
        ("{'2XX': {content: {'*/*': {example: 5}}}}", 200, "application/json", b"5"),
        ("{'200': {content: {image/png: {}}}}", 200, "image/png", b""),
        ("{'204': {content: {image/png: {example: a}}}}", 204, None, b""),
        ("{'304': {content: {image/png: {example: a}}}}", 304, None, b""),
        (
            "{'200': {headers: {Content-Length: {example: 9}}, content: "
            "{application/json; charset=utf-8: {schema: {properties: {a: {}}}}}}}",
            200,
            "application/json",
            b'{"a":"text"}',
        ),
        ("{'200': {content: {text/csv: {schema: {const: 5}}}}}", 200, "text/csv", b"5"),
        (
            "{'200': {content: {application/json: {schema: {const: 7}, "
            "examples: {a: {externalValue: 'http://a/b'}}}}}}",
            200,
            "application/json",
            b"7",
        ),
    ],
)
def test_the_first_response_that_is_described_is_sent(
    open_door, written, responses, status, media_type, content
):
    file = written(f"paths: {{/a: {{get: {{responses: {responses}}}}}}}")
    response = open_door(document=file).send("GET", "/a")
    assert (response.status_code, response.content) == (status, content)
    sent = response.headers.get("content-type")
    assert (sent and sent.partition(";")[0]) == media_type


def test_a_header_with_a_list_has_commas(open_door, written):
    header = "{schema: {type: array, items: {type: integer}, minItems: 2}}"
    responses = f"{{'204': {{headers: {{X-A: {header}}}}}}}"
    file = written(f"paths: {{/a: {{get: {{responses: {responses}}}}}}}")
    assert open_door(document=file).send("GET", "/a").headers["x-a"] == "0,0"


def test_headers_that_say_how_the_response_is_sent_are_not_invented(open_door, written):
    headers = "{Content-Encoding: {schema: {enum: [gzip]}}, Date: {schema: {}}}"
    responses = f"{{'200': {{headers: {headers}, content: {{text/plain: {{}}}}}}}}"
    file = written(f"paths: {{/a: {{get: {{responses: {responses}}}}}}}")
    answer = open_door(document=file).send("GET", "/a")
    assert answer.status_code == 200
    assert not {"content-encoding", "date"} & answer.headers.keys()


@pytest.mark.parametrize(
    "response",
    [
        "headers: {X A: {example: a}}",
        "headers: {X-A: {example: é}}",
        "headers: {X-A: {example: {a: 1}}}",
        "headers: {X-A: {content: {text/plain: {example: a}}}}",
        r'headers: {X-A: {example: "a\r\nset-cookie: b"}}',
        r'content: {"text/plain\r\nset-cookie: b": {example: a}}',
    ],
)
def test_what_no_header_can_carry_is_answered_501(open_door, written, response):
    file = written(f"paths: {{/a: {{get: {{responses: {{'200': {{{response}}}}}}}}}}}")
    assert open_door(document=file).send("GET", "/a").status_code == 501


@pytest.mark.parametrize(
    ("accept", "content"),
    [
        ("*/*", b'{"a":1}'),
        ("text/plain; q=1", b"b"),
        ("image/png, text/plain", b"b"),
        ("application/xml", b'{"a":1}'),
        ("text/event-stream", b'data: "c"\n\n'),
    ],
)
def test_a_request_chooses_the_media_type(open_door, written, accept, content):
    described = (
        "{application/json: {example: {a: 1}}, text/plain: {example: b}, "
        "application/xml: {schema: {type: object}}, "
        "text/event-stream: {schema: {properties: {data: {example: c}}}}}"
    )
    responses = f"{{'200': {{content: {described}}}}}"
    file = written(f"paths: {{/a: {{get: {{responses: {responses}}}}}}}")
    answer = open_door(document=file).send("GET", "/a", None, {"accept": accept})
    assert answer.content == content


ODD = [None, "x", 5, True, [], {}, ["x"], [None], {"x": None}, {"$ref": "#/x"}]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_a_malformed_part_is_refused_or_served(open_door, odd, tmp_path):
    document = yaml.safe_load(f"openapi: 3.1.0{MODELS}")
    for place in places(document):
        file = tmp_path / "malformed.json"
        file.write_text(json.dumps(replaced(document, place, odd)))
        try:
            door = open_door(document=file)
        except DocumentError:
            continue
        for method, path in [("GET", "/v1/models/a"), ("PUT", "/v1/tokens")]:
            assert door.send(method, path).status_code != 500, place


def places(value, place=()):
    if place:
        yield place
    items = enumerate(value) if isinstance(value, list) else ()
    for key, one in value.items() if isinstance(value, dict) else items:
        yield from places(one, (*place, key))


def replaced(value, place, odd):
    if not place:
        return odd
    copy = value.copy()
    copy[place[0]] = replaced(value[place[0]], place[1:], odd)
    return copy


def test_an_error_without_its_type_is_called_by_its_status(open_door, written):
    done = "'200': {description: Done., content: {application/json: {example: {}}}}"
    errors = "'405': {description: Bad.}, '451': {description: Bad.}"
    text = f"paths: {{/a: {{get: {{responses: {{{done}, {errors}}}}}}}}}"
    answer = open_door(document=written(text)).send("DELETE", "/a")
    assert answer.status_code == 405
    assert answer.json()["error"]["type"] == "invalid_request_error"


PATHS = """
paths:
  /a/{x}: {get: {responses: {'200': {content: {text/plain: {example: any}}}}}}
  /a/{x}.json: {get: {responses: {'200': {content: {text/plain: {example: json}}}}}}
  /a/mine: {get: {responses: {'200': {content: {text/plain: {example: mine}}}}}}
"""


@pytest.mark.parametrize(
    ("name", "text"), [("b", "any"), ("b.json", "json"), ("mine", "mine")]
)
def test_of_paths_that_match_the_one_with_the_most_text_is_meant(
    open_door, written, name, text
):
    door = open_door(document=written(PATHS))
    assert door.send("GET", f"/a/{name}").text == text


def test_a_stream_without_events_has_no_sample(open_door, written):
    schema = "{content: {text/event-stream: {schema: {type: string}}}}"
    text = f"paths: {{/s: {{get: {{responses: {{'200': {schema}}}}}}}}}"
    response = open_door(document=written(text)).send("GET", "/s")
    assert response.status_code == 501
    assert "a stream needs events" in response.text


def test_the_least_number_is_exact_where_a_float_is_not(open_door, written):
    schema = "{type: integer, minimum: 9007199254740993}"
    answer = f"{{content: {{application/json: {{schema: {schema}}}}}}}"
    text = f"paths: {{/n: {{get: {{responses: {{'200': {answer}}}}}}}}}"
    door = open_door(document=written(text))
    assert door.send("GET", "/n").json() == 9007199254740993
