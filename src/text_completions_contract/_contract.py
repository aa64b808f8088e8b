"""The contract as data: what the OpenAPI document says of requests and responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs

from text_completions_document import (
    Document,
    DocumentError,
    below,
    mapping,
    read_document,
    sequence,
)

from ._settings import SetupError
from ._strict_json import NotStrictJson, as_text, read_json, shown
from .requests.sse import Event

COMPLETE = "/v1/complete"
MESSAGES = "/v1/messages"
JSON = "application/json"
SSE = "text/event-stream"
NEW = "2023-06-01"
OLD = "2023-01-01"
# The versions that every server is judged by.
VERSIONS = (NEW, OLD)
POST_COMPLETE = "#/paths/~1v1~1complete/post"
POST_MESSAGES = "#/paths/~1v1~1messages/post"
PARAMS = "#/components/schemas/CompletionCreateParams"
MESSAGE_PARAMS = "#/components/schemas/MessageCreateParams"
# The name of the document among the schemas of a validator.
DOCUMENT = "urn:document"
# Where jsonschema-rs checks these, it may check a `required` beside them silently.
FUSED_WITH_REQUIRED = frozenset({"properties", "additionalProperties"})
# It reports the errors of their branches in place of theirs.
UNIONS = frozenset({"anyOf", "oneOf"})


@dataclass(frozen=True)
class Contract:
    """Validates values by the schemas of a document."""

    document: Document
    _validators: dict[str, jsonschema_rs.Draft202012Validator] = field(
        default_factory=dict[str, jsonschema_rs.Draft202012Validator]
    )

    def find(self, *keys: str) -> tuple[str, Any]:
        """The pointer and the value at these keys, along `$ref`s; None if absent."""
        pointer: str = "#"
        value: Any = self.document.root
        for key in keys:
            # A key beside a `$ref` wins over the target's.
            while key not in mapping(value) and "$ref" in mapping(value):
                pointer, value = self.document.target(value["$ref"], pointer)
            pointer, value = below(pointer, key), mapping(value).get(key)
        return self.document.follow(pointer, value)

    def problem(self, pointer: str, value: object) -> str | None:
        """What is wrong with a value by the schema at a pointer, or None."""
        error = next(self._validator(pointer).iter_errors(value), None)
        if error is None:
            return None
        message = error.message
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Constant):
            expected = shown(error.kind.expected_value)
            message = f"{shown(error.instance)} is not {expected}"
        place = "/".join(str(part) for part in error.instance_path)
        return f"{place}: {message}" if place else message

    def compile_schemas(self) -> None:
        """Compile the schemas of requests and responses, which later are used as such.

        Raises:
            DocumentError: A schema is broken.
        """
        for path in (COMPLETE, MESSAGES):
            pointer, schema = self.request_schema(path)
            requests = [] if schema is None else [pointer]
            for each in (*requests, *self.response_schemas(path)):
                try:
                    self._validator(each)
                except jsonschema_rs.ValidationError as error:
                    place = below("#", *error.instance_path)
                    raise self.document.error(place, error.message) from error

    def evaluated(self, pointer: str, value: object) -> Iterator[tuple[str, bool]]:
        """The keywords that a value meets by the schema at a pointer.

        Keywords beside a `type` that the value does not have are left out.

        Yields:
            The pointer of a keyword, and whether the value satisfies it.
        """
        result: Any = self._validator(pointer).evaluate(value).list()
        yield from _outcomes(result["details"])

    def request_schema(self, path: str, *keys: str) -> tuple[str, Any]:
        """The pointer to the schema of a request's body, or to a part of it."""
        body = ("paths", path, "post", "requestBody", "content", JSON, "schema")
        return self.find(*body, *keys)

    def example(self, path: str, name: str) -> Any:
        """The first example of a parameter, or None."""
        _, examples = self.request_schema(path, "properties", name, "examples")
        return next(iter(sequence(examples)), None)

    def response_schemas(self, path: str) -> Iterator[str]:
        """The pointers to the schemas of JSON responses and of the data of events."""
        _, responses = self.find("paths", path, "post", "responses")
        for status in mapping(responses):
            if pointer := self.response_schema(path, status):
                yield pointer
        yield from filter(None, map(self._data_schema, self._event_schemas(path)))

    def response_schema(self, path: str, status: int | str) -> str | None:
        """The pointer to the schema of a JSON response, or None if there is none."""
        pointer, schema = self._of_response(path, status, "content", JSON, "schema")
        return None if schema is None else pointer

    def data_schemas(self, path: str, event: Event) -> Iterator[str]:
        """The pointers to the schemas that the data of an event may have."""
        yield from filter(None, map(self._data_schema, self._fitting(path, event)))

    def response_problem(self, path: str, value: object) -> str | None:
        """What is wrong with the JSON of a 200, or None."""
        pointer = self.response_schema(path, 200)
        return None if pointer is None else self.problem(pointer, value)

    def event_problem(self, path: str, event: Event) -> str | None:
        """What is wrong with one event of a stream, or None."""
        fitting = self._fitting(path, event)
        if not fitting:
            return "the contract has no event with this name and data"
        schemas = [self._data_schema(branch) for branch in fitting]
        if None in schemas:
            return None
        try:
            value = read_json(event.data)
        except NotStrictJson as error:
            return f"its data holds {error}"
        problems = [self.problem(schema, value) for schema in filter(None, schemas)]
        return None if None in problems else problems[0]

    @cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        # A validator whose schema had the whole document would note all of it as
        # annotations of each value.
        return jsonschema_rs.Registry([(DOCUMENT, dict(self.document.root))])

    @cached_property
    def models(self) -> Mapping[str, Mapping[str, Any]]:
        """What the document says of each model, by name."""
        _, models = self.find(
            "components", "schemas", "KnownModel", "x-contract-models"
        )
        return mapping(models)

    @cached_property
    def later_versions(self) -> frozenset[str]:
        """The versions of the document that a server need not know."""
        _, schemas = self.find("components", "schemas")
        known = {
            version
            for name, schema in mapping(schemas).items()
            if name.endswith("ApiVersion")
            for version in sequence(mapping(schema).get("enum"))
        }
        return frozenset(known - set(VERSIONS))

    def error_type(self, status: int) -> str | None:
        """The `error.type` that belongs to a status, or None if there is none."""
        schema = ("content", JSON, "schema", "properties", "error", "properties")
        _, kind = self._of_response(COMPLETE, status, *schema, "type", "const")
        return as_text(kind)

    def _of_response(self, path: str, status: int | str, *keys: str) -> tuple[str, Any]:
        return self.find("paths", path, "post", "responses", str(status), *keys)

    def _event_schemas(self, path: str) -> list[str]:
        pointer, schema = self._of_response(path, 200, "content", SSE, "schema")
        branches = sequence(mapping(schema).get("anyOf"))
        # Another document may describe its events by a single schema.
        return [f"{pointer}/anyOf/{index}" for index in range(len(branches))] or [
            pointer
        ]

    def _fitting(self, path: str, event: Event) -> list[str]:
        """The branches that an event fits by its name and the form of its data."""
        item = {"data": event.data}
        if event.name is not None:
            item["event"] = event.name
        return [
            branch
            for branch in self._event_schemas(path)
            if self.problem(branch, item) is None
        ]

    def _data_schema(self, branch: str) -> str | None:
        """The pointer to the schema of the data of an event, or None."""
        pointer, schema = self.document.follow(branch, self.document.at(branch))
        properties = mapping(mapping(schema).get("properties"))
        has_one = "contentSchema" in mapping(properties.get("data"))
        keys = ("properties", "data", "contentSchema")
        return below(pointer, *keys) if has_one else None

    def _validator(self, pointer: str) -> jsonschema_rs.Draft202012Validator:
        if pointer not in self._validators:
            self._validators[pointer] = jsonschema_rs.Draft202012Validator(
                {"$ref": DOCUMENT + pointer},
                registry=self._registry,
                validate_formats=True,
            )
        return self._validators[pointer]


def load_contract(path: Path | None) -> Contract:
    """Read a document, or the one that is installed.

    Raises:
        SetupError: It cannot be read, or does not describe `POST /v1/complete`.
    """
    try:
        document = read_document(path)
        contract = Contract(document)
        _, operation = contract.find("paths", COMPLETE, "post")
        contract.compile_schemas()
    except DocumentError as error:
        raise SetupError(f"the document cannot be used: {error}") from error
    if not mapping(operation):
        reason = f"it does not describe POST {COMPLETE}"
        raise SetupError(f"the document {document.name} cannot be used: {reason}")
    return contract


def _outcomes(units: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, bool]]:
    """Read the outcome of each keyword from the list output of a validator."""
    mistyped = {_where(unit) for unit in units if "type" in unit.get("errors", ())}
    for unit in units:
        location = unit["schemaLocation"].removeprefix(DOCUMENT)
        schema, _, keyword = location.rpartition("/")
        # Keywords that the validator has fused report their errors in one unit.
        for violated in unit.get("errors", ()):
            yield f"{schema}/{violated}", False
        if keyword in UNIONS and not unit["valid"]:
            yield location, False
        if unit["valid"] and _where(unit) not in mistyped:
            yield location, True
            if keyword in FUSED_WITH_REQUIRED:
                yield f"{schema}/required", True


def _where(unit: Mapping[str, Any]) -> tuple[str, str]:
    """Which schema a unit belongs to, and which value it judges."""
    return unit["evaluationPath"].rpartition("/")[0], unit["instanceLocation"]
