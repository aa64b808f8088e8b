"""The contract as data: what the OpenAPI document says of requests and responses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
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
from ._strict_json import NotStrictJson, as_text, read_json
from .requests.sse import Event

COMPLETE = "/v1/complete"
MESSAGES = "/v1/messages"
JSON = "application/json"
SSE = "text/event-stream"
NEW = "2023-06-01"
OLD = "2023-01-01"
# The versions that every server is judged by.
VERSIONS = (NEW, OLD)
PARAMS = "#/components/schemas/CompletionCreateParams"
MESSAGE_PARAMS = "#/components/schemas/MessageCreateParams"
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


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
        return _first(self._validator(pointer).iter_errors(value))

    def request_schema(self, path: str, *keys: str) -> tuple[str, Any]:
        """The pointer to the schema of a request's body, or to a part of it."""
        body = ("paths", path, "post", "requestBody", "content", JSON, "schema")
        return self.find(*body, *keys)

    def response_problem(self, path: str, status: int, value: object) -> str | None:
        """What is wrong with a JSON response, or None."""
        pointer, schema = self._of_response(path, status, "content", JSON, "schema")
        return None if schema is None else self.problem(pointer, value)

    def event_problem(self, path: str, event: Event) -> str | None:
        """What is wrong with one event of a stream, or None."""
        item = {"data": event.data}
        if event.name is not None:
            item["event"] = event.name
        fitting = [
            branch
            for branch in self._event_schemas(path)
            if self.problem(branch, item) is None
        ]
        if not fitting:
            return "the contract has no event with this name and data"
        problems = [self._data_problem(branch, event.data) for branch in fitting]
        return None if None in problems else problems[0]

    def header_problem(
        self, path: str, status: int, name: str, text: str
    ) -> tuple[bool, str | None]:
        """Whether the contract describes a header, and what is wrong with its value.

        A value that looks like a number may fit the schema as a number.
        """
        _, headers = self._of_response(path, status, "headers")
        known = [key for key in mapping(headers) if key.lower() == name.lower()]
        keys = ("headers", *(known or [name]), "schema")
        pointer, schema = self._of_response(path, status, *keys)
        if schema is None:
            return False, None
        problem = self.problem(pointer, text)
        if problem is not None and NUMBER.fullmatch(text):
            problem = self.problem(pointer, json.loads(text))
        return True, problem

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

    def _of_response(self, path: str, status: int, *keys: str) -> tuple[str, Any]:
        return self.find("paths", path, "post", "responses", str(status), *keys)

    def _event_schemas(self, path: str) -> list[str]:
        pointer, schema = self._of_response(path, 200, "content", SSE, "schema")
        branches = sequence(mapping(schema).get("anyOf"))
        # Another document may describe its events by a single schema.
        return [f"{pointer}/anyOf/{index}" for index in range(len(branches))] or [
            pointer
        ]

    def _data_problem(self, branch: str, data: str) -> str | None:
        pointer, schema = self.document.follow(branch, self.document.at(branch))
        properties = mapping(mapping(schema).get("properties"))
        if "contentSchema" not in mapping(properties.get("data")):
            return None
        try:
            value = read_json(data)
        except NotStrictJson as error:
            return f"its data holds {error}"
        pointer = below(pointer, "properties", "data", "contentSchema")
        return self.problem(pointer, value)

    def _validator(self, pointer: str) -> jsonschema_rs.Draft202012Validator:
        if pointer not in self._validators:
            schema = {**self.document.root, "$ref": pointer}
            self._validators[pointer] = jsonschema_rs.Draft202012Validator(
                schema, validate_formats=True
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
    except DocumentError as error:
        raise SetupError(f"the document cannot be used: {error}") from error
    if not mapping(operation):
        reason = f"it does not describe POST {COMPLETE}"
        raise SetupError(f"the document {document.name} cannot be used: {reason}")
    return contract


def _first(errors: Iterable[jsonschema_rs.ValidationError]) -> str | None:
    for error in errors:
        place = "/".join(str(part) for part in error.instance_path)
        return f"{place}: {error.message}" if place else error.message
    return None
