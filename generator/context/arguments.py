"""What the templates need to know of the arguments of an operation's method."""

from __future__ import annotations

from typing import Any, NamedTuple

from openapi_python_client.parser.openapi import Endpoint

from document.operation_checks import parameters_of
from document.supported import SupportedDocument
from text_completions_document import below

from .naming import argument_name
from .schemas import schema_data
from .text import entry, literal
from .types import Types, alternatives, union, wire_name


class Argument(NamedTuple):
    """A keyword argument of an emitted method.

    Attributes:
        name: The argument.
        wire_name: The parameter, or the member of the body.
        required: Whether the method demands it.
        type: Its type as callers pass it.
        doc: The entry of the docstring.
        is_switch: Whether it asks for a stream.
        in_body: Whether it is sent in a JSON body, which has a null.
        is_deprecated: Whether a call that passes it gets a warning.
    """

    name: str
    wire_name: str
    required: bool
    type: str
    doc: str
    is_switch: bool = False
    in_body: bool = False
    is_deprecated: bool = False

    @property
    def takes_null(self) -> bool:
        """Whether null is among its values: `None` where it cannot be left out."""
        return self.in_body and "None" in alternatives(self.type)

    @property
    def annotation(self) -> str:
        """The type within a signature."""
        if self.required:
            return self.type
        null = ["Null"] if self.takes_null else []
        return union([self.type, *null, "Omit", "None"])


class ParameterView(NamedTuple):
    """A parameter that is sent outside of the body, as code."""

    argument: str
    name: str
    location: str
    required: bool
    schema: str
    pointer: str
    default: str | None
    explode: bool
    is_deprecated: bool


class Parameters:
    """Views of the parameters of a document's operations."""

    def __init__(self, document: SupportedDocument, types: Types) -> None:
        self._document = document
        self._types = types

    def views(
        self, endpoint: Endpoint, pointer: str
    ) -> list[tuple[Argument, ParameterView]]:
        """Return what is sent outside of the body: as arguments, and as data."""
        described = {
            (parameter["in"], parameter["name"]): (place, parameter)
            for place, parameter in reversed(parameters_of(self._document, pointer))
        }
        props = [
            (location, prop)
            for location in ("path", "query", "header", "cookie")
            for prop in getattr(endpoint, f"{location}_parameters")
        ]
        return [
            self._views(prop, *described[location, wire_name(prop)])
            for location, prop in props
        ]

    def _views(
        self, prop: Any, place: str, parameter: dict[str, Any]
    ) -> tuple[Argument, ParameterView]:
        extension = parameter.get("x-contract-argument", {})
        location, name = parameter["in"], wire_name(prop)
        keyword = argument_name(extension.get("name", name))
        text = documented(self._document, place, extension)
        argument = Argument(
            name=keyword,
            wire_name=name,
            required=prop.required and "default" not in extension,
            type=self._type(prop, parameter),
            doc=entry(keyword, text),
        )
        view = ParameterView(
            argument=keyword,
            name=name,
            location=location,
            required=prop.required,
            schema=literal(schema_data(parameter["schema"])),
            pointer=below(place, "schema"),
            default=extension.get("default"),
            explode=parameter.get("explode", location in ("query", "cookie")),
            is_deprecated=is_deprecated(parameter),
        )
        return argument, view

    def _type(self, prop: Any, parameter: dict[str, Any]) -> str:
        _, schema = self._document.follow("", parameter["schema"])
        if parameter["in"] == "header" and schema.get("type") == "array":
            return "SequenceNotStr[str]"
        return self._types.sent(prop)


# Docstrings -----------------------------------------------------------------------


def documented(
    document: SupportedDocument, pointer: str, extension: dict[str, Any] | None = None
) -> str:
    """Write what the document says of the part at a pointer, on one line.

    Args:
        document: The document.
        pointer: A parameter, or a schema.
        extension: What `x-contract-argument` says of a parameter.
    """
    own = document.at(pointer)
    _, part = document.follow(pointer, own)
    _, schema = document.follow("", part.get("schema", part))
    description = own.get("description") or part.get("description") or ""
    values = schema if extension is None else extension
    default = values.get("default")
    texts = (
        "Deprecated." if is_deprecated(own) or is_deprecated(part) else "",
        description,
        bounds_in_words(schema),
        "" if default is None else f"Default: {default!r}.",
        f"({pointer})",
    )
    return " ".join(text for text in texts if text)


def is_deprecated(part: dict[str, Any]) -> bool:
    """Tell whether the document says that a part should not be used any more."""
    return bool(part.get("deprecated") or part.get("schema", {}).get("deprecated"))


def bounds_in_words(schema: dict[str, Any]) -> str:
    """Return the bounds as a sentence, or nothing if there are none."""
    words = [
        _range(schema),
        _count(schema, "Length", "character"),
        _count(schema, "Items", "item"),
        f"matches `{schema['pattern']}`" if "pattern" in schema else "",
        f"a multiple of {schema['multipleOf']}" if "multipleOf" in schema else "",
    ]
    listed = [word for word in words if word]
    return f"Bounds: {', '.join(listed)}." if listed else ""


def _range(schema: dict[str, Any]) -> str:
    words = {
        "minimum": "at least",
        "exclusiveMinimum": "more than",
        "maximum": "at most",
        "exclusiveMaximum": "less than",
    }
    parts = [f"{word} {schema[key]}" for key, word in words.items() if key in schema]
    return " and ".join(parts)


def _count(schema: dict[str, Any], key: str, unit: str) -> str:
    least, most = schema.get(f"min{key}"), schema.get(f"max{key}")
    if least is not None and most is not None:
        return f"{least} to {most} {unit}s"
    for word, count in (("at least", least), ("at most", most)):
        if count is not None:
            return f"{word} {count} {unit}{'' if count == 1 else 's'}"
    return ""
