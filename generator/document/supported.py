"""Checks a document against supported.yaml, the part of OpenAPI that is honoured."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from text_completions_document import (
    Document,
    DocumentError,
    below,
    is_list,
    is_object,
    parse_yaml,
    parts_of,
    read_document,
)

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
STREAM = "text/event-stream"
# The keywords of a schema that describe values and check none.
ANNOTATIONS = frozenset(
    {
        "$comment", "contentEncoding", "contentMediaType", "contentSchema", "default",
        "deprecated", "description", "discriminator", "example", "examples",
        "externalDocs", "format", "title",
    }
)  # fmt: skip
SUPPORTED: dict[str, Any] = parse_yaml(
    Path(__file__).with_name("supported.yaml").read_text("utf-8")
)


def is_name(text: str) -> bool:
    """Tell whether Python code can use a text as a name, as it is written."""
    return (
        text.isascii()
        and text.isidentifier()
        and not keyword.iskeyword(text)
        and not text.startswith("_")
    )


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


_VALIDATOR = Draft202012Validator(
    SUPPORTED,
    formats={"python-name": is_name, "python-pattern": _is_pattern},
    validate_formats=True,
)


@dataclass(frozen=True)
class SupportedDocument(Document):
    """A document that says nothing but what supported.yaml has."""

    def __post_init__(self) -> None:
        super().__post_init__()
        refusals = [
            # A key that is missing may be there under a wrong name: that one first.
            (error.kind.name == "required", self.line(pointer) or 0, pointer, reason)
            for error in _VALIDATOR.iter_errors(self.root)
            for pointer, reason in _refusals(error)
        ]
        if refusals:
            raise self.error(*min(refusals)[2:])

    def parts(self, kind: str) -> list[tuple[str, Any]]:
        """Return the pointers and values of the parts of a kind, `schema` for one.

        Those inside of a component that no operation uses are left out.
        """
        return [
            (pointer, self.at(pointer))
            for pointer in self._pointers.get(kind, ())
            if not pointer.startswith("#/components/") or self.uses(pointer)
        ]

    def components(self, kind: str) -> dict[str, Any]:
        """Return the components of a kind that operations use, by their names.

        Schemas that describe the items of streams are left out: their payloads are
        what a client sees.
        """
        place = below("#/components", kind)
        listed = self.root.get("components", {}).get(kind, {})
        return {
            name: part
            for name, part in listed.items()
            if self.uses(below(place, name)) and name not in self.stream_items
        }

    def uses(self, pointer: str) -> bool:
        """Tell whether an operation uses the component that a pointer leads to."""
        return below("#", *parts_of(pointer)[:3]) in self._used

    @cached_property
    def _used(self) -> frozenset[str]:
        """The pointers of the components that the operations lead to."""
        used: set[str] = set()
        waiting: list[Any] = [self.root["paths"]]
        while waiting:
            references = set(_references(waiting.pop())) - used
            used |= references
            waiting += [self.at(reference) for reference in references]
        return frozenset(used)

    @cached_property
    def _pointers(self) -> dict[str, list[str]]:
        """The pointers of parts by their titles in supported.yaml."""
        pointers: dict[str, list[str]] = {}
        for one in _VALIDATOR.evaluate(self.root).annotations():
            annotations = one["annotations"]
            if isinstance(annotations, dict) and "title" in annotations:
                listed = pointers.setdefault(str(annotations["title"]), [])
                listed.append(f"#{one['instanceLocation']}")
        return pointers

    def members(self, pointer: str) -> dict[str, str]:
        """Return where an object describes each member: in itself, or its `allOf`."""
        schema = self.at(pointer)
        places = {
            name: below(pointer, "properties", name)
            for name in schema.get("properties", ())
        }
        for index, part in enumerate(schema.get("allOf", ())):
            there, _ = self.follow(below(pointer, "allOf", index), part)
            places = {**places, **self.members(there), **places}
        return places

    def operations(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the operations with their pointers, in the order of the document."""
        return [
            (below("#/paths", path, method), item[method])
            for path, item in self.root["paths"].items()
            for method in METHODS
            if method in item
        ]

    @cached_property
    def stream_items(self) -> frozenset[str]:
        """The schemas among the components that describe items of streams."""
        return frozenset(
            last_part(media[key]["$ref"])
            for pointer, media in self.parts("mediaType")
            if pointer.endswith(below("", STREAM))
            for key in ("schema", "x-oai-itemSchema")
            if "$ref" in media.get(key, {})
        )

    @property
    def file_name(self) -> str:
        """The name of the document's file, without its folders."""
        return Path(self.name).name


def read_supported_document(path: Path) -> SupportedDocument:
    """Read a document and check that it is within the supported part of OpenAPI.

    Raises:
        DocumentError: It is not, or cannot be read.
    """
    # It stands in comments and docstrings of the emitted code.
    if not path.name.isprintable() or '"' in path.name or "\\" in path.name:
        reason = "its name has a quote, a backslash or an unprintable character"
        raise DocumentError(f"{str(path)!a}: {reason}: rename the file")
    document = read_document(path)
    return SupportedDocument(document.root, document.name, document.text)


def last_part(pointer: str) -> str:
    """Return the name that a pointer ends with."""
    return parts_of(pointer)[-1]


def _references(part: Any) -> Iterator[str]:
    """Yield the `$ref`s of a part, however deep."""
    if is_object(part):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if is_list(part):
        for one in part:
            yield from _references(one)


# Refusals -----------------------------------------------------------------------


def _refusals(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Return the pointers and reasons of an error: one for each unknown key."""
    pointer = below("#", *error.instance_path)
    kind: Any = error.kind
    schema = _schema_of(error)
    description = schema.get("description", "")
    if kind.name == "additionalProperties":
        for key in kind.unexpected:
            yield below(pointer, key), _unknown_key(key, schema)
    elif kind.name == "required":
        yield pointer, f"{kind.property!r} is missing"
    elif kind.name == "propertyNames":
        yield below(pointer, kind.error.instance), f"the key {description}"
    elif kind.name == "minItems":
        yield pointer, "must not be empty"
    elif kind.name in ("not", "maxItems"):
        yield pointer, description
    else:
        expected = description or f"must be {_NAMES[schema['type']]}"
        yield pointer, f"{expected}, not {_shown(error.instance)}"


_NAMES = {"object": "an object", "array": "a list"}


def _schema_of(error: ValidationError) -> dict[str, Any]:
    """Return the part of supported.yaml that has the keyword that failed."""
    schema: Any = SUPPORTED
    for part in error.schema_path[:-1]:
        schema = schema[part]
    if error.kind.name == "type" and schema["type"] in ("object", "array"):
        # The description of an object or a list is about its keys.
        return {key: schema[key] for key in schema if key != "description"}
    return dict(schema)


def _unknown_key(key: str, schema: dict[str, Any]) -> str:
    known = extensions()
    if key.startswith("x-contract-") and key in known:
        return "this extension has no meaning here"
    if key.startswith("x-contract-"):
        return f"unknown extension; the extensions are {', '.join(sorted(known))}"
    if "description" in schema:
        return str(schema["description"])
    keys = sorted(one for one in schema["properties"] if one != "$ref")
    return f"unknown key; the keys here are {', '.join(keys)}"


def extensions() -> dict[str, set[str]]:
    """Return the extensions of supported.yaml, each with the parts that may have it."""
    places: dict[str, set[str]] = {}
    for name, definition in SUPPORTED["$defs"].items():
        part = definition.get("else", definition)
        for key in part.get("properties", {}):
            if key.startswith("x-"):
                places.setdefault(key, set()).add(name)
    return places


def _shown(value: Any) -> str:
    """Name a value in a message, shortened."""
    if isinstance(value, (dict, list)):
        return _NAMES["object" if isinstance(value, dict) else "array"]
    text = repr(value) if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
