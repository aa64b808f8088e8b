"""What the templates need to know of the arguments of an operation's method."""

from __future__ import annotations

from typing import Any, NamedTuple

from openapi_python_client.parser.openapi import Endpoint

from document.operation_checks import parameters_of
from document.supported import SupportedDocument
from text_completions_document import below

from .naming import argument_name
from .prose import documented, is_deprecated
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
