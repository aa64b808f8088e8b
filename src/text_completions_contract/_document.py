"""The contract as data: found without the client, read once, asked for schemas."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml  # type: ignore[import-untyped, unused-ignore]  # no stubs of its own

from ._errors import SetupError
from ._strict_json import NotStrictJson, as_list, as_object, as_text, read_json
from .requests.sse import Event

COMPLETE = "/v1/complete"
MESSAGES = "/v1/messages"
JSON = "application/json"
SSE = "text/event-stream"
NEW = "2023-06-01"
OLD = "2023-01-01"
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


@dataclass(frozen=True)
class Document:
    """An OpenAPI document with the extensions of this project."""

    data: Mapping[str, Any]
    _validators: dict[str, jsonschema_rs.Draft202012Validator] = field(
        default_factory=dict[str, jsonschema_rs.Draft202012Validator]
    )

    def at(self, *keys: str) -> Any:
        """The value at these keys, local references followed; None if absent."""
        value: Any = self.data
        for key in keys:
            value = (as_object(self._follow(value)) or {}).get(key)
        return self._follow(value)

    def answer_schema(self, path: str, status: int) -> str | None:
        """The pointer to the schema of a JSON answer, or None if none is documented."""
        keys = ("paths", path, "post", "responses", str(status))
        if not (as_object(self.at(*keys, "content", JSON)) or {}).get("schema"):
            return None
        base = self._place(*keys)
        return f"{base}{_pointer('content', JSON, 'schema').removeprefix('#')}"

    def problems(self, pointer: str, value: object) -> str | None:
        """What is wrong with a value by the schema at a pointer, or None."""
        return _describe(self._validator(pointer).iter_errors(value))

    def answer_problem(self, path: str, status: int, value: object) -> str | None:
        """What is wrong with a JSON answer, or None."""
        pointer = self.answer_schema(path, status)
        return None if pointer is None else self.problems(pointer, value)

    def event_problem(self, path: str, event: Event) -> str | None:
        """What is wrong with one event of a stream by its item schema, or None."""
        item: dict[str, str] = {"data": event.data}
        if event.name is not None:
            item["event"] = event.name
        fitting = [
            branch
            for branch in self._item_branches(path)
            if self.problems(branch, item) is None
        ]
        if not fitting:
            return f"no event named {event.name or 'nothing'!r} with such data is known"
        problems = [self._payload_problem(branch, event.data) for branch in fitting]
        return None if None in problems else problems[0]

    def header_schema(self, path: str, status: int, name: str) -> str | None:
        """The pointer to the schema of an answer's header; None if it has none."""
        keys = ("paths", path, "post", "responses", str(status), "headers")
        for known in as_object(self.at(*keys)) or {}:
            if known.lower() == name.lower() and self.at(*keys, known, "schema"):
                base = self._place(*keys, known)
                return f"{base}{_pointer('schema').removeprefix('#')}"
        return None

    def text_problem(self, pointer: str, text: str) -> str | None:
        """What is wrong with a value written as text, or None.

        A text may stand for a number: it is one if it fits the schema as one.
        """
        problem = self.problems(pointer, text)
        if problem is None or not NUMBER.fullmatch(text):
            return problem
        return self.problems(pointer, json.loads(text))

    @cached_property
    def models(self) -> Mapping[str, Mapping[str, Any]]:
        """What is known of each model by name."""
        found = self.at("components", "schemas", "KnownModel", "x-contract-models")
        return as_object(found) or {}

    def error_type(self, status: int) -> str | None:
        """The `error.type` that goes with a status, or None if the status has none."""
        schema = ("content", JSON, "schema", "properties", "error", "properties")
        responses = ("paths", COMPLETE, "post", "responses", str(status))
        return as_text(self.at(*responses, *schema, "type", "const"))

    def _payload_problem(self, branch: str, data: str) -> str | None:
        properties = as_object(
            (as_object(self._target(branch)) or {}).get("properties")
        )
        described = as_object((properties or {}).get("data")) or {}
        if "contentSchema" not in described:
            return None
        pointer = f"{branch}/properties/data/contentSchema"
        try:
            return self.problems(pointer, read_json(data))
        except NotStrictJson as error:
            return str(error)

    def _item_branches(self, path: str) -> list[str]:
        keys = ("paths", path, "post", "responses", "200", "content", SSE, "schema")
        reference = as_text((as_object(self._node(*keys)) or {}).get("$ref"))
        base = reference or _pointer(*keys)
        branches = as_list((as_object(self.at(*keys)) or {}).get("anyOf"))
        # A document of its own may describe its items by a single schema.
        return [f"{base}/anyOf/{index}" for index in range(len(branches))] or [base]

    def _validator(self, pointer: str) -> jsonschema_rs.Draft202012Validator:
        if pointer not in self._validators:
            schema = {**self.data, "$ref": pointer}
            self._validators[pointer] = jsonschema_rs.Draft202012Validator(
                schema, validate_formats=True
            )
        return self._validators[pointer]

    def _place(self, *keys: str) -> str:
        """The pointer to where these keys lead, if the last leads elsewhere, there."""
        *above, last = keys
        parent = self._place(*above) if above else "#"
        node = as_object(self._node(*keys)) or {}
        place = f"{parent}{_pointer(last).removeprefix('#')}"
        return as_text(node.get("$ref")) or place

    def _node(self, *keys: str) -> Any:
        """The value at these keys; a reference is left as it stands."""
        return (as_object(self.at(*keys[:-1])) or {}).get(keys[-1])

    def _follow(self, value: Any) -> Any:
        node = as_object(value)
        while node is not None and isinstance(node.get("$ref"), str):
            target = self._target(node["$ref"])
            # Siblings of a reference add to what it points to.
            siblings = {key: node[key] for key in node if key != "$ref"}
            value = {**(as_object(target) or {}), **siblings} if siblings else target
            node = as_object(value)
        return value

    def _target(self, reference: str) -> Any:
        value: Any = self.data
        for part in reference.removeprefix("#/").split("/"):
            members = as_object(value)
            if members is not None:
                value = members.get(_unescape(part))
            else:
                value = as_list(value)[int(part)]
        if value is None:
            raise SetupError(f"the document refers to {reference}, which is not there")
        return value


def load_document(path: Path | None) -> Document:
    """Read a document, or the one that is installed."""
    place = path or installed_document()
    try:
        text = place.read_text("utf-8")
        data = yaml.load(text, Loader=_loader())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise SetupError(f"the document {place} cannot be read: {reason}") from error
    document = Document(as_object(data) or {})
    if as_object(document.at("paths", COMPLETE, "post")) is None:
        raise SetupError(f"the document {place} does not describe POST {COMPLETE}")
    return document


def installed_document() -> Path:
    """Where the document of the installed client lies; the client is not imported."""
    spec = importlib.util.find_spec("text_completions")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        place = Path(folder, "openapi.yaml")
        if place.is_file():
            return place
    raise SetupError("no document is installed; name one with --document FILE")


def _loader() -> Any:
    # The C loader is ten times faster, but not every build of PyYAML has it.
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _pointer(*keys: str) -> str:
    return "".join(
        ["#", *("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)]
    )


def _unescape(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def _describe(errors: Any) -> str | None:
    for error in errors:
        place = "/".join(str(part) for part in error.instance_path)
        return f"{place}: {error.message}" if place else str(error.message)
    return None
