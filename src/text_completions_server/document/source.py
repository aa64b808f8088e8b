"""The document as data, with `$ref`s followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote

import jsonschema_rs

from text_completions_document import (
    Document,
    Node,
    below,
    is_list,
    is_object,
    mapping,
    sequence,
)

from ..errors import DocumentError, NoSample

_URI: Final = "urn:document"
_ITEM_SCHEMA: Final = "x-oai-itemSchema"

EventName = str | None
"""The name of a described event; None for one without."""


class Source(Document):
    """An OpenAPI document, whose places are named by JSON pointers."""

    def error(self, pointer: str, reason: str) -> DocumentError:
        """Return the error that names the file, the line and the pointer."""
        return DocumentError(str(super().error(pointer, reason)))

    def no_sample(self, pointer: str, reason: str) -> NoSample:
        """Return the error that names the place where an example is missing."""
        return NoSample(str(self.error(pointer, reason)))

    def object_at(self, pointer: str, value: object) -> tuple[str, Node]:
        """Follow the `$ref`s of a value that must be an object."""
        pointer, value = self.follow(pointer, value)
        if not is_object(value):
            raise self.error(pointer, "is not an object")
        return pointer, mapping(value)

    def list_at(self, pointer: str, value: object) -> list[Any]:
        """Return a value that must be a list; an empty one if there is none."""
        if value is not None and not is_list(value):
            raise self.error(pointer, "is not a list")
        return sequence(value)

    def parts(self, pointer: str, schema: object) -> Iterator[tuple[str, Node]]:
        """Yield a schema and what its `$ref` and `allOf` add, each with its pointer."""
        waiting, seen = [(pointer, schema)], set[str]()
        for at, node in waiting:
            if at in seen:  # it contains itself
                continue
            seen.add(at)
            yield at, mapping(node)
            for index, branch in enumerate(sequence(mapping(node).get("allOf"))):
                waiting.append((below(at, "allOf", index), branch))
            waiting.append(self.follow(at, node))

    def members(self, pointer: str, schema: object) -> Mapping[str, tuple[str, Any]]:
        """Return the pointer and the schema of each member of an object."""
        members: dict[str, tuple[str, Any]] = {}
        for at, part in self.parts(pointer, schema):
            for name, member in mapping(part.get("properties")).items():
                members.setdefault(name, (below(at, "properties", name), member))
        return members

    def events(self, pointer: str, media: Node) -> dict[EventName, tuple[str, Any]]:
        """Return where the data of each event is described, and its schema, by name."""
        key = _ITEM_SCHEMA if _ITEM_SCHEMA in media else "schema"
        events: dict[EventName, tuple[str, Any]] = {}
        waiting = [(below(pointer, key), media.get(key))]
        while waiting:
            pointer, branch = self.follow(*waiting.pop())
            inner = [
                (below(pointer, union, index), each)
                for union in ("oneOf", "anyOf")
                for index, each in enumerate(sequence(mapping(branch).get(union)))
            ]
            waiting += reversed(inner)
            members = self.members(pointer, branch)
            if inner or "data" not in members:
                continue
            at_data, data = self.follow(*members["data"])
            data = mapping(data)
            if "contentSchema" in data:
                at_data, data = f"{at_data}/contentSchema", data["contentSchema"]
            event = self.resolve(pointer, members.get("event", ("", None))[1])
            enum = sequence(event.get("enum"))
            names = [event["const"]] if "const" in event else enum
            if names or "event" not in members:
                events.setdefault(str(names[0]) if names else None, (at_data, data))
        return events

    def validator(
        self, pointer: str, *, member: str | None = None, optional: str = "readOnly"
    ) -> jsonschema_rs.Draft202012Validator:
        """Compile the schema at a pointer; if there is none, everything is valid.

        Args:
            pointer: Where the schema stands.
            member: Compile the schema of an object that may have this one member.
            optional: Required members may be missing if they are marked with this:
                `readOnly` in requests, `writeOnly` in responses.

        Raises:
            DocumentError: The schema is broken.
        """
        schema: dict[str, Any] = {}
        if self.at(pointer) is not None:
            schema = {"$ref": _URI + quote(pointer, safe="#/~")}
            schema = schema if member is None else {"properties": {member: schema}}
        try:
            return jsonschema_rs.Draft202012Validator(
                schema,
                registry=self._registry(optional),
                offline=True,
                validate_formats=optional == "readOnly",
            )
        except (
            jsonschema_rs.ValidationError,
            jsonschema_rs.ReferencingError,
        ) as error:
            raise self.error(pointer, str(error).partition("\n")[0]) from error

    def _registry(self, optional: str) -> jsonschema_rs.Registry:
        """Return the document, converted once for all validators that may share it."""
        key = optional if optional in self.text else ""
        if key not in self._registries:
            root = self._without(key, self.root) if key else dict(self.root)
            draft = jsonschema_rs.Draft202012
            self._registries[key] = jsonschema_rs.Registry([(_URI, root)], draft=draft)
        return self._registries[key]

    @cached_property
    def _registries(self) -> dict[str, jsonschema_rs.Registry]:
        return {}

    def _without(self, keyword: str, node: Any, names: Sequence[str] = ()) -> Any:
        """Return the document with no member required that is marked so.

        Args:
            keyword: The mark.
            node: The document, or what of it is to be copied.
            names: The members that are marked in a schema which has this one in its
                `allOf`.
        """
        if is_list(node):
            return [self._without(keyword, each, names) for each in sequence(node)]
        if not is_object(node):
            return node
        node = mapping(node)
        if "properties" in node or "allOf" in node:
            members = self.members("#", node).items()
            marked = (
                name for name, (at, one) in members if self._has(keyword, at, one)
            )
            names = [*names, *marked]
        copy = {
            key: self._without(keyword, each, names if key == "allOf" else ())
            for key, each in node.items()
        }
        if names and is_list(copy.get("required")):
            copy["required"] = [one for one in copy["required"] if one not in names]
        return copy

    def _has(self, keyword: str, pointer: str, schema: object) -> bool:
        return self.resolve(pointer, schema).get(keyword) is True

    def items(self, node: object, pointer: str) -> Iterator[tuple[str, Node]]:
        """Yield the members of an object by name, each with its `$ref` followed."""
        for name, value in mapping(node).items():
            yield name, self.resolve(below(pointer, name), value)
