"""What cannot become a client is refused: file, place, pointer, reason; exit 2.

tests/test_bad_documents.py has what is no document at all.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from emitting import CONTRACT, Bench, call_emit, contents, merged

from text_completions_document import DocumentError

CREATE = "#/paths/~1v1~1complete/post"
SCHEMAS = "#/components/schemas"


def refusal(bench: Bench, document: Path) -> str:
    """Call the command with a document, and return its one line of reason."""
    done = call_emit("--document", document, "--output", bench.folder / "out")
    assert (done.returncode, done.stdout) == (2, "")
    reason, kept = done.stderr.splitlines()
    assert kept.endswith("out stays as it was.")
    assert reason.startswith(f"make generate: {document}")
    return reason


def test_a_missing_file_and_a_folder_are_refused(bench: Bench) -> None:
    assert "No such file" in refusal(bench, bench.folder / "none.yaml")
    assert "Is a directory" in refusal(bench, bench.folder)


def refused(bench: Bench, data: Any) -> str:
    with pytest.raises(DocumentError) as caught:
        bench.emit(data)
    assert not bench.package.exists()
    return str(caught.value)


def test_a_refusal_names_the_line(bench: Bench) -> None:
    text = CONTRACT.read_text("utf-8").replace("type: integer", "type: integre", 1)
    line = next(n for n, one in enumerate(text.splitlines(), 1) if "integre" in one)
    message = refused(bench, text)
    place = f"{bench.document}:{line}: #/components/headers/RequestsLimit/schema/type"
    assert message.startswith(f"{place}: must be one of string, number")
    assert message.endswith("or a list of them, not 'integre'")


SMALL = """\
openapi: 3.1.0
info: {title: A small one, version: '1'}
servers: [{url: https://example.com}]
x-contract-client: {sync: [Client], async: [AsyncClient], base-error: SmallError}
paths:
  /a:
    get:
      operationId: a_get
      responses: {'200': {description: '', content: {application/json: {schema:
        {$ref: '#/components/schemas/Both'}}}}}
components:
  schemas:
    Name: {type: string}
    Both:
      allOf:
        - {$ref: '#/components/schemas/Name'}
        - {properties: {a: {type: string}}}
"""


def test_a_refusal_of_the_parser_names_the_line_too(bench: Bench) -> None:
    line = SMALL.splitlines().index("      allOf:") + 1
    place = f"{bench.document}:{line}: #/components/schemas/Both/allOf"
    assert refused(bench, SMALL) == (
        f"{place}: allOf can join objects only: write one schema"
    )


# Edits that cannot be honoured ------------------------------------------------


def parameter(**changes: Any) -> dict[str, Any]:
    made = {"name": "odd", "in": "query", "schema": {"type": "string"}, **changes}
    return operation(parameters=[made])


def operation(**changes: Any) -> dict[str, Any]:
    return {"paths": {"/v1/complete": {"post": changes}}}


def added(method: str = "get", **changes: Any) -> dict[str, Any]:
    made = {"operationId": "odd", "responses": {"204": {"description": ""}}, **changes}
    return {"paths": {"/odd": {method: made}}}


def body(**content: Any) -> dict[str, Any]:
    return added("post", requestBody={"required": True, "content": content})


def answer(status: str = "200", **content: Any) -> dict[str, Any]:
    return added(responses={status: {"description": "", "content": content}})


def schema(name: str = "Odd", **changes: Any) -> dict[str, Any]:
    """Add a schema, and a member of the request that uses it."""
    odd = {"properties": {"odd": {"$ref": f"{SCHEMAS}/{name}"}}}
    return {"components": {"schemas": {name: changes, "CompletionCreateParams": odd}}}


def client(**changes: Any) -> dict[str, Any]:
    return {"x-contract-client": {k.replace("_", "-"): v for k, v in changes.items()}}


def stream(item: Any, **said: Any) -> dict[str, Any]:
    media = {"schema": item, "x-contract-stream": said}
    return answer(**{"text/event-stream": media})


def event(name: Any = None, data: Any = None) -> dict[str, Any]:
    data = {"contentSchema": data or {"$ref": f"{SCHEMAS}/PingEvent"}}
    return {"properties": {"event": name or {"const": "ping"}, "data": data}}


TEXT = {"schema": {"type": "string"}}
OBJECT = {"schema": {"type": "object"}}
ODD = "#/paths/~1odd"

EDITS: dict[str, tuple[dict[str, Any], str, str]] = {
    # References
    "$ref to the wrong kind": (
        schema(items={"$ref": "#/components/responses/BillingError"}),
        f"{SCHEMAS}/Odd/items/$ref",
        "must lead to #/components/schemas/…",
    ),
    "$ref that is no text": (
        schema(**{"$ref": 7}),
        f"{SCHEMAS}/Odd/$ref",
        "must lead to #/components/schemas/…",
    ),
    "schema made of itself": (
        schema(anyOf=[{"$ref": f"{SCHEMAS}/Odd"}, {"type": "null"}]),
        f"{SCHEMAS}/Odd",
        "consists of itself",
    ),
    "map of itself": (
        schema(type="object", additionalProperties={"$ref": f"{SCHEMAS}/Odd"}),
        f"{SCHEMAS}/Odd",
        "consists of itself without end: make it a member of an object",
    ),
    "bound beside $ref": (
        schema(properties={"a": {"$ref": f"{SCHEMAS}/Model", "maxLength": 3}}),
        f"{SCHEMAS}/Odd/properties/a/maxLength",
        "keywords beside $ref are lost",
    ),
    "key beside $ref of a parameter": (
        operation(
            parameters=[
                {"$ref": "#/components/parameters/AnthropicBeta", "required": True}
            ]
        ),
        f"{CREATE}/parameters/2/required",
        "nothing but $ref is read here",
    ),
    # Schemas
    "unknown type": (schema(type="integre"), f"{SCHEMAS}/Odd/type", "integre"),
    "unknown type in a list": (
        schema(type=["string", "nul"]),
        f"{SCHEMAS}/Odd/type",
        "must be one of",
    ),
    "no type at all": (schema(type=[]), f"{SCHEMAS}/Odd/type", "must be one of"),
    "unknown keyword": (
        schema(prefixItems=[]),
        f"{SCHEMAS}/Odd/prefixItems",
        "cannot honour this keyword",
    ),
    "misspelt keyword": (
        schema(minLenght=1),
        f"{SCHEMAS}/Odd/minLenght",
        "cannot honour this keyword",
    ),
    "bound that is no number": (
        schema(minimum="1"),
        f"{SCHEMAS}/Odd/minimum",
        "must be a number, not '1'",
    ),
    "pattern that Python does not know": (
        schema(pattern="\\p{L}["),
        f"{SCHEMAS}/Odd/pattern",
        "must be a regular expression",
    ),
    "multiple of nothing": (
        schema(multipleOf=0),
        f"{SCHEMAS}/Odd/multipleOf",
        "must be a number above 0",
    ),
    "constant object": (
        schema(const={"a": 1}),
        f"{SCHEMAS}/Odd/const",
        "must be text, a number, true or false",
    ),
    "empty enumeration": (schema(enum=[]), f"{SCHEMAS}/Odd/enum", "not be empty"),
    "bounds with nothing between": (
        schema(minimum=2, maximum=1),
        f"{SCHEMAS}/Odd/minimum",
        "2 leaves no value below maximum 1",
    ),
    "bounds that touch and exclude": (
        schema(exclusiveMinimum=1, maximum=1),
        f"{SCHEMAS}/Odd/exclusiveMinimum",
        "1 leaves no value below maximum 1",
    ),
    "lengths with nothing between": (
        schema(minLength=3, maxLength=2),
        f"{SCHEMAS}/Odd/minLength",
        "3 leaves no value below maxLength 2",
    ),
    "numbers of items with nothing between": (
        schema(properties={"a": {"minItems": 3, "maxItems": 2}}),
        f"{SCHEMAS}/Odd/properties/a/minItems",
        "3 leaves no value below maxItems 2",
    ),
    "required and not allowed": (
        schema(additionalProperties=False, required=["a"]),
        f"{SCHEMAS}/Odd/required/0",
        "'a' is required, but additionalProperties forbids it",
    ),
    "option of another type": (
        schema(type="string", enum=["a", 1]),
        f"{SCHEMAS}/Odd/enum/1",
        '1 is not of type "string"',
    ),
    "constant out of bounds": (
        schema(const=5, maximum=4),
        f"{SCHEMAS}/Odd/const",
        "5 is greater than the maximum of 4",
    ),
    "default that is no option": (
        schema(default="b", enum=["a"]),
        f"{SCHEMAS}/Odd/default",
        '"b" is not one of "a"',
    ),
    "default that does not match": (
        schema(default="B", pattern="^[a-z]$"),
        f"{SCHEMAS}/Odd/default",
        '"B" does not match "^[a-z]$"',
    ),
    "default of a pattern that takes for ever": (
        schema(default="a" * 40 + "!", pattern="^(a+)+$"),
        f"{SCHEMAS}/Odd/default",
        "does not match",
    ),
    "schema that is a list": (
        schema(items=[]),
        f"{SCHEMAS}/Odd/items",
        "must be an object, not a list",
    ),
    "boolean schema": (
        schema(properties={"a": True}),
        f"{SCHEMAS}/Odd/properties/a",
        "a schema must be an object",
    ),
    "required that is text": (
        schema(required="a"),
        f"{SCHEMAS}/Odd/required",
        "must be a list, not 'a'",
    ),
    "properties that are a list": (
        schema(properties=["a"]),
        f"{SCHEMAS}/Odd/properties",
        "must be an object, not a list",
    ),
    "properties beside anyOf": (
        schema(properties={"a": {}}, anyOf=[{"type": "object"}]),
        f"{SCHEMAS}/Odd/properties",
        "is lost beside anyOf",
    ),
    "alternatives within allOf": (
        schema(allOf=[{"oneOf": [{"type": "object"}]}]),
        f"{SCHEMAS}/Odd/allOf/0/oneOf",
        "would be lost",
    ),
    "readOnly": (
        schema(properties={"a": {"readOnly": True}}),
        f"{SCHEMAS}/Odd/properties/a/readOnly",
        "write two schemas",
    ),
    "discriminator alone": (
        schema(discriminator={"propertyName": "a"}),
        f"{SCHEMAS}/Odd/discriminator",
        "must stand beside an anyOf or oneOf",
    ),
    "discriminator to nowhere": (
        schema(
            oneOf=[{"$ref": f"{SCHEMAS}/Usage"}],
            discriminator={"propertyName": "a", "mapping": {"b": "Nothing"}},
        ),
        f"{SCHEMAS}/Odd/discriminator/mapping/b",
        "is not one of the branches",
    ),
    "component of an odd name": (
        schema("a b"),
        f"{SCHEMAS}/a b",
        "the key must be made of letters",
    ),
    "component with a name of the emitted code": (
        schema("Mapping", type="object", properties={"a": {}}),
        "",
        "has a 'Mapping' of its own",
    ),
    "component with the name of a resource": (
        schema("completions", type="object", properties={"a": {}}),
        "",
        "has a 'Completions' of its own",
    ),
    "components that would be one class": (
        schema("usage", type="object", properties={"a": {}}),
        "",
        "Usage",
    ),
    "components that would be one module": (
        schema("USAGE", type="object", properties={"a": {}}),
        "",
        "Usage and USAGE would be one module",
    ),
    "members that would be one attribute": (
        schema(type="object", properties={"x-y": {}, "x_y": {}}),
        f"{SCHEMAS}/Odd/properties/x_y",
        "'x_y' and 'x-y' would both be the attribute 'x_y'",
    ),
    "members of two branches that would be one attribute": (
        schema(
            allOf=[
                {"type": "object", "properties": {"x-y": {}}},
                {"type": "object", "properties": {"x_y": {}}},
            ]
        ),
        f"{SCHEMAS}/Odd/allOf/1/properties/x_y",
        "'x_y' and 'x-y' would both be the attribute 'x_y': rename one",
    ),
    "members without a letter": (
        schema(type="object", properties={"$": {}, "@": {}}),
        f"{SCHEMAS}/Odd/properties",
        "two members need the same name: rename one",
    ),
    "allOf of a text": (
        schema(allOf=[{"$ref": f"{SCHEMAS}/Model"}, {"properties": {"a": {}}}]),
        f"{SCHEMAS}/Odd/allOf",
        "allOf can join objects only: write one schema",
    ),
    "allOf of a member of two types": (
        schema(
            properties={
                "a": {
                    "allOf": [
                        {"$ref": f"{SCHEMAS}/Usage"},
                        {"properties": {"input_tokens": {"type": "string"}}},
                    ]
                }
            }
        ),
        f"{SCHEMAS}/Odd/properties/a/allOf",
        "two branches describe one member: write it once",
    ),
    # Parameters
    "two parameters of one argument": (
        parameter(name="TOP_K"),
        CREATE,
        "two parameters would be the argument 'top_k'",
    ),
    "object in a query": (
        parameter(schema={"type": "object"}),
        f"{CREATE}/parameters/2/schema",
        "only plain values can be sent in a query",
    ),
    "object in a header": (
        parameter(**{"in": "header", "schema": {"properties": {"a": {}}}}),
        f"{CREATE}/parameters/2/schema",
        "only plain values can be sent in a header",
    ),
    "list of objects in a query": (
        parameter(schema={"type": "array", "items": {"$ref": f"{SCHEMAS}/Usage"}}),
        f"{CREATE}/parameters/2/schema",
        "only plain values",
    ),
    "list in a cookie": (
        parameter(**{"in": "cookie", "schema": {"type": "array"}}),
        f"{CREATE}/parameters/2/schema",
        "only plain values",
    ),
    "parameter by content": (
        parameter(content={"application/json": {}}),
        f"{CREATE}/parameters/2/content",
        "use schema",
    ),
    "parameter without a schema": (
        operation(parameters=[{"name": "odd", "in": "query"}]),
        f"{CREATE}/parameters/2",
        "'schema' is missing",
    ),
    "deep object": (
        parameter(style="deepObject"),
        f"{CREATE}/parameters/2/style",
        "'deepObject' is not supported",
    ),
    "parameter in the body": (
        parameter(**{"in": "body"}),
        f"{CREATE}/parameters/2/in",
        "must be one of path, query, header, cookie",
    ),
    "reserved characters": (
        parameter(allowReserved=True),
        f"{CREATE}/parameters/2/allowReserved",
        "the client escapes",
    ),
    "path parameter that the path has not": (
        parameter(**{"in": "path", "required": True}),
        CREATE,
        "the path has [], its parameters are ['odd']",
    ),
    "path parameter that is optional": (
        {
            "paths": {
                "/odd/{a}": {
                    "get": {
                        "operationId": "odd",
                        "parameters": [
                            {"name": "a", "in": "path", "schema": {"type": "string"}}
                        ],
                        "responses": {"204": {"description": ""}},
                    }
                }
            }
        },
        "#/paths/~1odd~1{a}/get/parameters/0",
        "must be required",
    ),
    "default of a query parameter": (
        parameter(**{"x-contract-argument": {"default": "1"}}),
        f"{CREATE}/parameters/2/x-contract-argument/default",
        "adds only headers of its own",
    ),
    # Bodies and answers
    "multipart body": (
        body(**{"multipart/form-data": OBJECT}),
        f"{ODD}/post/requestBody/content",
        "can send a body of application/json, or of",
    ),
    "body of octets": (
        body(**{"application/octet-stream": TEXT}),
        f"{ODD}/post/requestBody/content",
        "can send a body of application/json, or of",
    ),
    "two types of body": (
        body(**{"application/json": OBJECT, "text/plain": TEXT}),
        f"{ODD}/post/requestBody/content",
        "can send a body of application/json, or of",
    ),
    "text that is a number": (
        answer(**{"text/plain": {"schema": {"type": "integer"}}}),
        f"{ODD}/get/responses/200/content/text~1plain/schema",
        "text/plain is read as text or bytes: write type: string",
    ),
    "lines of JSON": (
        answer(**{"application/x-ndjson": OBJECT}),
        f"{ODD}/get/responses/200/content/application~1x-ndjson/schema",
        "write type: string, or text/event-stream for a stream of objects",
    ),
    "text beside JSON": (
        answer(**{"application/json": TEXT, "text/plain": TEXT}),
        f"{ODD}/get/responses/200/content/text~1plain",
        "the client asks for application/json only: offer one type",
    ),
    "answer of any type": (
        answer(**{"*/*": TEXT}),
        f"{ODD}/get/responses/200/content/*~1*",
        "is not a media type",
    ),
    "binary format": (
        answer(
            **{"application/json": {"schema": {"type": "string", "format": "binary"}}}
        ),
        "",
        "cannot express binary in JSON",
    ),
    "default answer": (
        answer("default"),
        f"{ODD}/get/responses/default",
        "the key must be a status",
    ),
    "redirect": (
        answer("302"),
        f"{ODD}/get/responses/302",
        "the key must be a status",
    ),
    "no success": (
        added(responses={"404": {"description": ""}}),
        f"{ODD}/get/responses",
        "there is no success",
    ),
    "one status of two names": (
        added(
            responses={
                "204": {"description": ""},
                "404": {"$ref": "#/components/responses/BillingError"},
            }
        ),
        f"{ODD}/get/responses/404",
        "404 is NotFoundError elsewhere",
    ),
    "links": (
        added(responses={"204": {"description": "", "links": {}}}),
        f"{ODD}/get/responses/204/links",
        "cannot offer links",
    ),
    # Operations
    "no operationId": (
        {"paths": {"/odd": {"get": {"responses": {"204": {"description": ""}}}}}},
        f"{ODD}/get",
        "'operationId' is missing",
    ),
    "an operationId that is empty": (
        added(operationId=""),
        f"{ODD}/get/operationId",
        "must be a name for the method, not ''",
    ),
    "two operations of one name": (
        added(operationId="completions-create"),
        f"{ODD}/get/operationId",
        "is 'completions_create' in Python, and so is",
    ),
    "two tags": (added(tags=["a", "b"]), f"{ODD}/get/tags", "give it one tag"),
    "a tag of the name of the emitted code": (
        added(tags=["omit"]),
        "#/tags",
        "a tag would have the class 'Omit', which exists: rename it",
    ),
    "tags of one class": (
        {
            "paths": {
                "/odd": {"get": {**added()["paths"]["/odd"]["get"], "tags": ["a"]}},
                "/odder": {
                    "get": {
                        **added()["paths"]["/odd"]["get"],
                        "operationId": "odder",
                        "tags": ["async_a"],
                    }
                },
            }
        },
        "#/tags",
        "a tag would have the class 'AsyncA', which exists: rename it",
    ),
    "callbacks": (added(callbacks={}), f"{ODD}/get/callbacks", "cannot be called"),
    "webhooks": ({"webhooks": {}}, "#/webhooks", "cannot be called"),
    "servers of an operation": (
        added(servers=[]),
        f"{ODD}/get/servers",
        "a client has one base URL",
    ),
    "unknown method": (
        {"paths": {"/odd": {"query": {}}}},
        f"{ODD}/query",
        "there is no such key here; there are delete, ",
    ),
    "path without a slash": (
        {"paths": {"odd": {}}},
        "#/paths/odd",
        "the key must be a path",
    ),
    "server with variables": (
        {"servers": [{"url": "https://{a}", "variables": {}}]},
        "#/servers/1/variables",
        "without variables",
    ),
    # Security
    "scheme without a credential": (
        {
            "components": {"securitySchemes": {"Other": {"type": "mutualTLS"}}},
            "security": [{"Other": []}],
        },
        "/Other",
        "no credential of x-contract-client names it",
    ),
    "demand of nothing known": (
        {"security": [{"Other": []}]},
        "/Other",
        "there is no such scheme",
    ),
    "operation with other security": (
        added(security=[]),
        f"{ODD}/get/security",
        "authenticates every call alike",
    ),
    "credential of no header": (
        client(credentials=[{"argument": "odd"}]),
        "#/x-contract-client/credentials/2",
        "names neither a scheme nor a header",
    ),
    "credential in a query": (
        {
            "components": {
                "securitySchemes": {"Q": {"type": "apiKey", "in": "query", "name": "q"}}
            },
            **client(credentials=[{"argument": "odd", "scheme": "Q"}]),
        },
        "#/x-contract-client/credentials/2/scheme",
        "is not a security scheme with a key in a header",
    ),
    # Extensions
    "unknown extension": (
        {"x-contract-clients": {}},
        "#/x-contract-clients",
        "there is no such extension; there are x-contract-argument, x-contract-",
    ),
    "extension in the wrong place": (
        schema(**{"x-contract-client": {}}),
        f"{SCHEMAS}/Odd/x-contract-client",
        "this extension has no meaning here",
    ),
    "unknown key of an extension": (
        client(names=["Odd"]),
        "#/x-contract-client/names",
        "there is no such key here; there are async, base-error",
    ),
    "dialogue of no constant": (
        client(dialogue={"user": "ODD"}),
        "#/x-contract-client/dialogue/user",
        "'ODD' is not a constant with the text of a marker",
    ),
    "dialogue of a number": (
        client(constants={"ODD": 1}, dialogue={"assistant": "ODD"}),
        "#/x-contract-client/dialogue/assistant",
        "'ODD' is not a constant with the text of a marker",
    ),
    "client of no name": (
        client(sync=["Odd(): pass"]),
        "#/x-contract-client/sync/2",
        "must be a name that Python can use",
    ),
    "clients of one name": (
        client(sync=["AsyncClient"]),
        "#/x-contract-client",
        "'AsyncClient' would be the name of two things",
    ),
    "client of the name of a module": (
        client(sync=["models"]),
        "#/x-contract-client",
        "'models' would be the name of two things",
    ),
    "error of a name in use": (
        client(errors={"451": "APIError"}),
        "#/x-contract-client",
        "'APIError' would be the name of two things",
    ),
    "credential of a name in use": (
        client(credentials=[{"argument": "timeout", "header": "a"}]),
        "#/x-contract-client",
        "two things called 'timeout'",
    ),
    "error of no error": (
        client(errors={"200": "FineError"}),
        "#/x-contract-client/errors/200",
        "the key must be a status from 400",
    ),
    "header that is none": (
        client(request_id="a: b"),
        "#/x-contract-client/request-id",
        "must be the name of a header",
    ),
    # Streams
    "stream without items": (
        stream({"type": "string"}),
        f"{ODD}/get/responses/200/content",
        "tells events apart by their names, not by a member of the data",
    ),
    "events told apart by a member": (
        stream({"oneOf": [{"properties": {"data": {"contentSchema": {"const": 1}}}}]}),
        f"{ODD}/get/responses/200/content/text~1event-stream/schema",
        "tells events apart by their names, not by a member of the data",
    ),
    "event without a $ref": (
        stream(event(data={"type": "object"})),
        f"{ODD}/get/responses/200/content",
        "the contentSchema of its data must be a $ref",
    ),
    "event that is no object": (
        stream(event(data={"$ref": f"{SCHEMAS}/Model"})),
        f"{ODD}/get/responses/200/content",
        "is not an object with members",
    ),
    "event of several names": (
        stream(event({"enum": ["a", "b"]})),
        "properties/event",
        "must be named by a const",
    ),
    "event of two schemas": (
        stream({"oneOf": [event(), event(data={"$ref": f"{SCHEMAS}/Usage"})]}),
        "schema/oneOf/1",
        "event 'ping' has two schemas",
    ),
    "unknown event": (
        stream(event(), text={"event": "pong"}),
        "x-contract-stream/text/event",
        "unknown event 'pong'",
    ),
    "text that is not there": (
        stream(event(), text={"event": "ping", "pointer": "/nothing"}),
        "x-contract-stream/text/pointer",
        "'/nothing' leads to no member of #/components/schemas/PingEvent",
    ),
    "an end below no object": (
        stream(event(), last={"event": "ping", "pointer": "/type/deeper"}),
        "x-contract-stream/last/pointer",
        "'/type/deeper' leads to no member",
    ),
    "stream without an event for the caller": (
        stream(event(), ignore=["ping"]),
        "x-contract-stream",
        "no event is left for the caller: ignore fewer of them",
    ),
    "switch without a body": (
        stream(event(), switch="stream"),
        f"{ODD}/get",
        "a switch chooses between JSON and a stream",
    ),
    "stream without a switch": (
        answer(
            **{
                "application/json": OBJECT,
                "text/event-stream": {"schema": event()},
            }
        ),
        f"{ODD}/get",
        "a switch chooses between JSON and a stream",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_that_cannot_be_honoured_is_refused(
    bench: Bench, contract: dict[str, Any], name: str
) -> None:
    edit, pointer, reason = EDITS[name]
    message = refused(bench, merged(contract, edit))
    assert message.startswith(str(bench.document))
    assert pointer in message
    assert reason in message


def _without(key: str) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.pop(key)


@pytest.mark.parametrize("key", ["x-contract-client", "paths", "info", "servers"])
def test_a_missing_part_is_refused(
    bench: Bench, contract: dict[str, Any], key: str
) -> None:
    _without(key)(contract)
    assert f": {key!r} is missing" in refused(bench, contract)


UNUSED: dict[str, dict[str, Any]] = {
    "schemas": {
        "Odd": {"type": "object", "properties": {"a": {"format": "binary"}}},
        "Odder": {"enum": ["a", 1]},
        "Oddest": {"allOf": [{"$ref": f"{SCHEMAS}/Model"}, {"properties": {}}]},
    },
    "parameters": {"Odd": {"name": "a", "in": "query", "schema": {"type": "object"}}},
    "requestBodies": {"Odd": {"content": {"multipart/form-data": OBJECT}}},
    "responses": {"Odd": {"description": "", "content": {"image/png": OBJECT}}},
    "securitySchemes": {"Odd": {"type": "mutualTLS"}},
}


def test_components_that_no_operation_uses_are_neither_emitted_nor_refused(
    bench: Bench, contract: dict[str, Any]
) -> None:
    files = contents(bench.emit(merged(contract, {"components": UNUSED}), ruff=False))
    emitted = {name for name, text in files.items() if b"Odd" in text}
    assert emitted == {"openapi.yaml", "openapi-3.2.yaml"}


# The settings -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (
            b"literal_enums: false\n",
            ": literal_enums: unknown setting; the only one is",
        ),
        (b"package_name_override: a b\n", "must be a name that Python can use"),
        (b"{}\n", "in ASCII, not None"),
        (b"- a\n", ": must be an object"),
        (b"a: [\n", "is not YAML"),
        (b"a: \xff\n", "can't decode byte 0xff"),
    ],
    ids=["unknown", "no name", "nothing", "a list", "no YAML", "no UTF-8"],
)
def test_broken_settings_are_refused(
    tmp_path: Path, settings: bytes, reason: str
) -> None:
    config = tmp_path / "generator-config.yml"
    config.write_bytes(settings)
    done = call_emit("--config", config, "--output", tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr.startswith(f"make generate: {config}")
    assert reason in done.stderr.splitlines()[0]
    assert "Traceback" not in done.stderr
