"""The admin endpoints, held against their own document."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import jsonschema_rs
import pytest
import yaml
from openapi_spec_validator import validate

from text_completions_server import FAULTS, MockServer
from text_completions_server.control import admin_document

FILE = Path(admin_document.__file__).with_name("admin.yaml")
DOCUMENT = yaml.safe_load(FILE.read_text("utf-8"))
JSON = {"content-type": "application/json"}
HELLO = "\n\nHuman: Hello\n\nAssistant:"


def operations():
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            yield path, method.upper(), operation


def schema_of(node):
    return {**node["schema"], "components": DOCUMENT["components"]}


def examples():
    """Every example with its schema, wherever the document shows one."""
    for path, method, operation in operations():
        holders = {
            status: DOCUMENT["components"]["responses"][each["$ref"].rpartition("/")[2]]
            if "$ref" in each
            else each
            for status, each in operation["responses"].items()
        }
        if "requestBody" in operation:
            holders["request"] = operation["requestBody"]
        for name, holder in holders.items():
            media = holder.get("content", {}).get("application/json")
            shown = {} if media is None else media.get("examples", {})
            for key, example in shown.items():
                yield pytest.param(
                    schema_of(media), example["value"], id=f"{method} {path} {key}"
                )
            if media is not None and "example" in media:
                yield pytest.param(
                    schema_of(media), media["example"], id=f"{method} {path} {name}"
                )


@pytest.fixture
def door(open_door, control):
    return open_door(control=control)


def call(door, method, path, body=None, headers=JSON):
    content = None if body is None else json.dumps(body).encode()
    answer = door.send(method, f"/__mock__/{path}", content, headers if body else {})
    check_answer(method, f"/__mock__/{path.partition('?')[0]}", answer)
    return answer


def check_answer(method, path, answer):
    """Hold the answer against the document."""
    responses = DOCUMENT["paths"][path].get(method.lower(), {}).get("responses")
    if responses is None:
        return
    found = responses[str(answer.status_code)]
    if "$ref" in found:
        found = DOCUMENT["components"]["responses"][found["$ref"].rpartition("/")[2]]
    if "content" not in found:
        assert answer.content == b""
        return
    schema = schema_of(found["content"]["application/json"])
    jsonschema_rs.Draft202012Validator(schema).validate(answer.json())


def test_the_document_is_valid_and_is_served(door):
    validate(DOCUMENT)
    assert call(door, "GET", "openapi.json").json() == DOCUMENT


@pytest.mark.parametrize(("schema", "example"), list(examples()))
def test_each_example_keeps_to_its_schema(schema, example):
    jsonschema_rs.Draft202012Validator(schema).validate(example)


def test_the_examples_are_all_looked_at():
    assert len(list(examples())) > 30


@pytest.mark.parametrize("path", ["replies", "faults"])
def test_each_example_of_a_request_works(door, path):
    media = DOCUMENT["paths"][f"/__mock__/{path}"]["post"]["requestBody"]["content"]
    for example in media["application/json"]["examples"].values():
        assert call(door, "POST", path, example["value"]).status_code == 201


def test_the_journal_is_sent(door):
    door.complete(max_tokens_to_sample=2, stream=True)
    door.complete(model="none")
    journal = call(door, "GET", "journal").json()
    assert (journal["total"], journal["statuses"]) == (2, {"200": 1, "404": 1})
    first, second = journal["records"]
    assert first["headers"]["x-api-key"] == "***"
    assert first["body"]["prompt"] == HELLO
    assert [each["name"] for each in first["events"]] == ["completion"] * 2
    assert second["status"] == 404
    last = call(door, "GET", "journal?last=1").json()
    assert (last["total"], last["records"]) == (2, [second])


def test_a_reply_is_scripted_listed_and_forgotten(door):
    script = {"pattern": "Hel+o", "times": 5, "replies": [" a", {"text": " b"}]}
    assert call(door, "POST", "replies", script).json()["used"] == 0
    assert [door.complete().json()["completion"] for _ in range(2)] == [" a", " b"]
    (listed,) = call(door, "GET", "replies").json()["scripts"]
    assert (listed["pattern"], listed["used"]) == ("Hel+o", 2)
    assert call(door, "DELETE", "replies").status_code == 204
    assert call(door, "GET", "replies").json() == {"scripts": []}
    assert door.complete().json()["completion"] not in (" a", " b")


def test_a_reply_has_a_reason_of_its_own(door):
    reply = {"text": " Hi", "stop_reason": "stop_sequence", "stop": "###"}
    call(door, "POST", "replies", {"replies": [reply]})
    body = door.complete().json()
    assert (body["completion"], body["stop"]) == (" Hi", "###")


def test_a_fault_is_planned_listed_and_forgotten(door):
    call(door, "POST", "faults", {"name": "overloaded", "times": 2})
    call(door, "POST", "faults", {"name": "rate_limited", "seconds": 0.5})
    assert door.complete().status_code == 529
    listed = call(door, "GET", "faults").json()
    assert [(each["name"], each["times"]) for each in listed["planned"]] == [
        ("overloaded", 1),
        ("rate_limited", 1),
    ]
    assert list(listed["known"]) == list(FAULTS)
    assert call(door, "DELETE", "faults").status_code == 204
    assert door.complete().status_code == 200


def test_a_reset_starts_anew(door, control):
    door.complete()
    call(door, "POST", "faults", {"name": "overloaded"})
    call(door, "POST", "replies", {"replies": [" a"]})
    assert call(door, "POST", "reset").status_code == 204
    assert control.requests.total == 0
    assert call(door, "GET", "replies").json() == {"scripts": []}
    assert door.complete().status_code == 200


def test_admin_requests_are_not_counted_as_requests_to_the_service(door, control):
    call(door, "POST", "faults", {"name": "overloaded"})
    call(door, "GET", "journal", headers={"x-mock-fault": "hang"})
    assert control.requests.total == 0
    assert door.complete().status_code == 529


REFUSED = {
    "a journal with a query": ("GET", "journal?first=1", None, "first: Extra"),
    "a last of none": ("GET", "journal?last=0", None, "last: Input should be gr"),
    "a last of many": ("GET", "journal?last=10001", None, "last: Input"),
    "a last that is no number": ("GET", "journal?last=x", None, "last: Input"),
    "two lasts": ("GET", "journal?last=1&last=2", None, "last: Extra query"),
    "a query elsewhere": ("POST", "reset?a", None, "a: Extra query parameters"),
    "a body too many": ("POST", "reset", {"a": 1}, "body: must be empty here"),
    "an unknown fault": (
        "POST",
        "faults",
        {"name": "x"},
        "name: Input should be 'rate",
    ),
    "a fault without a name": ("POST", "faults", {"times": 1}, "name: Field required"),
    "a misspelt member": ("POST", "faults", {"name": "hang", "time": 1}, "time: Extra"),
    "times as text": ("POST", "faults", {"name": "hang", "times": "2"}, "times: Input"),
    "times of none": ("POST", "faults", {"name": "hang", "times": 0}, "times: Input"),
    "a wait that does not fit": (
        "POST",
        "faults",
        {"name": "overloaded", "seconds": 1},
        "the fault overloaded does not take 'seconds'",
    ),
    "no replies": ("POST", "replies", {"replies": []}, "replies: List should have"),
    "no texts": ("POST", "replies", {"replies": [1]}, "replies.0: Input should be"),
    "a bad pattern": (
        "POST",
        "replies",
        {"pattern": "(", "replies": ["a"]},
        "'(' is not a regular expression",
    ),
    "prompt and pattern": (
        "POST",
        "replies",
        {"prompt": "a", "pattern": "a", "replies": ["a"]},
        "give a prompt or a pattern, not both",
    ),
    "an unknown reason": (
        "POST",
        "replies",
        {"replies": [{"text": "a", "stop_reason": "tired"}]},
        "replies.0.stop_reason: ",
    ),
}


@pytest.mark.parametrize(
    ("method", "path", "body", "reason"), REFUSED.values(), ids=REFUSED
)
def test_what_is_not_described_is_refused(door, method, path, body, reason):
    answer = call(door, method, path, body)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert answer.json()["error"]["message"].startswith(reason)


def test_a_body_must_be_json_and_of_some_size(door):
    answer = call(
        door, "POST", "faults", {"name": "hang"}, {"content-type": "text/plain"}
    )
    assert "content-type" in answer.json()["error"]["message"]
    answer = door.send("POST", "/__mock__/faults", b"{", JSON)
    assert "not valid JSON" in answer.json()["error"]["message"]
    assert call(door, "POST", "faults", {"name": "a" * 1024 * 1024}).status_code == 413


@pytest.mark.parametrize(("path", "allow"), [("reset", "POST"), ("journal", "GET")])
def test_another_method_is_refused_with_the_allowed_ones(door, path, allow):
    answer = door.send("PUT", f"/__mock__/{path}")
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert answer.json()["error"]["message"] == "Method Not Allowed"


def test_an_unknown_path_is_not_found(door):
    assert door.send("GET", "/__mock__/none").status_code == 404
    assert door.send("GET", "/__mock__").status_code == 404


def from_peer(app, host):
    async def get():
        transport = httpx.ASGITransport(app, client=(host, 1))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://a"
        ) as client:
            return await client.get("/__mock__/journal")

    return asyncio.run(get())


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "x"])
def test_another_machine_is_refused_unless_it_is_let_in(open_door, host):
    refused = from_peer(open_door().app, host)
    assert refused.status_code == 403
    check_answer("GET", "/__mock__/journal", refused)
    assert "this machine only" in refused.json()["error"]["message"]
    assert from_peer(open_door(admin="any").app, host).status_code == 200
    assert from_peer(open_door(admin="off").app, "127.0.0.1").status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_let_in(open_door, host):
    assert from_peer(open_door().app, host).status_code == 200


def test_the_endpoints_answer_on_a_port(server):
    server.reset()
    assert httpx.get(f"{server.url}/__mock__/journal").json()["total"] == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example:80"},
        {"host": ""},
        {"host": "["},
        {"origin": "http://["},
        {"origin": "http://evil.example"},
        {"origin": "null"},
    ],
    ids=str,
)
def test_a_web_page_of_another_site_is_refused(server, headers):
    url = f"{server.url}/__mock__/reset"
    assert httpx.post(url, headers=headers).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_a_web_page_of_this_machine_is_let_in(server, host):
    headers = {"host": f"{host}:80", "origin": f"http://{host}:3000"}
    url = f"{server.url}/__mock__/reset"
    assert httpx.post(url, headers=headers).status_code == 204


def test_with_access_for_any_every_host_and_origin_is_let_in():
    headers = {"host": "evil.example", "origin": "http://evil.example"}
    with MockServer(admin="any") as server:
        url = f"{server.url}/__mock__/journal"
        assert httpx.get(url, headers=headers).status_code == 200
