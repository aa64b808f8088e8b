"""The document is complete, and every bound in it names its source."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from openapi_spec_validator import validate

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "openapi.yaml").read_text("utf-8")
LINES = TEXT.splitlines()
CONTRACT: dict[str, Any] = yaml.safe_load(TEXT)
SCHEMAS = CONTRACT["components"]["schemas"]
RESPONSES = CONTRACT["components"]["responses"]
COMPLETE = CONTRACT["paths"]["/v1/complete"]["post"]
MESSAGES = CONTRACT["paths"]["/v1/messages"]["post"]
PARTS = {"properties", "items", "anyOf", "oneOf", "allOf", "$ref", "not"}


def test_it_is_valid_openapi() -> None:
    validate(CONTRACT)


def test_the_client_carries_a_copy() -> None:
    copy = ROOT / "generated" / "text_completions" / "openapi.yaml"
    assert copy.read_bytes() == (ROOT / "openapi.yaml").read_bytes()


# Examples ---------------------------------------------------------------------


def schemas() -> dict[str, Any]:
    """List every schema by its pointer, without the bounds beside a `$ref`."""
    found: dict[str, Any] = {}
    for name, schema in SCHEMAS.items():
        _collect(schema, f"#/components/schemas/{name}", found)
    for kind in ("parameters", "headers"):
        for name, part in CONTRACT["components"][kind].items():
            _collect(part["schema"], f"#/components/{kind}/{name}/schema", found)
    return found


def _collect(schema: Any, pointer: str, found: dict[str, Any]) -> None:
    if not isinstance(schema, dict):
        return
    found[pointer] = schema
    for name, member in schema.get("properties", {}).items():
        _collect(member, f"{pointer}/properties/{name}", found)
    for key in ("anyOf", "oneOf", "allOf"):
        for index, branch in enumerate(schema.get(key, ())):
            _collect(branch, f"{pointer}/{key}/{index}", found)
    for key in ("items", "contentSchema"):
        if key in schema:
            _collect(schema[key], f"{pointer}/{key}", found)


FOUND = schemas()
LEAVES = {at: one for at, one in FOUND.items() if not PARTS & one.keys() - {"not"}}


def validator(schema: Any) -> jsonschema_rs.Draft202012Validator:
    whole = {**schema, "components": CONTRACT["components"]}
    return jsonschema_rs.Draft202012Validator(whole)


def wrong(value: Any, schema: Any) -> str:
    """Return what is wrong with a value, or with the payload of an event."""
    for error in validator(schema).iter_errors(value):
        return error.message
    if isinstance(value, dict) and isinstance(value.get("data"), str):
        return wrong_payload(value, schema)
    return ""


def wrong_payload(item: dict[str, Any], schema: Any) -> str:
    """Return what is wrong with the data of an event, by every branch that fits."""
    followed = SCHEMAS[schema["$ref"].split("/")[-1]] if "$ref" in schema else schema
    reasons = []
    for branch in followed.get("anyOf", [followed]):
        if not validator(branch).is_valid(item):
            continue
        content = branch["properties"]["data"].get("contentSchema")
        reasons.append(wrong(yaml.safe_load(item["data"]), content) if content else "")
    return "" if "" in reasons else "; ".join(reasons)


def examples_of(part: dict[str, Any]) -> list[Any]:
    """Return the examples of a schema (a list) or of a media type (a mapping)."""
    listed = part.get("examples", [])
    if isinstance(listed, dict):
        listed = [one["value"] for one in listed.values()]
    return [*listed, *([part["example"]] if "example" in part else [])]


def test_there_are_many_examples_to_check() -> None:
    assert len(LEAVES) >= 100
    assert sum(len(examples_of(one)) for one in FOUND.values()) >= 150
    assert len(media_types()) >= 15


@pytest.mark.parametrize("pointer", LEAVES)
def test_every_leaf_has_an_example(pointer: str) -> None:
    assert examples_of(LEAVES[pointer])


@pytest.mark.parametrize("pointer", [at for at in FOUND if examples_of(FOUND[at])])
def test_every_example_of_a_schema_fits_it(pointer: str) -> None:
    schema = FOUND[pointer]
    for example in examples_of(schema):
        assert wrong(example, schema) == ""
        if "contentSchema" in schema:
            assert wrong(yaml.safe_load(example), schema["contentSchema"]) == ""


def media_types() -> dict[str, Any]:
    """List every body of a request or a response by its pointer."""
    found: dict[str, Any] = {}
    for path, item in CONTRACT["paths"].items():
        parts = {"requestBody": item["post"]["requestBody"]}
        parts |= {
            status: one
            for status, one in item["post"]["responses"].items()
            if "$ref" not in one
        }
        for name, part in parts.items():
            for kind, media in part["content"].items():
                found[f"{path} {name} {kind}"] = media
    for name, response in RESPONSES.items():
        for kind, media in response["content"].items():
            found[f"{name} {kind}"] = media
    return found


@pytest.mark.parametrize("place", media_types())
def test_every_body_has_examples_that_fit_it(place: str) -> None:
    media = media_types()[place]
    examples = examples_of(media)
    assert examples
    for example in examples:
        assert wrong(example, media["schema"]) == ""


def test_an_example_that_does_not_fit_is_noticed() -> None:
    item = {"event": "completion", "data": '{"completion": 1}'}
    reference = {"$ref": "#/components/schemas/CompletionStreamItem"}
    assert wrong(item, reference) != ""
    assert wrong("x", {"type": "integer"}) != ""


# Sources ----------------------------------------------------------------------

BOUNDS = re.compile(
    r"^\s*(- )?(minimum|maximum|exclusiveMinimum|exclusiveMaximum|multipleOf|minLength"
    r"|maxLength|minItems|maxItems|pattern|enum|const|required|format|not"
    r"|additionalProperties|x-contract-max-bytes):"
)


def bounds() -> list[int]:
    """List the lines with a bound, within the components' schemas and headers."""
    start = LINES.index("components:")
    return [
        number
        for number, line in enumerate(LINES)
        if BOUNDS.match(line)
        and (number > start or "x-contract" in line)
        and not re.match(r"\s*required: (true|false|\[event, data\]|\[data\])", line)
    ]


def test_there_are_many_bounds() -> None:
    assert len(bounds()) >= 90


@pytest.mark.parametrize("number", bounds(), ids=lambda n: f"line {n + 1}")
def test_every_bound_names_its_source(number: int) -> None:
    above = LINES[number - 1].strip()
    commented = re.match(r"(not: )?# \S", above)  # a list has its comment above it
    assert commented or re.search(r" # \S.{3,}", LINES[number])


# What the wire contract knows ---------------------------------------------------

ERRORS = {
    "400": "invalid_request_error",
    "401": "authentication_error",
    "402": "billing_error",
    "403": "permission_error",
    "404": "not_found_error",
    "405": "invalid_request_error",
    "413": "request_too_large",
    "429": "rate_limit_error",
    "500": "api_error",
    "504": "timeout_error",
    "529": "overloaded_error",
}
DECIDED = {"400", "401", "402", "403", "404", "405", "413", "529"}
BOTH = pytest.mark.parametrize("operation", [COMPLETE, MESSAGES], ids=["text", "chat"])


@BOTH
def test_every_error_status_has_a_response_of_its_own(operation: Any) -> None:
    named = {
        status: one["$ref"]
        for status, one in operation["responses"].items()
        if status != "200"
    }
    assert set(named) == set(ERRORS)
    assert len(set(named.values())) == len(ERRORS)


@pytest.mark.parametrize("status", ERRORS)
def test_an_error_has_the_type_of_its_status(status: str) -> None:
    response = RESPONSES[COMPLETE["responses"][status]["$ref"].split("/")[-1]]
    media = response["content"]["application/json"]
    kind = media["schema"]["properties"]["error"]["properties"]["type"]["const"]
    assert kind == ERRORS[status]
    assert kind in SCHEMAS["KnownErrorType"]["enum"]
    for example in examples_of(media):
        assert example["error"]["type"] == kind


@pytest.mark.parametrize("status", ERRORS)
def test_an_error_has_the_headers_of_its_status(status: str) -> None:
    response = RESPONSES[COMPLETE["responses"][status]["$ref"].split("/")[-1]]
    names = {"request-id"}
    names |= {"x-should-retry"} if status in DECIDED else set()
    names |= {"allow"} if status == "405" else set()
    names |= {"retry-after"} if status == "429" else set()
    assert set(response["headers"]) == names
    retry = response["headers"].get("x-should-retry", {}).get("$ref", "")
    assert retry.endswith("DoRetry") is (status == "529")
    plain = response["headers"]["request-id"]["$ref"].endswith("/RequestId")
    assert plain is (status != "413")


@pytest.mark.parametrize(
    ("operation", "version", "known"),
    [
        (COMPLETE, "AnthropicVersion", ["2023-01-01", "2023-06-01"]),
        (MESSAGES, "MessagesVersion", ["2023-01-01", "2023-06-01", "2026-10-21"]),
    ],
    ids=["text", "chat"],
)
def test_both_operations_take_the_headers(
    operation: Any, version: str, known: list[str]
) -> None:
    names = {one["$ref"].split("/")[-1] for one in operation["parameters"]}
    assert names == {version, "AnthropicBeta"}
    header = CONTRACT["components"]["parameters"][version]
    assert (header["name"], header["required"]) == ("anthropic-version", True)
    schema = SCHEMAS[header["schema"]["$ref"].split("/")[-1]]
    assert schema["enum"] == known


def test_the_key_is_sent_in_its_own_header_or_as_a_bearer_token() -> None:
    assert CONTRACT["security"] == [{"ApiKey": []}, {"BearerToken": []}]
    schemes = CONTRACT["components"]["securitySchemes"]
    key, token = schemes["ApiKey"], schemes["BearerToken"]
    assert (key["in"], key["name"]) == ("header", "x-api-key")
    assert (token["type"], token["scheme"]) == ("http", "bearer")


@BOTH
def test_both_operations_have_json_first_and_then_a_stream(operation: Any) -> None:
    content = operation["responses"]["200"]["content"]
    assert list(content) == ["application/json", "text/event-stream"]
    stream = content["text/event-stream"]
    assert stream["schema"] == stream["x-oai-itemSchema"]


def test_only_messages_has_headers_of_rate_limits() -> None:
    limits = {
        f"anthropic-ratelimit-{what}-{which}"
        for what in ("requests", "tokens")
        for which in ("limit", "remaining", "reset")
    }
    assert limits <= set(MESSAGES["responses"]["200"]["headers"])
    assert not limits & set(COMPLETE["responses"]["200"]["headers"])


@pytest.mark.parametrize(
    ("name", "required", "optional"),
    [
        (
            "CompletionCreateParams",
            "model prompt max_tokens_to_sample",
            "stop_sequences temperature top_p top_k metadata stream",
        ),
        (
            "Completion",
            "type id completion stop_reason model",
            "stop log_id truncated exception",
        ),
        (
            "CompletionEvent",
            "completion stop_reason model",
            "type id stop log_id truncated exception",
        ),
        (
            "MessageCreateParams",
            "model max_tokens messages",
            "system metadata stop_sequences stream temperature top_p top_k",
        ),
        (
            "Message",
            "id type role content model stop_reason stop_sequence",
            "usage",
        ),
        ("ErrorResponse", "type error", "request_id"),
        ("BareErrorResponse", "error", "type request_id"),
        ("ErrorDetail", "type message", "details"),
    ],
)
def test_a_schema_has_its_members(name: str, required: str, optional: str) -> None:
    """Those that the service had: an edit may add others."""
    schema = SCHEMAS[name]
    members = {*required.split(), *optional.split()}
    assert set(schema["required"]) & members == set(required.split())
    assert set(schema["properties"]) >= members
    assert (schema.get("additionalProperties") is False) is name.endswith("Params")


@pytest.mark.parametrize("name", ["CompletionCreateParams", "MessageCreateParams"])
def test_what_is_sent_has_no_defaults(name: str) -> None:
    members = SCHEMAS[name]["properties"]
    assert [one for one in members if "default" in members[one]] == []


@pytest.mark.parametrize(
    ("member", "good", "bad"),
    [
        ("temperature", [0, 1, 0.5, 1.0], [-0.1, 1.1, "1", True, None]),
        ("top_p", [0, 1, -1], [-0.5, -2, 1.01]),
        ("top_k", [0, 500, -1], [-2, 0.5]),
        ("max_tokens_to_sample", [1, 10**9], [0, "1", 1.5]),
        ("prompt", ["x"], ["", None, 1]),
        ("stop_sequences", [[], ["a"]], ["a", [1]]),
        ("stream", [True, False], ["true", 1]),
        (
            "metadata",
            [{}, {"user_id": None}, {"user_id": "x" * 256}],
            [{"user_id": "x" * 513}, {"a": 1}],
        ),
        (
            "model",
            ["claude-2.1", "claude-v1", "claude-instant-1-100k", "mine", ""],
            [None, 1, ["claude-2"]],
        ),
    ],
)
def test_a_parameter_has_its_bounds(member: str, good: Any, bad: Any) -> None:
    schema = SCHEMAS["CompletionCreateParams"]["properties"][member]
    assert [value for value in good if not validator(schema).is_valid(value)] == []
    assert [value for value in bad if validator(schema).is_valid(value)] == []


def test_models_of_both_versions_are_known_with_their_facts() -> None:
    known = SCHEMAS["KnownModel"]
    assert len(known["enum"]) == 26
    assert set(known["x-contract-models"]) == set(known["enum"])
    for facts in known["x-contract-models"].values():
        assert facts["context"] in (9000, 100000, 200000)
        assert facts.get("resolves", "claude-2.1") in known["enum"]


# Streams ------------------------------------------------------------------------

TEXT_EVENT = '{"completion":" Hi","stop_reason":null,"model":"claude-2.1"}'
ERROR_EVENT = '{"error":{"type":"overloaded_error","message":"Overloaded"}}'
GOOD: dict[str, list[dict[str, str]]] = {
    "CompletionStreamItem": [
        {"event": "completion", "data": TEXT_EVENT},
        {"event": "completion", "data": TEXT_EVENT[:-1] + "      }"},
        {"event": "ping", "data": '{"type": "ping"}'},
        {"event": "error", "data": ERROR_EVENT},
        {"event": "of a later day", "data": "anything"},
        {"data": TEXT_EVENT},
        {"data": "[DONE]"},
    ],
    "MessageStreamItem": [
        {"event": "message_stop", "data": '{"type":"message_stop"}'},
        {"event": "ping", "data": '{"type": "ping"}'},
        {"event": "error", "data": ERROR_EVENT},
        {"event": "of a later day", "data": "anything"},
    ],
}
BAD: dict[str, list[dict[str, Any]]] = {
    "CompletionStreamItem": [
        {"event": "completion"},
        {"event": "completion", "data": 1},
        {"event": "completion", "data": '{"completion":" Hi"}'},
        {"event": "completion", "data": "[DONE]"},
        {"event": "ping", "data": "{}"},
        {"event": "error", "data": '{"type":"error"}'},
        {"data": '{"type": "ping"}'},
        {"event": 1, "data": TEXT_EVENT},
    ],
    "MessageStreamItem": [
        {"event": "message_stop"},
        {"data": '{"type":"message_stop"}'},
        {"event": "message_stop", "data": '{"type":"message_start"}'},
        {"event": "content_block_delta", "data": '{"type":"content_block_delta"}'},
        {"event": "error", "data": "{}"},
    ],
}


def items(listed: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, item) for name, found in listed.items() for item in found]


@pytest.mark.parametrize(("name", "item"), items(GOOD))
def test_a_good_event_is_accepted(name: str, item: Any) -> None:
    assert wrong(item, {"$ref": f"#/components/schemas/{name}"}) == ""


@pytest.mark.parametrize(("name", "item"), items(BAD))
def test_a_bad_event_is_refused(name: str, item: Any) -> None:
    assert wrong(item, {"$ref": f"#/components/schemas/{name}"}) != ""


@pytest.mark.parametrize(
    ("operation", "events"),
    [
        (COMPLETE, "completion ping error"),
        (
            MESSAGES,
            "message_start content_block_start content_block_delta content_block_stop"
            " message_delta message_stop ping error",
        ),
    ],
    ids=["text", "chat"],
)
def test_a_stream_has_its_events(operation: Any, events: str) -> None:
    media = operation["responses"]["200"]["content"]["text/event-stream"]
    branches = SCHEMAS[media["schema"]["$ref"].split("/")[-1]]["anyOf"]
    named = [
        branch["properties"]["event"]["const"]
        for branch in branches
        if isinstance(branch["properties"]["event"], dict)
        and "const" in branch["properties"]["event"]
    ]
    assert named == events.split()
    stream = media["x-contract-stream"]
    assert (stream["switch"], stream["ignore"], stream["error"]) == (
        "stream",
        ["ping"],
        "error",
    )


def test_the_older_version_has_another_framing() -> None:
    media = COMPLETE["responses"]["200"]["content"]["text/event-stream"]
    assert media["x-contract-stream"]["versions"] == {
        "2023-06-01": {},
        "2023-01-01": {"unnamed": "completion", "cumulative": True, "end": "[DONE]"},
    }
