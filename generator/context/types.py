"""Writes the types of values, and the code that decodes responses.

openapi-python-client has parsed every schema to a property that knows its type. What is
written here is the rest: models are sent as a TypedDict and received as a class, lists
are sent as any sequence, and values are decoded by an expression of the runtime.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any, NamedTuple

from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.properties import LiteralEnumProperty, ModelProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from document.supported import SupportedDocument, last_part

from .naming import class_name

_DECODERS: dict[type[Any], str] = {
    DateProperty: "decode_date",
    DateTimeProperty: "decode_datetime",
    UuidProperty: "decode_uuid",
}


class _Form(NamedTuple):
    """How a type is written, depending on the way that its values go."""

    list: str
    map: str


SENT = _Form("Sequence", "Mapping")
RECEIVED = _Form("list", "dict")
RETURNED = _Form("builtins.list", "builtins.dict")
"""As received, in a class whose methods may be called `list`."""


class Types:
    """Writes types as they are sent and as they are received.

    A schema that is only sent becomes a TypedDict, one that is only received a model,
    one that is both becomes both; the TypedDict is then called `…Param`.
    """

    def __init__(self, data: GeneratorData, document: SupportedDocument) -> None:
        self._discriminators = _discriminators(document)
        # Properties hold copies of their model that were made before it was parsed.
        self._models = {str(model.class_info.name): model for model in data.models}
        self.sent_models: set[str] = set()
        self.received_models: set[str] = set()
        for collection in data.endpoint_collections_by_tag.values():
            for endpoint in collection.endpoints:
                for body in endpoint.bodies:
                    self._mark(body.prop, self.sent_models)
                for response in endpoint.responses:
                    self._mark(response.prop, self.received_models)
        for _, schema in document.parts("schema"):  # the payloads of events
            payload = schema.get("contentSchema", {})
            name = class_name(last_part(payload["$ref"])) if "$ref" in payload else ""
            self._mark(self._models.get(name), self.received_models)

    def _mark(self, prop: Any, marked: set[str]) -> None:
        """Add the models that a property is made of, with all that they contain."""
        if isinstance(prop, UnionProperty):
            for inner in prop.inner_properties:
                self._mark(inner, marked)
        elif isinstance(prop, ListProperty):
            self._mark(prop.inner_property, marked)
        elif isinstance(prop, ModelProperty):
            model = self.model(prop)
            name = str(model.class_info.name)
            if name not in marked:
                marked.add(name)
                for inner in (*members(model), model.additional_properties):
                    self._mark(inner, marked)

    def model(self, prop: ModelProperty) -> ModelProperty:
        """Return the parsed model that a property refers to."""
        return self._models[str(prop.class_info.name)]

    def has_model(self, name: str) -> bool:
        """Tell whether there is a model of this class name."""
        return name in self._models

    def param_name(self, name: str) -> str:
        """Return the name of the TypedDict for a model that is sent."""
        return f"{name}Param" if name in self.received_models else name

    # Annotations --------------------------------------------------------------------

    def sent(self, prop: Any) -> str:
        """Write the type of a value that callers pass."""
        return self._annotation(prop, SENT)

    def received(self, prop: Any) -> str:
        """Write the type of a value that callers get."""
        return self._annotation(prop, RECEIVED)

    def returned(self, prop: Any) -> str:
        """Write the type of a response, which a method returns."""
        return self._annotation(prop, RETURNED)

    def _annotation(self, prop: Any, form: _Form) -> str:
        if isinstance(prop, UnionProperty):
            return union(self._annotation(one, form) for one in prop.inner_properties)
        if isinstance(prop, ListProperty):
            item = self._annotation(prop.inner_property, form)
            # A str is a sequence of strs, too: it must not be taken for a list.
            of_texts = form is SENT and "str" in alternatives(item)
            return f"{'SequenceNotStr' if of_texts else form.list}[{item}]"
        if isinstance(prop, ModelProperty):
            return self._model_annotation(self.model(prop), form)
        return self._plain_annotation(prop)

    def _model_annotation(self, model: ModelProperty, form: _Form) -> str:
        name = str(model.class_info.name)
        if not members(model):
            values = model.additional_properties
            inner = "Any" if values is None else self._annotation(values, form)
            return f"{form.map}[str, {inner}]"
        # Where both are one name, it is written once.
        return union([self.param_name(name), name]) if form is SENT else name

    def _plain_annotation(self, prop: Any) -> str:
        if isinstance(prop, UuidProperty):  # the modules import uuid, not its names
            return "uuid.UUID"
        if isinstance(prop, ConstProperty) and isinstance(prop.value.raw_value, float):
            return "float"  # there are no literal types of floats
        return str(prop.get_type_string(no_optional=True).as_unembedded_code())

    # Decoders -----------------------------------------------------------------------

    def decoded(self, prop: Any, value: str) -> str:
        """Write the expression that decodes a value; the value itself if as it is."""
        return self._decoded([prop], value)

    def _decoded(self, branches: list[Any], value: str) -> str:
        """Chain the decoders of the branches: each passes on what is not its own."""
        props = [one for branch in branches for one in _alternatives(branch)]
        models = [self.model(one) for one in props if isinstance(one, ModelProperty)]
        named = [model for model in models if members(model)]
        maps = [one.additional_properties for one in models if not members(one)]
        lists = [one.inner_property for one in props if isinstance(one, ListProperty)]
        if len(named) > 1:
            value = self._decoded_variant(named, value)
        elif named and maps:
            value = f"decode_fitting({value}, ({named[0].class_info.name},))"
        elif named:
            value = f"{named[0].class_info.name}.decode({value})"
        value = self._decoded_each("decode_map", maps, value)
        value = self._decoded_each("decode_list", lists, value)
        for one in props:
            if type(one) in _DECODERS:
                value = f"{_DECODERS[type(one)]}({value})"
        return value

    def _decoded_each(self, function: str, items: list[Any], value: str) -> str:
        """Write the decoder of lists or maps, whose items have one of some types."""
        item = self._decoded(items, "item") if items else "item"
        return value if item == "item" else f"{function}({value}, lambda item: {item})"

    def _decoded_variant(self, models: list[ModelProperty], value: str) -> str:
        """Tell models apart by a constant member, or by which one fits."""
        names = [str(model.class_info.name) for model in models]
        if frozenset(names) in self._discriminators:
            member, variants = self._discriminators[frozenset(names)]
            return _variant(value, member, variants.items())
        tag = _distinguishing_member(models)
        if tag is None:
            return f"decode_fitting({value}, ({', '.join(names)},))"
        constants = [
            (_constants(model, tag), name)
            for model, name in zip(models, names, strict=True)
        ]
        pairs = [(one, name) for listed, name in constants for one in listed]
        others = [name for listed, name in constants if not listed]
        return _variant(value, tag, pairs, *others[:1])


def _variant(
    value: str, member: str, pairs: Iterable[tuple[str, str]], *other: str
) -> str:
    mapping = ", ".join(f"{constant!r}: {name}" for constant, name in pairs)
    arguments = ", ".join([value, repr(member), f"{{{mapping}}}", *other])
    return f"decode_variant({arguments})"


# Unions ---------------------------------------------------------------------------


def union(types: Iterable[str]) -> str:
    """Join types, each alternative once and None last."""
    listed = dict.fromkeys(one for text in types for one in alternatives(text))
    if "Any" in listed:
        return "Any"
    if "None" in listed:
        listed["None"] = listed.pop("None")
    return " | ".join(listed)


def alternatives(annotation: str) -> list[str]:
    """Split a type into the alternatives that it is a union of."""
    node = ast.parse(annotation, mode="eval").body
    right: list[str] = []
    while isinstance(node, ast.BinOp):
        right.append(ast.unparse(node.right))
        node = node.left
    return [ast.unparse(node), *reversed(right)]


def _alternatives(prop: Any) -> list[Any]:
    """Return the properties that a property is a union of, or itself."""
    return prop.inner_properties if isinstance(prop, UnionProperty) else [prop]


# Members --------------------------------------------------------------------------


def members(model: ModelProperty) -> list[Any]:
    """Return the declared members of a model, in the order of the document."""
    listed = [*(model.required_properties or []), *(model.optional_properties or [])]
    declared = [name.get_untrusted_value() for name in (model.data.properties or {})]
    order = {name: position for position, name in enumerate(declared)}
    return sorted(listed, key=lambda one: order.get(wire_name(one), -1))


def wire_name(prop: Any) -> str:
    """Return the name of a member or parameter as the document writes it."""
    return str(prop.name.get_untrusted_value())


def _distinguishing_member(models: list[ModelProperty]) -> str | None:
    """Find the member whose constants tell the models apart; one may have none."""
    for member in members(models[0]) + members(models[-1]):
        name = wire_name(member)
        constants = [_constants(model, name) for model in models]
        values = [value for listed in constants for value in listed]
        unnamed = constants.count([])
        each_once = len(values) == len(set(values)) >= len(models) - unnamed
        if values and unnamed <= 1 and each_once:
            return name
    return None


def _constants(model: ModelProperty, name: str) -> list[str]:
    for member in members(model):
        if wire_name(member) != name:
            continue
        if isinstance(member, ConstProperty):
            values = [member.value.raw_value]
        elif isinstance(member, LiteralEnumProperty):
            values = sorted(member.values, key=str)
        else:
            values = []
        return [value for value in values if isinstance(value, str)]
    return []


_Discriminators = dict[frozenset[str], tuple[str, dict[str, str]]]
"""By the names of the classes: the member, and the class for each of its values."""


def _discriminators(document: SupportedDocument) -> _Discriminators:
    """Read the discriminators, which openapi-python-client does not know."""
    listed: _Discriminators = {}
    for pointer, schema in document.parts("schema"):
        if "discriminator" not in schema:
            continue
        discriminator = schema["discriminator"]
        branches = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
        names = [last_part(branch["$ref"]) for branch in branches]
        # Without a mapping for it, a branch goes by the name of its component.
        values = {name: class_name(name) for name in names}
        for value, target in discriminator.get("mapping", {}).items():
            values[value] = class_name(target.rpartition("/")[2])
        key = frozenset(class_name(name) for name in names)
        entry = (discriminator["propertyName"], values)
        if listed.setdefault(key, entry) != entry:
            reason = "another union of the same branches has another discriminator"
            raise document.error(f"{pointer}/discriminator", reason)
    return listed
