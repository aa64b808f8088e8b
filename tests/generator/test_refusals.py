"""What cannot become a client is refused: file, place, pointer, reason; exit 2.

tests/test_bad_documents.py has what is no document at all.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from emitting import CONTRACT, Bench, call_emit, contents, merged, plain

from text_completions_document import DocumentError

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


EDITS: dict[str, dict[str, Any]] = plain(Path(__file__).with_name("refusals.yaml"))


def parameter(odd: dict[str, Any]) -> dict[str, Any]:
    made = {"name": "odd", "in": "query", "schema": {"type": "string"}, **odd}
    return {"paths": {"/v1/complete": {"post": {"parameters": [made]}}}}


def operation(odd: dict[str, Any], method: str = "get") -> dict[str, Any]:
    made = {"operationId": "odd", "responses": {"204": {"description": ""}}, **odd}
    return {"paths": {"/odd": {method: made}}}


def body(content: dict[str, Any]) -> dict[str, Any]:
    odd = {"requestBody": {"required": True, "content": content}}
    return operation(odd, "post")


def response(content: dict[str, Any]) -> dict[str, Any]:
    return operation({"responses": {"200": {"description": "", "content": content}}})


def schema(odd: dict[str, Any]) -> dict[str, Any]:
    member = {"properties": {"odd": {"$ref": f"{SCHEMAS}/Odd"}}}
    return {"components": {"schemas": {"Odd": odd, "CompletionCreateParams": member}}}


IN_THE_DOCUMENT: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "document": lambda edit: edit,
    "schema": schema,
    "parameter": parameter,
    "operation": operation,
    "body": body,
    "response": response,
    "client": lambda keys: {"x-contract-client": keys},
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_that_cannot_be_honoured_is_refused(
    bench: Bench, contract: dict[str, Any], name: str
) -> None:
    (kind, edit), (_, expected) = EDITS[name].items()
    message = refused(bench, merged(contract, IN_THE_DOCUMENT[kind](edit)))
    assert message.startswith(str(bench.document))
    for pointer, reason in expected.items():
        assert pointer in message
        assert reason in message


@pytest.mark.parametrize("key", ["x-contract-client", "paths", "info", "servers"])
def test_a_missing_part_is_refused(
    bench: Bench, contract: dict[str, Any], key: str
) -> None:
    del contract[key]
    assert f": {key!r} is missing" in refused(bench, contract)


OBJECT = {"schema": {"type": "object"}}
UNUSED: dict[str, dict[str, Any]] = {
    "schemas": {
        "Odd": {"type": "object", "properties": {"a": {"format": "binary"}}},
        "Odder": {"minimum": 2, "maximum": 1},
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
        (b"literal_enums: false\n", "must have one setting, package_name_override"),
        (b"package_name_override: a b\n", "must be a name that Python can use"),
        (b"{}\n", "must have one setting, package_name_override"),
        (b"- a\n", "must have one setting, package_name_override"),
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
