"""What the templates need to know of a parameter outside of the body."""

from __future__ import annotations

from typing import Any, NamedTuple

from openapi_python_client.parser.openapi import Endpoint

from context.bounds import bounds_in_words
from context.members import wire_name
from context.naming import argument_name
from context.prose import WIDTH
from context.schemas import schema_data
from context.text import entry, literal
from context.types import Code, Types, joined
from document.loading import Document, below

_NULL = Code("Null")
_OMITTED = (Code("Omit"), Code("None"))


class Argument(NamedTuple):
    """A keyword argument of an emitted method.

    Attributes:
        name: The argument.
        wire_name: The parameter, or the member of the body.
        required: Whether the method demands it.
        code: Its type as callers pass it.
        doc: The entry of the docstring.
        is_switch: Whether it asks for a stream.
        in_body: Whether it is sent in a JSON body, which has a null.
        is_deprecated: Whether a call that gives it is warned.
    """

    name: str
    wire_name: str
    required: bool
    code: Code
    doc: str
    is_switch: bool = False
    in_body: bool = False
    is_deprecated: bool = False

    @property
    def takes_null(self) -> bool:
        """Whether null is among its values: `None` where it cannot be left out."""
        alternatives = self.code.alternatives or (self.code.text,)
        return self.in_body and "None" in alternatives

    @property
    def annotation(self) -> str:
        """The type within a signature."""
        if self.required:
            return self.code.text
        null = [_NULL] if self.takes_null else []
        return joined([self.code, *null, *_OMITTED]).text


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

    def __init__(self, document: Document, types: Types) -> None:
        self._document = document
        self._types = types

    def arguments(
        self, endpoint: Endpoint, raw: dict[str, Any], pointer: str
    ) -> list[Argument]:
        """Return the keyword arguments for what is sent outside of the body."""
        return [self._argument(*one, raw, pointer) for one in _outside_props(endpoint)]

    def views(
        self, endpoint: Endpoint, raw: dict[str, Any], pointer: str
    ) -> list[ParameterView]:
        """Return the parameters as data."""
        return [self._parameter(*one, raw, pointer) for one in _outside_props(endpoint)]

    def _parameter(
        self, location: str, prop: Any, raw: dict[str, Any], pointer: str
    ) -> ParameterView:
        parameter, place = self._raw_parameter(location, prop, raw, pointer)
        said = parameter.get("x-contract-argument", {})
        self._check_style(parameter, place)
        return ParameterView(
            argument=argument_name(said.get("name", wire_name(prop))),
            name=wire_name(prop),
            location=location,
            required=prop.required,
            schema=literal(schema_data(parameter["schema"])),
            pointer=below(place, "schema"),
            default=said.get("default"),
            explode=parameter.get("explode", location in ("query", "cookie")),
            is_deprecated=is_deprecated(parameter),
        )

    def _check_style(self, parameter: dict[str, Any], place: str) -> None:
        usual = {"query": "form", "cookie": "form", "path": "simple"}
        style = parameter.get("style")
        if style not in (None, usual.get(parameter["in"], "simple")):
            raise self._document.error(f"{place}/style", f"{style!r} is not supported")

    def _raw_parameter(
        self, location: str, prop: Any, raw: dict[str, Any], pointer: str
    ) -> tuple[dict[str, Any], str]:
        item = self._document.resolve(pointer.rpartition("/")[0])
        for part, place in ((raw, pointer), (item, pointer.rpartition("/")[0])):
            for index, parameter in enumerate(part.get("parameters", ())):
                here = f"{place}/parameters/{index}"
                found, there = self._document.followed(parameter, here)
                if (found["in"], found["name"]) == (location, wire_name(prop)):
                    return found, there
        raise self._document.error(pointer, f"no parameter {wire_name(prop)!r}")

    def _argument(
        self, location: str, prop: Any, raw: dict[str, Any], pointer: str
    ) -> Argument:
        parameter, place = self._raw_parameter(location, prop, raw, pointer)
        said = parameter.get("x-contract-argument", {})
        argument = argument_name(said.get("name", wire_name(prop)))
        code = self._types.sent(prop)
        if parameter["in"] == "header" and _is_array(self._document, parameter):
            code = Code("SequenceNotStr[str]")
        required = prop.required and "default" not in said
        doc = entry(argument, documented(self._document, place, said), width=WIDTH)
        return Argument(argument, wire_name(prop), required, code, doc)


def documented(document: Document, pointer: str, said: Any = None) -> str:
    """Write the description, the bounds and the source of a parameter."""
    part, _ = document.followed(document.resolve(pointer), pointer)
    own = document.resolve(pointer)
    description = own.get("description") or part.get("description") or ""
    schema = part.get("schema", part)
    schema, _ = document.followed(schema, pointer)
    words = bounds_in_words(schema)
    default = said.get("default") if isinstance(said, dict) else schema.get("default")
    sent = f"Default: {default!r}." if default is not None else ""
    old = "Deprecated." if is_deprecated(own) or is_deprecated(part) else ""
    told = (old, description, words, sent, f"({pointer})")
    return " ".join(one for one in told if one)


def is_deprecated(part: dict[str, Any]) -> bool:
    """Tell whether the document says that a part should not be used any more."""
    schema = part.get("schema", {})
    return bool(part.get("deprecated") or schema.get("deprecated"))


def _outside_props(endpoint: Endpoint) -> list[tuple[str, Any]]:
    return [
        *(("path", prop) for prop in endpoint.path_parameters),
        *(("query", prop) for prop in endpoint.query_parameters),
        *(("header", prop) for prop in endpoint.header_parameters),
        *(("cookie", prop) for prop in endpoint.cookie_parameters),
    ]


def _is_array(document: Document, parameter: dict[str, Any]) -> bool:
    schema, _ = document.followed(parameter.get("schema", {}), "")
    return isinstance(schema, dict) and schema.get("type") == "array"
